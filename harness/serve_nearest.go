package harness

import (
	"cmp"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/diff/traffic"
)

// nearest is the miss of a request that nothing fits. Where nothing of its kind
// was recorded, the alignment of a flow says what it may be.
func (s search) nearest(asked *traffic.Request, origin string) Miss {
	miss := Miss{Reason: MissNothing, Asked: asked, Nearest: -1}
	list := s.ofKind(s.shelf.kind(asked), origin)
	if len(list) == 0 {
		list = s.alike(asked, origin)
	}
	if len(list) == 0 {
		return miss
	}
	best := s.closest(list, asked)
	miss.Reason, miss.Nearest, miss.Changes = MissDifferent, best.entry, best.changes
	return miss
}

// alike lists what the request is paired with when it is aligned with the
// exchanges of its origin, and what is of the same kind as that.
func (s search) alike(asked *traffic.Request, origin string) []int {
	sh := s.shelf
	flow := &traffic.Capture{}
	var entries []int
	for _, entry := range sh.order {
		if sh.origins[entry] == origin {
			flow.Exchanges = append(flow.Exchanges, s.capture.Exchanges[entry])
			entries = append(entries, entry)
		}
	}
	one := &traffic.Capture{Exchanges: []*traffic.Exchange{{Request: *asked}}}
	a := diff.Align(flow, one)
	if len(a.Pairs) == 1 && (a.Pairs[0].How < diff.Similar || samePlace(flow.Exchanges[a.Pairs[0].OK], asked)) {
		entry := entries[a.Pairs[0].OK]
		return s.ofKind(s.shelf.kind(s.recorded(entry)), origin)
	}
	return s.byPath(entries, asked)
}

// samePlace tells whether two requests have paths that are alike.
func samePlace(x *traffic.Exchange, asked *traffic.Request) bool {
	return likeness(pathOf(x.Request.URL), pathOf(asked.URL)) > 0
}

// byPath lists the entries whose path is most like that of the request, nothing
// where none is alike.
func (s search) byPath(entries []int, asked *traffic.Request) []int {
	path := pathOf(asked.URL)
	most, list := 0, []int(nil)
	for _, entry := range entries {
		n := likeness(pathOf(s.recorded(entry).URL), path)
		if n > most {
			most, list = n, nil
		}
		if n == most && n > 0 && len(list) < maxCompared {
			list = append(list, entry)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Compare(unlikeMethod(s.recorded(a), asked), unlikeMethod(s.recorded(b), asked))
	})
	return list
}

func unlikeMethod(r, asked *traffic.Request) int {
	if r.Method == asked.Method {
		return 0
	}
	return 1
}

// likeness is how many segments two paths begin with in common, a mistyped one
// counted as half. 0 is unlike.
func likeness(a, b string) int {
	x, y := strings.Split(strings.Trim(a, "/"), "/"), strings.Split(strings.Trim(b, "/"), "/")
	n := 0
	for i := range min(len(x), len(y)) {
		switch {
		case x[i] == "" || y[i] == "":
			return n
		case x[i] == y[i]:
			n += 2
		case isMistyped(x[i], y[i]):
			return n + 1
		default:
			return n
		}
	}
	return n
}

// isMistyped tells whether one word was meant for the other.
func isMistyped(a, b string) bool {
	const longest = 64
	return len(a) <= longest && len(b) <= longest && 3*spelling.Distance(a, b) <= min(len(a), len(b))
}
