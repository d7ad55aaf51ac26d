package watch

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/scenarios/policy"
)

// A grant is an object that hands out an access token (RFC 6749 section 5.1, in
// the spellings of the field), with the places of its members in the text.
type grant struct {
	access  string
	tokens  []member // all with the access token as their value
	lasts   []member // seconds: expires_in
	expires []member // points in time: expires_at
}

// A member is a value of an object and where it stands.
type member struct {
	name       string
	value      jsontext.Value
	start, end int
}

// maxDepth is how deep a grant is looked for: {"data":{"session":{"access_token":…
const maxDepth = 3

// readGrants finds the grants in a JSON text. What is no JSON has none.
func readGrants(text []byte) []grant {
	dec := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	var found []grant
	if dec.PeekKind() != '{' || !readObject(dec, maxDepth, &found) {
		return nil
	}
	return found
}

// readObject reads an object and those in it; false: the text is not valid.
func readObject(dec *jsontext.Decoder, depth int, found *[]grant) bool {
	members, ok := readMembers(dec, func() bool { return readObject(dec, depth-1, found) }, depth > 1)
	if g, is := grantOf(members); ok && is {
		*found = append(*found, g)
	}
	return ok
}

// readMembers reads the members of an object; those that are objects are read
// by within, where it is asked.
func readMembers(dec *jsontext.Decoder, within func() bool, ask bool) (members []member, ok bool) {
	if _, err := dec.ReadToken(); err != nil {
		return nil, false
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, false
		}
		text := name.String() // before the next read takes its memory
		if ask && dec.PeekKind() == '{' {
			if !within() {
				return nil, false
			}
			continue
		}
		value, err := dec.ReadValue()
		if err != nil {
			return nil, false
		}
		end := int(dec.InputOffset())
		members = append(members, member{text, slices.Clone(value), end - len(value), end})
	}
	_, err := dec.ReadToken()
	return members, err == nil
}

// membersOf are those of an object, without what is in it; none of a text that
// is no object.
func membersOf(text []byte) []member {
	dec := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	if dec.PeekKind() != '{' {
		return nil
	}
	members, ok := readMembers(dec, nil, false)
	if !ok {
		return nil
	}
	return members
}

// grantOf reads the members of one object, by the names that the client is
// judged by.
func grantOf(members []member) (grant, bool) {
	var g grant
	for _, name := range policy.AccessNames() {
		for _, m := range members {
			if g.access == "" && strings.EqualFold(m.name, name) {
				g.access = m.token()
			}
		}
	}
	if g.access == "" {
		return g, false
	}
	for _, m := range members {
		switch strings.ToLower(m.name) {
		case "expires_in", "expiresin":
			g.lasts = append(g.lasts, m)
		case "expires_at", "expiresat":
			g.expires = append(g.expires, m)
		default:
			if m.token() == g.access {
				g.tokens = append(g.tokens, m)
			}
		}
	}
	return g, true
}

// token is the value where it may be one: words and sentences are none.
func (m member) token() string {
	if m.value.Kind() != '"' {
		return ""
	}
	text, err := jsontext.AppendUnquote(nil, m.value)
	if err != nil || len(text) < minToken || bytes.ContainsAny(text, " \t\r\n") {
		return ""
	}
	return string(text)
}

// splice puts other values in the place of members.
func splice(text []byte, changes map[int]change) []byte {
	var out []byte
	at := 0
	for _, start := range slices.Sorted(maps.Keys(changes)) {
		c := changes[start]
		out = append(append(out, text[at:start]...), c.value...)
		at = c.end
	}
	return append(out, text[at:]...)
}

// A change is another value for the member that ends at end.
type change struct {
	end   int
	value []byte
}
