package scenarios

import (
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

func cookieSecureOverHTTP() *Cause {
	return &Cause{
		ID:    "cookie-secure-over-http",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "The session cookie is Secure and the connection is plain http: the browser refuses to store it, or does not send it.",
		Looks: "Set-Cookie has Secure and its answer came over http, or the failing request goes to http; the cookie is missing. " +
			"localhost is an exception in Chromium and Firefox, not in Safari.",
		Unlike: []Unlike{
			{"wrong-scheme", "there http itself is the mistake, whatever becomes of the cookie"},
			{"tls-termination", "there the client speaks https and the app behind the proxy sees http"},
			{"cookie-prefix-rejected", "there the name of the cookie asks for Secure and it is not given"},
		},
		Advice: []Advice{
			{Client, "Open the site by https.", ""},
			{App, "Set Secure by configuration: on where there is TLS, off for development over http.", ""},
			{Nginx, "Send everybody to https.", "return 301 https://$host$request_uri;"},
			{Apache, "Send everybody to https.", "Redirect permanent / https://www.example.com/"},
			{HAProxy, "Send everybody to https.", "http-request redirect scheme https unless { ssl_fc }"},
		},
		Refs:     []string{"RFC 6265bis section 5.7 steps 13 and 16, section 5.8.3", "RFC 6797"},
		Prior:    -0.5,
		Explains: []string{"session-cookie-missing", "missing-credentials", "auth-loop"},
		Detect:   detectCookieSecureOverHTTP,
		Inject:   injectCookieSecureOverHTTP,
		Enforced: ByBrowser,
		Live:     liveCookieSecureOverHTTP,
		Expect:   or(refuses(expect.Lenient, noSession...), sentAway()),
	}
}

func detectCookieSecureOverHTTP(v *View) []Evidence {
	list := v.ruleEvidence("cookie-secure-over-http")
	if len(list) == 0 {
		return nil
	}
	return append(list, v.owns("the failing request goes to http", func(c diff.Change) bool {
		return c.Part == diff.Scheme || c.Part == diff.Port ||
			c.Part == diff.Header && slices.Contains([]string{"origin", "referer", "sec-fetch-site", "sec-fetch-mode"}, c.Name)
	})...)
}

// injectCookieSecureOverHTTP sends the request over http: a Secure cookie stays
// behind.
func injectCookieSecureOverHTTP(in *Injection) error {
	c, err := in.loginCookie()
	if err != nil {
		return err
	}
	if browser.SiteOf(c.url).Scheme == "https" {
		if err := in.toHTTP(); err != nil {
			return err
		}
	}
	c.set("Secure", "")
	return in.withhold(c)
}

// liveCookieSecureOverHTTP asks over http for what the browser may send over
// https alone.
func liveCookieSecureOverHTTP(in *Injection) error {
	u := in.Request().ParsedURL()
	if u == nil {
		return cannot("the URL can't be parsed")
	}
	u.Scheme = "http"
	return in.visit(Visit{URL: u.String()}, CookieRewrite{Attribute: "Secure"})
}
