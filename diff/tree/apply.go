package tree

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// ErrPlace is returned for an edit whose place the original does not have: it
// was made for another text.
var ErrPlace = errors.New("edit does not fit the original")

// Apply returns old with the edits in it; old is left as it is. The order of
// the edits does not matter.
func Apply(old Parts, edits []Edit) (Parts, error) {
	return apply(old, edits, 0)
}

// A placed kid sorts by where it belongs: after which kid of the original, or
// at which index of the new list.
type placed struct {
	kid             Kid
	major, tie, sub int
}

// A level holds the edits of one level of a text.
type level struct {
	below [][]Edit // by kid of the original
	adds  []Edit
	order []int // of a Reorder, nil without one
	style string
}

func apply(old Parts, edits []Edit, depth int) (Parts, error) {
	here, err := sortEdits(old, edits, depth)
	if err != nil {
		return Parts{}, err
	}
	var kids []placed
	at := positions(len(old.Kids), here.order)
	for i, kid := range old.Kids {
		kid, keep, err := applyKid(kid, here.below[i], depth+1)
		if err != nil {
			return Parts{}, err
		}
		if keep {
			at[i].kid = kid
			kids = append(kids, at[i])
		}
	}
	for _, e := range here.adds {
		p := placed{kid: Kid{Key: lastKey(e), Label: e.Label, Text: e.New}, major: e.After, tie: 1, sub: e.Rank}
		if here.order != nil {
			p.major, p.tie, p.sub = e.Rank, 0, 0
		}
		kids = append(kids, p)
	}
	slices.SortStableFunc(kids, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.major, b.major), cmp.Compare(a.tie, b.tie), cmp.Compare(a.sub, b.sub))
	})
	out := Parts{Mode: old.Mode, Style: here.style, Kids: make([]Kid, len(kids))}
	for n, p := range kids {
		out.Kids[n] = p.kid
	}
	return out, nil
}

// sortEdits tells the edits of this level from those of the kids below.
func sortEdits(old Parts, edits []Edit, depth int) (level, error) {
	here := level{below: make([][]Edit, len(old.Kids)), style: old.Style}
	for _, e := range edits {
		if len(e.At) > depth {
			i := e.At[depth]
			if i < 0 || i >= len(old.Kids) {
				return level{}, placeError(e)
			}
			here.below[i] = append(here.below[i], e)
			continue
		}
		switch {
		case e.Op == Layout:
			here.style = e.New
		case e.Op == Add:
			here.adds = append(here.adds, e)
		case e.Op == Reorder && len(e.Order) == len(old.Kids):
			here.order = e.Order
		default:
			return level{}, placeError(e)
		}
	}
	return here, nil
}

// positions says where each original kid goes. Under a new order a kid that
// has no place in it stays behind the kid that it followed.
func positions(n int, order []int) []placed {
	at := make([]placed, n)
	last := -1
	for i := range at {
		switch {
		case order == nil:
			at[i].major = i
		case order[i] >= 0:
			last = order[i]
			at[i].major = last
		default:
			at[i] = placed{major: last, tie: 1, sub: i}
		}
	}
	return at
}

func applyKid(kid Kid, edits []Edit, depth int) (_ Kid, keep bool, _ error) {
	var deeper []Edit
	keep = true
	for _, e := range edits {
		if len(e.At) > depth {
			deeper = append(deeper, e)
			continue
		}
		switch e.Op {
		case Remove:
			keep = false
		case Replace:
			kid.Text = e.New
		case Respell:
			kid.Label = e.New
		default: // Add, Layout and Reorder of the text below
			deeper = append(deeper, e)
		}
	}
	if len(deeper) == 0 || !keep {
		return kid, keep, nil
	}
	p, ok := split(kid.Codec, kid.Text)
	if !ok {
		return kid, false, placeError(deeper[0])
	}
	p, err := apply(p, deeper, depth)
	if err != nil {
		return kid, false, err
	}
	kid.Text = kid.Codec.Join(p)
	return kid, true, nil
}

// Below returns the Parts at a place: those that an edit with that At is in.
func Below(p Parts, at []int) (Parts, bool) {
	for _, i := range at {
		if i < 0 || i >= len(p.Kids) {
			return Parts{}, false
		}
		kid := p.Kids[i]
		var ok bool
		if p, ok = split(kid.Codec, kid.Text); !ok {
			return Parts{}, false
		}
	}
	return p, true
}

func lastKey(e Edit) string {
	if len(e.Keys) == 0 {
		return ""
	}
	return e.Keys[len(e.Keys)-1]
}

func placeError(e Edit) error {
	return fmt.Errorf("%w: %s at %q", ErrPlace, e.Op, e.Keys)
}
