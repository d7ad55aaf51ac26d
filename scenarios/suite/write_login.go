package suite

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// YAML is a login as it stands in a suite, and below a name of logins in
// .replay.yaml.
func (l *Login) YAML() ([]byte, error) {
	m := newMapping()
	n := m.login(l)
	if m.bad != nil {
		return nil, m.bad
	}
	return yaml.Marshal(n)
}

// login is the node of a login.
func (m *mapping) login(l *Login) *yaml.Node {
	if l.Name != "" {
		if l.OAuth2 != nil || l.Capture != "" || len(l.Requests)+len(l.Take)+len(l.Set) > 0 {
			m.bad = errors.Join(m.bad, fmt.Errorf("the login %s is named, and there as well: one of the two", quoted(l.Name)))
		}
		return m.scalar(l.Name)
	}
	in := newMapping()
	if o := l.OAuth2; o != nil {
		grant := newMapping()
		grant.text("token-url", o.TokenURL)
		grant.text("client-id", o.ClientID)
		grant.text("client-secret", o.ClientSecret)
		grant.text("refresh-token", o.RefreshToken)
		grant.texts("scopes", o.Scopes)
		grant.params("params", o.Params)
		grant.text("client-auth", o.ClientAuth)
		in.inner("oauth2", grant)
	}
	in.text("capture", l.Capture)
	if len(l.Requests) > 0 {
		requests := &yaml.Node{Kind: yaml.SequenceNode}
		for _, r := range l.Requests {
			one := loginRequestNode(r)
			in.bad = errors.Join(in.bad, one.bad)
			requests.Content = append(requests.Content, one.node)
		}
		in.add("requests", requests)
	}
	in.takes(l.Take)
	sets := newMapping()
	for _, s := range l.Set {
		sets.add(s.Path, sets.scalar(s.Template))
	}
	in.inner("set", sets)
	m.bad = errors.Join(m.bad, in.bad)
	return in.node
}

func loginRequestNode(r LoginRequest) *mapping {
	m := newMapping()
	m.text("request", r.Request)
	m.params("header", r.Header)
	m.params("form", r.Form)
	if r.JSON != nil {
		m.add("json", m.document(r.JSON))
	}
	m.takes(r.Take)
	return m
}

func (m *mapping) params(key string, params []Param) {
	in := newMapping()
	for _, p := range params {
		in.add(p.Name, in.scalar(p.Value))
	}
	m.inner(key, in)
}

// takes is a path alone where it has no name.
func (m *mapping) takes(takes []Take) {
	if len(takes) == 1 && takes[0].Name == "" {
		m.text("take", takes[0].Path)
		return
	}
	in := newMapping()
	for _, t := range takes {
		in.add(t.Name, in.scalar(t.Path))
	}
	m.inner("take", in)
}

// document writes JSON; members in the order of their names.
func (m *mapping) document(value any) *yaml.Node {
	switch v := value.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			n.Content = append(n.Content, m.scalar(name), m.document(v[name]))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, element := range v {
			n.Content = append(n.Content, m.document(element))
		}
		return n
	case string:
		return m.scalar(v)
	case nil, bool, float64:
		text, err := json.Marshal(v)
		m.bad = errors.Join(m.bad, err)
		return &yaml.Node{Kind: yaml.ScalarNode, Value: string(text)}
	}
	m.bad = errors.Join(m.bad, fmt.Errorf("json of a login holds a %T: it has what encoding/json makes of a document", value))
	return m.scalar("")
}
