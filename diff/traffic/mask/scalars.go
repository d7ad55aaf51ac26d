package mask

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// A scalar is a string, a number or a literal of a document.
type scalar struct {
	name   string // of its member; inside an array that of the array
	parent string // the name of the member that holds it all
	label  string // the string beside it under "name" or "key", or before it in an array
	pair   bool   // it stands in an array
	raw    string // as it stands in the document
	from   int    // where it stands, in bytes

	private bool // a member of a key
}

// A frame is an object or an array that is being read.
type frame struct {
	object       bool
	name, parent string // of the container itself
	member       string // name of the member being read
	label        string
}

// eachScalar yields the scalars of a JSON text, of several in a row too
// (NDJSON), up to where it is broken.
func eachScalar(s string, yield func(scalar)) {
	dec := jsontext.NewDecoder(bytes.NewBufferString(s), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	var stack []frame
	for {
		top := frame{}
		if len(stack) > 0 {
			top = stack[len(stack)-1]
		}
		name, parent := top.place()
		switch dec.PeekKind() {
		case '{', '[':
			token, err := dec.ReadToken()
			if err != nil {
				return
			}
			stack = append(stack, frame{object: token.Kind() == '{', name: name, parent: parent})
			continue
		case '}', ']':
			if _, err := dec.ReadToken(); err != nil {
				return
			}
			stack = stack[:len(stack)-1]
			continue
		}
		raw, err := dec.ReadValue()
		if err != nil {
			return
		}
		from := int(dec.InputOffset()) - len(raw)
		if isName(dec) {
			stack[len(stack)-1].member = unquote(string(raw))
			continue
		}
		v := scalar{name: name, parent: parent, label: top.label, raw: s[from : from+len(raw)], from: from}
		v.pair = !top.object
		yield(v)
		if !top.object && len(stack) > 0 { // ["X-Api-Key", "…"]: what an echo makes of headers
			stack[len(stack)-1].label = pairLabel(dec, v.raw)
		}
		if top.object && len(v.raw) < 128 && v.raw[0] == '"' && (name == "name" || name == "key" || name == "header") {
			stack[len(stack)-1].label = unquote(v.raw)
		}
	}
}

// pairLabel is the first text of an array, as long as one more may follow.
func pairLabel(dec *jsontext.Decoder, raw string) string {
	if _, length := dec.StackIndex(dec.StackDepth()); length != 1 || raw[0] != '"' || len(raw) > maxName {
		return ""
	}
	return unquote(raw)
}

// place is the name and the parent of what is read next in the frame.
func (f frame) place() (name, parent string) {
	if f.object {
		return f.member, f.name
	}
	return f.name, f.parent
}

// isName tells whether the string just read is the name of a member.
func isName(dec *jsontext.Decoder) bool {
	kind, length := dec.StackIndex(dec.StackDepth())
	return kind == '{' && length%2 == 1
}

func unquote(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 && len(raw) >= 2 {
		return raw[1 : len(raw)-1]
	}
	out, _ := jsontext.AppendUnquote(nil, raw) // lone surrogates become U+FFFD
	return string(out)
}
