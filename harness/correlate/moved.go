package correlate

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A document is a JSON body, taken apart.
type document struct{ value any }

func (d *document) read(r *traffic.Response, most int64) bool {
	if r == nil {
		return false
	}
	text, ok := bodyText(r.Body, most)
	if !ok {
		return false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	return dec.Decode(&d.value) == nil
}

// movedPath finds the element of a live list that is the one of the recorded
// list: the only one that has most in common with it. The innermost list
// counts; what is around it stands where it stood.
func movedPath(old, new any, path, value string) (string, bool) {
	tokens := strings.Split(path, "/")[1:]
	at, index := -1, 0
	var was, is []any
	for i, token := range tokens {
		if list, ok := old.([]any); ok {
			n, err := strconv.Atoi(token)
			lists, _ := new.([]any)
			if err != nil || n >= len(list) {
				break
			}
			at, index, was, is = i, n, list, lists
			old = list[n]
			if new = nil; n < len(lists) {
				new = lists[n]
			}
			continue
		}
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		old, new = member(old, name), member(new, name)
		if old == nil {
			break
		}
	}
	if at < 0 {
		return "", false
	}
	n, ok := counterpart(was, index, is, value)
	if !ok {
		return "", false
	}
	tokens[at] = strconv.Itoa(n)
	return "/" + strings.Join(tokens, "/"), true
}

func member(v any, name string) any {
	object, _ := v.(map[string]any)
	return object[name]
}

// counterpart returns the element of is that has most members in common with
// one of was, where it is the only one, and had no equal before.
func counterpart(was []any, index int, is []any, value string) (int, bool) {
	const longest = 2000 // of a longer list every element would be compared with every other
	if len(is) > longest {
		return 0, false
	}
	best, most, tied := 0, 0, false
	for j, candidate := range is {
		switch n := likeness(was[index], candidate, value, 0); {
		case n > most:
			best, most, tied = j, n, false
		case n == most:
			tied = true
		}
	}
	return best, most > 0 && !tied
}

// likeness counts the scalars that two values have in common. The value that
// is looked for is another one now.
func likeness(a, b any, value string, depth int) int {
	const deepest = 4
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok || depth > deepest {
			return 0
		}
		n := 0
		for name, v := range a {
			n += likeness(v, other[name], value, depth+1)
		}
		return n
	case string:
		if a != value && a != "" && a == b {
			return 1
		}
	case json.Number, bool:
		if a == b {
			return 1
		}
	}
	return 0
}
