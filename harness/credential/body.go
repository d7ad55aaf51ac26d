package credential

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// Bounds of what is searched in a body.
const (
	maxSearchedBody  = 64 << 10 // bytes
	maxSearchedDepth = 6
)

// bodyFields returns the fields of a form and the text members of a JSON object
// in a request body, inner ones by their JSON Pointer; none of other bodies.
func bodyFields(r *traffic.Request) []traffic.Param {
	if len(r.Body.Params) > 0 {
		return r.Body.Params
	}
	if !r.Body.Present() || r.Body.MaxLen() > maxSearchedBody {
		return nil
	}
	content, err := r.Body.Bytes(maxSearchedBody)
	if err != nil {
		return nil
	}
	mediaType := strings.ToLower(first(r.Body.MediaType, r.Header.Get("content-type")))
	text := strings.TrimSpace(string(content))
	switch {
	case strings.HasPrefix(mediaType, "application/x-www-form-urlencoded"):
		return formFields(text)
	case strings.HasPrefix(text, "{"):
		var members map[string]any
		if json.Unmarshal([]byte(text), &members) != nil {
			return nil
		}
		return memberFields(nil, "", members, maxSearchedDepth)
	}
	return nil
}

func formFields(form string) []traffic.Param {
	var fields []traffic.Param
	for pair := range strings.SplitSeq(form, "&") {
		name, value, _ := strings.Cut(pair, "=")
		fields = append(fields, traffic.Param{Name: unescaped(name), Value: unescaped(value)})
	}
	return fields
}

func unescaped(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}

func memberFields(fields []traffic.Param, at string, members map[string]any, depth int) []traffic.Param {
	var names []string
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		pointer := at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		switch value := members[name].(type) {
		case string:
			fields = append(fields, traffic.Param{Name: pointer, Value: value})
		case map[string]any:
			if depth > 1 {
				fields = memberFields(fields, pointer, value, depth-1)
			}
		}
	}
	return fields
}
