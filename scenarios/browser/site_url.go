package browser

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// target is what cookies need of a URL, in the form in which a browser would
// request it (WHATWG URL): lower-case host in punycode, dot segments resolved,
// query and fragment gone.
type target struct {
	scheme string // http, https, ws, wss
	host   string
	port   string // "" for the default port of the scheme
	path   string // begins with "/"
}

var (
	errNotWeb = errors.New("not an http, https, ws or wss URL")
	errNoHost = errors.New("URL without a host")
)

func parseTarget(raw string) (target, error) {
	raw = strings.Trim(raw, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f ")
	if strings.ContainsAny(raw, "\t\n\r") {
		raw = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(raw)
	}
	scheme, rest, ok := strings.Cut(raw, ":")
	if !ok {
		return target{}, errNotWeb
	}
	t := target{scheme: strings.ToLower(scheme)}
	if t.defaultPort() == "" {
		return target{}, errNotWeb
	}
	rest = strings.TrimLeft(rest, `/\`)
	end := strings.IndexAny(rest, `/\?#`)
	if end < 0 {
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	if err := t.setAuthority(authority); err != nil {
		return target{}, err
	}
	if cut := strings.IndexAny(path, "?#"); cut >= 0 {
		path = path[:cut]
	}
	t.path = canonicalPath(path)
	return t, nil
}

func (t *target) setAuthority(authority string) error {
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		host, port = authority[:i], authority[i+1:]
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return errors.New("port is not a number below 65536")
		}
		if port = strconv.FormatUint(n, 10); port == t.defaultPort() {
			port = ""
		}
	}
	host, err := CanonicalHost(host)
	if err != nil {
		return err
	}
	if host == "" {
		return errNoHost
	}
	t.host, t.port = host, port
	return nil
}

func (t target) defaultPort() string {
	switch t.scheme {
	case "http", "ws":
		return "80"
	case "https", "wss":
		return "443"
	}
	return ""
}

func (t target) site() Site { return siteOfHost(t.scheme, t.host) }

// origin is the serialised origin, ws mapped to http so that both compare.
func (t target) origin() string {
	o := t.scheme + "://" + t.host
	if t.port != "" {
		o += ":" + t.port
	}
	return o
}

func (t target) secure() bool { return t.scheme == "https" || t.scheme == "wss" }

// loopback is the host part of Secure Contexts, "potentially trustworthy".
func (t target) loopback() bool { return loopbackHost(t.host) }

// CanonicalHost is the host parser of the URL standard (§3.5) for web schemes:
// percent-decoded, mapped to lower case and punycode, IPv4 addresses in dotted
// decimal, IPv6 addresses compressed and in brackets. A single trailing dot is
// kept, it makes another host.
func CanonicalHost(host string) (string, error) {
	if plainHost(host) {
		return host, nil
	}
	if strings.HasPrefix(host, "[") {
		a, err := netip.ParseAddr(strings.TrimSuffix(host[1:], "]"))
		if err != nil || !strings.HasSuffix(host, "]") || !a.Is6() || a.Zone() != "" {
			return "", errors.New("host is not an IPv6 address in brackets")
		}
		if a.Is4In6() {
			b := a.As16() // the URL standard writes no dotted tail
			return fmt.Sprintf("[::ffff:%x:%x]", int(b[12])<<8|int(b[13]), int(b[14])<<8|int(b[15])), nil
		}
		return "[" + a.String() + "]", nil
	}
	host, err := domainToASCII(percentDecode(host))
	if err != nil {
		return "", err
	}
	// A label of a thousand characters can be encoded and not be read back.
	if again, err := domainToASCII(host); err != nil || again != host {
		return "", errors.New("host has punycode that can't be read back")
	}
	return canonicalIPv4(host)
}

// plainHost recognises the common case, which needs no work: lower-case letters
// with digits, dots and hyphens, no punycode and a letter at the end.
func plainHost(host string) bool {
	if host == "" || strings.Contains(host, "xn--") {
		return false
	}
	for i := range len(host) {
		c := host[i]
		if c-'a' > 'z'-'a' && c-'0' > 9 && c != '.' && c != '-' {
			return false
		}
	}
	c := host[len(host)-1]
	return 'a' <= c && c <= 'z' && !lastLabelHex(host)
}

// lastLabelHex guards against "0x7f", which is a number that ends in a letter.
func lastLabelHex(host string) bool {
	label := host[strings.LastIndexByte(host, '.')+1:]
	return strings.HasPrefix(label, "0x")
}

// hostForbidden are the forbidden domain code points (URL §3.5) apart from the
// control characters.
const hostForbidden = " #/:<>?@[\\]^|%"

func domainToASCII(host string) (string, error) {
	if !utf8.ValidString(host) {
		return "", errors.New("host is not UTF-8")
	}
	ascii := host
	// Punycode that is there already is taken as it is: Chromium does not look
	// into it, though the standard validates it (URL §3.3, "domain to ASCII").
	if strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		var err error
		if ascii, err = hostProfile.ToASCII(host); err != nil {
			return "", fmt.Errorf("host does not convert to punycode: %w", err)
		}
	}
	for i := range len(ascii) {
		if c := ascii[i]; c < 0x20 || c == 0x7f || strings.IndexByte(hostForbidden, c) >= 0 {
			return "", errors.New("host has a character that no host may have")
		}
	}
	return strings.ToLower(ascii), nil
}

// hostProfile is "domain to ASCII" with beStrict false: UTS #46, not
// transitional, hyphens and underscores as they come.
var hostProfile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false), idna.BidiRule())

// canonicalIPv4 reads a host that ends in a number as an address (URL §3.5,
// "ends in a number checker"): 127.1 and 0x7f000001 are 127.0.0.1.
func canonicalIPv4(host string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := parts[len(parts)-1]
	if _, err := ipv4Number(last); err != nil && !allDigits(last) {
		return host, nil
	}
	if len(parts) > 4 {
		return "", errors.New("host ends in a number but is no IPv4 address")
	}
	var addr uint64
	for i, p := range parts {
		n, err := ipv4Number(p)
		limit := uint64(256)
		if i == len(parts)-1 {
			limit = 1 << (8 * (5 - len(parts)))
		}
		if err != nil || n >= limit {
			return "", errors.New("host ends in a number but is no IPv4 address")
		}
		if i == len(parts)-1 {
			addr |= n
		} else {
			addr |= n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}).String(), nil
}

func ipv4Number(s string) (uint64, error) {
	switch {
	case len(s) >= 2 && (s[:2] == "0x" || s[:2] == "0X"):
		if len(s) == 2 {
			return 0, nil
		}
		return strconv.ParseUint(s[2:], 16, 64)
	case len(s) >= 2 && s[0] == '0':
		return strconv.ParseUint(s[1:], 8, 64)
	}
	return strconv.ParseUint(s, 10, 64)
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func percentDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b, i = append(b, byte(v)), i+2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// canonicalPath is the path state of the URL standard: "\" is "/", dot segments
// (also as %2e) are resolved, and the path percent-encode set is encoded
// (with "|", which browsers encode too).
func canonicalPath(path string) string {
	if path == "" {
		return "/"
	}
	path = encodePath(strings.ReplaceAll(path, `\`, "/"))
	if !strings.Contains(path, "/.") && !strings.Contains(path, "/%2") {
		return path
	}
	segments := strings.Split(path[1:], "/")
	kept := segments[:0]
	for i, s := range segments {
		last := i == len(segments)-1
		switch dots(s) {
		case 1:
		case 2:
			if len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
		default:
			kept = append(kept, s)
			continue
		}
		if last {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/")
}

// dots is 1 for a single-dot segment, 2 for a double-dot one, else 0.
func dots(segment string) int {
	switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
	case ".":
		return 1
	case "..":
		return 2
	}
	return 0
}

func encodePath(path string) string {
	i := 0
	for i < len(path) && !pathEncoded(path[i]) {
		i++
	}
	if i == len(path) {
		return path
	}
	const hex = "0123456789ABCDEF"
	b := append(make([]byte, 0, len(path)+8), path[:i]...)
	for ; i < len(path); i++ {
		if c := path[i]; pathEncoded(c) {
			b = append(b, '%', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

func pathEncoded(c byte) bool {
	return c <= 0x20 || c >= 0x7f || strings.IndexByte("\"<>^`{|}", c) >= 0
}
