package harness

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/replaydiff/replay/diff/traffic"
)

// ServeHTTP answers a request as recorded.
func (s *Served) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler(s.shelf.main).ServeHTTP(w, r)
}

// handler answers requests that come to the address of a recorded origin.
func (s *Served) handler(origin string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.send(w, r, s.answer(r, s.headingOf(r, origin)))
	})
}

// A heading is where a request was headed.
type heading struct {
	origin string // recorded
	any    bool   // it named no recorded origin and came to the main address
	base   string // the address of this server, where it named that; ""
	moved  bool   // it came from the page of ServeOptions.Page
}

// headingOf tells which recorded origin a request is of. A request in absolute
// form is one to a proxy (RFC 9112 section 3.2.2).
func (s *Served) headingOf(r *http.Request, listener string) heading {
	at := s.originOf(r, listener)
	at.moved = s.page.asks(r)
	return at
}

func (s *Served) originOf(r *http.Request, listener string) heading {
	if r.URL.IsAbs() {
		base := r.URL.Scheme + "://" + r.URL.Host
		if own, ok := s.places.origin(r.URL.Host); ok {
			return heading{origin: own, any: own == s.shelf.main, base: base}
		}
		return heading{origin: canonicalOrigin(base)}
	}
	if _, ok := s.places.origin(r.Host); !ok {
		if origin := s.shelf.named(r.Host, r.TLS != nil); origin != "" {
			return heading{origin: origin}
		}
	}
	base := "http://" + r.Host
	if r.TLS != nil {
		base = "https://" + r.Host
	}
	return heading{origin: listener, any: listener == s.shelf.main, base: base}
}

// answer answers a request, and tells of it.
func (s *Served) answer(r *http.Request, at heading) servedReply {
	asked, err := s.asked(r, at)
	if asked == nil {
		asked = &traffic.Request{Method: r.Method, URL: at.origin + rawTarget(r)}
	}
	reply, miss := s.decide(r, asked, err, at)
	if s.options.Heard != nil && (reply.status != 0 || reply.entry >= 0) {
		s.hearing.Lock()
		defer s.hearing.Unlock()
		s.options.Heard(Heard{Request: s.name(asked), Entry: reply.entry, Status: reply.status, Miss: miss})
	}
	return reply
}

// decide finds what answers a request in recorded terms: a recorded answer, or
// the refusal that says why there is none.
func (s *Served) decide(r *http.Request, asked *traffic.Request, err error, at heading) (servedReply, string) {
	miss := Miss{Nearest: -1}
	switch {
	case err == errAskedTooLong:
		miss.Reason = MissTooLong
	case err != nil:
		return servedReply{entry: -1}, "" // the client went away
	case r.Method == http.MethodConnect || r.Header.Get("Upgrade") != "" && r.Header.Get("Sec-Websocket-Key") != "":
		miss.Reason = MissUpgrade
	case !at.any && !s.shelf.holds(at.origin):
		miss.Reason = MissNoOrigin
	default:
		var entry int
		if entry, miss = s.find(asked, at); entry >= 0 {
			return s.reply(entry, r, at), ""
		}
		if allowed, ok := s.preflight(r, asked, at); ok {
			return allowed, ""
		}
	}
	if miss.Asked == nil {
		miss.Asked = asked
	}
	miss.text = s.tell(miss)
	s.miss(miss)
	reply := missReply(miss)
	reply.header = s.missReadable(reply.header, r)
	return reply, miss.text
}

// missReply is the answer to a request that nothing recorded answers.
func missReply(m Miss) servedReply {
	return servedReply{entry: -1, status: ServeStatus, body: []byte(m.text + "\n"), header: traffic.Header{
		{Name: "Content-Type", Value: "text/plain; charset=utf-8"},
		{Name: "Cache-Control", Value: "no-store"}, // a 501 may be cached (RFC 9110 section 15.6.2)
		{Name: ServeHeader, Value: headerLine(m.text)},
	}}
}

// send writes an answer to a socket.
func (s *Served) send(w http.ResponseWriter, r *http.Request, a servedReply) {
	if a.status == 0 || pause(r.Context(), a.wait) != nil {
		panic(http.ErrAbortHandler) // net/http closes the connection without an answer
	}
	h := w.Header()
	h["Content-Type"] = nil // net/http would guess one
	for _, f := range a.header {
		name := http.CanonicalHeaderKey(f.Name)
		h[name] = append(h[name], f.Value)
	}
	switch {
	case hasBody(r.Method, a.status):
		h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	case a.length != "":
		h["Content-Length"] = []string{a.length}
	}
	w.WriteHeader(a.status)
	if hasBody(r.Method, a.status) {
		_, _ = w.Write(a.body) // an error means that the client is gone
	}
}

// String names a served capture in messages.
func (s *Served) String() string {
	return fmt.Sprintf("%s served at %s", s.capture.File, s.URL)
}
