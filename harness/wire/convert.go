package wire

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// IsFraming tells whether a field belongs to one connection or frames one
// message, so that it can't be carried from a recorded request into a new one
// (RFC 9110 section 7.6.1): Host, Content-Length, Connection and the like, in
// whatever case, and pseudo-headers. Expect is one of them, for the body is
// sent without waiting.
func IsFraming(name string) bool {
	if name == "" || name[0] == ':' {
		return name != ""
	}
	for _, framing := range [...]string{
		"Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection",
		"TE", "Trailer", "Upgrade", "HTTP2-Settings", "Expect",
	} {
		if len(name) == len(framing) && strings.EqualFold(name, framing) {
			return true
		}
	}
	return false
}

// HasOption tells whether the Connection field has an option, in any case: close,
// or the name of a field that is of this connection alone (RFC 9110 section
// 7.6.1).
func HasOption(h traffic.Header, option string) bool {
	for _, f := range h.All("Connection") {
		for o := range strings.SplitSeq(f.Value, ",") {
			if strings.EqualFold(trimSpace(o), option) {
				return true
			}
		}
	}
	return false
}

// isForProxy tells fields that the next proxy takes for itself (RFC 9110
// section 11.7): a recorded one holds a password that is no business of the
// server's.
func isForProxy(name string) bool {
	return strings.EqualFold(name, "Proxy-Authorization") || strings.EqualFold(name, "Proxy-Authenticate")
}

// RequestOf makes a request of a recorded one: to the recorded address, with
// the recorded Host. Framing fields are left out, in whatever case, and those
// that the Connection field names, and credentials for a proxy. The crumbs of a cookie that HTTP/2 and
// HTTP/3 split are put together (RFC 9113 section 8.2.3). The body is read
// within the limit of bytes, 0 being that of the capture.
//
// An error is an *[Error] of the stage Refused that wraps [ErrUnsendable].
func RequestOf(r *traffic.Request, limit int64) (*Request, error) {
	scheme, authority, target, ok := splitURL(r.URL)
	if !ok {
		return nil, unsendable("", "the URL is not an absolute one of http or https")
	}
	out := &Request{
		Method: r.Method,
		Scheme: scheme,
		Addr:   withPort(authority, scheme),
		Target: target,
		Host:   recordedHost(r.Header, authority),
		Header: carried(r),
	}
	body, err := recordedBody(r, limit)
	if err != nil {
		return nil, unsendable(out.Addr, "the body can't be read: "+err.Error())
	}
	out.Body = body
	if problem := out.problem(); problem != "" {
		return nil, unsendable(out.Addr, problem)
	}
	return out, nil
}

// splitURL cuts a URL apart and changes nothing in the target: net/url would
// make "/a%2Fb" and "/[1]" of the same bytes only by chance.
func splitURL(url string) (scheme, authority, target string, ok bool) {
	scheme, rest, found := strings.Cut(url, "://")
	scheme = strings.ToLower(scheme)
	if !found || scheme != "http" && scheme != "https" {
		return "", "", "", false
	}
	rest, _, _ = strings.Cut(rest, "#")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	authority, target = rest[:end], rest[end:]
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	return scheme, authority, target, hostName(authority) != ""
}

func recordedHost(h traffic.Header, authority string) string {
	return or(or(h.Get("Host"), h.Get(":authority")), authority)
}

// carried returns the fields that are of the request and not of its
// connection.
func carried(r *traffic.Request) traffic.Header {
	out := make(traffic.Header, 0, len(r.Header))
	cookie := -1
	for _, f := range r.Header {
		if IsFraming(f.Name) || isForProxy(f.Name) || HasOption(r.Header, f.Name) {
			continue
		}
		if strings.EqualFold(f.Name, "Cookie") && isMultiplexed(r) {
			if cookie >= 0 {
				out[cookie].Value += "; " + f.Value
				continue
			}
			cookie = len(out)
		}
		out = append(out, f)
	}
	return out
}

// isMultiplexed tells a request that was recorded on HTTP/2 or HTTP/3.
func isMultiplexed(r *traffic.Request) bool {
	proto := strings.ToLower(r.Proto)
	return r.Header.Has(":authority") || r.Header.Has(":path") ||
		strings.HasPrefix(proto, "h2") || strings.HasPrefix(proto, "h3") ||
		strings.HasPrefix(proto, "http/2") || strings.HasPrefix(proto, "http/3")
}

// recordedBody returns nil where none was sent. Recorders note an empty body
// for requests that have none.
func recordedBody(r *traffic.Request, limit int64) ([]byte, error) {
	if !r.Body.Present() && len(r.Body.Params) == 0 {
		return nil, nil
	}
	read := r.Body.Bytes
	if !r.Body.Present() {
		read = r.Body.Form
	}
	body, err := read(limit)
	if err != nil || len(body) > 0 {
		return body, err
	}
	if r.Header.Has("Content-Length") || r.Header.Has("Transfer-Encoding") {
		return []byte{}, nil
	}
	return nil, nil
}
