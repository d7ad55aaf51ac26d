package credential

import (
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// setField replaces a field in its place, with its name as it was spelled, or
// adds it behind the others. What repeats it is removed: two credentials are
// malformed (RFC 9110 section 11.6.2).
func (w *writer) setField(name, value string) {
	h := &w.request.Header
	first := slices.IndexFunc(*h, func(f traffic.HeaderField) bool { return strings.EqualFold(f.Name, name) })
	w.note(diff.Header, strings.ToLower(name))
	if first < 0 {
		if slices.ContainsFunc(*h, func(f traffic.HeaderField) bool { return strings.HasPrefix(f.Name, ":") }) {
			name = strings.ToLower(name) // RFC 9113 section 8.2
		}
		*h = append(*h, traffic.HeaderField{Name: name, Value: value})
		return
	}
	(*h)[first].Value = value
	rest := slices.DeleteFunc((*h)[first+1:], func(f traffic.HeaderField) bool { return strings.EqualFold(f.Name, name) })
	*h = (*h)[:first+1+len(rest)]
}

// cookie replaces one pair of the Cookie fields in its place, or adds it.
func (w *writer) cookie(c traffic.Param) {
	r := w.request
	w.note(diff.Cookie, c.Name)
	r.Cookies = slices.DeleteFunc(r.Cookies, func(old traffic.Cookie) bool {
		return old.Name == c.Name && r.Header.Has("cookie") // its value is in the field from here on
	})
	if !r.Header.Has("cookie") {
		w.listedCookies(c)
		return
	}
	last := -1
	for i, f := range r.Header.All("cookie") {
		last = i
		if value, ok := withPair(f.Value, c); ok {
			r.Header[i].Value = value
			return
		}
	}
	if strings.TrimSpace(r.Header[last].Value) == "" {
		r.Header[last].Value = c.Name + "=" + c.Value
		return
	}
	r.Header[last].Value += "; " + c.Name + "=" + c.Value
}

// listedCookies writes a field of what the recorder listed beside the header.
func (w *writer) listedCookies(c traffic.Param) {
	var pairs []string
	found := false
	for _, p := range w.request.CookiePairs() {
		if p.Name == c.Name {
			p.Value, found = c.Value, true
		}
		pairs = append(pairs, p.Name+"="+p.Value)
	}
	if !found {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	w.request.Cookies = nil
	w.request.Header = append(w.request.Header, traffic.HeaderField{Name: "Cookie", Value: strings.Join(pairs, "; ")})
}

// withPair replaces the value of a pair in a Cookie field; false: it has none
// of that name. Names of cookies differ by case (RFC 6265 section 5.4).
func withPair(field string, c traffic.Param) (string, bool) {
	pairs := strings.Split(field, ";")
	found := false
	for i, pair := range pairs {
		name, _, ok := strings.Cut(pair, "=")
		if ok && strings.TrimSpace(name) == c.Name {
			pairs[i] = name + "=" + c.Value
			found = true
		}
	}
	return strings.Join(pairs, ";"), found
}

// parameter replaces the first parameter of that name in the query, or adds
// one. All else of the URL stays byte for byte.
func (w *writer) parameter(p traffic.Param) {
	r := w.request
	w.note(diff.Query, p.Name)
	for i := range r.Query {
		if r.Query[i].Name == p.Name {
			r.Query[i].Value = p.Value
		}
	}
	rest, fragment := r.URL, ""
	if i := strings.IndexByte(rest, '#'); i >= 0 {
		rest, fragment = rest[:i], rest[i:]
	}
	base, query, has := strings.Cut(rest, "?")
	pairs := strings.Split(query, "&")
	i := slices.IndexFunc(pairs, func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		decoded, err := url.QueryUnescape(name)
		return err == nil && decoded == p.Name
	})
	switch {
	case i >= 0:
		name, _, _ := strings.Cut(pairs[i], "=")
		pairs[i] = name + "=" + url.QueryEscape(p.Value)
		query = strings.Join(pairs, "&")
	case has && query != "":
		query += "&" + url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
	default:
		query = url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
	}
	r.URL = base + "?" + query + fragment
}
