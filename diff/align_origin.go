package diff

import (
	"cmp"
	"hash/maphash"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// origins numbers the origins of both captures and says which of one capture
// stands for which of the other: app-staging for app, 127.0.0.1:8080 for both.
type origins struct {
	list   []origin
	byText map[[2]string]int32 // scheme and authority as recorded
	byName map[origin]int32
	sites  []uint64
	homes  []int32 // the origin that stands for this one
}

type origin struct {
	scheme, host, port string
}

func newOrigins() origins {
	return origins{byText: make(map[[2]string]int32), byName: make(map[origin]int32)}
}

// index numbers an origin; equal ones spelled otherwise get the same number.
func (o *origins) index(scheme, authority string) int32 {
	text := [2]string{scheme, authority}
	if i, known := o.byText[text]; known {
		return i
	}
	name := originOf(scheme, authority)
	i, known := o.byName[name]
	if !known {
		i = int32(len(o.list))
		o.byName[name] = i
		o.list = append(o.list, name)
	}
	o.byText[text] = i
	return i
}

// originOf is the origin in the spelling of RFC 6454 section 4: lower case,
// without the scheme's default port. WebSockets share the origin of http.
func originOf(scheme, authority string) origin {
	scheme, authority = strings.ToLower(scheme), strings.ToLower(authority)
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		host, port = authority[:i], authority[i+1:]
	}
	switch scheme {
	case "ws":
		scheme = "http"
	case "wss":
		scheme = "https"
	}
	if scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		port = ""
	}
	return origin{scheme, strings.TrimSuffix(host, "."), port}
}

func (o *origins) home(i int32) int32  { return o.homes[i] }
func (o *origins) site(i int32) uint64 { return o.sites[i] }

// siteOf is the registrable domain, or the host where there is none: an
// address, localhost.
func siteOf(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return host
	}
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return site
	}
	return host
}

// match finds the home of each origin. An origin of both captures is its own;
// the others are matched by the paths that are asked of them and by their
// names.
func (o *origins) match(a *aligner) {
	o.sites = make([]uint64, len(o.list))
	o.homes = make([]int32, len(o.list))
	for i, name := range o.list {
		o.homes[i] = int32(i)
		o.sites[i] = maphash.String(a.seed, siteOf(name.host))
	}
	inOK, inBad := o.counts(&a.ok), o.counts(&a.bad)
	moves := o.moves(a, inOK, inBad)
	// The best move of each origin first, so that app and api of one capture
	// find app and api of the other; then the rest may share a home.
	taken := make([]bool, len(o.list))
	for _, m := range moves {
		if !taken[m.ok] && !taken[m.bad] {
			taken[m.ok], taken[m.bad] = true, true
			o.homes[m.bad] = m.ok
		}
	}
	for _, m := range moves {
		switch {
		case taken[m.ok] && !taken[m.bad]:
			taken[m.bad] = true
			o.homes[m.bad] = o.homes[m.ok]
		case taken[m.bad] && !taken[m.ok]:
			taken[m.ok] = true
			o.homes[m.ok] = o.homes[m.bad]
		}
	}
}

func (o *origins) counts(s *side) []int {
	counts := make([]int, len(o.list))
	for i := range s.entries {
		counts[s.entries[i].origin]++
	}
	return counts
}

// A move is an origin of ok that bad seems to have under another name.
type move struct {
	ok, bad int32
	weight  float64
}

// enough is the weight from which a move is believed: one path of two
// segments, two of one, or a bare "/" on another host of the same site.
const enough = 1.25

// moves lists the likely moves between origins of one capture only, the
// likeliest first.
func (o *origins) moves(a *aligner, inOK, inBad []int) []move {
	okOnly := func(i int32) bool { return inBad[i] == 0 }
	badOnly := func(i int32) bool { return inOK[i] == 0 }
	ok, bad := a.ok.shapesOf(okOnly), a.bad.shapesOf(badOnly)
	votes := make(map[[2]int32]float64)
	for shape, x := range ok {
		y, both := bad[shape]
		if !both || x.origin == many || y.origin == many {
			continue
		}
		votes[[2]int32{x.origin, y.origin}] += pathWeight(x.segments)
	}
	var moves []move
	for pair, weight := range votes {
		m := move{pair[0], pair[1], weight + o.affinity(pair[0], pair[1])}
		if 2*inOK[m.ok] > len(a.ok.entries) && 2*inBad[m.bad] > len(a.bad.entries) {
			m.weight += enough // both captures are mostly about this one
		}
		if m.weight >= enough {
			moves = append(moves, m)
		}
	}
	slices.SortFunc(moves, func(m, n move) int {
		return cmp.Or(cmp.Compare(n.weight, m.weight), cmp.Compare(m.ok, n.ok), cmp.Compare(m.bad, n.bad))
	})
	return moves
}

// pathWeight says how much a common path tells of the origin that has it. The
// steps are exact in binary: the order of summing must not matter.
func pathWeight(segments uint16) float64 {
	switch segments {
	case 0:
		return 0.25
	case 1:
		return 0.75
	}
	return 1.5
}

// affinity compares the names of two origins.
func (o *origins) affinity(i, j int32) float64 {
	x, y := o.list[i], o.list[j]
	switch {
	case x.host == y.host:
		return 2
	case o.sites[i] == o.sites[j]:
		first, _, _ := strings.Cut(x.host, ".")
		other, _, _ := strings.Cut(y.host, ".")
		if strings.HasPrefix(first, other) || strings.HasPrefix(other, first) {
			return 1.5
		}
		return 1
	}
	return 0
}

type shapeOrigin struct {
	origin   int32 // many where several origins have the shape
	segments uint16
}

// shapesOf maps each shape to the origin it is asked of.
func (s *side) shapesOf(counts func(origin int32) bool) map[uint64]shapeOrigin {
	shapes := make(map[uint64]shapeOrigin)
	for i := range s.entries {
		e := &s.entries[i]
		if e.kind == opaque || !counts(e.origin) {
			continue
		}
		key := mix(e.verb, e.shape)
		if known, again := shapes[key]; !again {
			shapes[key] = shapeOrigin{e.origin, e.segments}
		} else if known.origin != e.origin {
			shapes[key] = shapeOrigin{many, e.segments}
		}
	}
	return shapes
}
