package mask

import (
	"regexp"
	"strings"
)

// Kinds of personal data, masked where they are asked for.
const (
	kindEmail = "email"
	kindPhone = "phone"
)

// phoneNames are last words of names whose numbers are phone numbers, with or
// without the plus of E.164.
var phoneNames = words("phone phonenumber mobile telephone tel fax msisdn cell cellphone handy telefon")

// personal masks an e-mail address whose @ stands at i, or a phone number whose
// plus does. Nothing before done may be looked at again.
func personal(s string, i, done int) (kind string, from, to int) {
	switch {
	case s[i] == '@':
		from, to = emailAt(s, i, done)
		return kindEmail, from, to
	case s[i] == '%' && strings.HasPrefix(s[i:], "%40"):
		from, to = emailAround(s, i, i+3, done)
		return kindEmail, from, to
	case s[i] == '+' && (i == 0 || !alnum(s[i-1])):
		return kindPhone, i, phoneEnd(s, i)
	case (s[i] == '(' || digit(s[i])) && (i == 0 || !wordDot(s[i-1]) && s[i-1] != '/' && s[i-1] != '+'):
		return kindPhone, i, i + localPhone(s[i:min(len(s), i+maxPhone)])
	}
	return "", 0, 0
}

// maxPhone is the longest local number, with its separators.
const maxPhone = 24

// localPhones are numbers as they are written at home: of ten digits in North
// America (ATIS-0300051), and with the trunk prefix 0 where most others live
// (ITU-T E.123). Digits without a separator may be anything.
var localPhones = regexp.MustCompile(`^(?:\(\d{3}\) ?\d{3}[-. ]\d{4}|[2-9]\d{2}-[2-9]\d{2}-\d{4}|\(0\d{1,5}\) ?\d[\d -]{3,9}\d|0[1-9]\d{1,4}[ /-]\d[\d -]{3,9}\d)`)

// localPhone is the length of the local number that s begins with.
func localPhone(s string) int {
	n := len(localPhones.FindString(s))
	if n < len(s) && n > 0 && (alnum(s[n]) || s[n] == '.' || s[n] == '-') {
		return 0
	}
	return n
}

func emailAt(s string, i, done int) (from, to int) { return emailAround(s, i, i+1, done) }

// maxLocal is the longest local part (RFC 5321 section 4.5.3.1.1).
const maxLocal = 64

// emailAround returns where the address stands whose @ is from at to next: a
// dot-atom, and a domain with a dot in it (RFC 5322 section 3.4.1). Userinfo
// and package names (`lodash@4.17.21`) are none.
func emailAround(s string, at, next, done int) (from, to int) {
	from = at
	for from > done && at-from < maxLocal && localByte(s[from-1]) {
		from--
	}
	to = next + run(s[next:], wordDot)
	domain := strings.TrimRight(s[next:to], ".-")
	dot := strings.LastIndexByte(domain, '.')
	if from == at || dot <= 0 || len(domain)-dot < 3 || run(domain[dot+1:], letter) != len(domain)-dot-1 {
		return 0, 0
	}
	return from, next + len(domain)
}

func localByte(c byte) bool { return wordDot(c) || c == '+' || c >= 0x80 }

// phoneEnd is the end of an international number: a plus, and 8 to 15 digits
// (ITU-T E.164) with single blanks, dots, dashes and brackets between them.
func phoneEnd(s string, i int) int {
	digits, end := 0, i
	for at := i + 1; at < len(s) && at-end < 4; at++ {
		switch c := s[at]; {
		case digit(c):
			digits, end = digits+1, at+1
		case strings.IndexByte(" .-()/", c) < 0:
			at = len(s)
		}
	}
	if digits < 8 || digits > 15 || end < len(s) && alnum(s[end]) {
		return 0
	}
	return end
}

// phoneField tells a value that is a phone number by its name.
func phoneField(name, core string) bool {
	parts := segments(name)
	for len(parts) > 1 && neutral[parts[len(parts)-1]] || len(parts) > 1 && parts[len(parts)-1] == "number" {
		parts = parts[:len(parts)-1]
	}
	if len(parts) == 0 || !phoneNames[parts[len(parts)-1]] {
		return false
	}
	digits := 0
	for i := range len(core) {
		if digit(core[i]) {
			digits++
		} else if strings.IndexByte("+ .-()/", core[i]) < 0 {
			return false
		}
	}
	return digits >= 6 && digits <= 15
}
