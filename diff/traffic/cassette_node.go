package traffic

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// A yamlField is one key of a mapping, its value free of aliases.
type yamlField struct {
	key   string
	value *yaml.Node
}

// fields returns the keys of a mapping in the order of the file, merge keys
// behind its own. Of a key that is there twice the first counts, with a
// warning. Recursion is bounded, because measure came first.
func (d *cassetteReader) fields(n *yaml.Node) []yamlField {
	out := make([]yamlField, 0, len(n.Content)/2)
	seen := make(map[string]bool, len(n.Content)/2)
	var merged []*yaml.Node
	twice, line := 0, 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := deref(n.Content[i]), deref(n.Content[i+1])
		if key.Kind != yaml.ScalarNode {
			d.fail(key, "a key must be text, this is "+kindName(key))
			continue
		}
		if key.Tag == "!!merge" {
			merged = append(merged, value)
			continue
		}
		name, ok := textOf(key)
		if !ok {
			d.fail(key, "a key is not valid Base64")
			continue
		}
		if seen[name] {
			if twice++; twice == 1 {
				line = key.Line
			}
			continue
		}
		seen[name] = true
		out = append(out, yamlField{name, value})
	}
	if twice > 0 {
		d.warn(fmt.Sprintf("%d repeated keys in a mapping, the first in line %d; the first of each counts", twice, line))
	}
	for _, m := range merged {
		out = d.merge(out, seen, m)
	}
	return out
}

// merge adds the keys of a YAML 1.1 merge key (<<) that are not there yet.
func (d *cassetteReader) merge(out []yamlField, seen map[string]bool, n *yaml.Node) []yamlField {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			out = d.merge(out, seen, deref(c))
		}
	case yaml.MappingNode:
		for _, f := range d.fields(n) {
			if !seen[f.key] {
				seen[f.key] = true
				out = append(out, f)
			}
		}
	default:
		d.fail(n, "a merge key (<<) takes a mapping, this is "+kindName(n))
	}
	return out
}

// find returns the value of the key, or nil.
func find(fields []yamlField, key string) *yaml.Node {
	for _, f := range fields {
		if f.key == key {
			return f.value
		}
	}
	return nil
}

// child returns the value of a mapping's first such key, or nil.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil {
		return nil
	}
	n = deref(n)
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return deref(n.Content[i+1])
		}
	}
	return nil
}

func deref(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// textOf returns a scalar as go-vcr gets it in a string: as written, whatever
// it looks like (157, yes, 2024-01-01), null as "", !!binary decoded.
func textOf(n *yaml.Node) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode:
		return "", false
	case n.Tag == "!!null":
		return "", true
	case n.Tag == "!!binary":
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
		return string(raw), err == nil
	}
	return n.Value, true
}

// intOf returns a whole number, in quotes or not; null is 0, as for go-vcr.
func intOf(n *yaml.Node) (int64, bool) {
	if n.Kind != yaml.ScalarNode {
		return 0, false
	}
	if n.Tag == "!!null" {
		return 0, true
	}
	if n.Tag == "!!int" {
		var i int64
		err := n.Decode(&i)
		return i, err == nil
	}
	i, err := strconv.ParseInt(n.Value, 10, 64)
	return i, err == nil
}

// kindName says what a value is without saying its content.
func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "null"
	case "!!bool":
		return "a boolean"
	case "!!int", "!!float":
		return "a number"
	case "!!binary":
		return "binary data"
	}
	return "text"
}

// appendJSON writes a value as JSON. Text that is not UTF-8 becomes
// {"!!binary": "Base64"}, which nodeOf turns back.
func (d *cassetteReader) appendJSON(dst []byte, n *yaml.Node) []byte {
	n = deref(n)
	switch n.Kind {
	case yaml.MappingNode:
		dst = append(dst, '{')
		for i, f := range d.fields(n) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendQuoted(dst, strings.ToValidUTF8(f.key, "\uFFFD"))
			dst = d.appendJSON(append(dst, ':'), f.value)
		}
		return append(dst, '}')
	case yaml.SequenceNode:
		dst = append(dst, '[')
		for i, c := range n.Content {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = d.appendJSON(dst, c)
		}
		return append(dst, ']')
	}
	return appendScalar(dst, n)
}

func appendScalar(dst []byte, n *yaml.Node) []byte {
	switch n.Tag {
	case "!!null":
		return append(dst, "null"...)
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return strconv.AppendBool(dst, b)
		}
	case "!!int", "!!float":
		// As written where JSON has the same spelling: 1e5 stays 1e5.
		if number := jsontext.Value(n.Value); number.Kind() == '0' && number.IsValid() && n.Value == strings.TrimSpace(n.Value) {
			return append(dst, number...)
		}
		var f float64
		if n.Decode(&f) == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return strconv.AppendFloat(dst, f, 'f', -1, 64)
		}
	}
	text, ok := textOf(n)
	if !ok {
		text = n.Value
	}
	if !utf8.ValidString(text) {
		dst = append(dst, `{"!!binary":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, []byte(text))
		return append(dst, `"}`...)
	}
	return appendQuoted(dst, text)
}

func appendQuoted(dst []byte, text string) []byte {
	dst, err := jsontext.AppendQuote(dst, text)
	if err != nil {
		panic(err) // only invalid UTF-8 fails, and callers have checked
	}
	return dst
}

// pointerToken escapes a key for a JSON Pointer (RFC 6901 section 3).
func pointerToken(key string) string {
	key = strings.ToValidUTF8(key, "\uFFFD")
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// pointerKeys splits a JSON Pointer.
func pointerKeys(pointer string) []string {
	keys := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, k := range keys {
		keys[i] = strings.ReplaceAll(strings.ReplaceAll(k, "~1", "/"), "~0", "~")
	}
	return keys
}

// isZeroJSON tells whether go-vcr would read the value as one it leaves out.
func isZeroJSON(v jsontext.Value) bool {
	switch string(bytes.TrimSpace(v)) {
	case "null", `""`, "false", "[]", "{}":
		return true
	}
	return false
}
