package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func cookieDomainMismatch() *Cause {
	return &Cause{
		ID:    "cookie-domain-mismatch",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "The session cookie belongs to another host: the browser refused its Domain, or does not send it to this host.",
		Looks: "The login sets the cookie with a Domain that its own host is not part of, or without Domain on one host while the " +
			"failing request goes to a sibling; the cookie is missing from then on.",
		Unlike: []Unlike{
			{"wrong-host", "there the request would fail with the cookie too"},
			{"cookie-samesite-blocked", "there the request comes from another site, not merely from another host"},
			{"credentials-not-sent", "there the cookie's scope covers the host and the script did not ask for it"},
			{"cookie-path-mismatch", "there the host fits and the path does not"},
		},
		Advice: []Advice{
			{App, "Set the cookie for the domain that all hosts share, or keep to one host.", "Set-Cookie: session=…; Domain=example.com; Path=/; Secure; HttpOnly"},
			{Client, "Use one name of the site throughout: redirect www to the bare name, or the other way round.", ""},
			{Nginx, "Rewrite the Domain that the backend sets for its own name.", "proxy_cookie_domain backend.internal example.com;"},
			{Apache, "Rewrite the Domain that the backend sets for its own name.", "ProxyPassReverseCookieDomain backend.internal example.com"},
			{HAProxy, "Take the backend's Domain out, so that the cookie belongs to the public host.", `http-response replace-header Set-Cookie "(.*); *[Dd]omain=[^;]*(.*)" "\1\2"`},
		},
		Refs:     []string{"RFC 6265bis sections 5.1.3 and 5.7 steps 9 and 10", "https://publicsuffix.org"},
		Prior:    -0.5,
		Explains: []string{"session-cookie-missing", "missing-credentials", "auth-loop"},
		Detect:   detectCookieDomainMismatch,
		Inject:   injectCookieDomainMismatch,
		Parameters: []Parameter{
			{Name: "host", Type: TypeHost, Doc: "the other host that is asked"},
			{Name: "domain", Type: TypeHost, Doc: "what Domain becomes; the server's own without it"},
		},
		Enforced: ByBrowser,
		Needs:    []Need{SiblingHost},
		Live:     liveCookieDomainMismatch,
		Expect:   refuses(expect.Lenient, noSession...),
	}
}

func detectCookieDomainMismatch(v *View) []Evidence {
	list := v.ruleEvidence("cookie-domain-mismatch")
	if len(list) == 0 {
		return nil
	}
	return append(list, v.owns("the failing request goes to another host", func(c diff.Change) bool {
		return c.Part == diff.Host || c.Part == diff.Header && slices.Contains([]string{"host", ":authority", "origin", "referer"}, c.Name)
	})...)
}

// injectCookieDomainMismatch lets the login name a host beside its own.
func injectCookieDomainMismatch(in *Injection) error {
	c, err := in.loginCookie()
	if err != nil {
		return err
	}
	host := hostName(c.url)
	if _, rest, ok := strings.Cut(host, "."); ok && strings.Contains(rest, ".") {
		c.set("Domain", "internal."+rest)
	} else {
		c.set("Domain", "backend.internal")
	}
	return in.withhold(c)
}

// liveCookieDomainMismatch asks another host of the site and lets a browser
// decide whether the session goes along.
func liveCookieDomainMismatch(in *Injection) error {
	host, domain := in.With["host"], in.With["domain"]
	c, err := in.sessionSetter()
	if err != nil {
		return err
	}
	if host == "" && domain == "" && strings.EqualFold(hostName(c.url), hostName(in.Request().URL)) {
		return needs("the cookie goes to the host that set it", SiblingHost)
	}
	v := Visit{}
	if host != "" {
		u := in.Request().ParsedURL()
		if u == nil {
			return cannot("the URL can't be parsed")
		}
		if strings.EqualFold(u.Host, host) {
			return cannot("the flow asks that host")
		}
		u.Host = host
		v.URL = u.String()
	}
	if domain == "" {
		return in.visit(v)
	}
	return in.visit(v, CookieRewrite{Attribute: "Domain", Value: domain})
}
