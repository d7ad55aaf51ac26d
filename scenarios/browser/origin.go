package browser

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// An Origin is who a document is to the web: scheme, host and port (HTML
// section "Origin"). The zero value is an opaque origin, which is the same
// origin as no other, not even another opaque one.
type Origin struct {
	Scheme string // lower case
	Host   string // as in a serialized URL: punycode, IPv6 in brackets
	Port   uint16 // always set, also where it is the default of the scheme
}

// Opaque tells whether the origin serializes as "null".
func (o Origin) Opaque() bool { return o.Scheme == "" }

// String serializes the origin as the Origin header has it (RFC 6454 section
// 6.2): default ports are left out, an opaque origin is "null".
func (o Origin) String() string {
	if o.Opaque() {
		return "null"
	}
	if o.Port == 0 || o.Port == defaultPort(o.Scheme) {
		return o.Scheme + "://" + o.Host
	}
	return o.Scheme + "://" + o.Host + ":" + strconv.Itoa(int(o.Port))
}

// SameOrigin tells whether scheme, host and port agree. An opaque origin
// agrees with nothing.
func (o Origin) SameOrigin(other Origin) bool {
	return !o.Opaque() && o == other
}

// serializesAs is o.String() == s without building the string: the CORS check
// runs for every answer.
func (o Origin) serializesAs(s string) bool {
	if o.Opaque() {
		return s == "null"
	}
	s, ok := strings.CutPrefix(s, o.Scheme)
	if !ok {
		return false
	}
	if s, ok = strings.CutPrefix(s, "://"); !ok {
		return false
	}
	if s, ok = strings.CutPrefix(s, o.Host); !ok {
		return false
	}
	if o.Port == 0 || o.Port == defaultPort(o.Scheme) {
		return s == ""
	}
	return len(s) > 1 && s[0] == ':' && s[1] != '0' && s[1:] == strconv.Itoa(int(o.Port))
}

// ParseOrigin reads an origin as the Origin header has it, or "null". It
// refuses what a browser would never send: a path, a default port, upper case.
func ParseOrigin(s string) (Origin, error) {
	if s == "null" {
		return Origin{}, nil
	}
	o, err := OriginOf(s)
	if err != nil {
		return Origin{}, err
	}
	if o.Opaque() || o.String() != s {
		return Origin{}, fmt.Errorf("not a serialized origin: expected scheme://host[:port] in lower case, without path, user or default port")
	}
	return o, nil
}

// OriginOf returns the origin of a URL (URL standard section "Origin"): that
// of the inner URL for blob:, an opaque one for data:, file:, about: and every
// scheme that is not http, https, ws, wss or ftp. A Referer or the address of
// a page is such a URL.
func OriginOf(rawURL string) (Origin, error) {
	u, err := parseURL(rawURL, nil)
	if err != nil {
		return Origin{}, err
	}
	return u.origin(), nil
}

func defaultPort(scheme string) uint16 {
	switch scheme {
	case "http", "ws":
		return 80
	case "https", "wss":
		return 443
	case "ftp":
		return 21
	}
	return 0
}

// Trustworthy tells whether the origin is potentially trustworthy (Secure
// Contexts section 3.1): https and wss, loopback addresses, localhost and its
// subdomains. An opaque origin is not.
func (o Origin) Trustworthy() bool {
	return o.Scheme == "https" || o.Scheme == "wss" || (!o.Opaque() && loopbackHost(o.Host))
}

// loopbackHost follows Secure Contexts section 3.1 steps 4 and 5: names are
// trusted because browsers resolve them to loopback without asking DNS.
func loopbackHost(host string) bool {
	name := strings.TrimSuffix(host, ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || host == "[::1]" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Is4() && addr.IsLoopback()
}
