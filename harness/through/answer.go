package through

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// answerTo makes the upstream's answer of a recorded one. The recorder's body has
// no content coding any more, so the field that names one is left out; what was
// never answered gets an empty 200.
func answerTo(x *traffic.Exchange) *wire.Answer {
	r := x.Response
	if r == nil || r.Status < 200 || r.Status > 599 {
		return plainAnswer()
	}
	a := &wire.Answer{Status: r.Status, Reason: r.StatusText}
	for _, f := range r.Header {
		if !wire.IsFraming(f.Name) && !strings.EqualFold(f.Name, "Content-Encoding") {
			a.Header = append(a.Header, f)
		}
	}
	if body, err := r.Body.Bytes(0); err == nil {
		a.Body = body
	}
	return a
}

// proofName is the Server field of answers that no capture holds: a proxy that
// puts its own in its place tells its name.
const proofName = "replay"

func plainAnswer() *wire.Answer {
	return &wire.Answer{Status: 200, Header: traffic.Header{{Name: "Content-Type", Value: "text/plain"}, {Name: "Server", Value: proofName}}, Body: []byte("ok\n")}
}

// asGet is a safe request in the place of another one.
func asGet(r *wire.Request, credentials bool) *wire.Request {
	get := &wire.Request{Method: "GET", Scheme: r.Scheme, Addr: r.Addr, Target: r.Target, Host: r.Host}
	for _, f := range r.Header {
		name := strings.ToLower(f.Name)
		switch {
		case strings.HasPrefix(name, "content-"), strings.HasPrefix(name, "access-control-"), strings.HasPrefix(name, "if-"):
		case !credentials && (name == "cookie" || name == "referer" || diff.CarriesAuthority(name) && name != "user-agent"):
		default:
			get.Header = append(get.Header, f)
		}
	}
	if !credentials {
		get.Target, _, _ = strings.Cut(get.Target, "?") // a query can hold a key
	}
	return get
}
