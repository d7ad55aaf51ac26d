package traffic

import (
	"bytes"
	"time"

	"go.yaml.in/yaml/v3"
)

// A cutOff is the place where a file breaks off.
type cutOff struct{ line, column int }

// readableHead parses the longest part of a file that breaks off inside a
// value: the whole interactions before it. Where a quote was lost earlier,
// fewer are readable, so it steps back in growing strides. Nil: none.
func (d *cassetteReader) readableHead() *yaml.Node {
	heads := blockHeads(d.data)
	closing := ""
	if heads == nil {
		heads, closing = flowHeads(d.data), "]}"
	}
	for stride := 1; len(heads) > 0; stride *= 2 {
		head := append(bytes.Clone(d.data[:heads[len(heads)-1]]), closing...)
		var document yaml.Node
		if yaml.Unmarshal(head, &document) == nil && len(document.Content) == 1 {
			return document.Content[0]
		}
		heads = heads[:max(0, len(heads)-stride)]
	}
	return nil
}

// blockHeads returns the offsets of the list items of a cassette in block
// style, as every go-vcr writes it.
func blockHeads(data []byte) []int {
	var heads []int
	inList, indent := false, -1
	for at := 0; at < len(data); {
		line := data[at:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		bare := bytes.TrimLeft(line, " ")
		depth := len(line) - len(bare)
		item := bytes.HasPrefix(bare, []byte("- ")) || string(bytes.TrimSpace(bare)) == "-"
		switch {
		case !inList:
			inList = bytes.HasPrefix(line, []byte("interactions:"))
		case item && indent < 0:
			indent = depth
			heads = append(heads, at)
		case item && depth == indent:
			heads = append(heads, at)
		}
		at += len(line)
	}
	return heads
}

// flowHeads returns the offsets behind the list items of a cassette in JSON
// style: {"version": 2, "interactions": [{…}, {…}.
func flowHeads(data []byte) []int {
	var heads []int
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
			if c == '}' && depth == 2 {
				heads = append(heads, i+1)
			}
		}
	}
	return heads
}

// halfWritten tells whether the last interaction lacks its end, although the
// file is valid YAML: block style needs no closing bracket. go-vcr writes
// request before response, code near its end and duration last; an absent
// answer that was meant is `response: null`.
func (d *cassetteReader) halfWritten(list, root *yaml.Node) *cutOff {
	if len(list.Content) == 0 || list.Style&yaml.FlowStyle != 0 || root.Style&yaml.FlowStyle != 0 {
		return nil
	}
	if root.Content[len(root.Content)-1] != list {
		return nil // something follows
	}
	last := list.Content[len(list.Content)-1]
	if !d.lacksEnd(last, list.Content[:len(list.Content)-1]) {
		return nil
	}
	return &cutOff{line: last.Line, column: d.byteColumn(last.Line, last.Column)}
}

func (d *cassetteReader) lacksEnd(last *yaml.Node, earlier []*yaml.Node) bool {
	noFinalBreak := !bytes.HasSuffix(d.data, []byte("\n"))
	response := child(last, "response")
	if response == nil {
		return isNull(last) || deref(last).Kind == yaml.MappingNode || noFinalBreak
	}
	if response.Kind == yaml.ScalarNode {
		// "response: null" was meant; "response:" at the very end was not.
		return isNull(response) && response.Value == "" || !isNull(response) && noFinalBreak
	}
	if child(response, "code") == nil {
		return response.Kind == yaml.MappingNode && child(response, "status") == nil || noFinalBreak
	}
	duration := child(response, "duration")
	if duration != nil {
		_, ok := durationOf(duration)
		return !ok && noFinalBreak
	}
	return noFinalBreak && d.version == CassetteV2 || allHaveDuration(earlier)
}

func allHaveDuration(interactions []*yaml.Node) bool {
	for _, n := range interactions {
		if child(child(n, "response"), "duration") == nil {
			return false
		}
	}
	return len(interactions) > 0
}

// durationOf reads a duration as go-vcr's modules write it: "12ms", a number
// of nanoseconds, or "" or null where there is none (-1).
func durationOf(n *yaml.Node) (time.Duration, bool) {
	if isNull(n) || n.Kind == yaml.ScalarNode && n.Value == "" {
		return -1, true
	}
	if ns, ok := intOf(n); ok {
		return time.Duration(ns), true
	}
	if n.Kind != yaml.ScalarNode {
		return 0, false
	}
	duration, err := time.ParseDuration(n.Value)
	return duration, err == nil
}
