package isolate

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// valueAt is what stands at a place of a request, of credentials without their
// scheme; "" for what is no value: a scheme, a method, a path.
func valueAt(r *traffic.Request, place string) string {
	kind, name, _ := strings.Cut(place, " ")
	switch kind {
	case "header":
		name, sub, _ := strings.Cut(name, " ")
		value := r.Header.Get(name)
		if sub == "scheme" {
			return ""
		}
		if _, rest, ok := strings.Cut(value, " "); ok && strings.HasSuffix(name, "authorization") {
			return strings.TrimSpace(rest)
		}
		return value
	case "cookie":
		for _, p := range r.CookiePairs() {
			if p.Name == name {
				return p.Value
			}
		}
	case "query":
		if u := r.ParsedURL(); u != nil {
			return u.Query().Get(name)
		}
	case "body":
		return memberAt(r, name)
	}
	return ""
}

// maxBody is how much of a body is searched for a value, in bytes.
const maxBody = 1 << 20

// memberAt is the field of a form, or the text at a pointer into JSON: hidden
// fields, refresh tokens and codes stand there, which an answer handed out.
func memberAt(r *traffic.Request, name string) string {
	if form, err := r.Body.Form(maxBody); err == nil && form != nil {
		values, _ := url.ParseQuery(string(form)) // what is well-formed
		return values.Get(name)
	}
	if content, err := r.Body.Bytes(maxBody); err == nil && strings.HasPrefix(name, "/") {
		return textAt(content, jsontext.Pointer(name))
	}
	return ""
}

// textAt is the string at a pointer; "" for any other value.
func textAt(content []byte, at jsontext.Pointer) string {
	d := jsontext.NewDecoder(bytes.NewReader(content), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for {
		token, err := d.ReadToken()
		if err != nil {
			return ""
		}
		kind, n := d.StackIndex(d.StackDepth())
		isName := kind == '{' && n%2 == 1
		if token.Kind() == '"' && !isName && d.StackPointer() == at {
			return token.String()
		}
	}
}
