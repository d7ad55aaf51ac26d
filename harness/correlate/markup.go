package correlate

import (
	"strings"

	"golang.org/x/net/html"
)

// markup walks what an HTML or XML text hands out: form fields by their names,
// meta elements, the URLs of links and forms, data attributes, scripts, and
// elements that hold one word.
func (w *walker) markup(s *spot, text string) {
	m := markupWalk{walker: w, root: s, z: html.NewTokenizer(strings.NewReader(text))}
	m.z.SetMaxBuf(len(text) + 1)
	for m.step() {
	}
}

type markupWalk struct {
	*walker
	root *spot
	z    *html.Tokenizer

	form   string   // template of the action of the open form
	choice string   // name of the open select
	open   []string // names of open elements, for text
	script string   // "": none; else how the open script is named
}

func (m *markupWalk) step() bool {
	switch m.z.Next() {
	case html.ErrorToken:
		return false
	case html.StartTagToken:
		m.start(true)
	case html.SelfClosingTagToken:
		m.start(false)
	case html.EndTagToken:
		m.end()
	case html.TextToken:
		m.content()
	}
	return true
}

// An element is a start tag, its attributes by name.
type element struct {
	tag   string
	attrs []attribute
}

type attribute struct{ name, value string }

func (e *element) get(name string) string {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

func (m *markupWalk) start(opens bool) {
	tag, more := m.z.TagName()
	e := element{tag: string(tag)}
	for more {
		var name, value []byte
		name, value, more = m.z.TagAttr()
		e.attrs = append(e.attrs, attribute{string(name), string(value)})
	}
	if opens {
		m.enter(&e)
	}
	m.attributes(&e)
}

func (m *markupWalk) enter(e *element) {
	const deepest = 256
	switch e.tag {
	case "form":
		m.form = template(e.get("action"))
	case "select":
		m.choice = e.get("name")
	case "script":
		m.script = ".script"
		if id := e.get("id"); id != "" {
			m.script += "[" + id + "]"
		}
	case "input", "meta", "link", "br", "img", "hr":
		return // void elements have no end tag (HTML, section 13.1.2)
	}
	if len(m.open) < deepest {
		m.open = append(m.open, e.tag)
	}
}

func (m *markupWalk) end() {
	name, _ := m.z.TagName()
	tag := string(name)
	switch tag {
	case "form":
		m.form = ""
	case "select":
		m.choice = ""
	case "script":
		m.script = ""
	}
	for i := len(m.open) - 1; i >= 0 && i >= len(m.open)-8; i-- {
		if m.open[i] == tag {
			m.open = m.open[:i]
			return
		}
	}
}

// attributes walks those that hand something out.
func (m *markupWalk) attributes(e *element) {
	switch e.tag {
	case "script", "link", "img", "source", "style", "svg", "path", "video", "audio", "iframe":
		return // what a page is made of, no flow
	case "meta":
		if name := first(e.get("name"), e.get("property"), e.get("http-equiv"), e.get("id")); name != "" {
			m.text(m.placed(m.root, ".meta."+name, name), e.get("content"))
		}
		return
	case "input", "button", "textarea":
		m.field(first(e.get("name"), e.get("id")), e.get("value"))
	case "option":
		m.field(m.choice, e.get("value"))
	}
	for _, a := range e.attrs {
		switch {
		case a.name == "href" || a.name == "action" || a.name == "formaction":
			m.link(e.tag+"."+a.name, a.value)
		case strings.HasPrefix(a.name, "data-") || strings.HasPrefix(a.name, "hx-") || strings.HasPrefix(a.name, "x-") || a.name == "content":
			m.text(m.placed(m.root, "."+a.name, strings.TrimPrefix(a.name, "data-")), a.value)
		}
	}
}

// field walks a form field. The same name occurs in several forms, with a
// token of its own in each: the form is told by where it is sent.
func (m *markupWalk) field(name, value string) {
	if name == "" || value == "" {
		return
	}
	s := m.placed(m.root, ".input."+name, name)
	if m.form != "" {
		exact := m.root.child(".input."+name+"@"+m.form, name)
		exact.nth(m.count(exact.key))
		s.alt = s.key
		s.key = exact.key
	}
	m.text(s, value)
}

// link walks a URL. Links to the same kind of page are told apart by their
// order.
func (m *markupWalk) link(what, value string) {
	if value == "" || value[0] == '#' || strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "mailto:") {
		return
	}
	s := m.placed(m.root, "."+what+"["+template(value)+"]", "")
	if isURL(value) {
		m.url(s, value)
	} else if strings.IndexByte(value, ' ') < 0 {
		m.url(s, value) // a relative one
	}
}

// content walks the text of a script, and that of an element which holds one
// word.
func (m *markupWalk) content() {
	raw := m.z.Text()
	if m.script != "" {
		m.walker.script(m.root.child(m.script, ""), string(raw))
		return
	}
	const longest = 8 << 10
	text := strings.TrimSpace(string(raw[:min(len(raw), longest)]))
	if text == "" || len(raw) > longest || len(m.open) == 0 || m.open[len(m.open)-1] == "style" || strings.ContainsAny(text, " \t\n") {
		return
	}
	name := m.open[len(m.open)-1]
	if _, local, ok := strings.Cut(name, ":"); ok {
		name = local // the prefix of an XML namespace is any
	}
	m.text(m.placed(m.root, "."+name, name), text)
}

// placed is a spot of its own: places of one path are numbered.
func (w *walker) placed(up *spot, part, name string) *spot {
	s := up.child(part, name)
	return s.nth(w.count(s.key))
}

func (w *walker) count(key uint64) int {
	if w.ordinal == nil {
		w.ordinal = make(map[uint64]int)
	}
	w.ordinal[key]++
	return w.ordinal[key]
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// template is a URL's path without what is different for each thing: ids and
// the query.
func template(rawURL string) string {
	path, _, _ := strings.Cut(target(rawURL), "?")
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.ContainsAny(s, "0123456789%=") || len(s) > 32 {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}
