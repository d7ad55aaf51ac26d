package scenarios

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// A jsonString is a text in a JSON document.
type jsonString struct{ pointer, text string }

// echoes are members that hold what the client sent, and traces.
var echoes = map[string]bool{"input": true, "data": true, "request": true, "payload": true, "received": true, "query": true,
	"variables": true, "stack": true, "trace": true, "stacktrace": true, "headers": true}

func looksLikeJSON(content []byte) bool {
	content = bytes.TrimLeft(content, " \t\r\n\ufeff")
	return len(content) > 1 && (content[0] == '{' || content[0] == '[' || content[0] == '"')
}

// jsonStrings returns the strings of a document as far as it can be read, and
// flags as "active false". What the client sent is left out.
func jsonStrings(content []byte) []jsonString {
	var list []jsonString
	dec := jsontext.NewDecoder(bytes.NewReader(content), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			return list
		}
		kind, n := dec.StackIndex(dec.StackDepth())
		if kind == '{' && n%2 == 1 && tok.Kind() == '"' {
			if echoes[strings.ToLower(tok.String())] && dec.StackDepth() > 0 {
				if err := dec.SkipValue(); err != nil {
					return list
				}
			}
			continue
		}
		switch tok.Kind() {
		case '"':
			list = append(list, jsonString{string(dec.StackPointer()), tok.String()})
		case 't', 'f':
			pointer := string(dec.StackPointer())
			name := pointer[strings.LastIndexByte(pointer, '/')+1:]
			list = append(list, jsonString{pointer, name + " " + tok.String()})
		}
	}
}

// isErrorDocument knows failures with a good status: GraphQL errors, OAuth
// errors, {"success":false}, gRPC-web.
func isErrorDocument(r *traffic.Response) bool {
	if status := r.Header.Get("grpc-status"); status != "" && status != "0" {
		return true
	}
	content := rawBodyPrefix(r)
	if mediaTypeOf(r) == "application/x-www-form-urlencoded" {
		return bytes.HasPrefix(content, []byte("error=")) || bytes.Contains(content, []byte("&error="))
	}
	if !looksLikeJSON(content) {
		return false
	}
	return tellsFailure(content)
}

// tellsFailure reads the members of the outermost object, or of the first
// object of a batch.
func tellsFailure(content []byte) bool {
	dec := jsontext.NewDecoder(bytes.NewReader(content), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if dec.PeekKind() == '[' {
		_, _ = dec.ReadToken()
	}
	if dec.PeekKind() != '{' {
		return false
	}
	_, _ = dec.ReadToken()
	for dec.PeekKind() == '"' {
		tok, err := dec.ReadToken()
		if err != nil {
			return false
		}
		name := strings.ToLower(tok.String())
		kind := dec.PeekKind()
		value, err := dec.ReadValue()
		if err != nil {
			return false
		}
		switch name {
		case "error", "errors", "fault", "errorcode", "error_code", "errormessage", "error_description":
			if kind != 'n' && kind != 'f' && string(value) != `""` && string(value) != "0" && string(value) != "[]" && string(value) != "{}" {
				return true
			}
		case "success", "ok", "succeeded", "authenticated", "isauthenticated", "loggedin", "logged_in":
			if kind == 'f' {
				return true
			}
		case "status", "result":
			if v := strings.ToLower(string(value)); v == `"error"` || v == `"fail"` || v == `"failed"` || v == `"failure"` {
				return true
			}
		}
	}
	return false
}

// isBlockPage knows pages that appliances send with a good status. Imperva puts
// its script into pages of the app too; the incident has a number.
func isBlockPage(r *traffic.Response) bool {
	a := AnswererOf(r)
	if !a.Made || r.Status >= 400 {
		return false
	}
	return a.Product == "F5 BIG-IP" || a.Product == "Imperva" && strings.Contains(squeeze(bodyPrefix(r)), "incident id")
}
