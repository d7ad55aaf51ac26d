package diff

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
)

// pairSimilar pairs what no key could: a slug in place of a slug, a renamed
// file. It looks at few candidates of the same stretch of the flow and asks
// for a good score.
func (a *aligner) pairSimilar() {
	if len(a.ok.free) == 0 || len(a.bad.free) == 0 {
		return
	}
	if len(a.ok.entries) == 1 && len(a.bad.entries) == 1 && a.ok.entries[0].kind == a.bad.entries[0].kind {
		a.pair(0, 0, Similar) // whoever compares two single requests means just these
		return
	}
	candidates := a.candidates()
	slices.SortFunc(candidates, func(c, d candidate) int {
		return cmp.Or(cmp.Compare(d.score, c.score), cmp.Compare(c.bad, d.bad), cmp.Compare(c.ok, d.ok))
	})
	for _, c := range candidates {
		if a.ok.mate[c.ok] < 0 && a.bad.mate[c.bad] < 0 {
			a.pair(int(c.ok), int(c.bad), Similar)
		}
	}
	a.compact()
}

type candidate struct {
	ok, bad int32
	score   float32
}

// nearest is how many candidates on each side of the expected place are
// looked at: it bounds the cost.
const nearest = 4

// candidates scores the free entries of ok that have the parent directory, or
// the form but for one segment, of a free entry of bad.
func (a *aligner) candidates() []candidate {
	buckets := make(map[uint64][]int32)
	for _, i := range a.ok.free {
		for _, key := range a.bucketKeys(&a.ok.entries[i], a.ok.exchanges[i].Request.URL) {
			buckets[key] = append(buckets[key], i)
		}
	}
	parents := a.parentCounts()
	var out []candidate
	for _, j := range a.bad.free {
		e := &a.bad.entries[j]
		expected := a.expectedPlace(j)
		seen := [4 * nearest]int32{}
		n := 0
		for _, key := range a.bucketKeys(e, a.bad.exchanges[j].Request.URL) {
			list := buckets[key]
			at, _ := slices.BinarySearch(list, expected)
			for _, i := range list[max(0, at-nearest):min(len(list), at+nearest)] {
				if slices.Contains(seen[:n], i) || n == len(seen) {
					continue
				}
				seen[n] = i
				n++
				if score := a.score(i, j, parents); score >= similarEnough {
					out = append(out, candidate{i, j, score})
				}
			}
		}
	}
	return out
}

// bucketKeys are the two ways in which candidates are found: by what stands
// before the last segment, and by the last segment.
func (a *aligner) bucketKeys(e *entry, url string) []uint64 {
	if e.kind != ordinary || e.parent == 0 {
		return nil
	}
	home := mix(e.verb, uint64(a.origins.home(e.origin)))
	a.buffer = appendShape(a.buffer[:0], lastSegment(splitURL(url, false).path))
	return []uint64{
		mix(home, e.parent),
		mix(mix(home, uint64(e.segments)), maphash.Bytes(a.seed, a.buffer)),
	}
}

func lastSegment(path string) string {
	path = strings.TrimRight(path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// expectedPlace is where the partner of bad's entry j should be, by the pairs
// around it.
func (a *aligner) expectedPlace(j int32) int32 {
	for d := range int32(2 * nearest) {
		if k := j - 1 - d; k >= 0 && a.bad.mate[k] >= 0 {
			return a.bad.mate[k] + 1
		}
		if k := j + 1 + d; int(k) < len(a.bad.mate) && a.bad.mate[k] >= 0 {
			return a.bad.mate[k]
		}
	}
	return j
}

// parentCounts counts, in both captures, how many entries share a parent.
func (a *aligner) parentCounts() map[uint64][2]int {
	counts := make(map[uint64][2]int)
	sides := [2]*side{&a.ok, &a.bad}
	for _, s := range sides {
		for _, i := range s.free {
			counts[mix(s.entries[i].verb, s.entries[i].parent)] = [2]int{}
		}
	}
	for k, s := range sides {
		for i := range s.entries {
			key := mix(s.entries[i].verb, s.entries[i].parent)
			if n, asked := counts[key]; asked {
				n[k]++
				counts[key] = n
			}
		}
	}
	return counts
}

const similarEnough = 0.75

// score is between 0 and 1. Paths weigh most; then whether the neighbours are
// paired with each other.
func (a *aligner) score(i, j int32, parents map[uint64][2]int) float32 {
	x, y := &a.ok.entries[i], &a.bad.entries[j]
	if x.class != y.class || x.op != y.op {
		return 0
	}
	p := splitURL(a.ok.exchanges[i].Request.URL, false).path
	q := splitURL(a.bad.exchanges[j].Request.URL, false).path
	var alike float32
	var slug bool
	if x.parent == y.parent {
		alike, slug = likenessButOne(int(x.segments), lastSegment(p), lastSegment(q))
	} else {
		alike, slug = pathLikeness(p, q)
	}
	around := a.sharedNeighbours(i, j)
	only := parents[mix(x.verb, x.parent)] == [2]int{1, 1} && x.parent == y.parent
	switch {
	case slug && alike >= 0.8:
	case alike >= 0.75 && around >= 1:
	case alike >= 0.6 && around == 2:
	case alike >= 0.5 && around == 2 && only:
	default:
		return 0
	}
	return min(1, similarEnough+alike/8+float32(around)/16)
}

// sharedNeighbours counts on how many sides the next entries are partners.
func (a *aligner) sharedNeighbours(i, j int32) int {
	n := 0
	if i > 0 && j > 0 && a.ok.mate[i-1] == j-1 {
		n++
	}
	if int(i)+1 < len(a.ok.mate) && a.ok.mate[i+1] == j+1 {
		n++
	}
	return n
}

// pathLikeness is the share of segments that both paths have in common at
// their two ends.
func pathLikeness(p, q string) (alike float32, slug bool) {
	const most = 64
	var ps, qs [most]string
	x, y := splitPath(p, ps[:0]), splitPath(q, qs[:0])
	if len(x) == 0 || len(y) == 0 || len(x) == most || len(y) == most {
		return 0, false
	}
	n := min(len(x), len(y))
	head := 0
	for head < n && sameShape(x[head], y[head]) {
		head++
	}
	tail := 0
	for tail < n-head && sameShape(x[len(x)-1-tail], y[len(y)-1-tail]) {
		tail++
	}
	if len(x) == len(y) && head+tail == n-1 {
		return likenessButOne(n, x[head], y[head])
	}
	return 2 * float32(head+tail) / float32(len(x)+len(y)), false
}

// likenessButOne is the likeness of paths of n segments that differ in one. A
// slug in place of a slug ("my-first-post", "on-tea") or a slip of the pen
// counts nearly in full, and slug is true.
func likenessButOne(n int, s, t string) (alike float32, slug bool) {
	common := float32(n - 1)
	if slug = n > 1 && isSlug(s) && isSlug(t) || misspelt(s, t); slug {
		common += 0.75
	}
	return common / float32(n), slug
}

// splitPath appends the segments of a path, as many as there is room for.
func splitPath(path string, out []string) []string {
	for s := range strings.SplitSeq(path, "/") {
		if s != "" && s != "." && len(out) < cap(out) {
			out = append(out, s)
		}
	}
	return out
}

func sameShape(s, t string) bool {
	if s == t {
		return true
	}
	var x, y [64]byte
	return string(appendShape(x[:0], s)) == string(appendShape(y[:0], t))
}

// isSlug tells a title written as a path segment from the name of a resource
// or of a file.
func isSlug(s string) bool {
	return strings.IndexByte(s, '.') < 0 &&
		strings.Count(s, "-")+strings.Count(s, "_")+strings.Count(s, "%20")+strings.Count(s, "+") >= 1
}

// misspelt tells "ordrs" from "orders" and "user" from "users": one run of at
// most two letters differs. Files are told by their hashes, not by this.
func misspelt(s, t string) bool {
	if strings.IndexByte(s, '.') >= 0 || len(s) < 4 || len(t) < 4 {
		return false
	}
	n := min(len(s), len(t))
	head := 0
	for head < n && lower(s[head]) == lower(t[head]) {
		head++
	}
	tail := 0
	for tail < n-head && lower(s[len(s)-1-tail]) == lower(t[len(t)-1-tail]) {
		tail++
	}
	return max(len(s), len(t))-head-tail <= 2 && head+tail >= 3
}
