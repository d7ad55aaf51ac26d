package results

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// maxBaseline is the length in bytes of a baseline that is read.
const maxBaseline = 16 << 20

// ReadBaseline reads a baseline file (YAML); file names it in messages. All
// mistakes in it are told at once, each with line and column. An empty file
// accepts nothing.
func ReadBaseline(r io.Reader, file string) (Baseline, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxBaseline+1))
	switch {
	case err != nil:
		return Baseline{}, fmt.Errorf("%s: %w", file, err)
	case len(content) > maxBaseline:
		return Baseline{}, fmt.Errorf("%s: longer than %d MiB, no baseline is", file, maxBaseline>>20)
	}
	b := baselineReader{file: file}
	root, err := b.document(content)
	if err != nil {
		return Baseline{}, err
	}
	if root != nil {
		b.root(root)
	}
	if len(b.mistakes) > 0 {
		return Baseline{}, errors.Join(b.mistakes...)
	}
	return b.baseline, nil
}

// document is the only document of a file, nil where there is none.
func (b *baselineReader) document(content []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, b.syntax(err)
	}
	if err := decoder.Decode(&second); err == nil {
		b.add(&second, "a second document; a baseline is one")
	} else if !errors.Is(err, io.EOF) {
		return nil, b.syntax(err)
	}
	if len(document.Content) != 1 {
		return nil, nil
	}
	return document.Content[0], nil
}

// A baselineReader walks the nodes of a baseline file.
type baselineReader struct {
	file     string
	baseline Baseline
	mistakes []error
}

// maxMistakes bounds what is told of a file that is no baseline at all.
const maxMistakes = 20

func (b *baselineReader) add(at *yaml.Node, format string, args ...any) {
	if len(b.mistakes) < maxMistakes {
		b.mistakes = append(b.mistakes, fmt.Errorf("%s:%d:%d: %s", b.file, at.Line, at.Column, fmt.Sprintf(format, args...)))
	}
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// syntax is a mistake of YAML itself, of which the parser knows the line alone.
func (b *baselineReader) syntax(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	if m := yamlLine.FindStringSubmatch(text); m != nil && m[1] != "" {
		return fmt.Errorf("%s:%s:1: no YAML: %s", b.file, m[1], mask.Visible(withoutQuoted(m[2])))
	}
	return fmt.Errorf("%s: no YAML: %s", b.file, mask.Visible(withoutQuoted(strings.TrimPrefix(text, "yaml: "))))
}

// quoted is what the parser repeats of the file.
var quoted = regexp.MustCompile("['\"`].*['\"`]")

func withoutQuoted(s string) string { return quoted.ReplaceAllString(s, "…") }

const wantsList = `it holds a list "accepted"`

func (b *baselineReader) root(n *yaml.Node) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		b.add(n, "no baseline: "+wantsList)
		return
	}
	b.members(n, []string{"accepted"}, func(_ string, key, value *yaml.Node) {
		if isNull(value) {
			return
		}
		if value.Kind != yaml.SequenceNode {
			b.add(value, `"accepted" is a list, its elements begin with "- template:"`)
			return
		}
		for _, element := range value.Content {
			b.acceptance(element)
		}
	})
}

// members calls f for the known members of a mapping, once for each.
func (b *baselineReader) members(n *yaml.Node, known []string, f func(name string, key, value *yaml.Node)) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content) && len(b.mistakes) < maxMistakes; i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := key.Value
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, name):
			b.add(key, "unknown key %s; %s", strconv.Quote(mask.Name(name)), meant(name, known))
		case seen[name]:
			b.add(key, "%q stands here twice", name)
		case value.Kind == yaml.AliasNode:
			b.add(value, "an alias; write the value here")
		default:
			seen[name] = true
			f(name, key, value)
		}
	}
}

// meant ends the message of a name that is unknown.
func meant(name string, known []string) string {
	if near := spelling.Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "it is one of " + strings.Join(known, ", ")
}

func (b *baselineReader) acceptance(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		b.add(n, `an element has "template", "field" and "kind"`)
		return
	}
	before := len(b.mistakes)
	var a Acceptance
	b.members(n, []string{"template", "field", "kind", "old", "new", "reason"}, func(name string, key, value *yaml.Node) {
		b.member(&a, name, value)
	})
	if len(b.mistakes) > before {
		return
	}
	switch {
	case a.Template == "":
		b.add(n, `no "template", as "GET /account/{}"`)
	case a.Field == "":
		b.add(n, `no "field", as "response.set-cookie.sid.secure"`)
	case a.Kind == "":
		b.add(n, `no "kind": one of lost, gained, changed, moved`)
	case a.Kind == Lost && a.New != nil:
		b.add(n, `what is lost has no "new"`)
	case a.Kind == Gained && a.Old != nil:
		b.add(n, `what is gained has no "old"`)
	default:
		b.baseline.Accepted = append(b.baseline.Accepted, a)
	}
}

func (b *baselineReader) member(a *Acceptance, name string, value *yaml.Node) {
	if value.Kind != yaml.ScalarNode {
		b.add(value, "%q is a text", name)
		return
	}
	if isNull(value) {
		b.add(value, `%q has no value; leave the key out to accept any, write "" for an empty one`, name)
		return
	}
	text := value.Value
	switch name {
	case "template":
		a.Template = text
	case "field":
		a.Field = text
	case "kind":
		a.Kind = Change(text)
		if !a.Kind.known() {
			b.add(value, "no kind; %s", meant(text, []string{string(Lost), string(Gained), string(Changed), string(Moved)}))
		}
	case "old":
		a.Old = &text
	case "new":
		a.New = &text
	case "reason":
		a.Reason = text
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
