package suite

import (
	"errors"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/scenarios/expect"
)

func answerNode(a expect.Answer) *mapping {
	m := newMapping()
	if len(a.Status) > 0 {
		m.add("status", m.plain(spanTexts(a.Status)))
	}
	m.challenges(a.Challenges)
	m.inner("headers", fieldNodes(a.Headers))
	m.inner("cookies", cookieNodes(a.Cookies))
	body := newMapping()
	members := make([]expect.Field, len(a.JSON))
	for i, j := range a.JSON {
		members[i] = expect.Field{Name: j.Pointer, Want: j.Want}
	}
	body.inner("json", fieldNodes(members))
	if len(a.Body) > 0 {
		body.add("text", body.values(a.Body))
	}
	m.inner("body", body)
	m.text("login", string(a.Login))
	m.text("voice", string(a.Voice))
	m.text("cors", string(a.CORS))
	if a.Recorded {
		m.text("same-as", "recorded")
	}
	m.yes("disguised", a.Disguised)
	m.yes("unanswered", a.Unanswered)
	if a.Within > 0 {
		m.text("within", shortDuration(a.Within))
	}
	return m
}

func spanTexts(spans []expect.Span) []string {
	var texts []string
	for _, s := range spans {
		texts = append(texts, s.String())
	}
	return texts
}

// plain is a list of texts without quotes: status codes.
func (m *mapping) plain(values []string) *yaml.Node {
	n := m.list(values)
	for _, item := range append([]*yaml.Node{n}, n.Content...) {
		if item.Kind == yaml.ScalarNode {
			item.Tag = ""
		}
	}
	return n
}

func (m *mapping) yes(key string, is bool) {
	if is {
		m.add(key, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"})
	}
}

func (m *mapping) challenges(all []expect.Auth) {
	var nodes []*yaml.Node
	for _, c := range all {
		if len(c.Params) == 0 {
			nodes = append(nodes, m.scalar(c.Scheme))
			continue
		}
		one := newMapping()
		one.text("scheme", c.Scheme)
		one.inner("params", fieldNodes(c.Params))
		m.bad = errors.Join(m.bad, one.bad)
		nodes = append(nodes, one.node)
	}
	switch len(nodes) {
	case 0:
	case 1:
		m.add("challenge", nodes[0])
	default:
		m.add("challenge", &yaml.Node{Kind: yaml.SequenceNode, Content: nodes})
	}
}

// fieldNodes writes what stands under one name as one list.
func fieldNodes(fields []expect.Field) *mapping {
	m := newMapping()
	written := map[string]bool{}
	for _, f := range fields {
		if written[f.Name] {
			continue
		}
		written[f.Name] = true
		var wants []expect.Value
		for _, same := range fields {
			if same.Name == f.Name {
				wants = append(wants, same.Want)
			}
		}
		m.add(f.Name, m.values(wants))
	}
	return m
}

func (m *mapping) values(wants []expect.Value) *yaml.Node {
	if len(wants) == 1 {
		return m.value(wants[0])
	}
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for _, v := range wants {
		n.Content = append(n.Content, m.value(v))
	}
	return n
}

func (m *mapping) value(v expect.Value) *yaml.Node {
	if v.Op == expect.OpIs {
		return m.scalar(v.Text)
	}
	one := newMapping()
	one.node.Style = yaml.FlowStyle
	if v.Op == expect.OpPresent || v.Op == expect.OpAbsent {
		one.yes(string(v.Op), true)
	} else {
		one.add(string(v.Op), one.scalar(v.Text))
	}
	m.bad = errors.Join(m.bad, one.bad)
	return one.node
}

func cookieNodes(cookies []expect.SetCookie) *mapping {
	m := newMapping()
	for _, c := range cookies {
		if len(c.Attributes) == 0 {
			m.text(c.Name, string(c.State))
			continue
		}
		one := newMapping()
		if c.State != expect.Set {
			one.text("state", string(c.State))
		}
		attributes := fieldNodes(c.Attributes)
		one.node.Content = append(one.node.Content, attributes.node.Content...)
		m.bad = errors.Join(m.bad, one.bad, attributes.bad)
		m.add(c.Name, one.node)
	}
	return m
}
