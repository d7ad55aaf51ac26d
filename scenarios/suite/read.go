package suite

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff/spelling"
)

// The bounds of a suite's file.
const (
	maxFile  = 1 << 20 // bytes
	maxNodes = 100_000 // values, those behind aliases counted each time
	maxDepth = 40
)

// Read reads a suite from YAML. The error is *[Mistakes] with all that is wrong
// with the file, each with its place. Secrets are never repeated in it.
func Read(r io.Reader, file string) (*Suite, error) {
	d := &decoder{mistakes: &Mistakes{File: file}}
	content, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(content) > maxFile {
		d.mistakes.add(0, 0, "longer than 1 MiB: this is no suite")
		return nil, d.mistakes.err()
	}
	root, ok := d.parse(content)
	if !ok {
		return nil, d.mistakes.err()
	}
	s := d.suite(root)
	if err := d.mistakes.err(); err != nil {
		return nil, err
	}
	return s, nil
}

// A decoder turns YAML into a suite and collects mistakes.
type decoder struct {
	mistakes *Mistakes
	users    map[string]bool // that the suite defines
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// parse reads one document and makes sure that walking it ends.
func (d *decoder) parse(content []byte) (*yaml.Node, bool) {
	var doc yaml.Node
	dec := yaml.NewDecoder(strings.NewReader(string(content)))
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		d.mistakes.add(1, 1, "the file is empty: a suite has at least capture and scenarios")
		return nil, false
	case err != nil:
		line, text := 0, err.Error()
		if m := yamlLine.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1])
			text = m[2]
		}
		d.mistakes.add(line, min(line, 1), "no YAML: "+safeReason(text))
		return nil, false
	}
	if dec.Decode(new(yaml.Node)) == nil {
		d.mistakes.add(0, 0, "more than one document: a suite is one, without a second ---")
	}
	m := measure{}
	if reason := m.node(&doc, 0); reason != "" {
		d.mistakes.add(0, 0, reason)
		return nil, false
	}
	root := &doc
	if doc.Kind == yaml.DocumentNode && len(doc.Content) > 0 {
		root = doc.Content[0]
		if root.HeadComment == "" {
			root.HeadComment = doc.HeadComment
		}
	}
	return root, true
}

// safeReason is the parser's reason. Of the file it repeats names of anchors
// alone, which are left out.
func safeReason(text string) string {
	if strings.Contains(text, "anchor") {
		text, _, _ = strings.Cut(text, " '")
	}
	return strings.ToValidUTF8(text[:min(len(text), 120)], "")
}

// measure counts the values of a document as often as a walk meets them: ten
// lines of aliases to aliases are billions.
type measure struct{ nodes int }

func (m *measure) node(n *yaml.Node, depth int) string {
	if m.nodes++; m.nodes > maxNodes {
		return "more than 100000 values, aliases counted each time: this is no suite"
	}
	if depth > maxDepth {
		return "nested deeper than 40 levels: this is no suite"
	}
	if n.Kind == yaml.AliasNode {
		return m.node(n.Alias, depth+1)
	}
	for _, c := range n.Content {
		if reason := m.node(c, depth+1); reason != "" {
			return reason
		}
	}
	return ""
}

func (d *decoder) wrong(n *yaml.Node, text string) { d.mistakes.add(n.Line, n.Column, text) }

// A key is one that a mapping may have, and what reads its value.
type key struct {
	name string
	read func(*yaml.Node)
}

// fields reads a mapping: every key once, none that is unknown.
func (d *decoder) fields(n *yaml.Node, what string, keys []key) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, what+" must be a mapping, this is "+kindOf(n))
		return
	}
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	d.entries(n, what, func(name string, at, value *yaml.Node) {
		for _, k := range keys {
			if k.name == name {
				k.read(value)
				return
			}
		}
		d.unknown(at, name, what, names)
	})
}

// entries walks over the entries of a mapping, each key once.
func (d *decoder) entries(n *yaml.Node, what string, read func(name string, at, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, what+" must be a mapping, this is "+kindOf(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		at, value := deref(n.Content[i]), deref(n.Content[i+1])
		switch {
		case at.Kind != yaml.ScalarNode:
			d.wrong(at, "a key must be text, this is "+kindOf(at))
		case at.Tag == "!!merge":
			d.wrong(at, "merge keys (<<) are not read: write the keys out, or use a matrix")
		case seen[at.Value]:
			d.wrong(at, quoted(at.Value)+" is there twice")
		default:
			seen[at.Value] = true
			read(at.Value, at, value)
		}
	}
}

func (d *decoder) unknown(at *yaml.Node, name, what string, known []string) {
	if near := spelling.Nearest(name, known); near != "" {
		d.wrong(at, quoted(name)+": did you mean "+quoted(near)+"?")
		return
	}
	d.wrong(at, what+" has no "+quoted(name)+"; it has "+list(known, "and"))
}

// items reads a list, or a single value in place of one.
func (d *decoder) items(n *yaml.Node, read func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		read(n)
		return
	}
	for _, item := range n.Content {
		read(deref(item))
	}
}

// text reads a scalar as it is written, whatever it looks like.
func (d *decoder) text(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Tag == "!!binary" {
		d.wrong(n, what+" must be text, this is "+kindOf(n))
		return "", false
	}
	if strings.ContainsAny(n.Value, "\x00") {
		d.wrong(n, what+" holds a NUL byte")
		return "", false
	}
	return n.Value, true
}

// into returns a reader of text for a key.
func (d *decoder) into(to *string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) { *to, _ = d.text(n, what) }
}

func deref(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// kindOf says what a value is without saying its content.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	case "!!binary":
		return "binary data"
	}
	return "text"
}
