package scenarios

import (
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/replaydiff/replay/diff/traffic"
)

// tokenRequest returns the fields of a request to a token endpoint (RFC 6749
// section 3.2), by what it sends, for its path may be any.
func tokenRequest(x *traffic.Exchange) (map[string]string, bool) {
	if x == nil || !strings.EqualFold(x.Request.Method, "POST") {
		return nil, false
	}
	fields := fieldMap(&x.Request)
	if fields["grant_type"] != "" || fields["code_verifier"] != "" && fields["code"] != "" {
		return fields, true
	}
	if u := x.Request.ParsedURL(); u != nil && u.Query().Get("grant_type") != "" {
		for name, values := range u.Query() {
			fields[name] = values[0]
		}
		return fields, true
	}
	return nil, false
}

// authorizeRequest returns the parameters of an authorization request (RFC
// 6749 section 4.1.1).
func authorizeRequest(x *traffic.Exchange) (url.Values, bool) {
	if x == nil {
		return nil, false
	}
	u := x.Request.ParsedURL()
	if u == nil {
		return nil, false
	}
	q := u.Query()
	return q, q.Get("response_type") != "" && (q.Get("client_id") != "" || q.Get("request_uri") != "")
}

// authorizeBefore returns the last authorization request before an entry.
func authorizeBefore(c *traffic.Capture, entry int, clientID string) (url.Values, int, bool) {
	for i := min(entry, len(c.Exchanges)) - 1; i >= 0; i-- {
		q, ok := authorizeRequest(c.Exchanges[i])
		if ok && (clientID == "" || q.Get("client_id") == clientID) {
			return q, i, true
		}
	}
	return nil, -1, false
}

// isPasswordGrant knows logins that use the token endpoint (RFC 6749 section
// 4.3).
func isPasswordGrant(x *traffic.Exchange) bool {
	fields, _ := tokenRequest(x)
	return fields["grant_type"] == "password"
}

// An oauthError is what an endpoint says (RFC 6749 sections 4.1.2.1 and 5.2).
type oauthError struct{ Code, Description string }

// oauthErrorOf reads the error of an answer: JSON, a form, or the Location
// that it redirects to.
func oauthErrorOf(x *traffic.Exchange) oauthError {
	if x.Response == nil {
		return oauthError{}
	}
	if u, err := url.Parse(locationOf(x)); err == nil && locationOf(x) != "" {
		q := u.Query()
		if q.Get("error") == "" {
			q, _ = url.ParseQuery(u.Fragment)
		}
		if q.Get("error") != "" {
			return oauthError{q.Get("error"), q.Get("error_description")}
		}
	}
	text := answerText(x)
	var members struct {
		Error       any `json:"error"`
		Description any `json:"error_description"`
	}
	if strings.HasPrefix(text, "{") && json.Unmarshal([]byte(text), &members) == nil {
		code, _ := members.Error.(string)
		description, _ := members.Description.(string)
		return oauthError{code, description}
	}
	if strings.HasPrefix(text, "error=") {
		if q, err := url.ParseQuery(text); err == nil {
			return oauthError{q.Get("error"), q.Get("error_description")}
		}
	}
	return oauthError{}
}

// answerText returns the body of an answer; "" where it is too long to be a
// refusal.
func answerText(x *traffic.Exchange) string {
	if x.Response == nil || !x.Response.Body.Present() {
		return ""
	}
	content, err := x.Response.Body.Bytes(maxSearchedBody)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(content))
}
