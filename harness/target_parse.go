package harness

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/scenarios/browser"
)

// parseTarget reads the base URL of a target. Flag is named in errors; the
// URL itself is repeated only as far as it can't hold a secret.
func parseTarget(flag, s string) (*route, error) {
	u, err := url.Parse(s)
	if err != nil && !strings.Contains(s, "://") { // "127.0.0.1:8080" can't be parsed
		return nil, refusal("%s has no scheme: write http:// or https:// before the host", flag)
	}
	if err != nil || s != strings.TrimSpace(s) {
		return nil, refusal("%s is no URL: write it as http://127.0.0.1:8080", flag)
	}
	if u.User != nil { // first: nothing of such a URL is repeated
		return nil, refusal("%s names a user or a password: credentials are given with --auth", flag)
	}
	switch scheme := strings.ToLower(u.Scheme); {
	case !strings.Contains(s, "://") && (u.Scheme == "" || isPort(u.Opaque)):
		return nil, refusal("%s has no scheme: write http:// or https:// before the host", flag)
	case scheme != "http" && scheme != "https":
		return nil, refusal("%s has the scheme %q: only http and https are sent", flag, scheme)
	case u.Hostname() == "":
		return nil, refusal("%s has no host: write it as http://127.0.0.1:8080", flag)
	case strings.Contains(s, "#"):
		return nil, refusal("%s has a fragment, which is never sent: leave out what follows the #", flag)
	case u.RawQuery != "" || u.ForceQuery:
		return nil, refusal("%s has a query: a target is an origin, maybe with a path", flag)
	case u.Port() != "" && !isPort(u.Port()), strings.HasSuffix(u.Host, ":"):
		return nil, refusal("%s has a port that is none: ports are 1 to 65535", flag)
	}
	host, err := canonicalHost(u.Hostname())
	if err != nil {
		return nil, refusal("%s has a host that is none: %s", flag, "letters, digits, dots and hyphens, or an IP address")
	}
	scheme := strings.ToLower(u.Scheme)
	return &route{
		scheme: scheme, host: hostPort(scheme, host, u.Port()), addr: addrOf(scheme, host, u.Port()),
		prefix: strings.TrimRight(u.EscapedPath(), "/"),
	}, nil
}

// isPort tells a port, also one with a path behind it: "localhost:8080/x"
// parses as a scheme and something opaque.
func isPort(s string) bool {
	s, _, _ = strings.Cut(s, "/")
	n, err := strconv.Atoi(s)
	return err == nil && n >= 1 && n <= 65535
}

// parseRecorded reads the recorded side of a mapping.
func parseRecorded(s string) (string, error) {
	r, err := parseTarget("the recorded side of --map", s)
	if err != nil {
		return "", err
	}
	if r.prefix != "" {
		return "", refusal("the recorded side of --map has a path: a mapping is of a whole origin")
	}
	return r.scheme + "://" + r.host, nil
}

// canonicalHost is a host as the URL standard writes it: lower case, punycode,
// IPv6 in brackets.
func canonicalHost(host string) (string, error) {
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	return browser.CanonicalHost(host)
}
