package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/scenarios"
)

// A page is a text in lines that are never wider than the terminal.
type page struct {
	*bufio.Writer
	Terminal
}

func newPage(w io.Writer, t Terminal) page { return page{bufio.NewWriter(w), t} }

// A span is a piece of a line in one colour. Its text has passed the masker or
// [mask.Visible].
type span struct{ color, text string }

func plain(text string) span { return span{"", text} }

// line writes spans as a line. What does not fit stands below, indented by
// hang columns.
func (p page) line(hang int, spans ...span) {
	for _, line := range fold(spans, p.width(), hang) {
		for _, s := range line {
			p.WriteString(p.paint(s.color, s.text))
		}
		p.WriteByte('\n')
	}
}

// labelled writes a line behind a label in a first column of that width.
func (p page) labelled(column int, label string, spans ...span) {
	p.line(column, append([]span{{cyan, pad(label, column)}}, spans...)...)
}

// causeAndSureness is the id of a cause at the left of the room behind a
// column, and how sure it is at its right.
func (p page) causeAndSureness(column int, id string, f scenarios.Finding) []span {
	sure := fmt.Sprintf("%s (%.2f)", f.Word(), f.Confidence)
	room := p.width() - column - columns(sure)
	return []span{{bold, pad(id, max(room, columns(id)+2))}, {dim, sure}}
}

// advice is what to do at one place, behind a label in a first column.
func (p page) advice(column int, label, where, text, code string) {
	indent := column + placeColumn
	p.line(indent, span{cyan, pad(label, column)}, span{green, pad(where, placeColumn)}, plain(text))
	p.snippet(code, indent)
}

// snippet writes code as it is to be typed.
func (p page) snippet(code string, indent int) {
	if code == "" {
		return
	}
	for line := range strings.SplitSeq(code, "\n") {
		p.line(indent+2, span{dim, strings.Repeat(" ", indent) + line})
	}
}

// fold breaks spans into lines of at most n columns, at spaces where there
// are any.
func fold(spans []span, n, hang int) [][]span {
	hang = min(hang, n/2)
	var lines [][]span
	for room := n; ; room = n - hang {
		line, rest := breakLine(spans, room)
		if len(lines) > 0 && hang > 0 {
			line = append([]span{plain(strings.Repeat(" ", hang))}, line...)
		}
		lines = append(lines, line)
		if rest == nil {
			return lines
		}
		spans = rest
	}
}

// breakLine takes the spans that fit a line, and returns what is left, nil
// where nothing is.
func breakLine(spans []span, room int) (line, rest []span) {
	used, spaceSpan, spaceAt := 0, -1, 0
	for n, s := range spans {
		for i, r := range s.text {
			if r == ' ' && used > room/2 {
				spaceSpan, spaceAt = n, i
			}
			if used += runeColumns(r); used <= room {
				continue
			}
			if spaceSpan >= 0 {
				n, i = spaceSpan, spaceAt
			}
			return splitSpans(spans, n, i)
		}
	}
	return spans, nil
}

// splitSpans cuts at byte i of span n; spaces at the cut are dropped.
func splitSpans(spans []span, n, i int) (line, rest []span) {
	line = append(line, spans[:n]...)
	line = append(line, span{spans[n].color, spans[n].text[:i]})
	rest = append(rest, span{spans[n].color, spans[n].text[i:]})
	rest = append(rest, spans[n+1:]...)
	for len(rest) > 0 {
		rest[0].text = strings.TrimLeft(rest[0].text, " ")
		if rest[0].text != "" {
			return line, rest
		}
		rest = rest[1:]
	}
	return line, nil
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
