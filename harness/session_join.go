package harness

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A grouping puts entries together (union-find).
type grouping struct {
	parent []int
	first  map[string]int // key: the first entry that had it
}

func newGrouping(n int) *grouping {
	g := &grouping{parent: make([]int, n), first: map[string]int{}}
	for i := range g.parent {
		g.parent[i] = i
	}
	return g
}

func (g *grouping) find(i int) int {
	for g.parent[i] != i {
		g.parent[i] = g.parent[g.parent[i]]
		i = g.parent[i]
	}
	return i
}

// join puts both into one group, whose root is its first entry.
func (g *grouping) join(i, j int) {
	i, j = g.find(i), g.find(j)
	g.parent[max(i, j)] = min(i, j)
}

// key joins an entry with all that had the key before.
func (g *grouping) key(i int, key string) {
	if first, seen := g.first[key]; seen {
		g.join(first, i)
		return
	}
	g.first[key] = i
}

// join finds what belongs to one client: one browser, one identity, a value
// that was handed out and carried on. What is left is anonymous; it is one
// more client as soon as it changes anything.
func (p *Plan) join(g *grouping, sent []int) {
	one := p.oneBrowser(sent)
	for _, i := range sent {
		if one {
			g.key(i, "browser")
		}
		p.identity(g, i)
		for _, producer := range p.links.Needs(i) {
			if p.Steps[producer].Skipped == "" {
				g.join(producer, i)
			}
		}
		if main := p.Steps[i].Announces; main >= 0 {
			g.join(main, i)
		}
	}
	p.joinAnonymous(g, sent)
}

// identity joins by credentials, by cookies that carry a login, and by answers
// that set such cookies.
func (p *Plan) identity(g *grouping, i int) {
	x := p.Capture.Exchanges[i]
	for _, c := range identities(x) {
		g.key(i, c)
	}
	for _, line := range scenarios.SetCookieLines(x.Response) {
		if s := browser.ParseSetCookie(line); s.Value != "" {
			g.key(i, "cookie "+s.Name+"="+s.Value)
		}
	}
	if x.Recorded.Page != "" && p.browsed(x) {
		g.key(i, "page "+x.Recorded.Page)
	}
}

// identities are the keys of a request that tell who asks.
func identities(x *traffic.Exchange) []string {
	h := x.Request.Header
	var keys []string
	if auth := h.Get("Authorization"); auth != "" && !strings.HasPrefix(strings.ToLower(auth), "dpop ") {
		keys = append(keys, "authorization "+auth)
	}
	if !h.Has("Cookie") && len(x.Request.Cookies) == 0 {
		return keys
	}
	bare := traffic.Request{Method: x.Request.Method, Header: h, Cookies: x.Request.Cookies}
	for _, c := range scenarios.CredentialsOf(&bare) {
		if c.Kind == scenarios.SessionCookie || c.Kind == scenarios.CSRFToken && h.Has("Cookie") {
			keys = append(keys, "cookie "+c.Name+"="+c.Value)
		}
	}
	return keys
}

// browsed tells whether a browser made a request.
func (p *Plan) browsed(x *traffic.Exchange) bool {
	return scenarios.RecordedInBrowser(p.Capture) || !scenarios.NewCookieTrail(p.Capture, x).Plain
}

// joinAnonymous makes one session of all that has no identity, unless nothing
// in it changes anything.
func (p *Plan) joinAnonymous(g *grouping, sent []int) {
	size := map[int]int{}
	for _, i := range sent {
		size[g.find(i)]++
	}
	var anonymous []int
	safe := true
	for _, i := range sent {
		if size[g.find(i)] > 1 || len(identities(p.Capture.Exchanges[i])) > 0 {
			continue
		}
		anonymous = append(anonymous, i)
		safe = safe && wire.Safe(p.Capture.Exchanges[i].Request.Method)
	}
	if safe {
		return
	}
	for _, i := range anonymous {
		g.join(anonymous[0], i)
	}
}

// oneBrowser tells whether requests were made with one cookie jar: the recorder
// is part of a browser, and no cookie came back with a value that it had before
// another one, which two jars beside each other do.
func (p *Plan) oneBrowser(entries []int) bool {
	if !scenarios.RecordedInBrowser(p.Capture) {
		return false
	}
	type cookie struct{ host, name string }
	last, over := map[cookie]string{}, map[cookie]map[string]bool{}
	for _, i := range entries {
		x := p.Capture.Exchanges[i]
		if !x.Request.Header.Has("Cookie") {
			continue
		}
		host, _ := cutOrigin(x.Request.URL)
		for _, c := range scenarios.CredentialsOf(&traffic.Request{Header: x.Request.Header}) {
			if c.Kind != scenarios.SessionCookie {
				continue
			}
			at := cookie{host, c.Name}
			if over[at][c.Value] {
				return false
			}
			if before, seen := last[at]; seen && before != c.Value {
				if over[at] == nil {
					over[at] = map[string]bool{}
				}
				over[at][before] = true
			}
			last[at] = c.Value
		}
	}
	return true
}
