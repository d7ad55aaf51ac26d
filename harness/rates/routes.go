package rates

import (
	"maps"
	"slices"
	"strings"
)

// A tree learns which segments of paths are words and which are names of things
// that package diff can't know as such: slugs, user names. Below one node there
// are few words and they come again; of names there is always one more.
//
// It is bounded: a node has at most maxWords children, the tree maxNodes nodes,
// a path maxSegments segments.
type tree struct {
	root  node
	nodes int
}

type node struct {
	events   int64 // that ended here
	children map[string]*node
	names    bool // new segments are names
}

const (
	maxNodes    = 16384
	maxSegments = 12
	someWords   = 40  // from there on a new word needs that the others came again…
	perWord     = 20  // …so often on average
	maxWords    = 200 // more are never words
	heavyShare  = 20  // a word with a 20th of the events stays one among names
)

// A learnt route is where its events are counted.
type learnt struct {
	path string
	node *node
}

// learn is the route of a template. changed tells that segments that were
// words became names: routes that were returned before may have another now.
func (t *tree) learn(template string) (l learnt, changed bool) {
	n := &t.root
	var b strings.Builder
	segments := 0
	for rest, more := template, true; more; segments++ {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		if segments == maxSegments && more {
			segment, more = "…", false
		}
		child, became := t.child(n, segment)
		changed = changed || became
		if segments > 0 {
			b.WriteByte('/')
		}
		if n.children[segment] == child {
			b.WriteString(segment)
		} else {
			b.WriteString(mark)
		}
		n = child
	}
	return learnt{b.String(), n}, changed
}

// child is the node of a segment, that of the names where it is one.
func (t *tree) child(n *node, segment string) (child *node, became bool) {
	if c := n.children[segment]; c != nil {
		return c, false
	}
	if segment != mark && !n.names && (t.nodes >= maxNodes || !n.hasRoom()) {
		t.collapse(n)
		became = true
	}
	if n.names {
		segment = mark
		if c := n.children[mark]; c != nil {
			return c, became
		}
	}
	if n.children == nil {
		n.children = map[string]*node{}
	}
	c := &node{}
	n.children[strings.Clone(segment)] = c
	t.nodes++
	return c, became
}

func (n *node) hasRoom() bool {
	words := len(n.children)
	return words < someWords || words < maxWords && n.total() >= int64(perWord*words)
}

// total is the number of events at and below a node.
func (n *node) total() int64 {
	sum := n.events
	for _, c := range n.children {
		sum += c.total()
	}
	return sum
}

// collapse makes names of all words below a node but the heavy ones.
func (t *tree) collapse(n *node) {
	n.names = true
	least := max(n.total()/heavyShare, 1)
	names := n.children[mark]
	for _, segment := range slices.Sorted(maps.Keys(n.children)) { // the order decides what is joined first
		c := n.children[segment]
		if segment == mark || segment == "" || c.total() >= least && c.total() > 1 {
			continue
		}
		delete(n.children, segment)
		if names == nil {
			names = c
			continue
		}
		t.join(names, c)
	}
	if names != nil {
		if n.children == nil {
			n.children = map[string]*node{}
		}
		n.children[mark] = names
	}
}

// join puts all of a node into another.
func (t *tree) join(into, from *node) {
	t.nodes--
	into.events += from.events
	into.names = into.names || from.names
	for _, segment := range slices.Sorted(maps.Keys(from.children)) {
		c := from.children[segment]
		switch had := into.children[segment]; {
		case had != nil:
			t.join(had, c)
		case into.children == nil:
			into.children = map[string]*node{segment: c}
		default:
			into.children[segment] = c
		}
	}
	if len(into.children) > maxWords || into.names && len(from.children) > 0 {
		t.collapse(into)
	}
}
