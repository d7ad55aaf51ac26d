package suite

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

// maxBody is the length in bytes up to which a body is compared with what is
// expected of it.
const maxBody = 4 << 20

func (c *checking) body(a expect.Answer, r *traffic.Response) {
	if len(a.JSON)+len(a.Body) == 0 {
		return
	}
	content, err := r.Body.Bytes(maxBody)
	if err != nil {
		c.miss("response.body", "one that can be read", "one that is too long or broken")
		return
	}
	for _, want := range a.Body {
		var there []string
		if r.Body.Present() {
			there = []string{string(content)}
		}
		if !want.Met(there) {
			c.missValues("response.body", want, shortened(there))
		}
	}
	for _, m := range a.JSON {
		there, ok := members(content, m.Pointer)
		switch {
		case !ok:
			c.miss("response.body"+m.Pointer, m.Want.String(), "a body that is no JSON")
		case !m.Want.Met(there):
			c.missValues("response.body"+m.Pointer, m.Want, shortened(there[:min(len(there), 1)]))
		}
	}
}

func shortened(texts []string) []string {
	for i, text := range texts {
		if len(text) > 200 {
			texts[i] = strings.ToValidUTF8(text[:200], "") + "…"
		}
	}
	return texts
}

// members returns the value at a JSON Pointer (RFC 6901) as texts that it may
// be called by: a string as such, all else as JSON. None is an empty list; not
// ok is a body that is no JSON.
func members(content []byte, pointer string) (there []string, ok bool) {
	value := jsontext.Value(content)
	if !value.IsValid(jsontext.AllowDuplicateNames(true)) {
		return nil, false
	}
	if pointer != "" {
		for key := range strings.SplitSeq(pointer[1:], "/") {
			key = strings.ReplaceAll(strings.ReplaceAll(key, "~1", "/"), "~0", "~")
			if value, ok = below(value, key); !ok {
				return nil, true
			}
		}
	}
	if value.Kind() == '"' {
		var text string
		if json.Unmarshal(value, &text) == nil {
			return []string{text}, true
		}
	}
	compact := value.Clone()
	if compact.Compact() != nil {
		compact = value
	}
	return []string{string(compact)}, true
}

func below(value jsontext.Value, key string) (jsontext.Value, bool) {
	switch value.Kind() {
	case '{':
		var object map[string]jsontext.Value
		if json.Unmarshal(value, &object, jsontext.AllowDuplicateNames(true)) != nil {
			return nil, false
		}
		v, ok := object[key]
		return v, ok
	case '[':
		var items []jsontext.Value
		i, err := strconv.Atoi(key)
		if json.Unmarshal(value, &items, jsontext.AllowDuplicateNames(true)) != nil || err != nil || i < 0 || i >= len(items) || key != strconv.Itoa(i) {
			return nil, false
		}
		return items[i], true
	}
	return nil, false
}
