package browser

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// urlHostProfile is UTS 46 as the URL standard's "domain to ASCII" asks for it,
// beStrict off.
var urlHostProfile = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.BidiRule(),
	idna.VerifyDNSLength(false),
)

var errHost = errors.New("host is not valid")

// parseHost is the host parser of the URL standard for special schemes.
func parseHost(s string) (string, error) {
	if plainURLHost(s) {
		return s, nil
	}
	if s == "" {
		return "", errors.New("host is empty")
	}
	if s[0] == '[' {
		return parseIPv6(s)
	}
	if strings.IndexByte(s, '%') >= 0 {
		decoded, err := url.PathUnescape(s)
		if err != nil {
			return "", errHost
		}
		s = decoded
	}
	if !utf8.ValidString(s) {
		return "", errHost
	}
	ascii, err := hostToASCII(s)
	if err != nil || ascii == "" || strings.ContainsFunc(ascii, forbiddenHostRune) {
		return "", errHost
	}
	if endsInNumber(ascii) {
		return parseIPv4(ascii)
	}
	return ascii, nil
}

// plainURLHost finds the common case, a lower-case name that needs nothing done.
func plainURLHost(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || c == '-' || c == '.' || '0' <= c && c <= '9') {
			return false
		}
	}
	return s != "" && !endsInNumber(s)
}

func hostToASCII(s string) (string, error) {
	if isASCII(s) {
		return strings.ToLower(s), nil // browsers do not look into punycode
	}
	return urlHostProfile.ToASCII(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// forbiddenHostRune is the standard's forbidden domain code point.
func forbiddenHostRune(r rune) bool {
	return r <= ' ' || r == 0x7F || strings.ContainsRune("#%/:<>?@[\\]^|", r)
}

func parseIPv6(s string) (string, error) {
	inner, ok := strings.CutSuffix(s[1:], "]")
	addr, err := netip.ParseAddr(inner)
	if !ok || err != nil || !addr.Is6() || addr.Zone() != "" {
		return "", errHost
	}
	if addr.Is4In6() {
		// RFC 5952 writes dots here, the URL standard hexadecimal pieces.
		b := addr.As16()
		hi, lo := uint64(b[12])<<8|uint64(b[13]), uint64(b[14])<<8|uint64(b[15])
		return "[::ffff:" + strconv.FormatUint(hi, 16) + ":" + strconv.FormatUint(lo, 16) + "]", nil
	}
	return "[" + addr.String() + "]", nil
}

// endsInNumber tells whether the last label makes the host an IPv4 address.
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" {
		return false
	}
	if digits(last) {
		return true
	}
	_, err := parseIPv4Number(last)
	return err == nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func parseIPv4Number(s string) (uint64, error) {
	switch {
	case len(s) >= 2 && (s[:2] == "0x" || s[:2] == "0X"):
		if len(s) == 2 {
			return 0, nil
		}
		return strconv.ParseUint(s[2:], 16, 64)
	case len(s) >= 2 && s[0] == '0':
		return strconv.ParseUint(s[1:], 8, 64)
	case !digits(s):
		return 0, errHost
	}
	return strconv.ParseUint(s, 10, 64)
}

// parseIPv4 reads also 127.1, 0x7f000001 and 017700000001.
func parseIPv4(s string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(s, "."), ".")
	if len(parts) > 4 {
		return "", errHost
	}
	var addr uint64
	for i, part := range parts {
		n, err := parseIPv4Number(part)
		if err != nil {
			return "", errHost
		}
		if i < len(parts)-1 {
			if n > 255 {
				return "", errHost
			}
			addr |= n << (8 * (3 - i))
			continue
		}
		if n >= 1<<(8*(5-len(parts))) {
			return "", errHost
		}
		addr |= n
	}
	b := [4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}
	return netip.AddrFrom4(b).String(), nil
}

func isIPv4(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Is4()
}
