package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/shown"
)

// A section holds the changes of some parts of a pair.
type section struct {
	title string
	side  diff.Side
	parts []diff.Part
}

// sections stand in the order in which people look for a cause.
var sections = []section{
	{"origin", diff.Request, []diff.Part{diff.URL, diff.Scheme, diff.Userinfo, diff.Host, diff.Port}},
	{"path", diff.Request, []diff.Part{diff.Method, diff.Path}},
	{"query", diff.Request, []diff.Part{diff.Query, diff.Fragment}},
	{"header", diff.Request, []diff.Part{diff.Header, diff.Proto}},
	{"cookie", diff.Request, []diff.Part{diff.Cookie}},
	{"body", diff.Request, []diff.Part{diff.Body, diff.MediaType}},
	{"response", diff.Response, []diff.Part{
		diff.Answer, diff.Status, diff.Failure, diff.Header, diff.SetCookie, diff.Location, diff.Body, diff.MediaType, diff.Reason, diff.Proto,
	}},
	{"recorder", diff.Recorder, []diff.Part{diff.Note}},
}

// of picks the section's changes, in the order of its parts.
func (s section) of(changes []diff.Change) []diff.Change {
	var list []diff.Change
	for _, part := range s.parts {
		for _, c := range changes {
			if c.Side == s.side && c.Part == part {
				list = append(list, c)
			}
		}
	}
	return list
}

const (
	maxSection  = 20 // changes shown of a section
	nameColumn  = 12
	valueColumn = 14
)

// changed shows all that changed in a pair, by section.
func (d *diffText) changed(p diff.Compared, changes []diff.Change) {
	t := pairText{diffText: d, door: shown.PairDoor(d.mask, p.OKExchange, p.BadExchange)}
	t.tokens = viewTokens(changes, t.door)
	if !requestMatters(changes) && !d.all {
		d.line(nameColumn, span{cyan, "  request   "}, plain("nothing changed in it"))
	}
	for _, s := range sections {
		t.section(s.title, s.of(changes))
	}
	if t.hidden > 0 {
		d.line(2, plain("  "), span{dim, count(t.hidden, "change", "changes") + " of noise in this pair (--all shows it)"})
	}
}

// requestMatters tells whether anything but noise changed in the request.
func requestMatters(changes []diff.Change) bool {
	return slices.ContainsFunc(changes, func(c diff.Change) bool { return c.Side == diff.Request && c.Noise == "" })
}

// A pairText writes the changes of one pair.
type pairText struct {
	*diffText
	door   shown.Door
	tokens *tokenView
	title  string // of the section, until its first line is written
	hidden int
}

func (t *pairText) section(title string, changes []diff.Change) {
	t.title = title
	shown := 0
	for _, c := range changes {
		switch {
		case t.all:
			t.change(c)
		case c.Noise != "", t.tokens.dropped(c.Edit):
			t.hidden++
		case t.tokens.quiet(c.Edit):
			if text := t.tokens.tell(c.Edit); text != "" {
				t.named(t.door.Name(c.Edit), plain("  "+text))
			}
		default:
			if shown++; shown <= maxSection {
				t.change(c)
			}
		}
	}
	if over := shown - maxSection; over > 0 {
		t.line(valueColumn, plain(strings.Repeat(" ", valueColumn)), span{dim, fmt.Sprintf("%d more (--all shows them)", over)})
	}
}

// named writes a line that begins with the name of a place, and with the
// section where it is the first.
func (t *pairText) named(name string, spans ...span) {
	t.line(valueColumn, append([]span{{cyan, "  " + pad(t.title, nameColumn-2)}, plain(name)}, spans...)...)
	t.title = ""
}

// change shows one edit: in a line where it fits, with its two values below
// each other elsewhere.
func (t *pairText) change(c diff.Change) {
	name := t.door.Place(c.Edit)
	if !t.all {
		name = cutMiddle(name, 2*t.width())
	}
	var note span
	if c.Noise != "" {
		note = span{dim, "  (" + string(c.Noise) + ")"}
	}
	old, new := t.door.Values(c.Edit)
	old, new = emptyMark(c.Edit, old), emptyMark(c.Edit, new)
	text := inline(c, visibleLine(old), visibleLine(new))
	if nameColumn+columns(name)+2+spanColumns(text)+columns(note.text) <= t.width() && !strings.Contains(old+new, "\n") {
		t.named(name, slices.Concat([]span{plain("  ")}, text, []span{note})...)
		return
	}
	t.named(name, note)
	if c.Op != diff.Add {
		t.value(span{green, "- "}, old, oldLines(c))
	}
	if c.Op != diff.Remove {
		t.value(span{red, "+ "}, new, maxValueLines)
	}
}

// inline is an edit in one line.
func inline(c diff.Change, old, new string) []span {
	switch {
	case c.Op == diff.Add && strings.EqualFold(c.Sub, new):
		return []span{{red, "added"}} // a member of a list: its name is its value
	case c.Op == diff.Remove && strings.EqualFold(c.Sub, old):
		return []span{{red, "removed"}}
	case c.Op == diff.Add:
		return []span{{red, "added"}, plain(" " + new)}
	case c.Op == diff.Remove:
		return []span{{red, "removed"}, plain(" " + old)}
	case c.Op == diff.Reorder:
		return []span{plain("in another order")}
	case c.Noise != "" && (c.Op == diff.Layout || c.Op == diff.Respell):
		return []span{plain("written differently")}
	}
	return []span{plain(old + " → "), {red, new}}
}

// emptyMark makes an empty value visible, and white space that matters; an
// empty segment is what a doubled or a trailing slash makes.
func emptyMark(e diff.Edit, value string) string {
	switch {
	case e.Op == diff.Layout || e.Op == diff.Respell:
		return strconv.Quote(value)
	case value != "":
		return value
	case e.Part == diff.Path:
		return "(empty, a slash alone)"
	}
	return "(empty)"
}

// maxValueLines bounds what is shown of a long value.
const maxValueLines = 6

// oldLines bounds the old value of an edit. Of an answer that is gone, its
// beginning tells enough.
func oldLines(c diff.Change) int {
	if c.Side == diff.Response && c.Part == diff.Body {
		return 2
	}
	return maxValueLines
}

// value shows a long value behind its sign, folded.
func (t *pairText) value(sign span, text string, most int) {
	var lines [][]span
	for part := range strings.SplitSeq(text, "\n") {
		lines = append(lines, fold([]span{plain(visibleLine(part))}, t.width()-valueColumn, 0)...)
	}
	if over := len(lines) - most; over > 0 && !t.all {
		lines = append(lines[:most:most], []span{{dim, "… " + count(over, "more line", "more lines")}})
	}
	indent := plain(strings.Repeat(" ", valueColumn-2))
	for _, line := range lines {
		t.line(valueColumn, slices.Concat([]span{indent, sign}, line)...)
		sign = plain("  ")
	}
}

// visibleLine makes visible what is left of controls in one line of a text.
func visibleLine(line string) string { return mask.Visible(strings.TrimSuffix(line, "\r")) }
