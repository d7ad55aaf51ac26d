package mask

import (
	"strings"
)

// A hit is what the scan finds in a text: a secret, and how it was encoded.
type hit struct {
	*secret
	note string

	changed bool // in another case or in hex: it shows the secret, and is not the same
}

// A tree finds learnt values in a text in one pass: a radix tree below the
// first eight bytes, and a filter before it, so that most positions of a text
// cost a multiplication and a bit test.
type tree struct {
	filter [1 << 10]uint64
	roots  map[uint64]*node
}

type node struct {
	label string
	hit   hit // its secret is nil where no value ends
	next  []*node
}

func head(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// slot is the place of a head in the filter: word and bit.
func slot(head uint64) (int, uint64) {
	h := head * 0x9e3779b97f4a7c15 >> 48
	return int(h >> 6), 1 << (h & 63)
}

// add enters a value; false where it is there already or is too short.
func (t *tree) add(value string, h hit) bool {
	if len(value) < MinLearnt {
		return false
	}
	if t.roots == nil {
		t.roots = map[uint64]*node{}
	}
	key := head(value)
	word, bit := slot(key)
	t.filter[word] |= bit
	root := t.roots[key]
	if root == nil {
		root = &node{}
		t.roots[key] = root
	}
	return root.add(value[MinLearnt:], h)
}

func (n *node) add(rest string, h hit) bool {
	for {
		if rest == "" {
			if n.hit.secret != nil && (!n.hit.changed || h.changed) {
				return false
			}
			n.hit = h
			return true
		}
		child := n.child(rest[0])
		if child == nil {
			n.next = append(n.next, &node{label: rest, hit: h})
			return true
		}
		common := commonPrefix(child.label, rest)
		if common < len(child.label) {
			child.split(common)
		}
		n, rest = child, rest[common:]
	}
}

// split ends the node's label at i and moves what follows one level down.
func (n *node) split(i int) {
	below := &node{label: n.label[i:], hit: n.hit, next: n.next}
	*n = node{label: n.label[:i], next: []*node{below}}
}

func (n *node) child(first byte) *node {
	for _, c := range n.next {
		if c.label[0] == first {
			return c
		}
	}
	return nil
}

// longest returns the longest learnt value that text begins with, and its
// length; 0 where there is none.
func (t *tree) longest(text string) (found hit, length int) {
	if len(text) < MinLearnt {
		return hit{}, 0
	}
	key := head(text)
	if word, bit := slot(key); t.filter[word]&bit == 0 {
		return hit{}, 0
	}
	n := t.roots[key]
	for at := MinLearnt; n != nil; at += len(n.label) {
		if n.hit.secret != nil {
			found, length = n.hit, at
		}
		if at == len(text) {
			break
		}
		if n = n.child(text[at]); n == nil || !strings.HasPrefix(text[at:], n.label) {
			break
		}
	}
	return found, length
}

// longer returns the first learnt secret that begins with the value and goes
// on, nil where there is none.
func (t *tree) longer(value string) *secret {
	if len(value) < MinLearnt {
		return nil
	}
	n, rest := t.roots[head(value)], value[MinLearnt:]
	for n != nil && rest != "" {
		if n = n.child(rest[0]); n == nil {
			return nil
		}
		common := commonPrefix(n.label, rest)
		if common == len(rest) && common < len(n.label) {
			return n.first()
		}
		if common < len(n.label) {
			return nil
		}
		rest = rest[common:]
	}
	if n == nil || len(n.next) == 0 {
		return nil
	}
	return n.next[0].first()
}

// first is the first secret at or below the node.
func (n *node) first() *secret {
	for n.hit.secret == nil {
		n = n.next[0]
	}
	return n.hit.secret
}

// in tells whether a learnt value stands anywhere in the text.
func (t *tree) in(text string) (hit, bool) {
	for i := range len(text) {
		if h, n := t.longest(text[i:]); n > 0 {
			return h, true
		}
	}
	return hit{}, false
}

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i+8 <= n && a[i:i+8] == b[i:i+8] {
		i += 8
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}
