package damage

import (
	"net"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// alter does a deed to a request that is forwarded. Fields are copied before
// they are changed: they are the caller's.
func alter(r *wire.Request, d scenarios.Damage) {
	switch d.Do {
	case scenarios.DropRequestField:
		r.Header = without(r.Header, d.Name)
	case scenarios.SetRequestField:
		if strings.EqualFold(d.Name, "host") {
			setHost(r, d.Value)
			return
		}
		r.Header = with(r.Header, d.Name, d.Value)
	case scenarios.StripPrefix:
		r.Target = stripped(r.Target, d.Value)
	case scenarios.FreshConnection:
		r.Alone = true
	}
}

// setHost changes the Host field alone: the certificate is still that of the
// server that the proxy knows.
func setHost(r *wire.Request, host string) {
	if r.ServerName == "" && r.Scheme == "https" {
		r.ServerName = hostName(r.Host)
	}
	r.Host = host
}

func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

func without(h traffic.Header, name string) traffic.Header {
	if !h.Has(name) {
		return h
	}
	kept := make(traffic.Header, 0, len(h))
	for _, f := range h {
		if !strings.EqualFold(f.Name, name) {
			kept = append(kept, f)
		}
	}
	return kept
}

// with sets a field where its first line stands, or at the end, spelled as
// proxies do.
func with(h traffic.Header, name, value string) traffic.Header {
	out := make(traffic.Header, 0, len(h)+1)
	found := false
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			if found {
				continue
			}
			found = true
			f.Value = value
		}
		out = append(out, f)
	}
	if !found {
		out = append(out, traffic.HeaderField{Name: textproto.CanonicalMIMEHeaderKey(name), Value: value})
	}
	return out
}

// stripped takes the prefix off a request target, byte for byte in what stays.
// Segments are compared without their percent-encoding (RFC 3986 section
// 6.2.2.2), and whole: /api is no prefix of /apis.
func stripped(target, prefix string) string {
	rest := target
	for want := range strings.SplitSeq(strings.Trim(prefix, "/"), "/") {
		if !strings.HasPrefix(rest, "/") {
			return target
		}
		end := strings.IndexAny(rest[1:], "/?") + 1
		if end == 0 {
			end = len(rest)
		}
		if !sameSegment(rest[1:end], want) {
			return target
		}
		rest = rest[end:]
	}
	if !strings.HasPrefix(rest, "/") {
		return "/" + rest
	}
	return rest
}

func sameSegment(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := url.PathUnescape(a)
	y, errY := url.PathUnescape(b)
	return errX == nil && errY == nil && x == y
}
