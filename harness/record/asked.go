package record

import (
	"io"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// An asked request is one on its way from a client to a server.
type asked struct {
	method, target, proto string
	to                    place
	header                traffic.Header // as it is sent on, Host and framing included
	headerSize            int64          // as it came; -1: it was compressed

	stream  *wire.Stream          // nil: no body, or not of HTTP/1
	body    io.Reader             // nil: none
	length  int64                 // of the body; -1: not known before its end
	trailer func() traffic.Header // of the body, for who has read it to its end

	started time.Time
	upgrade string // the protocol that is asked for in place of HTTP, "websocket"
	keeps   bool   // the client goes on using its connection
	first   bool   // on its connection
}

// url is what was asked for, as a capture has it.
func (in *asked) url() string {
	scheme := in.to.scheme
	if in.upgrade == "websocket" {
		scheme = map[string]string{"http": "ws", "https": "wss"}[scheme] // as browsers have it
	}
	if in.target == "*" {
		return scheme + "://" + in.to.host
	}
	return scheme + "://" + in.to.host + in.target
}

// upgradeOf is the protocol that a request asks to switch to (RFC 9110 section
// 7.8). HTTP/2 is not passed on: the client may ask so of its next hop alone.
func upgradeOf(in *asked, h traffic.Header) string {
	protocol := strings.ToLower(strings.TrimSpace(h.Get("Upgrade")))
	if in.proto != "HTTP/1.1" || !wire.HasOption(h, "upgrade") || protocol == "" || strings.HasPrefix(protocol, "h2c") {
		return ""
	}
	return protocol
}

// forwarded is the header of a request as it is sent on: without the fields that
// belong to the client's connection (RFC 9110 section 7.6.1), all else as it
// came and where it stood.
func (c *client) forwarded(in *asked, h traffic.Header) traffic.Header {
	out := make(traffic.Header, 0, len(h)+1)
	host := false
	for _, f := range h {
		switch name := strings.ToLower(f.Name); name {
		case "host":
			if host {
				continue
			}
			if host = true; c.target != nil && !c.proxy.KeepHost {
				f.Value = in.to.host
			} else if c.target == nil && c.to == nil {
				f.Value = in.to.host // RFC 9112 section 3.2.2
			}
		case "connection":
			if f.Value = in.options(f.Value); f.Value == "" {
				continue
			}
		case "keep-alive", "proxy-connection", "http2-settings":
			continue
		case "proxy-authorization":
			if c.target == nil {
				continue
			}
		case "upgrade":
			if in.upgrade == "" {
				continue
			}
		case "te":
			if !strings.Contains(strings.ToLower(f.Value), "trailers") {
				continue
			}
			f.Value = "trailers"
		case "content-length", "transfer-encoding", "expect":
		default:
			if wire.HasOption(h, f.Name) {
				continue
			}
		}
		out = append(out, f)
	}
	if !host { // HTTP/1.0 need not say it
		out = append(traffic.Header{{Name: "Host", Value: in.to.host}}, out...)
	}
	return out
}

// options are those of a Connection field that are true for the next hop too:
// its connection lives as long as the client's.
func (in *asked) options(value string) string {
	var kept []string
	for option := range strings.SplitSeq(value, ",") {
		option = strings.TrimSpace(option)
		switch strings.ToLower(option) {
		case "close", "keep-alive", "te":
			kept = append(kept, option)
		case "upgrade":
			if in.upgrade != "" {
				kept = append(kept, option)
			}
		}
	}
	return strings.Join(kept, ", ")
}

// comesAnyway tells a body that the client sends without waiting for anything, and
// that is short. Servers that refuse a request often answer before they read it:
// the recording has what was refused all the same.
func (in *asked) comesAnyway() bool {
	return in.length > 0 && in.length <= 256<<10 && !in.header.Has("Expect")
}

// A reply is what a server answered, on its way to the client.
type reply struct {
	status        int
	reason, proto string
	header        traffic.Header
	headerSize    int64 // -1: it was compressed

	body    io.Reader // nil: none
	length  int64     // -1: not known before its end
	chunked bool      // by chunks; else by the end of the connection, or the frames of HTTP/2
	trailer func() traffic.Header

	sent  func(patience <-chan time.Time) // waits until all of the request's body was read
	waits func() bool                     // reading the body would wait for the server
	done  func(whole bool)                // the answer was read, or is given up
	link  *link
}

// hasBody tells whether bytes may follow the header.
func (r *reply) hasBody() bool { return r.body != nil && r.length != 0 }

// closes tells an answer whose end is that of its connection.
func (r *reply) closes() bool {
	return r.body != nil && r.length < 0 && !r.chunked && r.proto != "HTTP/2.0"
}

// returned is the header of an answer as the client gets it.
func (r *reply) returned() traffic.Header {
	out := make(traffic.Header, 0, len(r.header)+1)
	for _, f := range r.header {
		switch name := strings.ToLower(f.Name); name {
		case "keep-alive", "proxy-connection":
			continue
		case "connection":
			var kept []string
			for option := range strings.SplitSeq(f.Value, ",") {
				option = strings.TrimSpace(option)
				switch lower := strings.ToLower(option); {
				case lower == "close", lower == "keep-alive", lower == "upgrade":
					kept = append(kept, option)
				}
			}
			if f.Value = strings.Join(kept, ", "); f.Value == "" {
				continue
			}
		case "content-length", "transfer-encoding", "upgrade":
		default:
			if wire.HasOption(r.header, f.Name) {
				continue
			}
		}
		out = append(out, f)
	}
	return out
}

// An answerer hands an answer on to a client.
type answerer interface {
	interim(status int, h traffic.Header) error
	head(r *reply) error
	write(p []byte) error
	flush() error
	end(trailer traffic.Header) error
	own(status int, text string) // in place of an answer
	abort()                      // the client must see that the answer is not whole
}
