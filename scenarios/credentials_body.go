package scenarios

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// maxSearchedBody is the length in bytes up to which bodies are searched.
const maxSearchedBody = 64 << 10

// bodyCredentials finds CSRF tokens and logins in a form or a flat JSON body.
func bodyCredentials(list []Credential, r *traffic.Request) []Credential {
	fields := bodyFields(r)
	for _, f := range fields {
		switch {
		case isCSRFName(f.Name):
			list = append(list, Credential{Kind: CSRFToken, Part: diff.Body, Name: f.Name, Value: f.Value})
		case isPasswordName(f.Name):
			list = append(list, Credential{Kind: LoginForm, Part: diff.Body, Name: f.Name, Value: f.Value})
		}
	}
	return list
}

func isPasswordName(name string) bool {
	return hasWord(name, "password", "passwd", "pwd", "pw", "pass", "passphrase", "passcode", "pin")
}

// bodyFields returns the fields of a form, the text members of a JSON object or
// the text elements of XML in a request body, inner ones by their own name; none
// of other bodies.
func bodyFields(r *traffic.Request) []traffic.Param {
	if len(r.Body.Params) > 0 {
		return r.Body.Params
	}
	if !r.Body.Present() {
		return nil
	}
	content, err := r.Body.Bytes(maxSearchedBody)
	if err != nil || len(content) == 0 {
		return nil
	}
	mediaType := r.Body.MediaType
	if mediaType == "" {
		mediaType = r.Header.Get("content-type")
	}
	if strings.HasPrefix(strings.ToLower(mediaType), "application/x-www-form-urlencoded") {
		return formFields(string(content))
	}
	if content[0] == '<' {
		return elementFields(content)
	}
	var members map[string]any
	if content[0] != '{' || json.Unmarshal(content, &members) != nil {
		return nil
	}
	fields := textMembers(nil, members, maxMemberDepth)
	sortParams(fields)
	return fields
}

// maxMemberDepth is how deep logins are nested: {"data":{"user":{"password"…
const maxMemberDepth = 4

func textMembers(fields []traffic.Param, members map[string]any, depth int) []traffic.Param {
	for name, value := range members {
		switch value := value.(type) {
		case string:
			fields = append(fields, traffic.Param{Name: name, Value: value})
		case map[string]any:
			if depth > 1 {
				fields = textMembers(fields, value, depth-1)
			}
		}
	}
	return fields
}

// elementFields returns the elements of an XML document that hold text alone,
// by their local names: a wsse:UsernameToken is a login.
func elementFields(content []byte) []traffic.Param {
	var fields []traffic.Param
	dec := xml.NewDecoder(bytes.NewReader(content))
	dec.Strict = false
	open, text := "", ""
	for {
		token, err := dec.RawToken()
		if err != nil {
			return fields // what was read before the fault counts
		}
		switch token := token.(type) {
		case xml.StartElement:
			open, text = token.Name.Local, ""
		case xml.CharData:
			text += string(token)
		case xml.EndElement:
			if open == token.Name.Local && strings.TrimSpace(text) != "" {
				fields = append(fields, traffic.Param{Name: open, Value: strings.TrimSpace(text)})
			}
			open = ""
		}
	}
}

func formFields(form string) []traffic.Param {
	var fields []traffic.Param
	for pair := range strings.SplitSeq(form, "&") {
		name, value, _ := strings.Cut(pair, "=")
		fields = append(fields, traffic.Param{Name: unescape(name), Value: unescape(value)})
	}
	return fields
}

func unescape(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}

func sortParams(params []traffic.Param) {
	slices.SortFunc(params, func(a, b traffic.Param) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
}
