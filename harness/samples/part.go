package samples

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// jar and answer are the files that the commands write.
const (
	jar    = "cookies.txt"
	answer = "answer.txt"
)

// part writes one request in both forms.
func (b *builder) part(entry int, route bool) Part {
	x := b.capture.Exchanges[entry]
	r := &x.Request
	p := Part{Entry: entry, Route: route, Name: mask.Visible(r.Method + " " + b.named(entry)), Status: x.Response.Status}
	line := &command{}
	line.add(b.address(entry, r))
	method := r.Method
	body := b.body(entry, r)
	p.Note = body.note
	switch {
	case method == "HEAD" && len(body.options) == 0:
		line.option("--head")
	case method == "GET" && len(body.options) == 0, method == "POST" && len(body.options) > 0:
	default:
		line.option("-X " + quoted(method))
	}
	var header []headerLine
	for _, f := range b.minimal(r) {
		if !isSendable(f) || body.implies(f) {
			continue
		}
		if credentials, ok := b.basic(entry, f.Name, b.mask.Header(f.Name, f.Value)); ok {
			line.option("-u " + argument(credentials)) // curl encodes them
			header = append(header, headerLine{f.Name, encoded(credentials)})
			continue
		}
		value := b.header(entry, f)
		header = append(header, headerLine{f.Name, value})
		line.option("-H " + argument(append([]piece{{literal: f.Name + ": "}}, value...)))
	}
	given := b.cookies(entry, r)
	for _, pieces := range given {
		line.option("-b " + argument(pieces))
	}
	for _, option := range body.options {
		line.option(option)
	}
	p.Gives, p.Shell = b.give(entry, line)
	p.Takes = b.takes(entry)
	p.Step = len(p.Gives) > 0
	p.Request = httpRequest(r, b.targetPieces(entry, r), header, body.pieces)
	p.Answer = b.answered(x)
	return p
}

// named is the path with the names of ids in it, as secret as it has to be.
func (b *builder) named(entry int) string {
	path := b.idless(entry)
	if shown := b.mask.URL(path); strings.Contains(shown, "‹") {
		return marked.ReplaceAllString(shown, "{…}")
	}
	return path
}

// A command is a call of curl, an option a line.
type command struct{ options []string }

func (c *command) add(argument string) { c.options = append([]string{argument}, c.options...) }

func (c *command) option(text string) { c.options = append(c.options, text) }

// text is the command; toFile writes the answer to a file.
func (c *command) text(cookies, toFile bool) string {
	head := "curl -sSi"
	if cookies {
		head += " -b " + jar + " -c " + jar
	}
	if toFile {
		head += " -o " + answer
	}
	return head + " " + strings.Join(c.options, " \\\n  ")
}

// targetPieces are path and query.
func (b *builder) targetPieces(entry int, r *traffic.Request) []piece {
	target := strings.TrimPrefix(withoutFragment(r.URL), rawOrigin(r.URL))
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	return b.pieces(entry, target, b.mask.URL(target), "value", "the address of "+r.Method+" "+b.named(entry))
}

func (b *builder) address(entry int, r *traffic.Request) string {
	pieces := append([]piece{{variable: b.base(originOf(r))}}, b.targetPieces(entry, r)...)
	text := argument(pieces)
	for _, p := range pieces {
		if strings.ContainsAny(p.literal, "[]{}") { // curl would glob
			text = "--globoff " + text
			break
		}
	}
	if strings.Contains(r.URL, "/../") || strings.Contains(r.URL, "/./") {
		text = "--path-as-is " + text
	}
	return text
}

func withoutFragment(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}

// rawOrigin is scheme and authority as they are spelled.
func rawOrigin(address string) string {
	i := strings.Index(address, "://")
	if i < 0 {
		return ""
	}
	if end := strings.IndexAny(address[i+3:], "/?#"); end >= 0 {
		return address[:i+3+end]
	}
	return address
}

func isSendable(f traffic.HeaderField) bool {
	return f.Name != "" && f.Value != "" && !strings.ContainsAny(f.Name, ":;@ \t\r\n\x00") && !strings.ContainsAny(f.Value, "\r\n\x00")
}

// header is the value of a field. An address of a server is that of today.
func (b *builder) header(entry int, f traffic.HeaderField) []piece {
	name := strings.ToLower(f.Name)
	if origin := rawOrigin(f.Value); origin != "" && b.base(strings.ToLower(origin)) != "" && (name == "origin" || name == "referer") {
		rest := f.Value[len(origin):]
		list := []piece{{variable: b.base(strings.ToLower(origin))}}
		if rest != "" {
			list = append(list, b.pieces(entry, rest, b.mask.URL(rest), name, "the "+name)...)
		}
		return list
	}
	variable := name
	if name == "authorization" {
		variable = "token"
	}
	return b.pieces(entry, f.Value, b.mask.Header(f.Name, f.Value), variable, "the field "+name)
}

// cookies are those that no answer before set: the reader has to have them.
func (b *builder) cookies(entry int, r *traffic.Request) [][]piece {
	var list [][]piece
	for _, p := range r.CookiePairs() {
		if b.cookieFrom(entry, p.Name, p.Value) >= 0 {
			b.doc.Cookies = true
			continue
		}
		if strings.ContainsAny(p.Name+p.Value, ";\r\n\x00") {
			continue
		}
		shown := b.mask.Cookie(p.Name, p.Value)
		list = append(list, append([]piece{{literal: p.Name + "="}}, b.pieces(entry, p.Value, shown, p.Name, "the cookie "+p.Name)...))
	}
	return list
}

// give adds the commands that take values from the answer.
func (b *builder) give(entry int, line *command) ([]Carried, string) {
	var gives []Carried
	var commands []string
	x := b.capture.Exchanges[entry]
	for _, t := range b.values[entry] {
		gives = append(gives, Carried{t.variable, placeWord(t.link.From.Path)})
		if how, ok := extraction(x.Response, t); ok {
			commands = append(commands, t.variable+"=$("+how+")")
		} else {
			commands = append(commands, "# set "+t.variable+" from "+answer+": "+placeWord(t.link.From.Path))
		}
	}
	for _, name := range setCookies(x.Response) {
		b.doc.Cookies = true
		gives = append(gives, Carried{name, "cookie " + name})
	}
	text := line.text(b.doc.Cookies, len(commands) > 0)
	if len(commands) > 0 {
		text += "\n" + strings.Join(commands, "\n")
	}
	return gives, text
}

// setCookies are the names of the cookies that an answer sets.
func setCookies(r *traffic.Response) []string {
	var names []string
	for _, line := range r.Header.Values("Set-Cookie") {
		name, _, _ := strings.Cut(line, "=")
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// takes are the values that a request carries.
func (b *builder) takes(entry int) []Carried {
	var list []Carried
	for _, from := range b.values {
		for _, t := range from {
			for _, use := range t.link.To {
				if use.Entry == entry && !use.Jar {
					list = append(list, Carried{t.variable, placeWord(use.Path)})
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b Carried) int { return strings.Compare(a.Name+a.Place, b.Name+b.Place) })
	for _, p := range b.capture.Exchanges[entry].Request.CookiePairs() {
		if b.cookieFrom(entry, p.Name, p.Value) >= 0 {
			list = append(list, Carried{p.Name, "cookie " + p.Name})
		}
	}
	return slices.Compact(list)
}

// placeWord is a place in words: "body csrf_token" of "request.body.csrf_token".
func placeWord(path string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "request."), "response.")
	path = strings.Replace(path, "body/", "body.", 1)
	return mask.Visible(strings.Replace(strings.Replace(path, "set-cookie.", "cookie ", 1), ".", " ", 1))
}

type headerLine struct {
	name  string
	value []piece
}

// httpRequest is a request as it goes over the wire, with variables in it.
func httpRequest(r *traffic.Request, target []piece, header []headerLine, body []piece) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\n", mask.Visible(r.Method), shownPieces(target))
	if u := r.ParsedURL(); u != nil {
		fmt.Fprintf(&b, "Host: %s\n", mask.Visible(u.Host))
	}
	for _, h := range header {
		fmt.Fprintf(&b, "%s: %s\n", mask.Visible(h.name), shownPieces(h.value))
	}
	if len(body) > 0 {
		b.WriteString("\n" + visibleLines(textOf(body)) + "\n")
	}
	return b.String()
}

func shownPieces(pieces []piece) string { return mask.Visible(textOf(pieces)) }

func textOf(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.variable != "" {
			b.WriteString("$" + p.variable)
		} else {
			b.WriteString(p.literal)
		}
	}
	return b.String()
}

// visibleLines makes everything visible but line ends.
func visibleLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = mask.Visible(lines[i])
	}
	return strings.Join(lines, "\n")
}
