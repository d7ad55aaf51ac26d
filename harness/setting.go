package harness

import (
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A Setting puts a value into every request that is sent (--set). Places are
// named as edits are: request.header.x-tenant, request.query.page,
// request.cookie.theme, request.body/items/0/id.
type Setting struct {
	Part  string // "header", "query", "cookie", "body"
	Name  string // of a body: JSON Pointer
	Value string
}

// ParseSetting reads "request.header.x-tenant=acme".
func ParseSetting(s string) (Setting, error) {
	path, value, found := strings.Cut(s, "=")
	rest, isRequest := strings.CutPrefix(path, "request.")
	if !found || !isRequest {
		return Setting{}, refusal("--set reads PLACE=VALUE, with a place such as request.header.x-tenant, request.query.page, request.cookie.theme or request.body/items/0/id")
	}
	if pointer, ok := strings.CutPrefix(rest, "body/"); ok {
		return Setting{Part: "body", Name: "/" + pointer, Value: value}, nil
	}
	part, name, _ := strings.Cut(rest, ".")
	set := Setting{Part: part, Name: name, Value: value}
	switch {
	case part != "header" && part != "query" && part != "cookie":
		return Setting{}, refusal("--set can't set %q: it sets request.header.NAME, request.query.NAME, request.cookie.NAME and request.body/POINTER", "request."+part)
	case name == "":
		return Setting{}, refusal("--set request.%s. names nothing: write the name behind the dot", part)
	case part != "query" && !isToken(name):
		return Setting{}, refusal("--set request.%s has a name with characters that such a name can't have", part)
	case part == "header" && (wire.IsFraming(name) || strings.EqualFold(name, "cookie")):
		return Setting{}, refusal("--set can't set %s: it is computed for each request", strings.ToLower(name))
	case strings.ContainsAny(value, "\r\n\x00"):
		return Setting{}, refusal("--set request.%s.%s has a line end or a NUL in its value: no request can carry that", part, name)
	}
	return set, nil
}

// settings refuses what no request of the plan has a place for.
func (p *Plan) settings() error {
	var wrong mistakes
	for _, set := range p.options.Set {
		if set.Part == "body" && !p.hasPointer(set.Name) {
			wrong.add("--set request.body%s: no request that is sent has this in a JSON body", set.Name)
		}
	}
	return wrong.err()
}

func (p *Plan) hasPointer(pointer string) bool {
	for i := range p.Steps {
		if p.Steps[i].Skipped != "" {
			continue
		}
		if _, _, found := findPointer(&p.Capture.Exchanges[i].Request, pointer); found {
			return true
		}
	}
	return false
}

// applySettings puts the settings into a request that is a copy. Cookies are
// left to cookieSettings, for the jar writes that field.
func applySettings(r *traffic.Request, list []Setting) {
	for _, set := range list {
		switch set.Part {
		case "header":
			scenarios.SetHeader(&r.Header, set.Name, set.Value)
		case "query":
			r.URL = setQuery(r.URL, set.Name, set.Value)
		case "body":
			setPointer(r, set.Name, set.Value)
		}
	}
}

func cookieSettings(pairs []browser.Pair, list []Setting) []browser.Pair {
	for _, set := range list {
		if set.Part != "cookie" {
			continue
		}
		found := false
		for i := range pairs {
			if pairs[i].Name == set.Name {
				pairs[i].Value, found = set.Value, true
			}
		}
		if !found {
			pairs = append(pairs, browser.Pair{Name: set.Name, Value: set.Value})
		}
	}
	return pairs
}

// setQuery replaces the first parameter of a name, or adds one. All others
// keep their spelling.
func setQuery(address, name, value string) string {
	address, fragment, hasFragment := strings.Cut(address, "#")
	path, query, hasQuery := strings.Cut(address, "?")
	written := url.QueryEscape(name) + "=" + url.QueryEscape(value)
	parts := strings.Split(query, "&")
	found := false
	for i, part := range parts {
		key, _, _ := strings.Cut(part, "=")
		if unescaped, err := url.QueryUnescape(key); err == nil && unescaped == name && !found {
			parts[i], found = written, true
		}
	}
	switch {
	case found:
		query = strings.Join(parts, "&")
	case hasQuery && query != "":
		query += "&" + written
	default:
		query = written
	}
	address = path + "?" + query
	if hasFragment {
		address += "#" + fragment
	}
	return address
}
