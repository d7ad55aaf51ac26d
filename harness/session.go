package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// sessions groups the requests that are sent by who made them, and keeps those
// of the shard.
func (p *Plan) sessions() {
	var sent []int
	for i := range p.Steps {
		if p.Steps[i].Skipped == "" {
			sent = append(sent, i)
		}
	}
	groups := newGrouping(len(p.Steps))
	p.join(groups, sent)
	p.Sessions = p.Shard.share(p.divide(groups, sent))
	for i, session := range p.Sessions {
		for _, entry := range session.Entries {
			p.Steps[entry].Session = i
		}
	}
}

// divide makes sessions of the groups, in the order of their first entries.
func (p *Plan) divide(groups *grouping, sent []int) []Session {
	members, roots := map[int][]int{}, []int{}
	for _, i := range sent {
		root := groups.find(i)
		if members[root] == nil {
			roots = append(roots, root)
		}
		members[root] = append(members[root], i)
	}
	var list []Session
	for _, root := range roots {
		entries := members[root]
		if p.independent(entries) {
			for _, i := range p.apart(entries) {
				list = append(list, Session{ID: p.idOf(i), Entries: i, Alone: len(i) == 1})
			}
			continue
		}
		list = append(list, Session{ID: p.idOf(entries), Entries: p.inOrder(entries)})
	}
	return list
}

// independent tells whether no order can matter among requests: all are safe,
// without cookies, and none needs what another was answered.
func (p *Plan) independent(entries []int) bool {
	for _, i := range entries {
		x := p.Capture.Exchanges[i]
		if !wire.Safe(x.Request.Method) || x.Request.Header.Has("Cookie") || len(x.Request.Cookies) > 0 || len(p.links.Needs(i)) > 0 {
			return false
		}
		if x.Response != nil && (x.Response.Header.Has("Set-Cookie") || len(x.Response.Cookies) > 0) {
			return false
		}
	}
	return !p.oneBrowser(entries)
}

// apart makes a session of each request, with the preflights that go before
// it.
func (p *Plan) apart(entries []int) [][]int {
	var list [][]int
	for _, i := range entries {
		if p.Steps[i].Announces >= 0 {
			continue
		}
		list = append(list, append(slices.Clone(p.order[i]), i))
	}
	return list
}

// inOrder sorts the entries of a session by time where the recorder noted it
// for each, for recorders write requests in the order in which they end. A
// preflight goes right before its request.
func (p *Plan) inOrder(entries []int) []int {
	at := func(i int) traffic.Timestamp { return p.Capture.Exchanges[i].Recorded.Started }
	var main []int
	timed := true
	for _, i := range entries {
		if p.Steps[i].Announces < 0 {
			main = append(main, i)
			timed = timed && at(i).Known()
		}
	}
	if timed {
		slices.SortStableFunc(main, func(a, b int) int { return at(a).Time.Compare(at(b).Time) })
	}
	list := make([]int, 0, len(entries))
	for _, i := range main {
		list = append(append(list, p.order[i]...), i)
	}
	return list
}

// idOf is a name of a session that is the same whenever the capture is read:
// a hash of its first request, as recorded, and of its place.
func (p *Plan) idOf(entries []int) string {
	x := p.Capture.Exchanges[entries[0]]
	h := sha256.New()
	for _, s := range []string{x.Request.Method, x.Request.URL, x.Request.Header.Get("Cookie"), x.Request.Header.Get("Authorization"), strconv.Itoa(entries[0])} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}
