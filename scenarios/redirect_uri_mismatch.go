package scenarios

import (
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func redirectURIMismatch() *Cause {
	return &Cause{
		ID:    "redirect-uri-mismatch",
		Kind:  Mechanism,
		Group: OAuth,
		Means: "The redirect_uri is not the registered one, or the token request names another than the authorization request.",
		Looks: "The identity provider says so, on a page of its own instead of a redirect; or redirect_uri differs from the working login by scheme, host, port, slash or case.",
		Unlike: []Unlike{
			{"invalid-grant", "there both requests name the same redirect_uri, and the code itself is refused"},
			{"forwarded-headers-missing", "there the app builds the wrong URI since its proxy does not tell it the public name"},
			{"wrong-host", "there the request itself goes elsewhere"},
		},
		Advice: []Advice{
			{Gateway, "Register the exact string for each environment: scheme, port and slash count.", ""},
			{App, "Build it from a configured public URL, never from the Host of the request.", `redirect_uri = PUBLIC_URL + "/callback"`},
			{Nginx, "If the app does build it from the request, tell it the public name.", "proxy_set_header Host $host;\nproxy_set_header X-Forwarded-Proto $scheme;"},
		},
		Refs:     []string{"RFC 6749 sections 3.1.2 and 4.1.3", "RFC 9700 section 2.1", "RFC 8252 section 7.3"},
		Prior:    -0.3,
		Explains: []string{"invalid-grant"},
		Detect:   detectRedirectURIMismatch,
		Inject:   injectRedirectURIMismatch,
		Enforced: ByClient,
		Expect:   or(oneOf(expect.Hole, 400, 401, 403, 404), expect.That(expect.Disguised()), expect.That(expect.StatusBetween(300, 399), expect.Header("location", expect.Matches(`(?i)error`)))),
	}
}

func detectRedirectURIMismatch(v *View) []Evidence {
	bad, at, ok := v.redirectURI()
	if !ok {
		return nil
	}
	list := v.says(Decisive, "redirect-uri-mismatch", "the identity provider speaks of the redirect_uri")
	if began, entry, known := v.beganWith(); known && began != bad && began != "" && bad != "" {
		list = append(list, Evidence{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: entry, At: seen(diff.Request, diff.Query, "redirect_uri", began),
			Note: "the authorization request names another redirect_uri than the token request"})
	}
	good := v.goodRedirectURI()
	if good == "" || good == bad {
		return list
	}
	if bad == "" {
		return append(list, v.observed(Strong, FromRequest, at, "the redirect_uri of the working request is missing"))
	}
	list = append(list, v.observed(Strong, FromRequest, at, uriDifference(good, bad)))
	if loopbackPorts(good, bad) {
		list = append(list, v.against(Against, FromRequest, "only the port of this machine differs, which is allowed"))
	}
	return list
}

// redirectURI returns what the failing request names, whether it begins or
// ends the login.
func (v *View) redirectURI() (value string, at diff.Edit, ok bool) {
	if q, is := authorizeRequest(v.Failed); is {
		value = q.Get("redirect_uri")
		return value, v.sent(Credential{Part: diff.Query, Name: "redirect_uri", Value: value}), true
	}
	if fields, is := tokenRequest(v.Failed); is && (fields["grant_type"] == "authorization_code" || fields["code"] != "") {
		value = fields["redirect_uri"]
		return value, v.sent(Credential{Part: diff.Body, Name: "redirect_uri", Value: value}), true
	}
	return "", diff.Edit{}, false
}

func (v *View) goodRedirectURI() string {
	if q, is := authorizeRequest(v.worked()); is {
		return q.Get("redirect_uri")
	}
	fields, _ := tokenRequest(v.worked())
	return fields["redirect_uri"]
}

// beganWith returns the redirect_uri of the authorization request before a
// failing token request.
func (v *View) beganWith() (uri string, entry int, ok bool) {
	fields, is := tokenRequest(v.Failed)
	if !is {
		return "", -1, false
	}
	q, entry, ok := authorizeBefore(v.Comparison.Bad, v.Failed.Index, fields["client_id"])
	return q.Get("redirect_uri"), entry, ok
}

func uriDifference(good, bad string) string {
	g, err := url.Parse(good)
	b, err2 := url.Parse(bad)
	switch {
	case err != nil || err2 != nil:
		return "the redirect_uri is another one"
	case strings.TrimSuffix(good, "/") == strings.TrimSuffix(bad, "/"):
		return "the redirect_uri differs by a slash at its end"
	case g.Scheme != b.Scheme:
		return "the redirect_uri has another scheme"
	case g.Hostname() != b.Hostname():
		return "the redirect_uri has another host"
	case g.Port() != b.Port():
		return "the redirect_uri has another port"
	case strings.EqualFold(good, bad):
		return "the redirect_uri differs in case"
	}
	return "the redirect_uri has another path"
}

// loopbackPorts tells URIs that differ in the port of this machine alone (RFC
// 8252 section 7.3).
func loopbackPorts(good, bad string) bool {
	g, err := url.Parse(good)
	b, err2 := url.Parse(bad)
	return err == nil && err2 == nil && g.Hostname() == b.Hostname() && isLoopback(g.Hostname()) && g.Path == b.Path && g.Scheme == b.Scheme
}

func injectRedirectURIMismatch(in *Injection) error {
	if q, ok := authorizeRequest(in.Exchange()); ok && q.Get("redirect_uri") != "" {
		replaceQuery(in.Request(), "redirect_uri", q.Get("redirect_uri")+"/", true)
		in.Refuse(Refusal{Status: 400, Code: "invalid_request", Description: "Invalid parameter: redirect_uri"})
		return nil
	}
	fields, ok := tokenRequest(in.Exchange())
	if !ok || fields["redirect_uri"] == "" {
		return cannot("the flow has no request with a redirect_uri")
	}
	if err := setField(in.Request(), "redirect_uri", fields["redirect_uri"]+"/", true); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 400, Code: "invalid_grant", Description: "Incorrect redirect_uri"})
	return nil
}
