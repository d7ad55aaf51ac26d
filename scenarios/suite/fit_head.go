package suite

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios"
)

// head is what a person reads first: how to run it, and what could be given.
func (f *fitting) head() string {
	var b strings.Builder
	b.WriteString("Each scenario breaks the working flow in one way; the server has to notice.\n")
	b.WriteString("Run it: replay test THIS-FILE --target " + f.suite.Target)
	if f.note != "" {
		b.WriteString("\n\n" + f.note)
	}
	if auth := f.auth(); auth != "" {
		b.WriteString("\n\nThe recorded credentials are sent. Where they are over, give fresh ones:\n  auth: " + auth)
	}
	if f.signs {
		b.WriteString("\n\nTokens with other claims have to be signed with a key that the server trusts:\n  sign-with: " + f.key())
	}
	return b.String()
}

// auth is how fresh credentials would be given; "" where requests sign
// themselves, or a login is in the capture.
func (f *fitting) auth() string {
	for _, c := range scenarios.CredentialsOf(&f.flow.Exchanges[f.entry].Request) {
		switch {
		case c.Kind == scenarios.Authorization && strings.EqualFold(c.Scheme, "basic"):
			return "Basic env:USER_AND_PASSWORD"
		case c.Kind == scenarios.Authorization && c.Scheme != "" && !strings.EqualFold(c.Scheme, "digest"):
			return c.Scheme + " env:TOKEN"
		case c.Kind == scenarios.APIKey && c.Part == diff.Header:
			return c.Name + ": env:API_KEY"
		case c.Kind == scenarios.APIKey && c.Part == diff.Query:
			return "query:" + c.Name + "=env:API_KEY"
		case c.Kind == scenarios.SessionCookie && !f.logsIn():
			return "cookie:" + c.Name + "=env:SESSION"
		}
	}
	return ""
}

func (f *fitting) logsIn() bool {
	for _, x := range f.flow.Exchanges[:f.entry] {
		for _, c := range scenarios.CredentialsOf(&x.Request) {
			if c.Kind == scenarios.LoginForm {
				return true
			}
		}
	}
	return false
}

// key is the field of sign-with for the token of the flow.
func (f *fitting) key() string {
	token, _, _ := scenarios.TokenOf(f.flow.Exchanges[f.entry])
	alg := ""
	if token != nil {
		alg, _ = token.Header["alg"].(string)
	}
	switch alg {
	case "HS256":
		return "{hs256: env:JWT_KEY}"
	case "RS256":
		return "{rs256: file:private-key.pem}"
	case "ES256":
		return "{es256: file:private-key.pem}"
	}
	return "{mint: ./mint-token.sh}"
}
