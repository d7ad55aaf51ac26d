package diff

import (
	"hash/maphash"
	"math/bits"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// An entry is what the alignment knows of an exchange: hashes of the parts of
// its request, from which the keys of the stages are mixed. Nothing of it
// outlives Align.
type entry struct {
	verb    uint64 // method and kind
	path    uint64 // path as recorded
	shape   uint64 // path with ids, versions, case and slashes levelled
	loose   uint64 // shape with every run of digits levelled
	tail    uint64 // shape without its first segment; 0: nothing would be left
	parent  uint64 // shape without its last segment; 0: nothing would be left
	raw     uint64 // query as recorded
	query   uint64 // query as a set, without cache-busters
	names   uint64 // the names in it
	op      uint64 // operation behind one URL: GraphQL, JSON-RPC, SOAP; 0: none
	around  uint64 // the neighbours, whatever their origin
	origin  int32  // index into origins.list
	segment int32  // how many anchors stand before it

	main      int32 // of a preflight: the request that it announces, else -1
	preflight int32 // of a request: its preflight, else -1

	segments  uint16
	class     class
	kind      kind
	recovered bool // failed, and the same request succeeded right after
}

// A kind keeps apart what is never paired with each other.
type kind uint8

const (
	ordinary kind = iota
	preflight
	tunnel // CONNECT
	opaque // data:, blob:, about:, no URL at all
)

// aligner holds both captures during Align.
type aligner struct {
	ok, bad side
	origins origins
	seed    maphash.Seed
	table   table
	buffer  []byte // the path at work
}

// A side is one capture during Align.
type side struct {
	exchanges []*traffic.Exchange
	entries   []entry
	mate      []int32 // index on the other side, -1 while there is none
	freely    []How   // Similar and StandIn; 0 for pairs found by key
	free      []int32 // those that the stages work on, ascending
	lane      lane
}

func newAligner(ok, bad *traffic.Capture) *aligner {
	a := &aligner{seed: maphash.MakeSeed(), origins: newOrigins()}
	a.ok = a.read(ok)
	a.bad = a.read(bad)
	a.nameOperations()
	a.origins.match(a)
	return a
}

func (a *aligner) read(c *traffic.Capture) side {
	if c == nil {
		return side{}
	}
	n := len(c.Exchanges)
	s := side{
		exchanges: c.Exchanges,
		entries:   make([]entry, n),
		mate:      make([]int32, n),
		freely:    make([]How, n),
		free:      make([]int32, 0, n),
	}
	for i, x := range c.Exchanges {
		s.mate[i] = -1
		e := &s.entries[i]
		a.readRequest(x, e)
		e.recovered = OutcomeOf(x).Failed() && recovered(c.Exchanges, i) >= 0
	}
	s.announce()
	s.lookAround()
	return s
}

func (a *aligner) readRequest(x *traffic.Exchange, e *entry) {
	e.main, e.preflight = -1, -1
	method := x.Request.Method
	e.kind = kindOf(x)
	e.verb = mix(a.hash(method), uint64(e.kind))
	if e.kind == preflight {
		e.verb = mix(e.verb, a.hash(announcedMethod(x)))
	}
	u := splitURL(x.Request.URL, e.kind == tunnel)
	if u.opaque {
		e.kind = opaque
		e.verb = mix(e.verb, uint64(opaque))
	}
	if u.authority == "" && !u.opaque {
		u.authority = hostHeader(x.Request.Header)
	}
	e.origin = a.origins.index(u.scheme, u.authority)
	e.path = a.hash(u.path)
	a.readPath(u, e)
	a.readQuery(u.query, e)
	if method == "POST" {
		e.op = mixAll(e.op, a.headerOperation(x.Request.Header))
	}
}

// hostHeader serves recorders that write no origin into the URL.
func hostHeader(h traffic.Header) string {
	if host := h.Get("Host"); host != "" {
		return host
	}
	return h.Get(":authority")
}

func kindOf(x *traffic.Exchange) kind {
	switch {
	case x.Request.Method == "CONNECT":
		return tunnel
	case IsPreflight(x):
		return preflight
	}
	return ordinary
}

// release lets the stages work on the unpaired entries that qualify.
func (s *side) release(qualifies func(i int) bool) {
	s.free = s.free[:0]
	for i, mate := range s.mate {
		if mate < 0 && (qualifies == nil || qualifies(i)) {
			s.free = append(s.free, int32(i))
		}
	}
}

// lookAround notes the neighbours of each entry. Announced preflights are
// passed over: the other recorder may have none.
func (s *side) lookAround() {
	const edge = 0x9e3779b97f4a7c15
	place := func(i int32) uint64 {
		if i < 0 {
			return edge
		}
		return mix(s.entries[i].verb, s.entries[i].loose)
	}
	before := int32(-1)
	last := uint64(edge)
	for i := range s.entries {
		e := &s.entries[i]
		if e.main >= 0 {
			continue
		}
		e.around = last
		last = place(int32(i))
		if before >= 0 {
			s.entries[before].around = mix(s.entries[before].around, last)
		}
		before = int32(i)
	}
	if before >= 0 {
		s.entries[before].around = mix(s.entries[before].around, edge)
	}
}

// pair joins two entries; freely is Similar, StandIn or 0.
func (a *aligner) pair(i, j int, freely How) {
	a.ok.mate[i] = int32(j)
	a.bad.mate[j] = int32(i)
	a.bad.freely[j] = freely
}

func (a *aligner) hash(s string) uint64 { return maphash.String(a.seed, s) }

// mix combines two hashes; the order counts. For either one fixed it is a
// bijection of the other.
func mix(h, g uint64) uint64 {
	x := h*0x9e3779b97f4a7c15 ^ bits.RotateLeft64(g*0xd6e8feb86659fd93, 32)
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>29
}

// mixAll combines hashes of which 0 means none.
func mixAll(h, g uint64) uint64 {
	switch {
	case g == 0:
		return h
	case h == 0:
		return g
	}
	return mix(h, g)
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
