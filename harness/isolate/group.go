package isolate

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// minMoved is the length in bytes from which one value at two places is taken
// for the same: shorter ones are equal by chance.
const minMoved = 8

// group makes atoms of the parts.
func (d *Differences) group(c *diff.Comparison) {
	g := grouping{d: d, of: make([]int, len(d.Parts)), why: map[int]string{}, core: map[int]bool{}}
	for i := range g.of {
		g.of[i] = i
	}
	g.sameChange()
	for entry := range d.ok {
		g.origin(entry)
		g.credentials(entry)
		g.body(entry)
		g.signature(entry)
	}
	g.missing(c)
	d.Atoms = g.atoms()
}

// A grouping joins parts into atoms.
type grouping struct {
	d    *Differences
	of   []int          // by part: another one of the atom, or itself
	core map[int]bool   // parts of signatures
	why  map[int]string // by the first part of an atom
}

func (g *grouping) find(i int) int {
	for g.of[i] != i {
		i = g.of[i]
	}
	return i
}

// join makes one atom of parts.
func (g *grouping) join(parts []int, why string) {
	for _, i := range parts[min(1, len(parts)):] {
		a, b := g.find(parts[0]), g.find(i)
		if a == b {
			continue
		}
		if why == "" || g.why[max(a, b)] != "" {
			why = g.why[max(a, b)]
		}
		g.of[max(a, b)] = min(a, b)
		g.why[min(a, b)] = why
	}
}

// at are the parts of an entry whose place fits.
func (g *grouping) at(entry int, fits func(place string) bool) (list []int) {
	for i, p := range g.d.Parts {
		if p.Entry == entry && !p.Drop && fits(p.Place) {
			list = append(list, i)
		}
	}
	return list
}

func (g *grouping) atoms() (list []Atom) {
	index := map[int]int{}
	for i := range g.d.Parts {
		first := g.find(i)
		at, known := index[first]
		if !known {
			at = len(list)
			index[first] = at
			list = append(list, Atom{Why: g.why[first]})
		}
		list[at].Parts = append(list[at].Parts, i)
		if g.core[i] {
			list[at].Core = append(list[at].Core, i)
		}
	}
	return list
}

// sameChange joins a change that several requests have, and a value that stands
// at two places of one: a CSRF token in cookie and header.
func (g *grouping) sameChange() {
	type change struct{ place, old, new string }
	first := map[change]int{}
	once := func(i int, c change, why string) {
		if other, known := first[c]; known {
			g.join([]int{other, i}, why)
			return
		}
		first[c] = i
	}
	for i, p := range g.d.Parts {
		if p.Drop {
			continue
		}
		var old, new strings.Builder
		for _, e := range p.Edits {
			old.WriteString(e.Path() + "\x00" + e.Old + "\x00")
			new.WriteString(e.New + "\x00")
		}
		once(i, change{p.Place, old.String(), new.String()}, "the same change in several requests")
		if max(len(p.old), len(p.new)) >= minMoved && (len(p.old) >= minMoved || p.old == "") && (len(p.new) >= minMoved || p.new == "") {
			once(i, change{"", p.old, p.new}, "one value in several places")
		}
	}
}

// origin joins what says where a request goes.
func (g *grouping) origin(entry int) {
	g.join(g.at(entry, func(place string) bool { return place == "origin" || place == "header host" }), "the host of the URL and of the Host field")
}

// credentials joins a scheme with credentials that are of it, and a token with
// the proof that it is possessed (RFC 9449 section 4.2).
func (g *grouping) credentials(entry int) {
	list := g.at(entry, func(place string) bool { return within("header authorization", place) })
	if len(list) > 1 && !g.sameScheme(entry) {
		g.join(list, "credentials are of their scheme")
	}
	if proof := g.at(entry, func(place string) bool { return place == "header dpop" }); len(proof) > 0 {
		bound := g.at(entry, func(place string) bool {
			return place == "header authorization credentials" || place == "method" || place == "path" || place == "origin"
		})
		g.join(append(proof, bound...), "a proof goes with its token and request")
	}
}

// sameScheme tells whether the credentials of both requests are of one scheme,
// or one of them has none: a prefix that is missing is a change of its own.
func (g *grouping) sameScheme(entry int) bool {
	ok, _, hasOK := strings.Cut(g.d.ok[entry].Header.Get("Authorization"), " ")
	bad, _, hasBad := strings.Cut(g.d.bad[entry].Header.Get("Authorization"), " ")
	return !hasOK || !hasBad || strings.EqualFold(ok, bad)
}

// body joins a body with the fields that say how to read it, where those
// changed.
func (g *grouping) body(entry int) {
	about := g.at(entry, func(place string) bool {
		return place == "header content-type" || place == "header content-encoding" || place == "body"
	})
	if len(about) > 0 {
		g.join(append(about, g.at(entry, isBody)...), "a body goes with its content type")
	}
}

func isBody(place string) bool { return within("body", place) }

// signature joins a signature with what it signs: either without the other is
// another failure.
func (g *grouping) signature(entry int) {
	ok, bad := g.d.ok[entry], g.d.bad[entry]
	signed := g.at(entry, func(place string) bool {
		return isDigest(place) || credentialAt(place, ok, bad, scenarios.RequestSignature) || signsLink(place, ok, bad)
	})
	covers := func(place string) bool { return isBody(place) || isStamp(place) }
	if s, is := scenarios.SigningOf(bad); is {
		signed = append(signed, g.at(entry, func(place string) bool { return signingPlace(place, s) })...)
	}
	if len(signed) == 0 {
		return
	}
	for _, i := range append(signed, g.at(entry, isStamp)...) {
		g.core[i] = true
	}
	if !onlyDigests(g.d.Parts, signed) {
		covers = func(place string) bool { return covered(place, bad) || isStamp(place) }
	}
	g.join(append(signed, g.at(entry, covers)...), "a signature goes with what it signs")
}

// isDigest tells fields that hold a digest of the body.
func isDigest(place string) bool {
	switch place {
	case "header digest", "header content-digest", "header repr-digest", "header content-md5", "header x-amz-content-sha256":
		return true
	}
	return false
}

func onlyDigests(parts []Part, list []int) bool {
	return !slices.ContainsFunc(list, func(i int) bool { return !isDigest(parts[i].Place) })
}

// isStamp tells fields that say when a request was signed, or that it is the
// only one.
func isStamp(place string) bool {
	name, ok := strings.CutPrefix(place, "header ")
	return ok && (name == "date" || strings.HasSuffix(name, "-date") || strings.HasSuffix(name, "timestamp") || strings.HasSuffix(name, "nonce") || name == "signature-input")
}

// signsLink tells the parameters of a signed link.
func signsLink(place string, ok, bad *traffic.Request) bool {
	name, is := strings.CutPrefix(place, "query ")
	if !is {
		return false
	}
	for _, r := range []*traffic.Request{ok, bad} {
		if l, signed := scenarios.SignedLinkOf(r); signed {
			lower := strings.ToLower(name)
			return name == l.EndsAt || strings.HasPrefix(lower, "x-amz-") || strings.HasPrefix(lower, "x-goog-") || strings.Contains(lower, "sig")
		}
	}
	return false
}

func signingPlace(place string, s scenarios.RequestSigning) bool {
	if s.Part == diff.Header {
		return within("header authorization", place)
	}
	name, is := strings.CutPrefix(place, "query ")
	return is && strings.HasPrefix(strings.ToLower(name), "x-")
}

// covered tells whether a signature of a request may be over a place. What a
// scheme lists is taken at its word; else it is all but fields.
func covered(place string, r *traffic.Request) bool {
	switch kind, name, _ := strings.Cut(place, " "); kind {
	case "method", "path", "query", "origin", "body":
		return true
	case "header":
		s, is := scenarios.SigningOf(r)
		return is && slices.Contains(s.SignedHeaders, name) || isDigest(place) ||
			strings.Contains(strings.ToLower(r.Header.Get("Signature-Input")), `"`+name+`"`)
	}
	return false
}

// missing joins a request that the failing flow lacks with what it hands out.
func (g *grouping) missing(c *diff.Comparison) {
	trace := scenarios.NewTrace(c.OK)
	for i, p := range g.d.Parts {
		if !p.Drop {
			continue
		}
		for k, q := range g.d.Parts {
			if q.Drop {
				continue
			}
			if from, issued := trace.IssuedBy(q.Entry, q.old); issued && from.Entry == p.Entry {
				g.join([]int{i, k}, "a request that is missing, and what it hands out")
			}
		}
	}
}
