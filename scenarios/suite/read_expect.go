package suite

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/scenarios/expect"
)

// expectation reads one answer, a list of answers of which any will do, or a
// status alone.
func (d *decoder) expectation(n *yaml.Node) expect.Expectation {
	var e expect.Expectation
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Value == "recorded" {
			return expect.AnyOf(expect.That(expect.SameAsRecorded()))
		}
		var a expect.Answer
		d.status(&a)(n)
		return expect.AnyOf(a)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			e.Any = append(e.Any, d.answer(deref(item)))
		}
		return e
	}
	return expect.AnyOf(d.answer(n))
}

func (d *decoder) answer(n *yaml.Node) expect.Answer {
	var a expect.Answer
	d.fields(n, "an expected answer", []key{
		{"status", d.status(&a)},
		{"challenge", d.challenges(&a)},
		{"headers", func(v *yaml.Node) { a.Headers = d.namedValues(v, "headers", nil) }},
		{"cookies", d.cookies(&a)},
		{"body", d.bodyOf(&a)},
		{"login", func(v *yaml.Node) { a.Login = oneOf(d, v, "login", expect.LoginForms()) }},
		{"voice", func(v *yaml.Node) { a.Voice = oneOf(d, v, "voice", expect.Voices()) }},
		{"cors", func(v *yaml.Node) { a.CORS = oneOf(d, v, "cors", expect.CORSVerdicts()) }},
		{"same-as", func(v *yaml.Node) { a.Recorded = oneOf(d, v, "same-as", []string{"recorded"}) != "" }},
		{"disguised", func(v *yaml.Node) { a.Disguised = d.yes(v, "disguised") }},
		{"unanswered", func(v *yaml.Node) { a.Unanswered = d.yes(v, "unanswered") }},
		{"within", func(v *yaml.Node) { a.Within = d.time(v) }},
	})
	if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		d.wrong(n, "an expected answer without a condition is any answer: leave expect out for what the cause expects")
	}
	return a
}

func (d *decoder) status(a *expect.Answer) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.items(n, func(item *yaml.Node) {
			text, ok := d.text(item, "a status")
			if !ok {
				return
			}
			span, err := expect.ParseSpan(text)
			if err != nil {
				d.wrong(item, quoted(text)+" is no status: give a code (401), a class (4xx) or a range (400-499)")
				return
			}
			a.Status = append(a.Status, span)
		})
	}
}

func (d *decoder) challenges(a *expect.Answer) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.items(n, func(item *yaml.Node) {
			var auth expect.Auth
			if item.Kind == yaml.MappingNode {
				d.fields(item, "challenge", []key{
					{"scheme", d.into(&auth.Scheme, "scheme")},
					{"params", func(v *yaml.Node) { auth.Params = d.namedValues(v, "params", nil) }},
				})
			} else {
				auth.Scheme, _ = d.text(item, "challenge")
			}
			if auth.Scheme == "" && item.Kind == yaml.MappingNode {
				d.wrong(item, "challenge has no scheme, such as Bearer")
			}
			a.Challenges = append(a.Challenges, auth)
		})
	}
}

// namedValues reads a mapping of names to what their values must be; names nil
// is any.
func (d *decoder) namedValues(n *yaml.Node, what string, names []string) []expect.Field {
	var fields []expect.Field
	d.entries(n, what, func(name string, at, value *yaml.Node) {
		if names != nil && !slices.Contains(names, strings.ToLower(name)) {
			d.unknown(at, name, what, names)
			return
		}
		if name == "" || strings.ContainsAny(name, " \t\r\n:") {
			d.wrong(at, quoted(name)+" is no name")
			return
		}
		for _, v := range d.values(value) {
			fields = append(fields, expect.Field{Name: name, Want: v})
		}
	})
	return fields
}

func (d *decoder) values(n *yaml.Node) []expect.Value {
	var values []expect.Value
	d.items(n, func(item *yaml.Node) {
		if v, ok := d.value(item); ok {
			values = append(values, v)
		}
	})
	return values
}

// value reads a text, which it must be, or one comparison.
func (d *decoder) value(n *yaml.Node) (expect.Value, bool) {
	if n.Kind != yaml.MappingNode {
		text, ok := d.text(n, "a value")
		return expect.Is(text), ok
	}
	if len(n.Content) != 2 {
		d.wrong(n, "a value takes one of is, contains, matches, present and absent")
		return expect.Value{}, false
	}
	var v expect.Value
	var keys []key
	for _, op := range expect.Ops() {
		keys = append(keys, key{string(op), func(item *yaml.Node) { v = d.comparison(op, item) }})
	}
	d.fields(n, "a value", keys)
	return v, v.Op != ""
}

func (d *decoder) comparison(op expect.Op, n *yaml.Node) expect.Value {
	if op == expect.OpPresent || op == expect.OpAbsent {
		if !d.yes(n, string(op)) {
			return expect.Value{}
		}
		return expect.Value{Op: op}
	}
	text, ok := d.text(n, string(op))
	if !ok {
		return expect.Value{}
	}
	v := expect.Value{Op: op, Text: text}
	if err := v.Check(); err != nil {
		d.wrong(n, "matches is no regular expression of Go (RE2)")
		return expect.Value{}
	}
	return v
}

// yes reads true. False would be a condition that is left out.
func (d *decoder) yes(n *yaml.Node, what string) bool {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" && strings.EqualFold(n.Value, "true") {
		return true
	}
	d.wrong(n, what+" takes true, or is left out")
	return false
}

// cookieAttributes are those of Set-Cookie.
func cookieAttributes() []string {
	return []string{"domain", "expires", "httponly", "max-age", "partitioned", "path", "priority", "samesite", "secure"}
}

func (d *decoder) cookies(a *expect.Answer) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.entries(n, "cookies", func(name string, _, value *yaml.Node) {
			c := expect.SetCookie{Name: name, State: expect.Set}
			if value.Kind != yaml.MappingNode {
				c.State = oneOf(d, value, "a cookie", expect.CookieStates())
				a.Cookies = append(a.Cookies, c)
				return
			}
			rest := *value
			rest.Content = nil
			for i := 0; i+1 < len(value.Content); i += 2 {
				if value.Content[i].Value == "state" {
					c.State = oneOf(d, deref(value.Content[i+1]), "state", expect.CookieStates())
				} else {
					rest.Content = append(rest.Content, value.Content[i], value.Content[i+1])
				}
			}
			c.Attributes = d.namedValues(&rest, "a cookie", cookieAttributes())
			a.Cookies = append(a.Cookies, c)
		})
	}
}

func (d *decoder) bodyOf(a *expect.Answer) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			d.wrong(n, `body must be a mapping with json ("/error/code": …) or text`)
			return
		}
		d.fields(n, "body", []key{
			{"json", func(v *yaml.Node) { a.JSON = d.members(v) }},
			{"text", func(v *yaml.Node) { a.Body = d.values(v) }},
		})
	}
}

func (d *decoder) members(n *yaml.Node) []expect.Member {
	var all []expect.Member
	d.entries(n, "json", func(pointer string, at, value *yaml.Node) {
		if !isPointer(pointer) {
			d.wrong(at, quoted(pointer)+" is no JSON Pointer: it begins with /, as in /error/code")
			return
		}
		for _, v := range d.values(value) {
			all = append(all, expect.Member{Pointer: pointer, Want: v})
		}
	})
	return all
}

// isPointer knows JSON Pointers (RFC 6901 section 3).
func isPointer(text string) bool {
	if text != "" && text[0] != '/' {
		return false
	}
	for i := 0; i < len(text); i++ {
		if text[i] == '~' && (i+1 == len(text) || text[i+1] != '0' && text[i+1] != '1') {
			return false
		}
	}
	return true
}

func (d *decoder) time(n *yaml.Node) time.Duration {
	text, ok := d.text(n, "within")
	if !ok {
		return 0
	}
	t, err := time.ParseDuration(text)
	if err != nil || t <= 0 {
		d.wrong(n, "within must be a time above 0 such as 500ms or 2s")
		return 0
	}
	return t
}

// oneOf reads one of a few words.
func oneOf[T ~string](d *decoder, n *yaml.Node, what string, known []T) T {
	text, ok := d.text(n, what)
	if !ok {
		return ""
	}
	var names []string
	for _, k := range known {
		if string(k) == text {
			return k
		}
		names = append(names, string(k))
	}
	if near := spelling.Nearest(text, names); near != "" {
		d.wrong(n, quoted(text)+": did you mean "+quoted(near)+"?")
	} else {
		d.wrong(n, what+" must be "+list(names, "or"))
	}
	return ""
}
