package settings

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// A reader walks the nodes of a file and collects its mistakes. It walks nodes,
// not decoded values, for each mistake has a place, and aliases are followed one
// at a time, within maxNodes.
type reader struct {
	file, folder string
	mistakes     []mistake
	more         int // mistakes beyond maxMistakes
	nodes        int
}

// A mistake is an error and where it is.
type mistake struct {
	line, column int
	text         string
}

const (
	maxMistakes = 20
	maxNodes    = 20_000
)

func (r *reader) wrong(n *yaml.Node, format string, args ...any) {
	if len(r.mistakes) >= maxMistakes {
		r.more++
		return
	}
	r.mistakes = append(r.mistakes, mistake{n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// err is all mistakes in the order of the file.
func (r *reader) err() error {
	slices.SortStableFunc(r.mistakes, func(a, b mistake) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	var errs []error
	for _, m := range r.mistakes {
		errs = append(errs, fmt.Errorf("%s:%d:%d: %s", r.file, m.line, m.column, m.text))
	}
	if r.more > 0 {
		errs = append(errs, fmt.Errorf("%s: and %d more", r.file, r.more))
	}
	return errors.Join(errs...)
}

// follow returns what an alias stands for; false: the file holds more nodes than
// any honest one, by aliases of aliases.
func (r *reader) follow(n *yaml.Node) (*yaml.Node, bool) {
	r.nodes++
	if r.nodes > maxNodes {
		if r.nodes == maxNodes+1 {
			r.wrong(n, "too much to read: aliases of aliases?")
		}
		return nil, false
	}
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n, true
}

// keys are the known keys of a mapping and what reads their values.
type keys map[string]func(*yaml.Node)

// mapping reads a mapping whose keys are known.
func (r *reader) mapping(n *yaml.Node, what string, known keys) {
	names := slices.Sorted(maps.Keys(known))
	r.pairs(n, what, func(key, value *yaml.Node) {
		read, ok := known[key.Value]
		switch {
		case ok:
			read(value)
		case spelling.Nearest(key.Value, names) != "":
			r.wrong(key, "unknown key %s; did you mean %s?", shown(key.Value), spelling.Nearest(key.Value, names))
		default:
			r.wrong(key, "unknown key %s; %s has %s", shown(key.Value), what, strings.Join(names, ", "))
		}
	})
}

// pairs reads a mapping of any keys, each once.
func (r *reader) pairs(n *yaml.Node, what string, each func(key, value *yaml.Node)) {
	n, ok := r.follow(n)
	switch {
	case !ok:
		return
	case n.Kind != yaml.MappingNode:
		r.wrong(n, "%s is a mapping of keys to values, not %s", what, kindOf(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, ok := r.follow(n.Content[i])
		switch {
		case !ok:
			return
		case key.Kind != yaml.ScalarNode || key.Value == "":
			r.wrong(n.Content[i], "a key is a word")
		case seen[key.Value]:
			r.wrong(n.Content[i], "the key %s is there twice", shown(key.Value))
		default:
			seen[key.Value] = true
			each(n.Content[i], n.Content[i+1])
		}
	}
}

// list reads a list; where one is allowed, a single value stands for a list of
// it.
func (r *reader) list(n *yaml.Node, what string, oneToo bool, each func(*yaml.Node)) {
	n, ok := r.follow(n)
	switch {
	case !ok:
	case n.Kind == yaml.SequenceNode:
		for _, element := range n.Content {
			each(element)
		}
	case oneToo && n.Kind == yaml.ScalarNode && n.Tag != "!!null":
		each(n)
	default:
		r.wrong(n, "%s is a list, not %s", what, kindOf(n))
	}
}

// text reads a scalar that is not empty, "" where it is none.
func (r *reader) text(n *yaml.Node, what string) string {
	n, ok := r.follow(n)
	switch {
	case !ok:
		return ""
	case n.Kind != yaml.ScalarNode:
		r.wrong(n, "%s is a text, not %s", what, kindOf(n))
		return ""
	case n.Tag == "!!null" || n.Value == "":
		r.wrong(n, "%s is empty", what)
		return ""
	}
	return n.Value
}

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "nothing"
	}
	return "a single value"
}

func shown(key string) string { return strconv.Quote(mask.Name(key)) }
