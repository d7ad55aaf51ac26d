package suite

import (
	"math"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

func (d *decoder) loginRequests(n *yaml.Node) []LoginRequest {
	var all []LoginRequest
	d.items(n, func(item *yaml.Node) { all = append(all, d.loginRequest(item)) })
	if len(all) == 0 {
		d.wrong(n, "requests is a list of at least one request")
	}
	return all
}

func (d *decoder) loginRequest(n *yaml.Node) LoginRequest {
	var r LoginRequest
	d.fields(n, "a request", []key{
		{"request", func(v *yaml.Node) { r.Request = d.requestLine(v) }},
		{"header", func(v *yaml.Node) { r.Header = d.loginFields(v, "header") }},
		{"form", func(v *yaml.Node) { r.Form = d.loginFields(v, "form") }},
		{"json", func(v *yaml.Node) { r.JSON = d.document(v, "json") }},
		{"take", func(v *yaml.Node) { r.Take = d.takes(v) }},
	})
	if n.Kind == yaml.MappingNode && find(n, "request") == nil {
		d.wrong(n, "request is missing: a method and a path")
	}
	if r.JSON != nil && r.Form != nil {
		d.wrong(n, "a request has form or json")
	}
	return r
}

var requestLine = regexp.MustCompile(`^[A-Z][A-Z0-9!#$%&'*+.^_|~-]* +(/|https?://)[^ \t\r\n]*$`)

func (d *decoder) requestLine(n *yaml.Node) string {
	text, ok := d.text(n, "request")
	if ok && !requestLine.MatchString(text) {
		d.wrong(n, "request is a method and a path: POST /login")
		return ""
	}
	return text
}

// loginFields reads header fields, or those of a form.
func (d *decoder) loginFields(n *yaml.Node, what string) []Param {
	var params []Param
	d.entries(n, what, func(name string, _, value *yaml.Node) {
		if text, ok := d.text(value, quoted(name)); ok && d.kept(value, what, name, text) {
			params = append(params, Param{name, text})
		}
	})
	return params
}

// kept wants what is secret by its name to be kept elsewhere, or taken from an
// answer.
func (d *decoder) kept(n *yaml.Node, what, name, text string) bool {
	var r traffic.Request
	if what == "header" {
		r.Header = traffic.Header{{Name: name, Value: text}}
	} else {
		r.Body.Params = []traffic.Param{{Name: name, Value: text}}
	}
	if strings.Contains(text, "env:") || strings.Contains(text, "file:") || strings.Contains(text, "{") || text == "" || len(scenarios.CredentialsOf(&r)) == 0 {
		return true
	}
	d.wrong(n, quoted(name)+" must name the place of the secret, env:NAME or file:PATH: a secret does not belong into this file")
	return false
}

// document reads JSON as it is written in YAML.
func (d *decoder) document(n *yaml.Node, name string) any {
	switch n.Kind {
	case yaml.MappingNode:
		members := map[string]any{}
		d.entries(n, "json", func(name string, _, value *yaml.Node) { members[name] = d.document(value, name) })
		return members
	case yaml.SequenceNode:
		elements := []any{}
		for _, item := range n.Content {
			elements = append(elements, d.document(deref(item), name))
		}
		return elements
	}
	switch n.Tag {
	case "!!bool", "!!int", "!!float":
		var value any
		if err := n.Decode(&value); err == nil {
			switch number := value.(type) {
			case bool:
				return value
			case int:
				return float64(number)
			case float64:
				if !math.IsNaN(number) && !math.IsInf(number, 0) {
					return value
				}
			}
		}
		d.wrong(n, "json can't hold this number")
		return nil
	case "!!null":
		return nil
	}
	text, ok := d.text(n, "a text of json")
	if !ok || !d.kept(n, "form", name, text) {
		return nil
	}
	return text
}

var (
	takePath = regexp.MustCompile(`^response\.(body[/.]|header\.|set-cookie\.).`)
	setPath  = regexp.MustCompile(`^request\.(header|cookie|query)\..`)
)

// takes reads one path, or paths by name.
func (d *decoder) takes(n *yaml.Node) []Take {
	var takes []Take
	read := func(name string, value *yaml.Node) {
		text, ok := d.text(value, "take")
		if !ok {
			return
		}
		if !takePath.MatchString(text) {
			d.wrong(value, "a value is taken from response.body/POINTER, response.body.FIELD, response.header.NAME or response.set-cookie.NAME.value")
			return
		}
		takes = append(takes, Take{name, text})
	}
	if n.Kind == yaml.ScalarNode {
		read("", n)
		return takes
	}
	d.entries(n, "take", func(name string, at, value *yaml.Node) {
		if name == "" || strings.ContainsAny(name, "{}") {
			d.wrong(at, "a name has letters and no braces")
			return
		}
		read(name, value)
	})
	return takes
}

func (d *decoder) sets(n *yaml.Node) []Set {
	var sets []Set
	d.entries(n, "set", func(name string, at, value *yaml.Node) {
		text, ok := d.text(value, "the value of set")
		if !ok {
			return
		}
		if !setPath.MatchString(name) {
			d.wrong(at, "a value is set at request.header.NAME, request.cookie.NAME or request.query.NAME")
			return
		}
		sets = append(sets, Set{name, text})
	})
	return sets
}
