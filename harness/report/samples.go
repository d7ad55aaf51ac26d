package report

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/samples"
)

// Samples writes sample requests as Markdown. Captured text stands in code
// alone, where neither Markdown nor HTML is read (CommonMark sections 4.5 and
// 6.1).
func Samples(w io.Writer, d *samples.Document) error {
	m := samplesPage{bufio.NewWriter(w), d}
	m.head()
	m.setUp()
	m.wayIn()
	for i := range d.Parts {
		m.part(i)
	}
	m.leftOut()
	return m.Flush()
}

type samplesPage struct {
	*bufio.Writer
	doc *samples.Document
}

func (m samplesPage) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m samplesPage) head() {
	routes := 0
	for _, p := range m.doc.Parts {
		if p.Route {
			routes++
		}
	}
	m.line("# Sample requests\n")
	m.line("%s with credentials, and what has to go before %s, made from %s by `replay convert`.",
		count(routes, "kind of request", "kinds of requests"), pronoun(routes), codeSpan(mask.Visible(filepath.Base(m.doc.File))))
	m.line("The commands are for bash, and work in their order: each step takes from an answer what later requests carry.\n")
}

func pronoun(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// setUp are the variables of the reader.
func (m samplesPage) setUp() {
	m.line("## Before you begin\n")
	var lines []string
	for _, v := range m.doc.Bases {
		lines = append(lines, v.Name+"="+shellWord(v.Means))
	}
	for _, v := range m.doc.Given {
		lines = append(lines, v.Name+"=''")
	}
	lines = append(lines, `cd "$(mktemp -d)"`)
	m.WriteString(fenced("bash", strings.Join(lines, "\n")))
	m.line("")
	for _, v := range m.doc.Given {
		m.line("- `%s`: yours to set, %s", v.Name, prose(mask.Visible(v.Means)))
	}
	if m.doc.Cookies {
		m.line("- Cookies are kept in a file, as a browser keeps them.")
	}
	m.line("")
}

// shellWord quotes a recorded origin for bash.
func shellWord(text string) string {
	return "'" + strings.ReplaceAll(mask.Visible(text), "'", `'\''`) + "'"
}

// wayIn lists the steps: what each hands out, and where that is carried.
func (m samplesPage) wayIn() {
	m.line("## The way in\n")
	steps := 0
	for i, p := range m.doc.Parts {
		if !p.Step && p.Route {
			continue
		}
		carried := m.carriedFrom(i)
		if p.Route && carried == "" {
			continue
		}
		steps++
		m.line("%d. %s%s", steps, m.link(i), carried)
	}
	if steps == 0 {
		m.line("No step is recorded: the credentials are yours to set.")
	}
	m.line("")
}

// link names a part, with its number in the document.
func (m samplesPage) link(i int) string {
	return codeSpan(m.doc.Parts[i].Name) + " (request " + strconv.Itoa(i+1) + ")"
}

// carriedFrom says which values go from a part to which requests.
func (m samplesPage) carriedFrom(from int) string {
	var list []string
	for _, given := range m.doc.Parts[from].Gives {
		var to []string
		for i := from + 1; i < len(m.doc.Parts); i++ {
			if m.givesAgain(from, i, given) {
				break
			}
			for _, t := range m.doc.Parts[i].Takes {
				if t.Name == given.Name && isCookie(t) == isCookie(given) {
					to = append(to, strconv.Itoa(i+1)+" ("+prose(t.Place)+")")
				}
			}
		}
		if len(to) > 0 {
			name := "`$" + given.Name + "` from " + prose(given.Place)
			if isCookie(given) {
				name = "the cookie " + codeSpan(given.Name)
			}
			list = append(list, name+", carried in request "+strings.Join(to, ", "))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return ": hands out " + strings.Join(list, "; ")
}

// givesAgain tells whether a cookie is set anew before a part.
func (m samplesPage) givesAgain(from, i int, given samples.Carried) bool {
	if !isCookie(given) || i == from+1 {
		return false
	}
	for _, g := range m.doc.Parts[i-1].Gives {
		if isCookie(g) && g.Name == given.Name {
			return true
		}
	}
	return false
}

func isCookie(c samples.Carried) bool { return strings.HasPrefix(c.Place, "cookie ") }

func (m samplesPage) part(i int) {
	p := &m.doc.Parts[i]
	m.line("## %d. %s\n", i+1, codeSpan(p.Name))
	switch {
	case !p.Route:
		m.line("A step on the way in.\n")
	case p.Step:
		m.line("A route that takes a credential; later requests carry what it hands out.\n")
	}
	if p.Note != "" {
		m.line("%s\n", prose(p.Note))
	}
	m.WriteString(fenced("bash", p.Shell))
	m.line("\nAs HTTP:\n")
	m.WriteString(fenced("http", strings.TrimRight(p.Request, "\n")))
	m.line("\nAnswers %d:\n", p.Status)
	m.WriteString(fenced("http", strings.TrimRight(p.Answer, "\n")))
	m.line("")
}

func (m samplesPage) leftOut() {
	if len(m.doc.Left) == 0 {
		return
	}
	var names []string
	for _, name := range m.doc.Left {
		names = append(names, codeSpan(mask.Visible(name)))
	}
	m.line("## Left out\n")
	m.line("The recorded requests also had these fields, which clients add by themselves and servers hardly need: %s.", strings.Join(names, ", "))
}
