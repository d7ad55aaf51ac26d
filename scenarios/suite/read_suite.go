package suite

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/scenarios"
)

func (d *decoder) suite(n *yaml.Node) *Suite {
	s := &Suite{Comment: comment(n)}
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 && s.Comment == "" {
		s.Comment = comment(n.Content[0])
	}
	d.users = map[string]bool{}
	d.findUsers(n)
	d.fields(n, "a suite", []key{
		{"capture", d.into(&s.Capture, "capture")},
		{"target", func(v *yaml.Node) { s.Target = d.target(v) }},
		{"auth", func(v *yaml.Node) { s.Auth = d.auth(v, "auth") }},
		{"auth-from", d.into(&s.AuthFrom, "auth-from")},
		{"login", func(v *yaml.Node) { s.Login = d.login(v) }},
		{"sign-with", func(v *yaml.Node) { s.SignWith = d.signWith(v) }},
		{"users", func(v *yaml.Node) { s.Users = d.userList(v) }},
		{"allow-unsafe", func(v *yaml.Node) { s.AllowUnsafe = d.methods(v) }},
		{"policy", func(v *yaml.Node) { s.Policy = d.policy(v) }},
		{"scenarios", func(v *yaml.Node) { s.Scenarios = d.scenarios(v) }},
	})
	if n.Kind == yaml.MappingNode {
		if s.Capture == "" {
			d.wrong(n, "capture is missing: the file of the working capture")
		}
		d.oneCredential(n)
	}
	return s
}

// comment is what people wrote above a value, without the signs.
func comment(n *yaml.Node) string {
	if n.HeadComment == "" {
		return ""
	}
	lines := strings.Split(n.HeadComment, "\n")
	for i, line := range lines {
		line = strings.TrimPrefix(strings.TrimPrefix(line, "#"), " ")
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// findUsers reads the names ahead: a matrix may name them before they are
// defined.
func (d *decoder) findUsers(n *yaml.Node) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		users := deref(n.Content[i+1])
		if n.Content[i].Value != "users" || users.Kind != yaml.MappingNode {
			continue
		}
		for k := 0; k+1 < len(users.Content); k += 2 {
			d.users[deref(users.Content[k]).Value] = true
		}
	}
}

func (d *decoder) target(n *yaml.Node) string {
	text, ok := d.text(n, "target")
	if !ok {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		d.wrong(n, "target must be a URL such as https://api.example.test, without user and query")
		return ""
	}
	return text
}

// auth reads a credential by its place. One that stands there itself is
// refused, and not repeated.
func (d *decoder) auth(n *yaml.Node, what string) string {
	text, ok := d.text(n, what)
	if !ok {
		return ""
	}
	if !strings.Contains(text, "env:") && !strings.Contains(text, "file:") || strings.ContainsAny(text, "\r\n") {
		d.wrong(n, what+` must name the place of the secret, as in "Bearer env:TOKEN": a secret does not belong into this file`)
		return ""
	}
	return text
}

func (d *decoder) signWith(n *yaml.Node) SignWith {
	var w SignWith
	place := func(to *string, name string) func(*yaml.Node) {
		return func(v *yaml.Node) {
			text, ok := d.text(v, name)
			if !ok {
				return
			}
			if err := scenarios.CheckSecret(text); err != nil {
				d.wrong(v, name+" "+err.Error())
				return
			}
			*to = text
		}
	}
	d.fields(n, "sign-with", []key{
		{"hs256", place(&w.HS256, "hs256")},
		{"rs256", place(&w.RS256, "rs256")},
		{"es256", place(&w.ES256, "es256")},
		{"mint", d.into(&w.Mint, "mint")},
	})
	if n.Kind == yaml.MappingNode && len(n.Content) != 2 {
		d.wrong(n, "sign-with takes one of hs256, rs256, es256 and mint")
	}
	return w
}

// oneCredential wants one way to the credentials.
func (d *decoder) oneCredential(n *yaml.Node) {
	var there []string
	for _, name := range []string{"auth", "auth-from", "login"} {
		if find(n, name) != nil {
			there = append(there, name)
		}
	}
	if len(there) > 1 {
		d.wrong(n, list(there, "and")+" are there: one of them gives the credentials")
	}
}

// methods reads which methods may be sent, or all.
func (d *decoder) methods(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" {
		d.wrong(n, "allow-unsafe lists methods, as in [POST, PUT]; `all` is every one")
		return nil
	}
	var methods []string
	d.items(n, func(item *yaml.Node) {
		text, ok := d.text(item, "a method")
		switch {
		case !ok:
			return
		case text == "CONNECT" || text == "TRACE":
			d.wrong(item, text+" is never sent: it is for proxies, and says nothing about an application")
			return
		case text == "all" && n.Kind == yaml.ScalarNode:
		case scenarios.CheckRoute(text+" /") != nil || text == strings.ToLower(text):
			d.wrong(item, "allow-unsafe lists methods, as in [POST, PUT]; `all` is every one")
			return
		}
		methods = append(methods, text)
	})
	return methods
}

func (d *decoder) userList(n *yaml.Node) []User {
	var users []User
	d.entries(n, "users", func(name string, _, value *yaml.Node) {
		u := User{Name: name}
		if value.Kind != yaml.MappingNode {
			u.Auth = d.auth(value, "the credential of a user")
		} else {
			u.Login = d.userLogin(value)
		}
		users = append(users, u)
	})
	return users
}

func (d *decoder) scenarios(n *yaml.Node) []Scenario {
	if n.Kind != yaml.SequenceNode {
		d.wrong(n, "scenarios must be a list, this is "+kindOf(n))
		return nil
	}
	var all []Scenario
	for _, item := range n.Content {
		said := comment(item)
		item = deref(item)
		s := d.scenario(item)
		s.Comment = said
		all = append(all, s)
	}
	return all
}

func (d *decoder) scenario(n *yaml.Node) Scenario {
	var s Scenario
	if n.Kind == yaml.ScalarNode {
		s.Cause = d.cause(n)
		return s
	}
	var with, matrix *yaml.Node
	d.fields(n, "a scenario", []key{
		{"name", d.into(&s.Name, "name")},
		{"cause", func(v *yaml.Node) { s.Cause = d.cause(v) }},
		{"with", func(v *yaml.Node) { with = v }},
		{"on", func(v *yaml.Node) { s.Routes = d.routes(v) }},
		{"expect", func(v *yaml.Node) { s.Expected = d.expectation(v) }},
		{"matrix", func(v *yaml.Node) { matrix = v }},
	})
	if n.Kind == yaml.MappingNode && find(n, "cause") == nil {
		d.wrong(n, "cause is missing: what is put into the request")
	}
	if with != nil {
		s.Parameters = d.parameters(with, s.Of())
	}
	if matrix != nil {
		s.Matrix = d.matrix(matrix, s)
	}
	return s
}

func find(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func (d *decoder) cause(n *yaml.Node) string {
	id, ok := d.text(n, "cause")
	if ok && causeOf(id) == nil {
		d.wrong(n, unknownCause(id).Error())
	}
	return id
}

// parameters reads the parameters of a cause; of an unknown one, nothing is
// told twice.
func (d *decoder) parameters(n *yaml.Node, c *scenarios.Cause) map[string]string {
	with := map[string]string{}
	d.entries(n, "with", func(name string, at, value *yaml.Node) {
		text, ok := d.text(value, name)
		if !ok || c == nil {
			return
		}
		p, is := c.Parameter(name)
		switch {
		case is:
			if err := p.Check(text); err != nil {
				d.wrong(value, name+" "+err.Error())
				return
			}
			with[name] = text
		case len(c.Parameters) == 0:
			d.wrong(at, c.ID+" takes no parameters")
		default:
			d.unknown(at, name, c.ID, parameterNames(c))
		}
	})
	if len(with) == 0 {
		return nil
	}
	return with
}

func parameterNames(c *scenarios.Cause) []string {
	var names []string
	for _, p := range c.Parameters {
		names = append(names, p.Name)
	}
	return names
}

func (d *decoder) routes(n *yaml.Node) []string {
	var routes []string
	d.items(n, func(item *yaml.Node) {
		text, ok := d.text(item, "a route")
		if !ok {
			return
		}
		if err := scenarios.CheckRoute(text); err != nil {
			d.wrong(item, "a route "+err.Error())
			return
		}
		routes = append(routes, text)
	})
	return routes
}

func (d *decoder) matrix(n *yaml.Node, s Scenario) Matrix {
	var m Matrix
	d.fields(n, "matrix", []key{
		{"origins", func(v *yaml.Node) { m.Origins = d.origins(v, s) }},
		{"routes", func(v *yaml.Node) { m.Routes = d.routes(v) }},
		{"users", func(v *yaml.Node) { m.Users = d.matrixUsers(v) }},
	})
	return m
}

func (d *decoder) origins(n *yaml.Node, s Scenario) []string {
	c := s.Of()
	if c != nil && s.originParameter() == "" {
		d.wrong(n, c.ID+" knows no page: it can't be repeated for origins")
		return nil
	}
	var origins []string
	d.items(n, func(item *yaml.Node) {
		text, ok := d.text(item, "an origin")
		if !ok {
			return
		}
		if err := (scenarios.Parameter{Type: scenarios.TypeOrigin}).Check(text); err != nil {
			d.wrong(item, "an origin "+err.Error())
			return
		}
		origins = append(origins, text)
	})
	return origins
}

func (d *decoder) matrixUsers(n *yaml.Node) []string {
	var users []string
	d.items(n, func(item *yaml.Node) {
		name, ok := d.text(item, "a user")
		switch {
		case !ok:
		case !d.users[name]:
			known := slices.Sorted(maps.Keys(d.users))
			if near := spelling.Nearest(name, known); near != "" {
				d.wrong(item, quoted(name)+": did you mean "+quoted(near)+"?")
			} else {
				d.wrong(item, quoted(name)+" is not among the users of the suite")
			}
		default:
			users = append(users, name)
		}
	})
	return users
}
