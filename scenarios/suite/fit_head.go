package suite

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// head is what a person reads first: how to run it, and what could be given.
func (f *fitting) head() string {
	var b strings.Builder
	b.WriteString("Each scenario breaks the working flow in one way; the server has to notice.\n")
	b.WriteString("Run it: replay test THIS-FILE --target http://127.0.0.1:8080")
	if f.note != "" {
		b.WriteString("\n\n" + f.note)
	}
	if open := f.unguarded(); len(open) > 0 {
		b.WriteString("\n\nThese were sent with a session, and may be for everybody. Where they need a login, add them to\n" +
			"`on` of session-cookie-missing:\n  " + strings.Join(open, "\n  "))
	}
	if list := strings.Join(f.suite.AllowUnsafe, ", "); list != "" {
		b.WriteString("\n\n" + list + " may change data at the target, and is sent: the flow, or a scenario, takes it.")
	}
	if auth := f.auth(); auth != "" {
		b.WriteString("\n\nThe recorded credentials are sent. Where they are over, give fresh ones:\n  auth: " + auth)
	}
	if f.signs {
		b.WriteString("\n\nTokens with other claims have to be signed with a key that the server trusts:\n  sign-with: " + f.key())
	}
	return b.String()
}

// maxUnguarded is how many routes without a guard are named.
const maxUnguarded = 5

// unguarded are routes that were read with a session cookie, where the flow does
// not show whether it was needed: browsers send cookies with everything. A
// person knows.
func (f *fitting) unguarded() []string {
	guarded := func(s Scenario) bool { return s.Cause == "session-cookie-missing" }
	i := slices.IndexFunc(f.suite.Scenarios, guarded)
	if i < 0 {
		return nil
	}
	known := map[string]bool{}
	for _, route := range f.suite.Scenarios[i].Routes {
		known[route] = true
	}
	home := originOf(&f.flow.Exchanges[f.entry].Request)
	for _, x := range f.flow.Exchanges {
		known[routeOf(&x.Request)] = known[routeOf(&x.Request)] || !carriesLogin(&x.Request)
	}
	var list []string
	for _, i := range decisive(f.flow) {
		x := f.flow.Exchanges[i]
		route := routeOf(&x.Request)
		if known[route] || x.Request.Method != "GET" || originOf(&x.Request) != home || !hasContent(x) || carriesOwn(&x.Request) || isShared(x) || len(list) == maxUnguarded {
			continue
		}
		known[route] = true
		list = append(list, route)
	}
	return list
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
	for _, x := range f.flow.Exchanges[:f.entry+1] {
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

// methods are those beyond GET, HEAD and OPTIONS that the scenarios take: of
// the requests they are put into, and of what the session did before, such as
// its login.
func (f *fitting) methods() []string {
	var list []string
	add := func(x *traffic.Exchange) {
		method := x.Request.Method
		if method != "GET" && method != "HEAD" && method != "OPTIONS" && !slices.Contains(list, method) {
			list = append(list, method)
		}
	}
	last := -1
	for _, c := range f.suite.Cases() {
		if i, err := c.Entry(f.flow); err == nil {
			add(f.flow.Exchanges[i])
			last = max(last, i)
		}
	}
	for i, x := range f.flow.Exchanges {
		if i < last && scenarios.Works(x) && f.sameSite(x) && diff.StandingOf(x) == diff.Awaited {
			add(x)
		}
	}
	slices.Sort(list)
	return list
}

// sameSite tells requests to the site of the one that decides: others need a
// target of their own.
func (f *fitting) sameSite(x *traffic.Exchange) bool {
	return browser.SiteOf(x.Request.URL).SameSite(browser.SiteOf(f.flow.Exchanges[f.entry].Request.URL))
}
