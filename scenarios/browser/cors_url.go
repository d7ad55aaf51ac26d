package browser

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A webURL is a parsed URL in the sense of the URL standard, which browsers
// follow where net/url follows RFC 3986: backslashes, tabs, "http:host",
// 0x7f.1 and percent-encoded hosts all mean something else there.
type webURL struct {
	scheme   string
	userinfo bool // it has a user name or a password
	host     string
	port     uint16 // 0 where it is the default or there is none
	path     string
	opaque   bool   // path is opaque, as in "mailto:x"
	query    string // with "?"
	fragment string // with "#"
	hasHost  bool
}

var errRelativeURL = errors.New("URL is relative, and there is no base to resolve it against")

// String serializes u without userinfo, which never goes on the wire.
func (u *webURL) String() string {
	var b strings.Builder
	b.Grow(len(u.scheme) + len(u.host) + len(u.path) + len(u.query) + len(u.fragment) + 10)
	b.WriteString(u.scheme)
	b.WriteByte(':')
	if u.hasHost {
		b.WriteString("//")
		b.WriteString(u.host)
		if u.port != 0 {
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(int(u.port)))
		}
	}
	b.WriteString(u.path)
	b.WriteString(u.query)
	b.WriteString(u.fragment)
	return b.String()
}

func (u *webURL) origin() Origin {
	switch u.scheme {
	case "http", "https", "ws", "wss", "ftp":
		port := u.port
		if port == 0 {
			port = defaultPort(u.scheme)
		}
		return Origin{Scheme: u.scheme, Host: u.host, Port: port}
	case "blob":
		inner, err := parseURL(u.path, nil)
		// Only http and https: a blob:file: or blob:blob: URL is opaque.
		if err == nil && (inner.scheme == "http" || inner.scheme == "https") {
			return inner.origin()
		}
	}
	return Origin{}
}

func (u *webURL) http() bool { return u.scheme == "http" || u.scheme == "https" }

func specialScheme(s string) bool {
	switch s {
	case "http", "https", "ws", "wss", "ftp", "file":
		return true
	}
	return false
}

// parseURL is the basic URL parser, base may be nil.
func parseURL(s string, base *webURL) (webURL, error) {
	s = cleanURL(s)
	scheme, rest := cutScheme(s)
	switch {
	case scheme == "file":
		return parseFile(rest, base)
	case specialScheme(scheme):
		if base != nil && base.scheme == scheme && !slashes(rest, 2) {
			return resolve(rest, base)
		}
		return parseAuthority(scheme, strings.TrimLeft(rest, `/\`))
	case scheme != "":
		return parseOther(scheme, rest)
	case base == nil:
		return webURL{}, errRelativeURL
	}
	return resolve(s, base)
}

// cleanURL drops what the parser ignores: controls and spaces around, tabs and
// newlines anywhere.
func cleanURL(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] > ' '
	}
	if clean {
		return s
	}
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if strings.ContainsAny(s, "\t\r\n") {
		s = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(s)
	}
	return s
}

func cutScheme(s string) (scheme, rest string) {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return strings.ToLower(s[:i]), s[i+1:]
		default:
			return "", s
		}
	}
	return "", s
}

// slashes tells whether s begins with n slashes of either kind.
func slashes(s string, n int) bool {
	if len(s) < n {
		return false
	}
	for i := range n {
		if s[i] != '/' && s[i] != '\\' {
			return false
		}
	}
	return true
}

// parseAuthority reads user:pass@host:port/path?query#fragment.
func parseAuthority(scheme, s string) (webURL, error) {
	u := webURL{scheme: scheme, hasHost: true}
	end := len(s)
	if i := strings.IndexAny(s, `/\?#`); i >= 0 {
		end = i
	}
	authority, rest := s[:end], s[end:]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		u.userinfo = at > 0 && authority[:at] != ":"
		authority = authority[at+1:]
	}
	host, port, err := cutPort(authority)
	if err != nil {
		return webURL{}, err
	}
	if u.host, err = CanonicalHost(host); err != nil {
		return webURL{}, err
	}
	if u.host == "" {
		return webURL{}, errNoHost
	}
	if u.port = port; port == defaultPort(scheme) {
		u.port = 0
	}
	u.setPath(rest, "")
	return u, nil
}

func cutPort(s string) (host string, port uint16, err error) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.LastIndexByte(s, ']') > i {
		return s, 0, nil
	}
	if s[i+1:] == "" {
		return s[:i], 0, nil
	}
	for _, c := range []byte(s[i+1:]) {
		if c < '0' || c > '9' {
			return "", 0, errors.New("port is not a number")
		}
	}
	n, err := strconv.ParseUint(s[i+1:], 10, 16)
	if err != nil {
		return "", 0, errors.New("port is above 65535")
	}
	return s[:i], uint16(n), nil
}

// parseOther reads a URL of a scheme that browsers do not know.
func parseOther(scheme, s string) (webURL, error) {
	u := webURL{scheme: scheme}
	if authority, ok := strings.CutPrefix(s, "//"); ok {
		end := len(authority)
		if i := strings.IndexAny(authority, "/?#"); i >= 0 {
			end = i
		}
		host := authority[:end]
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			u.userinfo, host = at > 0, host[at+1:]
		}
		host, port, err := cutPort(host)
		if err != nil {
			return webURL{}, err
		}
		if strings.ContainsAny(host, "\x00 #/:<>?@\\^|") {
			return webURL{}, fmt.Errorf("host has a forbidden character")
		}
		u.hasHost, u.host, u.port, s = true, host, port, authority[end:]
	}
	u.opaque = !u.hasHost && !strings.HasPrefix(s, "/")
	s, u.fragment = cutFrom(s, '#')
	u.path, u.query = cutFrom(s, '?')
	return u, nil
}

func parseFile(s string, base *webURL) (webURL, error) {
	if base != nil && base.scheme == "file" && !slashes(s, 1) {
		return resolve(s, base)
	}
	u := webURL{scheme: "file", hasHost: true}
	if slashes(s, 2) {
		s = s[2:]
		end := len(s)
		if i := strings.IndexAny(s, `/\?#`); i >= 0 {
			end = i
		}
		if host := s[:end]; host != "" {
			parsed, err := CanonicalHost(host)
			if err != nil {
				return webURL{}, err
			}
			if u.host = parsed; parsed == "localhost" {
				u.host = ""
			}
		}
		s = s[end:]
	}
	u.setPath(s, "")
	return u, nil
}

// resolve reads a reference relative to base.
func resolve(s string, base *webURL) (webURL, error) {
	if base.opaque && !strings.HasPrefix(s, "#") {
		return webURL{}, errRelativeURL
	}
	special := specialScheme(base.scheme)
	if strings.HasPrefix(s, "//") || special && slashes(s, 2) {
		if base.scheme == "file" {
			return parseFile(s, nil)
		}
		if !special {
			return parseOther(base.scheme, s)
		}
		return parseAuthority(base.scheme, strings.TrimLeft(s, `/\`))
	}
	u := *base
	u.fragment = ""
	switch {
	case s == "":
	case s[0] == '#':
		u.fragment = encodeURL(s, "\"<>`")
	case s[0] == '?':
		s, u.fragment = cutFrom(s, '#')
		u.query, u.fragment = encodeURL(s, "\"<>'"), encodeURL(u.fragment, "\"<>`")
	case slashes(s, 1):
		u.setPath(s, "")
	default:
		u.setPath(s, base.path[:strings.LastIndexByte(base.path, '/')+1])
	}
	return u, nil
}
