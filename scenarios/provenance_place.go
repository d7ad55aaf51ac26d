package scenarios

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/net/html"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// issuedInHeader finds the field of a response that hands out a value.
func issuedInHeader(r *traffic.Response, value string) (diff.Edit, bool) {
	for _, f := range r.Header {
		if len(f.Value) < len(value) && len(f.Value) < minTraced {
			continue
		}
		name := strings.ToLower(f.Name)
		switch name {
		case "set-cookie":
			if at, ok := setCookieOf(f.Value, value); ok {
				return at, true
			}
		case "location", "refresh", "content-location":
			if inURL(f.Value, value) {
				return seen(diff.Response, diff.Header, name, f.Value), true
			}
		default:
			if _, bare := cutScheme(f.Value); f.Value == value || bare == value {
				return seen(diff.Response, diff.Header, name, f.Value), true
			}
		}
	}
	for _, c := range r.Cookies {
		if c.Value == value {
			return setCookieEdit(c.Name, value), true
		}
	}
	if r.Location != "" && inURL(r.Location, value) {
		return seen(diff.Response, diff.Location, "", r.Location), true
	}
	return diff.Edit{}, false
}

func setCookieEdit(name, value string) diff.Edit {
	at := seen(diff.Response, diff.SetCookie, name, value)
	at.Sub = "value"
	return at
}

func setCookieOf(field, value string) (diff.Edit, bool) {
	pair, _, _ := strings.Cut(field, ";")
	name, got, _ := strings.Cut(pair, "=")
	got = strings.Trim(strings.TrimSpace(got), `"`)
	if got == value || strings.Contains(got, "%") && unescape(got) == value {
		return setCookieEdit(strings.TrimSpace(name), value), true
	}
	return diff.Edit{}, false
}

// inURL tells whether a parameter of a query or a fragment has that value:
// codes come in one, tokens of the implicit flow in the other.
func inURL(rawURL, value string) bool {
	if !strings.Contains(rawURL, plainest(value)) {
		return false
	}
	at := strings.IndexAny(rawURL, "?#")
	if at < 0 {
		return false
	}
	for pair := range strings.FieldsFuncSeq(rawURL[at:], func(r rune) bool { return strings.ContainsRune("?#&;", r) }) {
		_, got, _ := strings.Cut(pair, "=")
		if got == value || unescape(got) == value {
			return true
		}
	}
	return false
}

// issuedInBody finds the member or field of a body that hands out a value. A
// value that stands somewhere else in the text, in a script, has no name.
func issuedInBody(r *traffic.Response, text, value string) (diff.Edit, bool) {
	trimmed := strings.TrimLeft(text, " \t\r\n\ufeff")
	switch {
	case trimmed == "":
		return diff.Edit{}, false
	case trimmed[0] == '{' || trimmed[0] == '[':
		if pointer, ok := jsonMember([]byte(trimmed), value); ok {
			return seen(diff.Response, diff.Body, pointer, value), true
		}
	case trimmed[0] == '<':
		if name, ok := htmlField(trimmed, value); ok {
			return seen(diff.Response, diff.Body, name, value), true
		}
	case strings.Contains(trimmed, "="):
		for _, f := range formFields(trimmed) { // RFC 6749 asks for JSON, GitHub sends a form
			if f.Value == value {
				return seen(diff.Response, diff.Body, f.Name, value), true
			}
		}
	}
	if strings.Contains(text, value) {
		return seen(diff.Response, diff.Body, "", value), true
	}
	return diff.Edit{}, false
}

// jsonMember finds a string in a JSON text, at any depth. It reads as far as
// the text is JSON: a recorder may have cut it.
func jsonMember(text []byte, value string) (pointer string, ok bool) {
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for {
		token, err := d.ReadToken()
		if err != nil {
			return "", false
		}
		if token.Kind() != '"' {
			continue
		}
		kind, n := d.StackIndex(d.StackDepth())
		isName := kind == '{' && n%2 == 1
		if !isName && token.String() == value {
			return string(d.StackPointer()), true
		}
	}
}

// htmlField finds the form field, the meta element or the attribute of any
// other element that has a value.
func htmlField(text, value string) (name string, ok bool) {
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return "", false
		case html.StartTagToken, html.SelfClosingTagToken:
			if name, ok := elementWith(z, value); ok {
				return name, true
			}
		}
	}
}

func elementWith(z *html.Tokenizer, value string) (name string, ok bool) {
	_, more := z.TagName()
	own := ""
	for more {
		var key, got []byte
		key, got, more = z.TagAttr()
		switch string(key) {
		case "name", "id", "property":
			if own == "" || string(key) == "name" {
				own = string(got)
			}
		case "href", "src", "action":
			ok = ok || inURL(string(got), value)
		default:
			if string(got) == value {
				ok = true
				if own == "" && strings.HasPrefix(string(key), "data-") {
					own = string(key)
				}
			}
		}
	}
	return own, ok
}
