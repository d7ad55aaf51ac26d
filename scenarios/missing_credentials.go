package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/devtools"
	"github.com/replaydiff/replay/scenarios/expect"
)

func missingCredentials() *Cause {
	return &Cause{
		ID:    "missing-credentials",
		Kind:  Symptom,
		Group: Credentials,
		Means: "The failing request carries no credential of any kind where the working one did.",
		Looks: "Authorization, API key and session cookie of the working request are gone and nothing stands in for them; " +
			"the server answers with a challenge without an error code, or with a login page.",
		Unlike: []Unlike{
			{"session-cookie-missing", "there only the session cookie is gone and the rest is sent"},
			{"credentials-not-sent", "there a browser has the cookie and the script did not ask for it to be sent"},
			{"authorization-dropped-by-proxy", "there the client did send it, and a proxy took it away"},
			{"authorization-dropped-on-redirect", "there the request before the redirect had it"},
			{"client-rejected", "there an extension strips it, and other headers with it"},
		},
		Advice: []Advice{
			{Client, "Log in first, and attach the credential to each request.", `curl -H "Authorization: Bearer $TOKEN" https://…`},
			{App, "Answer 401 with a challenge for APIs, and with a way back for pages.", "Location: /login?next=/the/page"},
			{Nginx, "Send people to the login page.", "error_page 401 = @login;"},
			{Apache, "The document must be a local path: a whole URL turns the 401 into a redirect.", "ErrorDocument 401 /login.html"},
		},
		Refs:     []string{"RFC 9110 sections 11.6.1 and 15.5.2", "RFC 6750 section 3"},
		Detect:   detectMissingCredentials,
		Inject:   injectMissingCredentials,
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, 401, 403, 404, 407),
	}
}

func detectMissingCredentials(v *View) []Evidence {
	if len(withoutDoorless(sentWith(v.Failed))) > 0 || v.Failed.Request.Header.Has("authorization") ||
		diff.IsPreflight(v.Failed) || v.isProvisional(Bad, v.Failed) {
		return nil
	}
	lost := withoutDoorless(sentWith(v.worked()))
	if len(lost) == 0 {
		if v.Good != nil {
			return nil
		}
		return v.asksForCredentials()
	}
	var list []Evidence
	strength := Decisive
	if !slices.ContainsFunc(lost, func(c Credential) bool { return c.Kind != SessionCookie }) {
		strength = Strong // the causes of lost cookies know more
	}
	for _, c := range lost {
		list = append(list, v.observed(strength, FromRequest, v.sent(c), "the working request sent it, the failing one sends no credential at all"))
	}
	list = append(list, v.soundsMissing(Strong, "the server saw no credential")...)
	if !slices.ContainsFunc(lost, func(c Credential) bool { return c.Kind != SessionCookie }) {
		list = append(list, v.against(Against, FromRequest, "a session cookie was the only credential"))
	}
	if !slices.ContainsFunc(lost, func(c Credential) bool { return c.Kind != APIKey }) {
		list = append(list, v.against(Against, FromRequest, "an API key was the only credential"))
	}
	if v.redirectedFrom(v.Failed) != nil {
		list = append(list, v.against(Against, FromFlow, "a redirect led to this request"))
	}
	if v.sendsElsewhere() {
		list = append(list, v.against(Against, FromFlow, "other requests of the failing capture to this host carry credentials"))
	}
	return list
}

// asksForCredentials judges a failing request that has no working one beside
// it: it brought nothing and was asked for something.
func (v *View) asksForCredentials() []Evidence {
	if v.status() != 401 && diff.OutcomeOf(v.Failed).Ending != diff.LoginRedirect {
		return nil
	}
	list := []Evidence{v.observed(Strong, FromStatus, statusOf(v.Failed), "the request carries no credential and the server asks for one")}
	if v.redirectedFrom(v.Failed) != nil {
		list = append(list, v.against(Against, FromFlow, "a redirect led to this request"))
	}
	return append(list, v.soundsMissing(Strong, "the server saw no credential")...)
}

// isProvisional tells request headers that a browser showed before it sent
// them: Cookie and Host are not there yet. Only a recorder that has them
// elsewhere can lack them.
func (v *View) isProvisional(side Side, x *traffic.Exchange) bool {
	if n, ok := devtools.Of(x); ok {
		return n.Provisional
	}
	has := func(x *traffic.Exchange) bool {
		return x.Request.Header.Has("host") || x.Request.Header.Has(":authority")
	}
	return !has(x) && slices.ContainsFunc(v.capture(side).Exchanges, has)
}

// redirectedFrom returns the exchange of the failing capture whose redirect
// led to this one, nil where there is none.
func (v *View) redirectedFrom(x *traffic.Exchange) *traffic.Exchange {
	for i := x.Index - 1; i >= 0 && i >= x.Index-20; i-- {
		before := v.Comparison.Bad.Exchanges[i]
		if before.Response == nil || before.Response.Status/100 != 3 {
			continue
		}
		from := before.Request.ParsedURL()
		if from == nil {
			continue
		}
		if to, err := from.Parse(locationOf(before)); err == nil && locationOf(before) != "" && sameAddress(to.String(), x.Request.URL) {
			return before
		}
	}
	return nil
}

func locationOf(x *traffic.Exchange) string {
	if x.Response == nil {
		return ""
	}
	if to := x.Response.Header.Get("location"); to != "" {
		return to
	}
	return x.Response.Location
}

func sameAddress(a, b string) bool {
	a, _, _ = strings.Cut(a, "#")
	b, _, _ = strings.Cut(b, "#")
	return a == b
}

// sendsElsewhere tells whether another request of the failing capture to the
// host carries a credential.
func (v *View) sendsElsewhere() bool {
	host := hostPort(&v.Failed.Request)
	return slices.ContainsFunc(v.Comparison.Bad.Exchanges, func(x *traffic.Exchange) bool {
		return x != v.Failed && hostPort(&x.Request) == host && slices.ContainsFunc(sentWith(x), func(c Credential) bool {
			return c.opensDoors() && c.Kind != LoginForm
		})
	})
}

func injectMissingCredentials(in *Injection) error {
	if _, ok := tokenRequest(in.Exchange()); ok {
		return cannot("what a token request lacks is the client's authentication")
	}
	lost := withoutDoorless(CredentialsOf(in.Request()))
	if !slices.ContainsFunc(lost, func(c Credential) bool { return c.Kind == Authorization }) {
		return cannot("the flow sends no Authorization; without its key or its cookie is another cause")
	}
	for _, c := range lost {
		if !drop(in.Request(), c) {
			return cannot("a credential stands in the body")
		}
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Description: "Authentication credentials were not provided."})
	return nil
}
