package harness

import (
	"strings"
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
)

// owners are the recorded origins that a credential belongs to. One map keeps
// what was found, for a credential has the same places each time it is renewed.
type owners struct {
	mu    sync.Mutex
	found map[string]map[string]bool // places of a credential: origins
}

// has tells whether a credential may be sent where a route leads: to the origin
// whose recorded credential it takes the place of, and to those that were sent
// the same one. A target that was named for another origin is not told who the
// user is there.
func (o *owners) has(p *Plan, used credential.Credential, to *route) bool {
	if len(p.routes.list) == 1 {
		return true
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	key := used.String()
	if o.found == nil {
		o.found = map[string]map[string]bool{}
	}
	if o.found[key] == nil {
		o.found[key] = p.ownersOf(used)
	}
	return o.found[key][to.from]
}

// ownersOf finds the origins that a credential belongs to: where none was sent
// one of its kind, it is the main one.
func (p *Plan) ownersOf(used credential.Credential) map[string]bool {
	values := map[string]map[string]bool{} // origin: recorded values
	counts := map[string]int{}
	home := p.home()
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Skipped != "" {
			continue
		}
		for _, value := range used.Recorded(&p.Capture.Exchanges[i].Request) {
			origin := s.route.from
			if values[origin] == nil {
				values[origin] = map[string]bool{}
			}
			values[origin][value] = true
			counts[origin]++
		}
	}
	if counts[home] == 0 {
		home = p.nearest(home, counts)
	}
	list := map[string]bool{home: true}
	for origin, sent := range values {
		for value := range sent {
			if values[home][value] {
				list[origin] = true
			}
		}
	}
	return list
}

// nearest is the origin that most credentials were sent to: one of the same
// site before any other; home where there is none.
func (p *Plan) nearest(home string, counts map[string]int) string {
	found, best := home, 0
	for _, r := range p.routes.list {
		n := counts[r.from]
		if n > 0 && siteOf(r.from) == siteOf(home) {
			n += len(p.Steps)
		}
		if n > best {
			found, best = r.from, n
		}
	}
	return found
}

func siteOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return above(hostOf(host))
}

// home is the main origin, or where that has no target the first that has one.
func (p *Plan) home() string {
	if p.routes.cache[p.routes.main] != nil {
		return p.routes.main
	}
	return p.routes.list[0].from
}

// place puts the credentials of now into a request that goes where a route
// leads.
func (s *sending) place(used credential.Credential, r *traffic.Request, to *route) (*traffic.Request, bool) {
	p := s.run.plan
	asked, paths := used.Place(r, credential.Placing{Mapped: p.owners.has(p, used, to), All: p.options.Everywhere || s.run.sanitized})
	return asked, len(paths) > 0
}
