package browser

import (
	"strconv"
	"strings"
	"time"
)

// ParseCookieDate reads the value of an Expires attribute as the profile does;
// ok is false for what it cannot read, which makes a session cookie. Zones are
// ignored, every date is UTC (RFC 6265bis §5.1.1).
func ParseCookieDate(s string, p Profile) (t time.Time, ok bool) {
	if p.Has(DeviationCookieDates) {
		return chromiumDate(s)
	}
	return standardDate(s)
}

// dateParts are the fields that were found; each counts once.
type dateParts struct {
	hour, minute, second, day, month, year int
	hasTime, hasDay, hasMonth, hasYear     bool
}

// standardDate is RFC 6265bis §5.1.1: tokens are tried as time, day, month and
// year, in that order, and may have any text after them.
func standardDate(s string) (time.Time, bool) {
	var d dateParts
	for _, token := range strings.FieldsFunc(s, standardDelimiter) {
		if !d.hasTime && d.standardTime(token) {
			d.hasTime = true
		} else if n, ok := leadingNumber(token, 1, 2); ok && !d.hasDay {
			d.day, d.hasDay = n, true
		} else if m := monthOf(token); m != 0 && !d.hasMonth {
			d.month, d.hasMonth = m, true
		} else if n, ok := leadingNumber(token, 2, 4); ok && !d.hasYear {
			d.year, d.hasYear = n, true
		}
	}
	t, ok := d.time()
	return t, ok && d.year >= 1601
}

func standardDelimiter(r rune) bool {
	return r == '\t' || 0x20 <= r && r <= 0x2f || 0x3b <= r && r <= 0x40 || 0x5b <= r && r <= 0x60 || 0x7b <= r && r <= 0x7e
}

// standardTime reads hms-time with whatever non-digit follows it.
func (d *dateParts) standardTime(token string) bool {
	parts := strings.SplitN(token, ":", 3)
	if len(parts) != 3 || len(parts[0]) > 2 || len(parts[1]) > 2 || !allDigits(parts[0]) || !allDigits(parts[1]) {
		return false
	}
	second, ok := leadingNumber(parts[2], 1, 2)
	if !ok {
		return false
	}
	d.hour, _ = strconv.Atoi(parts[0])
	d.minute, _ = strconv.Atoi(parts[1])
	d.second = second
	return true
}

// leadingNumber reads atLeast to atMost digits that no further digit follows.
func leadingNumber(s string, atLeast, atMost int) (int, bool) {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	if n < atLeast || n > atMost {
		return 0, false
	}
	v, err := strconv.Atoi(s[:n])
	return v, err == nil
}

// chromiumDate tells its tokens by their first character: a letter may begin a
// month, a digit a time if there is a colon, else the day or the year; a number
// with anything after it is skipped. Bytes outside ASCII delimit nothing.
func chromiumDate(s string) (time.Time, bool) {
	var d dateParts
	for _, token := range strings.FieldsFunc(s, chromiumDelimiter) {
		switch {
		case token[0] < '0' || token[0] > '9':
			if m := monthOf(token); m != 0 && !d.hasMonth {
				d.month, d.hasMonth = m, true
			}
		case strings.Contains(token, ":"):
			d.hasTime = d.hasTime || d.chromiumTime(token)
		case !allDigits(token):
		case !d.hasDay && len(token) <= 2:
			d.day, _ = strconv.Atoi(token)
			d.hasDay = true
		case !d.hasYear && len(token) <= 5:
			d.year, _ = strconv.Atoi(token)
			d.hasYear = true
		}
	}
	return d.time()
}

func chromiumDelimiter(r rune) bool {
	return r == '\t' || r == ' ' || r != ':' && (0x21 <= r && r <= 0x2f || 0x3b <= r && r <= 0x40 || 0x5b <= r && r <= 0x60 || 0x7b <= r && r <= 0x7e)
}

func (d *dateParts) chromiumTime(token string) bool {
	parts := strings.Split(token, ":")
	if len(parts) != 3 {
		return false
	}
	for i, into := range []*int{&d.hour, &d.minute, &d.second} {
		n, err := strconv.Atoi(parts[i])
		if err != nil || !allDigits(parts[i]) {
			return false
		}
		*into = n
	}
	return true
}

// time checks the ranges and expands years of two digits (§5.1.1 steps 3 to 6).
func (d *dateParts) time() (time.Time, bool) {
	if !d.hasTime || !d.hasDay || !d.hasMonth || !d.hasYear {
		return time.Time{}, false
	}
	switch {
	case 70 <= d.year && d.year <= 99:
		d.year += 1900
	case 0 <= d.year && d.year <= 69:
		d.year += 2000
	}
	if d.hour > 23 || d.minute > 59 || d.second > 59 {
		return time.Time{}, false
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, time.UTC)
	return t, t.Day() == d.day // a 31st of February moved on to March
}

// monthOf is 1 to 12 for a token that begins with the name of a month.
func monthOf(token string) int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	if len(token) < 3 {
		return 0
	}
	if i := strings.Index(names, strings.ToLower(token[:3])); i >= 0 && i%3 == 0 {
		return i/3 + 1
	}
	return 0
}
