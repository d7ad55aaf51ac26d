package tree

import (
	"math"
	"slices"
)

// Between returns the edits that turn old into new: none if and only if they
// are equal.
func Between(old, new Parts) []Edit {
	edits, _ := BetweenUpTo(old, new, math.MaxInt)
	return edits
}

// BetweenUpTo is Between for texts that may have nothing in common: with more
// than most edits it gives up and reports false.
func BetweenUpTo(old, new Parts, most int) ([]Edit, bool) {
	d := differ{most: most}
	d.parts(old, new)
	return d.edits, len(d.edits) <= most
}

// BetweenKids is Between for one kid of a list in which all others are equal,
// and which no other kid shares its key with.
func BetweenKids(old, new Kid, index int) []Edit {
	d := differ{most: math.MaxInt}
	d.kid(old, new, &namer{lone: old.Key}, index)
	return d.edits
}

// maxDepth is how deep a text is taken apart: each level is read again with all
// that is below it. A kid at that depth is replaced as a whole.
const maxDepth = 100

type differ struct {
	most  int
	keys  []string
	at    []int
	edits []Edit
}

// emit adds an edit at the current place; key and index, where given, name
// the kid below it.
func (d *differ) emit(e Edit, key string, index int) {
	e.Keys = slices.Clone(d.keys)
	e.At = slices.Clone(d.at)
	if key != "" {
		e.Keys = append(e.Keys, key)
	}
	if index >= 0 {
		e.At = append(e.At, index)
	}
	d.edits = append(d.edits, e)
}

func (d *differ) parts(old, new Parts) {
	if old.Style != new.Style {
		d.emit(Edit{Op: Layout, Old: old.Style, New: new.Style}, "", -1)
	}
	oldNames, newNames := namer{parts: old}, namer{parts: new}
	match := matchKids(old, new)
	taken := make([]int, len(new.Kids)) // index in old + 1
	for i, j := range match {
		if j >= 0 {
			taken[j] = i + 1
		}
	}
	for i, j := range match {
		if len(d.edits) > d.most {
			return
		}
		if j < 0 {
			kid := old.Kids[i]
			d.emit(Edit{Op: Remove, Old: kid.Text, Label: kid.Label}, oldNames.name(i), i)
			continue
		}
		d.kid(old.Kids[i], new.Kids[j], &oldNames, i)
	}
	after := -1
	for j, t := range taken {
		if t > 0 {
			after = t - 1
			continue
		}
		kid := new.Kids[j]
		d.emit(Edit{Op: Add, New: kid.Text, Label: kid.Label, After: after, Rank: j}, newNames.name(j), -1)
	}
	if old.Mode == Keyed && !inOrder(match) {
		d.emit(Edit{Op: Reorder, Order: match}, "", -1)
	}
}

func (d *differ) kid(a, b Kid, names *namer, i int) {
	if a.Label == b.Label && a.Text == b.Text {
		return
	}
	key := names.name(i)
	if a.Label != b.Label {
		d.emit(Edit{Op: Respell, Old: a.Label, New: b.Label}, key, i)
	}
	if a.Text == b.Text {
		return
	}
	if a.Codec != nil && a.Codec == b.Codec && len(d.at) < maxDepth {
		p, okP := split(a.Codec, a.Text)
		q, okQ := split(b.Codec, b.Text)
		if okP && okQ && p.Mode == q.Mode {
			d.keys = append(d.keys, key)
			d.at = append(d.at, i)
			d.parts(p, q)
			d.keys = d.keys[:len(d.keys)-1]
			d.at = d.at[:len(d.at)-1]
			return
		}
	}
	d.emit(Edit{Op: Replace, Old: a.Text, New: b.Text}, key, i)
}

// inOrder tells whether the matched kids stand in the same order on both
// sides.
func inOrder(match []int) bool {
	last := -1
	for _, j := range match {
		if j < 0 {
			continue
		}
		if j < last {
			return false
		}
		last = j
	}
	return true
}
