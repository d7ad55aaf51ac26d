package traffic

import (
	"bytes"
	"encoding/base64"
	"io"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// interaction builds the YAML of an exchange: keys in go-vcr's own order, then
// those that the model does not know.
func (w *cassetteWriter) interaction(x *Exchange) (*yaml.Node, error) {
	known := make(map[string]*yaml.Node)
	for _, p := range regenerated(x, w.format) {
		known[p.pointer] = p.value
	}
	for _, f := range x.Unknown { // they stand in their own order, at the end
		delete(known, f.Pointer)
	}
	request, err := w.request(&x.Request, known)
	if err != nil {
		return nil, err
	}
	response, err := w.response(x.Response, known)
	if err != nil {
		return nil, err
	}
	item := mapNode()
	item.addKnown(known, "/id")
	item.add("request", request)
	item.add("response", response)
	index := yamlIndex{}
	for _, f := range x.Unknown {
		index.set(item.node, pointerKeys(f.Pointer), nodeOf(f.Value))
	}
	return item.node, nil
}

func (w *cassetteWriter) request(r *Request, known map[string]*yaml.Node) (*yaml.Node, error) {
	body, err := bodyNode(r.Body)
	if err != nil {
		return nil, err
	}
	m := mapNode()
	if r.Proto != "" || w.format == CassetteV2 {
		m.add("proto", stringNode(r.Proto))
	}
	m.addKnown(known, "/request/proto_major", "/request/proto_minor", "/request/content_length", "/request/host")
	if body.Value != "" || w.format == CassetteV1 {
		m.add("body", body)
	}
	m.addKnown(known, "/request/form")
	if len(r.Header) > 0 || w.format == CassetteV1 {
		m.add("headers", headerNode(r.Header))
	}
	m.add("url", stringNode(r.URL))
	m.add("method", stringNode(r.Method))
	return m.node, nil
}

func (w *cassetteWriter) response(r *Response, known map[string]*yaml.Node) (*yaml.Node, error) {
	if r == nil {
		return nullNode(), nil
	}
	body, err := bodyNode(r.Body)
	if err != nil {
		return nil, err
	}
	m := mapNode()
	if r.Proto != "" || w.format == CassetteV2 {
		m.add("proto", stringNode(r.Proto))
	}
	m.addKnown(known, "/response/proto_major", "/response/proto_minor", "/response/content_length")
	if r.Body.Present() {
		m.add("body", body)
	}
	m.add("headers", headerNode(r.Header))
	m.addKnown(known, "/response/status")
	m.add("code", intNode(int64(r.Status)))
	m.addKnown(known, "/response/duration")
	return m.node, nil
}

// headerNode writes fields of one name as one list, in the order of the first.
func headerNode(h Header) *yaml.Node {
	m := mapNode()
	lists := make(map[string]*yaml.Node, len(h))
	for _, f := range h {
		list := lists[f.Name]
		if list == nil {
			list = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
			lists[f.Name] = list
			m.add(f.Name, list)
		}
		list.Content = append(list.Content, stringNode(f.Value))
	}
	return m.node
}

func formNode(form url.Values) *yaml.Node {
	m := mapNode()
	for _, name := range slices.Sorted(maps.Keys(form)) {
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, v := range form[name] {
			list.Content = append(list.Content, stringNode(v))
		}
		m.add(name, list)
	}
	return m.node
}

func bodyNode(b Body) (*yaml.Node, error) {
	content, err := b.Bytes(math.MaxInt64 / 8)
	if err != nil {
		return nil, err
	}
	return stringNode(string(content)), nil
}

// A yamlMap builds a mapping.
type yamlMap struct{ node *yaml.Node }

func mapNode() yamlMap { return yamlMap{&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}} }

func (m yamlMap) add(key string, value *yaml.Node) {
	k := stringNode(key)
	if k.Style&yaml.LiteralStyle != 0 {
		k.Style = yaml.DoubleQuotedStyle
	}
	m.node.Content = append(m.node.Content, k, value)
}

// addKnown adds those of the fields that are there, by the last part of their
// pointer.
func (m yamlMap) addKnown(known map[string]*yaml.Node, pointers ...string) {
	for _, p := range pointers {
		if n := known[p]; n != nil {
			m.add(p[strings.LastIndexByte(p, '/')+1:], n)
		}
	}
}

// A yamlIndex finds the values of mappings by their keys.
type yamlIndex map[*yaml.Node]map[string]*yaml.Node

func (x yamlIndex) of(n *yaml.Node) map[string]*yaml.Node {
	if x[n] == nil {
		x[n] = make(map[string]*yaml.Node, len(n.Content)/2)
		for i := len(n.Content) - 2; i >= 0; i -= 2 { // the first of two counts
			x[n][n.Content[i].Value] = n.Content[i+1]
		}
	}
	return x[n]
}

// set adds a value deep inside a mapping, with the mappings on the way to it.
// What is there already stays.
func (x yamlIndex) set(n *yaml.Node, keys []string, value *yaml.Node) {
	at := x.of(n)[keys[0]]
	if at == nil {
		at = value
		if len(keys) > 1 {
			at = mapNode().node
		}
		yamlMap{n}.add(keys[0], at)
		x[n][keys[0]] = at
	}
	if len(keys) > 1 && at.Kind == yaml.MappingNode {
		x.set(at, keys[1:], value)
	}
}

func nullNode() *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}

func intNode(i int64) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(i, 10)}
}

// yaml11 are texts that YAML 1.1, the language of go-vcr v1 and v2, takes for
// booleans and sexagesimal numbers. (A plain << would be its merge key.)
var yaml11 = regexp.MustCompile(`^(?i:y|n|yes|no|on|off)$|^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`)

// stringNode writes text so that every version of YAML reads the same bytes.
func stringNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch {
	case !utf8.ValidString(s):
		n.Tag, n.Value = "!!binary", base64.StdEncoding.EncodeToString([]byte(s))
	case isLiteral(s):
		n.Style = yaml.LiteralStyle
	case s == "<<" || yaml11.MatchString(s) || strings.ContainsFunc(s, notPlain):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n // without a style, the encoder quotes where it must
}

func notPlain(r rune) bool { return r == '\uFEFF' || r != ' ' && !unicode.IsPrint(r) }

// isLiteral tells whether text is several plain lines. A block scalar would
// lose or misread CR, tabs, and blanks at the edges of lines.
func isLiteral(s string) bool {
	if !strings.Contains(s, "\n") || s[0] == ' ' || s[0] == '\n' || strings.Contains(s, " \n") || strings.HasSuffix(s, " ") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && notPlain(r) })
}

// nodeOf turns the JSON of an unknown field into YAML. JSON that is broken
// becomes text.
func nodeOf(v jsontext.Value) *yaml.Node {
	d := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	n, err := decodeNode(d)
	if err != nil {
		return stringNode(string(v))
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return stringNode(string(v))
	}
	return n
}

func decodeNode(d *jsontext.Decoder) (*yaml.Node, error) {
	t, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case '{':
		return decodeMap(d)
	case '[':
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for d.PeekKind() != ']' {
			n, err := decodeNode(d)
			if err != nil {
				return nil, err
			}
			list.Content = append(list.Content, n)
		}
		_, err := d.ReadToken()
		return list, err
	case '"':
		return stringNode(t.String()), nil
	case '0':
		return numberNode(t.String()), nil
	case 'n':
		return nullNode(), nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: t.String()}, nil
}

func decodeMap(d *jsontext.Decoder) (*yaml.Node, error) {
	m := mapNode()
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String()
		n, err := decodeNode(d)
		if err != nil {
			return nil, err
		}
		m.add(key, n)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	if c := m.node.Content; len(c) == 2 && c[0].Value == "!!binary" && c[1].Kind == yaml.ScalarNode {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!binary", Style: yaml.TaggedStyle, Value: c[1].Value}, nil
	}
	return m.node, nil
}

// numberNode keeps the spelling of a number. What YAML would not take for one
// (1E400) gets its tag.
func numberNode(text string) *yaml.Node {
	tag := "!!float"
	if !strings.ContainsAny(text, ".eE") {
		tag = "!!int"
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}
	plain := yaml.Node{Kind: yaml.ScalarNode, Value: text}
	if plain.ShortTag() != tag {
		n.Tag, n.Style = "!!float", yaml.TaggedStyle
	}
	return n
}
