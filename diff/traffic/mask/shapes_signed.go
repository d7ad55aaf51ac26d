package mask

import "strings"

// stampLength is that of ":", a time of six letters and digits, and ":".
const stampLength = 8

// stampedAt is the length of the time and the signature that django.core.signing
// puts behind a value: `:1tAbCd:…`, at least 27 bytes of Base64url.
func stampedAt(s string) int {
	if len(s) < stampLength+27 || s[stampLength-1] != ':' || run(s[1:], alnum) != stampLength-2 {
		return 0
	}
	n := run(s[stampLength:], wordDash)
	if n < 27 {
		return 0
	}
	return stampLength + n
}

// botAt is the length of ":" and the token of a Telegram bot behind the number
// of the bot: 123456789:AA….
func botAt(s string, i int) int {
	if !strings.HasPrefix(s[i:], ":AA") || i < 8 || strings.Trim(s[i-8:i], "0123456789") != "" {
		return 0
	}
	if n := run(s[i+1:], wordDash); n >= 35 {
		return 1 + n
	}
	return 0
}

// signedAt is the length of a value at i that Rails signed: Base64 of what
// Marshal wrote, or of JSON, before "--" and an HMAC in hex. It begins where a
// run begins, so that no byte is in two.
func signedAt(s string, i int) int {
	inRun := func(c byte) bool { return alnum(c) || c == '+' || c == '/' }
	if rest := s[i:]; !strings.HasPrefix(rest, "BAh") && !strings.HasPrefix(rest, "eyJ") || i > 0 && inRun(s[i-1]) {
		return 0
	}
	n := run(s[i:], inRun)
	for pad := 0; pad < 2; pad++ {
		n += len(paddingAt(s[i+n:]))
	}
	if !strings.HasPrefix(s[i+n:], "--") || run(s[i+n+2:], hexByte) < 40 {
		return 0
	}
	return n
}

// paddingAt is the padding of Base64 that s begins with, as it stands or in a URL.
func paddingAt(s string) string {
	for _, pad := range []string{"=", "%3D", "%3d"} {
		if strings.HasPrefix(s, pad) {
			return pad
		}
	}
	return ""
}

// airtableAt is the length of a personal access token of Airtable: an id of 17
// letters and digits, a dot, and a secret in hex.
func airtableAt(s string) int {
	const id, secret = 17, 64
	if !strings.HasPrefix(s, "pat") || run(s[:min(len(s), id)], alnum) < id || !strings.HasPrefix(s[id:], ".") || run(s[id+1:], hexByte) < secret {
		return 0
	}
	return id + 1 + run(s[id+1:], hexByte)
}
