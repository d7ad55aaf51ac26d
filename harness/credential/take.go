package credential

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Take is a value in an answer.
type Take struct {
	Name string // "" is "{}" in a Set

	// Path is where it stands: "response.body/access_token" (a JSON Pointer, RFC
	// 6901), "response.body.csrf" (a field of an HTML form, a meta element or a
	// form), "response.header.x-token", "response.set-cookie.sid.value".
	Path string
}

// maxAnswer is the length in bytes up to which the body of an answer is
// searched.
const maxAnswer = 4 << 20

// Check tells whether the path is one that values can be taken from.
func (t Take) Check() error {
	kind, name := t.parts()
	if kind == "" || name == "" {
		return errors.New("a value is taken from response.body/POINTER, response.body.FIELD, response.header.NAME or response.set-cookie.NAME.value")
	}
	return nil
}

func (t Take) parts() (kind, name string) {
	switch path := t.Path; {
	case strings.HasPrefix(path, "response.body/"):
		return "pointer", strings.TrimPrefix(path, "response.body")
	case strings.HasPrefix(path, "response.body."):
		return "field", strings.TrimPrefix(path, "response.body.")
	case strings.HasPrefix(path, "response.header."):
		return "header", strings.TrimPrefix(path, "response.header.")
	case strings.HasPrefix(path, "response.set-cookie."):
		return "cookie", strings.TrimSuffix(strings.TrimPrefix(path, "response.set-cookie."), ".value")
	}
	return "", ""
}

// find returns the value in the last answer that has it, and the lifetime that
// stands beside it, 0: none.
func (t Take) find(answers []*traffic.Exchange) (string, time.Duration, error) {
	for _, x := range slices.Backward(answers) {
		if x.Response == nil {
			continue
		}
		if value, lifetime := t.in(x.Response); value != "" {
			return value, lifetime, nil
		}
	}
	return "", 0, fmt.Errorf("no answer has %s", t.Path)
}

func (t Take) in(r *traffic.Response) (string, time.Duration) {
	switch kind, name := t.parts(); kind {
	case "header":
		return r.Header.Get(name), 0
	case "cookie":
		return setCookieValue(r, name), 0
	case "pointer":
		return pointed(r, name)
	case "field":
		return fieldIn(r, name), 0
	}
	return "", 0
}

func setCookieValue(r *traffic.Response, name string) string {
	for _, line := range slices.Backward(r.Header.Values("set-cookie")) {
		pair, _, _ := strings.Cut(line, ";")
		if n, value, ok := strings.Cut(pair, "="); ok && strings.TrimSpace(n) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// pointed returns a scalar of a JSON body, and the expires_in of its object.
func pointed(r *traffic.Response, pointer string) (string, time.Duration) {
	content, err := r.Body.Bytes(maxAnswer)
	if err != nil {
		return "", 0
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var node any
	if decoder.Decode(&node) != nil {
		return "", 0
	}
	var lifetime time.Duration
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		switch n := node.(type) {
		case map[string]any:
			node = n[token]
			lifetime = max(seconds(n["expires_in"]), seconds(n["expiresIn"]))
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(n) {
				return "", 0
			}
			node, lifetime = n[i], 0
		default:
			return "", 0
		}
	}
	switch n := node.(type) {
	case string:
		return n, lifetime
	case json.Number:
		return n.String(), lifetime
	}
	return "", 0
}

// fieldIn returns a field of a page: an input, a meta element, a field of a body
// that is a form itself.
func fieldIn(r *traffic.Response, name string) string {
	content, err := r.Body.Bytes(maxAnswer)
	if err != nil {
		return ""
	}
	mediaType := strings.ToLower(first(r.Body.MediaType, r.Header.Get("content-type")))
	if strings.HasPrefix(mediaType, "application/x-www-form-urlencoded") {
		for _, f := range formFields(string(content)) {
			if f.Name == name {
				return f.Value
			}
		}
		return ""
	}
	tokens := html.NewTokenizer(bytes.NewReader(content))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			if value, ok := valueOf(tokens.Token(), name); ok {
				return value
			}
		}
	}
}

// valueOf reads <input name= value=> and <meta name= content=>.
func valueOf(tag html.Token, name string) (string, bool) {
	attribute := ""
	switch tag.Data {
	case "input", "button":
		attribute = "value"
	case "meta":
		attribute = "content"
	default:
		return "", false
	}
	named, value := false, ""
	for _, a := range tag.Attr {
		switch a.Key {
		case "name":
			named = a.Val == name
		case attribute:
			value = a.Val
		}
	}
	return value, named && value != ""
}
