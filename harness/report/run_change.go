package report

import (
	"strings"
	"unicode/utf8"

	"github.com/replaydiff/replay/harness/results"
)

// fieldName is the path of a difference as it is read: all of them are in the
// answer.
func fieldName(path string) string {
	if path == "response.body.{}" {
		return "body, a line"
	}
	return strings.TrimPrefix(safe(path), "response.")
}

// A change is how a field went from one answer to the other.
type change struct {
	kind     results.Change
	old, new *string
	varies   bool
}

func changeOf(f results.Field) change {
	return change{f.Kind, named(f.Path, f.Old), named(f.Path, f.New), false}
}

// named writes the status 0 of captures as what it stands for.
func named(field string, value *string) *string {
	if field != "response.status" || value == nil || *value != "0" {
		return value
	}
	none := "no answer"
	return &none
}

// change of a group shows the example where the values vary.
func (d *difference) change() change {
	old, new := d.Old, d.New
	if d.Varies {
		old, new = d.Example.Old, d.Example.New
	}
	return change{d.Kind, named(d.Field, old), named(d.Field, new), d.Varies}
}

// values are the old and the new value as they are shown, each at most n
// columns wide, and from where they differ if they are longer.
func (c change) values(n int) (old, new string) {
	old, new = valueText(c.old), valueText(c.new)
	if c.old == nil || c.new == nil {
		return cut(old, n), cut(new, n)
	}
	return focus(old, new, n)
}

func valueText(s *string) string {
	if s != nil && *s == "" {
		return "(empty)"
	}
	return pointed(s)
}

// words tells the change in one line, both values in full.
func (c change) words() string {
	old, new := c.values(1 << 20)
	text := ""
	switch {
	case c.kind == results.Lost:
		text = "lost"
		if c.old != nil && *c.old != "" {
			text += ", was " + old
		}
	case c.kind == results.Gained:
		text = "gained"
		if c.new != nil && *c.new != "" {
			text += " " + new
		}
	case c.kind == results.Moved && (old == "" || old == new):
		text = "the same, in another order"
	case old == "" && new == "":
		text = "changed"
	default:
		text = old + " → " + new
	}
	if c.varies {
		text += " (not the same in all)"
	}
	return text
}

// focus shortens two values so that the first place where they differ is seen.
func focus(old, new string, n int) (string, string) {
	if columns(old) <= n && columns(new) <= n {
		return old, new
	}
	same := 0
	for same < len(old) && same < len(new) {
		a, size := utf8.DecodeRuneInString(old[same:])
		b, _ := utf8.DecodeRuneInString(new[same:])
		if a != b {
			break
		}
		same += size
	}
	// A quarter is for what stands before, or what the rest leaves.
	context := max(n/4, n-1-max(columns(old[same:]), columns(new[same:])))
	if columns(old[:same]) > context+1 {
		before := "…" + tail(old[:same], context)
		old, new = before+old[same:], before+new[same:]
	}
	return cut(old, n), cut(new, n)
}

// changeLines writes the change of a field, at an indentation: in one line
// where it fits, with a value a line where it does not.
func (p page) changeLines(indent, nameColumns int, name string, c change, color string) {
	space := plain(strings.Repeat(" ", indent))
	words := c.words()
	padded := pad(name, nameColumns) + "  "
	if columns(padded)+columns(words) <= p.width()-indent {
		p.line(indent, append([]span{space, plain(padded)}, c.spans(words, color)...)...)
		return
	}
	const label = 5 // "was  "
	old, new := c.values(p.width() - indent - 2 - label)
	if c.old == nil || c.new == nil {
		old, new = "", cut(words, p.width()-indent-2)
	}
	note := ""
	if c.varies && old != "" {
		note = "  (not the same in all)"
	}
	p.line(indent, space, plain(cutMiddle(name, p.width()-indent)), span{dim, note})
	inner := strings.Repeat(" ", indent+2)
	if old == "" {
		p.line(indent+2, plain(inner), span{color, new})
		return
	}
	p.line(indent+2, plain(inner+"was  "+old))
	p.line(indent+2, plain(inner+"now  "), span{color, new})
}

// spans colours what is new in the words of a change.
func (c change) spans(words, color string) []span {
	if before, after, ok := strings.Cut(words, " → "); ok && c.old != nil && strings.Count(words, " → ") == 1 {
		return []span{plain(before + " → "), {color, after}}
	}
	return []span{{color, words}}
}
