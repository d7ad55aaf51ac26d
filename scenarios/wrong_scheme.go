package scenarios

import (
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func wrongScheme() *Cause {
	return &Cause{
		ID:    "wrong-scheme",
		Kind:  Mechanism,
		Group: Target,
		Means: "The request uses http where the working one uses https, or the reverse.",
		Looks: "The scheme differs and host and path are the same; the server refuses plain HTTP, or redirects to https and the client loses method or credentials on the way.",
		Unlike: []Unlike{
			{"tls-termination", "there the client did use https and the app behind the proxy believes otherwise"},
			{"cookie-secure-over-http", "there only the Secure cookie stays behind"},
			{"authorization-dropped-on-redirect", "there the first request was right and the redirect lost the header"},
		},
		Advice: []Advice{
			{Client, "Write https into the base URL; a token that went over plain http has to be revoked.", `BASE_URL=https://api.example.com`},
			{Nginx, "Send browsers to https; refuse APIs rather than redirect them.", "server { listen 80; return 308 https://$host$request_uri; }"},
			{App, "Make browsers remember it.", "Strict-Transport-Security: max-age=31536000"},
		},
		Refs:  []string{"RFC 6797", "RFC 9110 section 4.2.2"},
		Prior: -0.3,

		Detect:   detectWrongScheme,
		Inject:   injectWrongScheme,
		Enforced: ByClient,
		Needs:    []Need{HTTPSTarget},
		Expect:   or(oneOf(expect.Hole, 400, 403, 426), sentAway(), expect.That(expect.Unanswered())),
	}
}

func detectWrongScheme(v *View) []Evidence {
	said := append(v.saysPlainHTTP(), v.blockedTold("mixed-content")...)
	good, bad, ok := v.urls()
	change, changed := v.mattering(diff.Scheme)
	if !ok || !changed || good.Scheme == bad.Scheme {
		if u := v.Failed.Request.ParsedURL(); (v.worked() == nil || len(v.blockedTold("mixed-content")) > 0) && u != nil && (u.Scheme == "http" || len(said) > 0) {
			return said
		}
		return nil
	}
	strength := Decisive
	if !strings.EqualFold(good.Hostname(), bad.Hostname()) {
		strength = Strong
	}
	if isLoopback(good.Hostname()) && isLoopback(bad.Hostname()) {
		strength = Strong
	}
	list := []Evidence{v.observed(strength, FromRequest, change.Edit, "the request uses another scheme: http for https or the reverse")}
	if at, ok := v.Change(diff.Request, diff.Header, "host"); ok {
		list = append(list, v.observed(Weak, FromRequest, at.Edit, "and the port with it"))
	}
	if v.redirectedFrom(v.Failed) != nil {
		list = append(list, v.against(Against, FromFlow, "a redirect led to this scheme"))
	}
	return append(list, said...)
}

// saysPlainHTTP finds what servers say to plain HTTP where they want TLS, and
// to TLS where they have none.
func (v *View) saysPlainHTTP() []Evidence {
	for _, phrase := range plainHTTPWords {
		if at, ok := v.answerHolds(phrase); ok {
			return []Evidence{v.observed(Decisive, FromText, at, "the server says that the scheme is the wrong one")}
		}
	}
	return nil
}

var plainHTTPWords = []string{"plain http request was sent to https port", "client sent an http request to an https server", "speaking plain http to an ssl-enabled",
	"ssl required", "https required", "https is required", "requires https", "must use https", "use https instead", "over https only", "secure channel ssl", "this combination of host and port requires tls"}

func injectWrongScheme(in *Injection) error {
	u := in.Request().ParsedURL()
	if u == nil || u.Scheme != "https" {
		return cannot("the flow is not over https")
	}
	if err := in.editURL(func(u *url.URL) { u.Scheme = "http" }); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 403, Code: "https_required", Description: "SSL required"})
	return nil
}
