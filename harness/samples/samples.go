package samples

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/correlate"
)

// A Document is the sample requests of a capture. Its texts hold no secret; they
// are code, to be shown as that.
type Document struct {
	File    string     // of the capture
	Bases   []Variable // the servers, the one with most requests first
	Given   []Variable // what the reader has to set beside
	Parts   []Part     // in recorded order, in which they work
	Left    []string   // names of fields that were left out, in lower case
	Cookies bool       // curl keeps cookies in a file
}

// A Variable is one of the shell.
type Variable struct {
	Name  string
	Means string // where it stands, or of a server, its recorded origin
}

// A Part is one request.
type Part struct {
	Entry   int
	Step    bool   // later parts carry values of its answer
	Route   bool   // it stands for a route that takes a credential; false: it is on the way there
	Name    string // "POST /orders/{order_id}"
	Takes   []Carried
	Gives   []Carried
	Shell   string // lines of bash
	Request string // as HTTP, with variables
	Answer  string // as HTTP, shortened
	Status  int
	Note    string // what of the request a command line can't hold; ""
}

// A Carried is a value that goes from one part to others.
type Carried struct {
	Name  string // of the variable, or of the cookie
	Place string // where it stands: "body csrf_token", "header authorization", "cookie session"
}

// ErrNothing is the error for a capture with no request that takes a credential
// and works.
var ErrNothing = errors.New("no request in it carries a credential and is answered well")

// Build makes the sample requests of a capture.
func Build(c *traffic.Capture) (*Document, error) {
	plan, err := correlate.Find(c, correlate.Options{})
	if err != nil {
		return nil, err
	}
	b := &builder{
		capture: c, plan: plan, mask: &mask.Masker{}, doc: &Document{File: c.File},
		variables: map[string]string{}, marks: map[string]string{}, values: map[int][]taken{}, left: map[string]bool{},
	}
	routes := b.routes()
	if len(routes) == 0 {
		return nil, fmt.Errorf("%s: %w: record a flow in which somebody is logged in", c.File, ErrNothing)
	}
	entries := b.withNeeds(routes)
	b.mask.LearnCapture(c)
	b.nameBases(entries)
	b.nameLinks(entries)
	for _, entry := range entries {
		b.doc.Parts = append(b.doc.Parts, b.part(entry, slices.Contains(routes, entry)))
	}
	for name := range b.left {
		b.doc.Left = append(b.doc.Left, name)
	}
	slices.Sort(b.doc.Left)
	return b.doc, nil
}

// A builder makes a document.
type builder struct {
	capture *traffic.Capture
	plan    *correlate.Plan
	mask    *mask.Masker
	doc     *Document

	bases     []string          // recorded origins, by index into doc.Bases
	variables map[string]string // names that are taken: what they stand for
	marks     map[string]string // mark of the masker: variable
	values    map[int][]taken   // by the entry whose answer hands them out
	plain     []plainValue      // values that the masker does not know: short ids
	left      map[string]bool
}

// A taken value is one that a command takes from an answer.
type taken struct {
	variable string
	value    string
	link     correlate.Link
}

// A plainValue is one that stands in these entries and is no secret by its
// form.
type plainValue struct {
	value, variable string
	entries         map[int]bool
}

// variable makes a name that is free.
func (b *builder) variable(name, means string) string {
	name = shellName(name)
	for n := 2; ; n++ {
		if _, is := b.variables[name]; !is {
			b.variables[name] = means
			return name
		}
		name = fmt.Sprintf("%s_%d", strings.TrimSuffix(name, fmt.Sprintf("_%d", n-1)), n)
	}
}

// reserved are names by which the shell itself goes.
var reserved = []string{
	"BASE", "PATH", "HOME", "IFS", "PWD", "OLDPWD", "SHELL", "UID", "EUID", "PPID", "USER", "LOGNAME", "ENV", "RANDOM", "SECONDS", "LINENO",
	"OPTARG", "OPTIND", "HOSTNAME", "LANG", "TERM", "SHLVL", "TMPDIR", "EDITOR", "MAIL", "PS1", "PS2", "PS3", "PS4", "CDPATH", "HISTFILE",
	"NO_COLOR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "GROUPS", "DIRSTACK", "FUNCNAME", "COLUMNS", "LINES",
}

// shellName makes a name of a variable: CSRF_TOKEN of csrf-token.
func shellName(name string) string {
	var out []byte
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z':
			out = append(out, c-'a'+'A')
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != '_':
			out = append(out, '_')
		}
	}
	text := strings.Trim(string(out[:min(len(out), maxName)]), "_")
	switch {
	case text == "":
		return "VALUE"
	case text[0] >= '0' && text[0] <= '9', strings.HasPrefix(text, "BASH"), strings.HasPrefix(text, "LC_"), strings.HasPrefix(text, "LD_"), slices.Contains(reserved, text):
		return "THE_" + text
	}
	return text
}

const maxName = 40
