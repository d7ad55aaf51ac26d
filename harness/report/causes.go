package report

import (
	"io"
	"strings"

	"github.com/replaydiff/replay/scenarios"
)

// Causes lists the catalogue by group: the id of each cause and a sentence.
func Causes(w io.Writer, causes []*scenarios.Cause, t Terminal) error {
	p := newPage(w, t)
	group := scenarios.Group("")
	for n, c := range causes {
		if c.Group != group {
			if n > 0 {
				p.line(0)
			}
			group = c.Group
			p.line(0, span{cyan, string(group)})
		}
		p.line(0, span{bold, "  " + c.ID}, span{dim, kindNote(c.Kind)})
		p.line(6, plain("      "+c.Means))
	}
	return p.Flush()
}

// kindNote marks what is no mechanism of its own.
func kindNote(k scenarios.Kind) string {
	switch k {
	case scenarios.Symptom:
		return "  (a symptom: something else is behind it)"
	case scenarios.Shape:
		return "  (how another cause looks over time)"
	case scenarios.Verdict:
		return "  (about the captures)"
	}
	return ""
}

const causeColumn = 10

// Cause writes the whole text of one cause.
func Cause(w io.Writer, c *scenarios.Cause, t Terminal) error {
	p := newPage(w, t)
	p.line(0, span{bold, c.ID}, span{dim, "  " + string(c.Group) + kindNote(c.Kind)})
	p.section("what", c.Means)
	p.section("seen by", c.Looks)
	if len(c.Explains) > 0 {
		p.section("explains", strings.Join(c.Explains, ", "))
	}
	for n, u := range c.Unlike {
		p.entry(first(n, "not"), u.ID, cyan)
		p.line(causeColumn+2, plain(strings.Repeat(" ", causeColumn+2)+u.Text))
	}
	for n, a := range c.Advice {
		p.entry(first(n, "fix"), string(a.Where), green)
		p.line(causeColumn+2, plain(strings.Repeat(" ", causeColumn+2)+a.Text))
		p.snippet(a.Snippet, causeColumn+4)
	}
	for n, ref := range c.Refs {
		if n == 0 {
			p.line(0)
		}
		p.line(causeColumn, span{cyan, pad(first(n, "see"), causeColumn)}, plain(ref))
	}
	return p.Flush()
}

// first is a label for the first of a list.
func first(n int, label string) string {
	if n > 0 {
		return ""
	}
	return label
}

func (p page) section(label, text string) {
	p.line(0)
	p.line(causeColumn, span{cyan, pad(label, causeColumn)}, plain(text))
}

func (p page) entry(label, name, color string) {
	if label != "" {
		p.line(0)
	}
	p.line(causeColumn, span{cyan, pad(label, causeColumn)}, span{color, name})
}

type causeDocument struct {
	ID       string           `json:"id"`
	Kind     string           `json:"kind"`
	Group    string           `json:"group"`
	Means    string           `json:"means"`
	Looks    string           `json:"looks"`
	Unlike   []unlikeDocument `json:"unlike"`
	Explains []string         `json:"explains"`
	Advice   []adviceDocument `json:"advice"`
	Refs     []string         `json:"references"`
}

type unlikeDocument struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// CausesJSON writes causes as JSON: {"version": 1, "causes": […]}.
func CausesJSON(w io.Writer, causes []*scenarios.Cause) error {
	doc := struct {
		Version int             `json:"version"`
		Causes  []causeDocument `json:"causes"`
	}{1, []causeDocument{}}
	for _, c := range causes {
		doc.Causes = append(doc.Causes, causeOf(c))
	}
	return writeJSON(w, doc)
}

func causeOf(c *scenarios.Cause) causeDocument {
	doc := causeDocument{
		ID: c.ID, Kind: string(c.Kind), Group: string(c.Group), Means: c.Means, Looks: c.Looks,
		Unlike: []unlikeDocument{}, Explains: append([]string{}, c.Explains...), Advice: adviceOf(c.Advice), Refs: append([]string{}, c.Refs...),
	}
	for _, u := range c.Unlike {
		doc.Unlike = append(doc.Unlike, unlikeDocument{u.ID, u.Text})
	}
	return doc
}
