package correlate

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A sending is a value, as the id of something, in the request of an entry.
type sending struct {
	entry int
	owner uint64
}

// Bounds of the choice: a value that every answer has is looked up in the
// latest of them, and in the first.
const (
	latest        = 48
	earliest      = 8
	maxCandidates = 4
)

// choose returns the places that may have handed out a value to a request, the
// best first; none for a value that means nothing, and for one that a client had
// before any answer: what a user typed, a state, a nonce.
func (f *finder) choose(entry int, s *spot, value string, h uint64) []*production {
	to := meaningOf(s, f.paths[entry])
	worth := worthOf(value)
	name := worth == common && s.segment
	if name {
		worth = id // "ord-mango" may be what was made a moment ago
	}
	if worth == common && to.kin != etag && to.kin != modified && to.name != signedURL {
		return nil
	}
	owner := h
	if worth == id {
		owner = fnv(h, to.of) // 7 is the id of many things
	}
	if !s.quiet {
		f.sent[sending{entry, owner}] = true
	}
	if f.made[owner] {
		return nil
	}
	all := f.produced[h]
	n := sort.Search(len(all), func(i int) bool { return f.when[all[i].entry].answered > f.when[entry].sent })
	var found []ranked
	for i := n - 1; i >= 0; i-- {
		if i < n-latest && i >= earliest {
			i = earliest - 1
		}
		p := all[i]
		if !precedes(f.when, p.entry, entry) {
			continue
		}
		if worth == id && f.sent[sending{p.entry, owner}] {
			continue // the answer repeats what it was asked for
		}
		if name && !f.madeBelow(p, value, entry) {
			continue
		}
		if accord, ok := f.mayHand(p, to, s, value, worth, entry); ok {
			found = append(found, ranked{p, accord, i})
		}
	}
	if len(found) == 0 {
		if !s.quiet {
			f.made[owner] = true
		}
		return nil
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return a.compare(b, worth) })
	out := make([]*production, 0, maxCandidates)
	for _, r := range found[:min(len(found), maxCandidates)] {
		out = append(out, r.production)
	}
	return out
}

type ranked struct {
	*production
	accord accord
	order  int
}

// compare puts first the place that agrees best, then the latest. What names a
// thing is best taken from where it was made, which is no list: the order of a
// list may be another one now.
func (r ranked) compare(q ranked, w worth) int {
	least := func(a, b bool) int {
		switch {
		case a == b:
			return 0
		case a:
			return 1
		}
		return -1
	}
	thing := r.meaning.id || q.meaning.id || w == id
	if thing {
		if c := cmp.Or(least(r.accord < related, q.accord < related), least(r.array, q.array)); c != 0 {
			return c
		}
	}
	c := cmp.Or(cmp.Compare(q.accord, r.accord), least(r.echo && thing, q.echo && thing))
	if c == 0 && r.entry != q.entry {
		c = cmp.Compare(q.order, r.order)
	}
	return cmp.Or(c, cmp.Compare(r.order, q.order))
}

// mayHand tells whether a place may have handed out the value, and how well it
// agrees with where the value went.
func (f *finder) mayHand(p *production, to meaning, s *spot, value string, w worth, entry int) (accord, bool) {
	from := p.meaning
	accord := agree(from, to)
	if p.text {
		accord = surroundingsOnly
	}
	sameURL := f.paths[p.entry] == f.paths[entry] || f.madeAt(p.entry, f.paths[entry])
	switch {
	case to.name == signedURL || from.name == signedURL:
		return same, to.name == from.name
	case to.kin == etag && from.kin == etag:
		return same, sameURL || w == random
	case to.kin == modified:
		return same, from.kin == modified && sameURL
	case w == random:
		return accord, !p.echo || from.kin != noKin && !from.id
	case w != id || p.text || from.piece || s.piece && !s.segment:
		return accord, false
	}
	if !f.named(p, to, accord, value) {
		return accord, false
	}
	return accord, len(value) >= f.options.MinLength && !isYear(value) || f.created(p, s, value, entry, accord)
}

// named tells whether names say that a short value is the same thing.
func (f *finder) named(p *production, to meaning, a accord, value string) bool {
	if p.meaning.id && to.id && a == structural && to.of == "" {
		return strings.HasSuffix(strings.TrimRight(f.paths[p.entry], "/"), "graphql")
	}
	if a < related {
		return false
	}
	const secretBits = 20
	if p.meaning.kin == code && to.kin == code && len(value) >= 6 {
		return true // "482913", that a test reads where people get a mail
	}
	return p.meaning.id || to.id || p.meaning.kin != noKin && to.kin != noKin && bits(value) >= secretBits && worthOf(value) == id && !isNumber(value)
}

// created tells whether the value is the id of what the request of its answer
// made: it came in a Location or with 201, or the later request goes to it
// below the same URL.
func (f *finder) created(p *production, s *spot, value string, entry int, a accord) bool {
	x := f.capture.Exchanges[p.entry]
	if !makes(x) {
		return false
	}
	if strings.HasPrefix(p.path, "response.header.location.") || x.Response.Status == http.StatusCreated && a == same {
		return true
	}
	return s.segment && f.below(p, value, entry)
}

// madeAt tells whether an answer is of what was made at that path: its
// validators are those of the new thing (RFC 9110 section 15.3.2).
func (f *finder) madeAt(entry int, path string) bool {
	x := f.capture.Exchanges[entry]
	location := x.Response.Header.Get("Location")
	if x.Response.Status != http.StatusCreated || location == "" {
		return false
	}
	base, err := url.Parse(x.Request.URL)
	if err != nil {
		return false
	}
	made, err := base.Parse(location)
	return err == nil && made.Host == base.Host && pathOf(made.String()) == path
}

// below tells whether a request goes to a thing right below the URL that the
// answer came from.
func (f *finder) below(p *production, value string, entry int) bool {
	return strings.HasPrefix(f.paths[entry]+"/", strings.TrimRight(f.paths[p.entry], "/")+"/"+value+"/")
}

// namesMade tells whether a word may be the name of what an answer made.
func (f *finder) namesMade(entry int, m meaning, value string) bool {
	return m.id && isGraphic(value) && !isNumber(value) && makesNew(f.capture.Exchanges[entry])
}

// makesNew tells an answer to a request that made something and is not sent on
// to a page about it.
func makesNew(x *traffic.Exchange) bool {
	return x.Response != nil && makes(x) && x.Response.Status < 300
}

// madeBelow tells whether a word is the name of a thing that was just made:
// POST /orders, 201, GET /orders/word. A redirect to a word may be any page.
func (f *finder) madeBelow(p *production, value string, entry int) bool {
	return f.namesMade(p.entry, p.meaning, value) && f.below(p, value, entry)
}

func makes(x *traffic.Exchange) bool {
	return (x.Request.Method == "POST" || x.Request.Method == "PUT") && x.Response.Status >= 200 && x.Response.Status < 400
}
