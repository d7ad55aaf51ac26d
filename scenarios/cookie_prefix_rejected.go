package scenarios

import "github.com/replaydiff/replay/scenarios/expect"

func cookiePrefixRejected() *Cause {
	return &Cause{
		ID:    "cookie-prefix-rejected",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "The cookie's name begins with __Host- or __Secure- and it lacks what the prefix promises, so the browser never stored it.",
		Looks: "Set-Cookie names such a cookie without Secure, over http, or, for __Host-, with a Domain or without Path=/; it is missing afterwards.",
		Unlike: []Unlike{
			{"cookie-secure-over-http", "there the name has no prefix"},
			{"cookie-domain-mismatch", "there the Domain itself is refused, whatever the name"},
			{"cookie-stripped-by-proxy", "there the Set-Cookie line does not arrive at all"},
		},
		Advice: []Advice{
			{App, "Give the cookie what its name promises.", "Set-Cookie: __Host-session=…; Secure; Path=/; HttpOnly; SameSite=Lax"},
			{App, "For a cookie that several hosts share use __Secure- or no prefix: __Host- forbids Domain.", ""},
			{Nginx, "Leave Domain and Path of such cookies alone; add Secure where the app does not know of TLS.", "proxy_cookie_flags ~ secure;"},
			{Apache, "Add Secure where the app does not know of TLS.", `Header edit* Set-Cookie "^(?!.*; *[Ss]ecure)(.*)$" "$1; Secure"`},
		},
		Refs:     []string{"RFC 6265bis sections 4.1.3 and 5.7 steps 20 to 22", "draft-ietf-httpbis-layered-cookies (__Http-, __Host-Http-)"},
		Prior:    -1.5,
		Explains: []string{"session-cookie-missing", "missing-credentials", "auth-loop"},
		Detect:   func(v *View) []Evidence { return v.ruleEvidence("cookie-prefix-rejected") },
		Inject:   injectCookiePrefixRejected,
		Enforced: ByBrowser,
		Live:     liveCookiePrefixRejected,
		Expect:   refuses(expect.Lenient, noSession...),
	}
}

// injectCookiePrefixRejected renames the cookie to one that must have no
// Domain, and gives it one.
func injectCookiePrefixRejected(in *Injection) error {
	c, err := in.loginCookie()
	if err != nil {
		return err
	}
	c.set("Secure", "")
	c.set("Path", "/")
	c.set("Domain", hostName(c.url))
	c.line.Name = "__Host-" + c.line.Name
	return in.withhold(c)
}

// liveCookiePrefixRejected gives the cookie a name that demands there be no
// Domain, and a Domain.
func liveCookiePrefixRejected(in *Injection) error {
	c, err := in.sessionSetter()
	if err != nil {
		return err
	}
	return in.visit(Visit{}, CookieRewrite{Rename: "__Host-" + withoutPrefix(c.name), Attribute: "Domain", Value: hostName(in.Request().URL)})
}
