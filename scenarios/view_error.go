package scenarios

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// holdsError tells whether an answer of good status reports an error: GraphQL
// (section 7.1 of its specification), OAuth at some servers (RFC 6749 section
// 5.2), gRPC-Web, and APIs that answer 200 to everything.
func holdsError(x *traffic.Exchange) bool {
	switch x.Response.Header.Get("grpc-status") {
	case "7", "8", "16": // PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAUTHENTICATED
		return true
	}
	content := answerContent(x)
	if bytes.HasPrefix(content, []byte("error=")) && bytes.IndexByte(content, ' ') < 0 {
		return true // a token endpoint that answers in form encoding
	}
	if len(content) == 0 || content[0] != '{' {
		return false
	}
	var members map[string]jsontext.Value
	if json.Unmarshal(content, &members) != nil {
		return false
	}
	for _, name := range []string{"errors", "error", "fault"} {
		if value, ok := members[name]; ok && !emptyJSON(value) {
			return true
		}
	}
	for _, name := range []string{"success", "ok"} {
		if string(members[name]) == "false" {
			return true
		}
	}
	return false
}

func emptyJSON(value jsontext.Value) bool {
	switch string(value) {
	case "null", "false", `""`, "[]", "{}", "0":
		return true
	}
	return false
}

var passwordInput = regexp.MustCompile(`(?i)<input[^>]{0,200}type\s{0,3}=\s{0,3}["']?password`)

// asksForLogin tells a page with a login form.
func asksForLogin(x *traffic.Exchange) bool {
	content := answerContent(x)
	return len(content) > 0 && content[0] == '<' && passwordInput.Match(content)
}

// answerContent is the body of an answer without the white space before it; nil
// where there is none, it is a picture or the like, or longer than 64 KiB.
func answerContent(x *traffic.Exchange) []byte {
	if x.Response == nil || !x.Response.Body.Present() {
		return nil
	}
	mediaType := strings.ToLower(x.Response.Header.Get("content-type"))
	for _, kind := range []string{"image/", "font/", "video/", "audio/", "text/css", "text/javascript", "application/javascript", "application/octet-stream"} {
		if strings.HasPrefix(mediaType, kind) {
			return nil
		}
	}
	content, err := x.Response.Body.Bytes(maxSearchedBody)
	if err != nil {
		return nil
	}
	return bytes.TrimSpace(content)
}
