package harness

import (
	"net/http"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// preflight answers a preflight that was not recorded, for many recorders see
// none, by the answer to the request that it announces: the page was let
// through, so its preflight must have been (Fetch, section "CORS-preflight
// fetch"). It is no answer where that request was not let through.
func (s *Served) preflight(r *http.Request, asked *traffic.Request, at heading) (servedReply, bool) {
	if !diff.IsPreflight(&traffic.Exchange{Request: *asked}) {
		return servedReply{}, false
	}
	announced := *asked
	announced.Method = asked.Header.Get("Access-Control-Request-Method")
	sh := s.shelf
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for _, origin := range s.originsFor(at) {
		for _, entry := range sh.kinds[s.shelf.kind(&announced)] {
			if sh.origins[entry] == origin {
				return s.allowing(entry, r, asked)
			}
		}
	}
	return servedReply{}, false
}

// allowing is a preflight's answer that allows what is asked as far as the
// answer of an entry allows its page.
func (s *Served) allowing(entry int, r *http.Request, asked *traffic.Request) (servedReply, bool) {
	recorded := s.capture.Exchanges[entry].Response.Header
	allowed, page := recorded.Get("Access-Control-Allow-Origin"), asked.Header.Get("Origin")
	credentials := recorded.Get("Access-Control-Allow-Credentials")
	switch {
	case allowed == "" && s.atHome(entry, r):
		allowed, credentials = r.Header.Get("Origin"), "true"
	case allowed == "" || allowed != "*" && allowed != page:
		return servedReply{}, false
	case allowed == page:
		allowed = r.Header.Get("Origin") // where the page is now
	}
	out := servedReply{entry: entry, status: http.StatusNoContent}
	add := func(name, value string) {
		if value != "" {
			out.header = append(out.header, traffic.HeaderField{Name: name, Value: value})
		}
	}
	add("Access-Control-Allow-Origin", allowed)
	add("Access-Control-Allow-Methods", asked.Header.Get("Access-Control-Request-Method"))
	add("Access-Control-Allow-Headers", asked.Header.Get("Access-Control-Request-Headers"))
	add("Access-Control-Allow-Credentials", credentials)
	add("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	return out, true
}
