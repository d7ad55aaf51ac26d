package rawserver

import (
	"net/http"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// Forward is the request as a proxy sends it on: without the fields that belong
// to the client's connection (RFC 9110 section 7.6.1), all else as it came. Its
// Scheme and Addr are for the caller to fill in. A trailer section is not sent
// on.
func (r *Request) Forward() *wire.Request {
	out := &wire.Request{Method: r.Method, Target: r.Target, Host: r.Host(), Header: Carried(r.Header), Body: r.Body}
	if _, rest, absolute := strings.Cut(r.Target, "://"); absolute && r.Target[0] != '/' {
		out.Target = "/"
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			out.Target = "/" + strings.TrimPrefix(rest[i:], "/")
		}
	}
	return out
}

// Host is the host that is asked: of a target that names one it is that (RFC
// 9112 section 3.2.2).
func (r *Request) Host() string {
	if _, rest, absolute := strings.Cut(r.Target, "://"); absolute && r.Target[0] != '/' {
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			rest = rest[:i]
		}
		return rest
	}
	return r.Header.Get("Host")
}

// IsUpgrade tells a request for another protocol that can't be answered in this
// one. That for HTTP/2 may be ignored (RFC 9110 section 7.8).
func (r *Request) IsUpgrade() bool {
	return r.Method == http.MethodConnect ||
		wire.HasOption(r.Header, "upgrade") && r.Header.Has("Upgrade") && !strings.HasPrefix(strings.ToLower(r.Header.Get("Upgrade")), "h2c")
}

// Carried are the fields of a message that are not its connection's: of a
// request without those that frame it, which whoever sends it writes anew.
func Carried(h traffic.Header) traffic.Header {
	out := make(traffic.Header, 0, len(h))
	for _, f := range h {
		if !wire.IsFraming(f.Name) && !wire.HasOption(h, f.Name) {
			out = append(out, f)
		}
	}
	return out
}

// Back is an answer as a proxy hands it on: its connection was another one. It
// keeps what tells the end of its body, which is written anew where it is not
// true for the client.
func Back(a *wire.Answer) *wire.Answer {
	out := *a
	out.Header = make(traffic.Header, 0, len(a.Header))
	for _, f := range a.Header {
		switch {
		case strings.EqualFold(f.Name, "Connection"), strings.EqualFold(f.Name, "Keep-Alive"), strings.EqualFold(f.Name, "Proxy-Connection"):
		case wire.HasOption(a.Header, f.Name):
		default:
			out.Header = append(out.Header, f)
		}
	}
	return &out
}

// Text is an answer of one's own, in plain words.
func Text(status int, text string) *wire.Answer {
	return &wire.Answer{
		Status: status, Header: traffic.Header{{Name: "Content-Type", Value: "text/plain; charset=utf-8"}}, Body: []byte(text + "\n"),
	}
}
