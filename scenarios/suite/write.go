package suite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/expect"
)

// Write writes a suite as YAML, comments included. Read reads the same suite
// back; one that it would not read is an error.
func Write(w io.Writer, s *Suite) error {
	root := suiteNode(s)
	if root.bad != nil {
		return root.bad
	}
	var b bytes.Buffer
	if s.Comment != "" {
		b.WriteString(sign(s.Comment) + "\n\n")
	}
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(root.node), enc.Close()); err != nil {
		return fmt.Errorf("write the suite: %w", err)
	}
	text := inert(b.Bytes())
	if _, err := Read(bytes.NewReader(text), "suite"); err != nil {
		return fmt.Errorf("the suite is not complete:\n%w", err)
	}
	_, err := w.Write(text)
	return err
}

// sign puts the sign of a comment in front of each line.
func sign(comment string) string {
	if comment == "" {
		return ""
	}
	lines := strings.Split(told(comment), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight("# "+line, " \t\r")
	}
	return strings.Join(lines, "\n")
}

// A mapping is built key by key. What YAML can't hold is kept as the error.
type mapping struct {
	node *yaml.Node
	bad  error
}

func newMapping() *mapping { return &mapping{node: &yaml.Node{Kind: yaml.MappingNode}} }

func (m *mapping) text(key, value string) {
	if value != "" {
		m.add(key, m.scalar(value))
	}
}

func (m *mapping) texts(key string, values []string) {
	if len(values) > 0 {
		m.add(key, m.list(values))
	}
}

func (m *mapping) add(key string, value *yaml.Node) {
	m.node.Content = append(m.node.Content, m.scalar(key), value)
}

// inner adds a mapping, if it holds anything.
func (m *mapping) inner(key string, in *mapping) {
	m.bad = errors.Join(m.bad, in.bad)
	if len(in.node.Content) > 0 {
		m.add(key, in.node)
	}
}

// list is a single text where there is one.
func (m *mapping) list(values []string) *yaml.Node {
	if len(values) == 1 {
		return m.scalar(values[0])
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range values {
		n.Content = append(n.Content, m.scalar(v))
	}
	return n
}

func (m *mapping) scalar(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	switch {
	case !utf8.ValidString(text) || strings.Contains(text, "\x00"):
		m.bad = errors.New("a text of the suite is not UTF-8: YAML can't hold it")
	case text == "<<" || traffic.Visible(text) != text:
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func suiteNode(s *Suite) *mapping {
	m := newMapping()
	m.text("capture", s.Capture)
	m.text("target", s.Target)
	m.text("auth", s.Auth)
	m.text("auth-from", s.AuthFrom)
	if s.Login != nil {
		m.add("login", m.login(s.Login))
	}
	sign := newMapping()
	sign.text("hs256", s.SignWith.HS256)
	sign.text("rs256", s.SignWith.RS256)
	sign.text("es256", s.SignWith.ES256)
	sign.text("mint", s.SignWith.Mint)
	m.inner("sign-with", sign)
	users := newMapping()
	for _, u := range s.Users {
		users.user(u)
	}
	m.inner("users", users)
	m.texts("allow-unsafe", s.AllowUnsafe)
	m.policy(s.Policy)
	if len(s.Scenarios) == 0 {
		return m
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, one := range s.Scenarios {
		node := scenarioNode(one)
		m.bad = errors.Join(m.bad, node.bad)
		list.Content = append(list.Content, node.node)
	}
	m.add("scenarios", list)
	return m
}

func (m *mapping) user(u User) {
	if u.Login == nil {
		m.text(u.Name, u.Auth)
		return
	}
	if u.Auth != "" {
		m.bad = errors.Join(m.bad, fmt.Errorf("the user %s has a credential and a login: one of them", quoted(u.Name)))
	}
	in := newMapping()
	in.add("login", in.login(u.Login))
	m.inner(u.Name, in)
}

func scenarioNode(s Scenario) *mapping {
	m := newMapping()
	m.node.HeadComment = sign(s.Comment)
	m.text("name", s.Name)
	m.text("cause", s.Cause)
	with := newMapping()
	with.node.Style = yaml.FlowStyle
	for _, name := range parameterOrder(s) {
		value := with.scalar(s.Parameters[name])
		if p, is := s.parameter(name); is && p.Type == scenarios.TypeNumber {
			value.Tag = "" // without quotes
		}
		with.add(name, value)
	}
	m.inner("with", with)
	m.texts("on", s.Routes)
	m.expectation(s.Expected)
	matrix := newMapping()
	matrix.texts("origins", s.Matrix.Origins)
	matrix.texts("routes", s.Matrix.Routes)
	matrix.texts("users", s.Matrix.Users)
	m.inner("matrix", matrix)
	return m
}

func (s Scenario) parameter(name string) (scenarios.Parameter, bool) {
	c := s.Of()
	if c == nil {
		return scenarios.Parameter{}, false
	}
	return c.Parameter(name)
}

// parameterOrder is that of the cause.
func parameterOrder(s Scenario) []string {
	names := slices.Sorted(maps.Keys(s.Parameters))
	if c := s.Of(); c != nil {
		order := parameterNames(c)
		slices.SortStableFunc(names, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	}
	return names
}

func (m *mapping) expectation(e expect.Expectation) {
	switch len(e.Any) {
	case 0:
	case 1:
		m.inner("expect", answerNode(e.Any[0]))
	default:
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, a := range e.Any {
			node := answerNode(a)
			m.bad = errors.Join(m.bad, node.bad)
			list.Content = append(list.Content, node.node)
		}
		m.add("expect", list)
	}
}
