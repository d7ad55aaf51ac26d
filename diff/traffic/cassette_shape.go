package traffic

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The fields of go-vcr that the model has no place for, by their shape. Maps
// are never written.
var (
	intFields = map[string]bool{
		"/id":                  true,
		"/request/proto_major": true, "/request/proto_minor": true, "/request/content_length": true,
		"/response/proto_major": true, "/response/proto_minor": true, "/response/content_length": true,
	}
	textFields = map[string]bool{
		"/request/host": true, "/request/remote_addr": true, "/request/request_uri": true, "/response/status": true,
	}
	listFields = map[string]bool{"/request/transfer_encoding": true, "/response/transfer_encoding": true}
	mapFields  = map[string]bool{"/request/form": true, "/request/trailer": true, "/response/trailer": true}
)

// shapeError says what a field of go-vcr must be; "" where it is, and for
// fields that go-vcr does not know.
func shapeError(pointer string, n *yaml.Node) string {
	name := pointer[strings.LastIndexByte(pointer, '/')+1:]
	switch {
	case isNull(n):
	case intFields[pointer]:
		if _, ok := intOf(n); !ok {
			return name + " must be a whole number"
		}
	case textFields[pointer] && n.Kind != yaml.ScalarNode:
		return name + " must be text"
	case listFields[pointer] && !isTextList(n):
		return name + " must be a list of text"
	case mapFields[pointer]:
		if n.Kind != yaml.MappingNode {
			return name + " must be a mapping of lists"
		}
		for i := 1; i < len(n.Content); i += 2 {
			if !isTextList(deref(n.Content[i])) {
				return name + " must be a mapping of lists of text"
			}
		}
	case pointer == "/response/uncompressed" && n.Tag != "!!bool":
		return name + " must be true or false"
	}
	return ""
}

func isTextList(n *yaml.Node) bool {
	if isNull(n) {
		return true
	}
	return n.Kind == yaml.SequenceNode && !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool {
		return deref(c).Kind != yaml.ScalarNode
	})
}

// asText is the value as go-vcr holds it where it has strings: a form's 5 is
// "5".
func asText(n *yaml.Node) *yaml.Node {
	n = deref(n)
	text := *n
	if n.Kind == yaml.ScalarNode && n.Tag != "!!binary" {
		text.Value, _ = textOf(n)
		text.Tag = "!!str"
		return &text
	}
	text.Content = slices.Clone(n.Content)
	for i, c := range text.Content {
		if n.Kind == yaml.SequenceNode || i%2 == 1 && !isNull(deref(c)) { // a list may be null, and is no text then
			text.Content[i] = asText(c)
		}
	}
	return &text
}
