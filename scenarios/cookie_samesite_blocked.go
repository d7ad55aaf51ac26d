package scenarios

import (
	"fmt"
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

func cookieSameSiteBlocked() *Cause {
	return &Cause{
		ID:    "cookie-samesite-blocked",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "SameSite, or the blocking of third-party cookies, keeps the session cookie from a request that another site starts.",
		Looks: "The request is cross-site (Sec-Fetch-Site, Origin, Referer) and the cookie is Lax, Strict, without SameSite, or None without Secure; " +
			"or it is None and the browser keeps cookies from third parties (Sec-Fetch-Storage-Access: none).",
		Unlike: []Unlike{
			{"credentials-not-sent", "there the cookie could go and the script did not ask for it; Chromium then sends no Sec-Fetch-Storage-Access"},
			{"cookie-domain-mismatch", "there the host is outside of the cookie's Domain; hosts of one site are never cross-site"},
			{"cookie-secure-over-http", "there the connection is plain http"},
		},
		Advice: []Advice{
			{App, "Add Secure where it says SameSite=None: one goes with the other. Else serve page and API from one site, or allow the cookie across sites, over https.", "Set-Cookie: session=…; SameSite=None; Secure; Path=/; HttpOnly"},
			{App, "Inside frames of other sites add Partitioned, or ask by the Storage Access API.", "Set-Cookie: session=…; SameSite=None; Secure; Partitioned; Path=/"},
			{Gateway, "A login that returns by POST (form_post, SAML) loses Lax cookies: return by query, or set the state cookie None.", "response_mode=query"},
			{Nginx, "Change the attribute for one cookie.", "proxy_cookie_flags session secure samesite=none;"},
		},
		Refs:     []string{"RFC 6265bis sections 5.2, 5.6.7, 5.7 steps 17 to 19, 5.8.3", "Fetch Metadata", "Storage Access Headers"},
		Prior:    -0.5,
		Explains: []string{"session-cookie-missing", "missing-credentials", "auth-loop"},
		Detect:   detectCookieSameSiteBlocked,
		Inject:   injectCookieSameSiteBlocked,
		Parameters: []Parameter{
			{Name: "page", Type: TypeOrigin, Default: "https://www.evil.example", Doc: "the page of another site that asks"},
			{Name: "same-site", Type: TypeChoice, Choices: []Choice{{Value: "Strict", Doc: "never from another site"}, {Value: "Lax", Doc: "only when a person follows a link"}}, Doc: "what SameSite becomes; the server's own without it"},
		},
		Enforced: ByBrowser,
		Live:     liveCookieSameSiteBlocked,
		Expect:   refuses(expect.Lenient, noSession...),
	}
}

func detectCookieSameSiteBlocked(v *View) []Evidence {
	list := v.ruleEvidence("cookie-samesite-blocked")
	if len(list) == 0 {
		return nil
	}
	return append(list, v.owns("the request comes from another site", func(c diff.Change) bool {
		return c.Part == diff.Header && slices.Contains([]string{"origin", "referer", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-storage-access"}, c.Name)
	})...)
}

// injectCookieSameSiteBlocked lets a page of another site ask, of a cookie that
// is Strict from now on.
func injectCookieSameSiteBlocked(in *Injection) error {
	c, err := in.loginCookie()
	if err != nil {
		return err
	}
	if _, plain := clientOf(in.Flow, in.Exchange()); plain {
		return fmt.Errorf("%w: no browser asks here, and no other client heeds SameSite", ErrCannotInject)
	}
	if browser.SiteOf(c.url).Scheme != "https" {
		return fmt.Errorf("%w: plain http has no Fetch Metadata", ErrCannotInject)
	}
	page := "https://www." + in.word() + ".example/"
	h := &in.Request().Header
	SetHeader(h, "Referer", page)
	SetHeader(h, "Sec-Fetch-Site", "cross-site")
	if h.Has("origin") {
		SetHeader(h, "Origin", page[:len(page)-1])
	}
	if kindOf(in.Exchange()) == browser.Navigation {
		SetHeader(h, "Sec-Fetch-Mode", "navigate")
		SetHeader(h, "Sec-Fetch-Dest", "document")
	} else {
		SetHeader(h, "Origin", page[:len(page)-1])
		SetHeader(h, "Sec-Fetch-Mode", "cors")
		SetHeader(h, "Sec-Fetch-Dest", "empty")
	}
	c.set("SameSite", "Strict")
	return in.withhold(c)
}

func liveCookieSameSiteBlocked(in *Injection) error {
	page := in.With["page"]
	if browser.SiteOf(page).SameSite(browser.SiteOf(in.Request().URL)) {
		return cannot("the page is of the same site")
	}
	v := Visit{Page: page, Credentials: true}
	if in.With["same-site"] == "" {
		return in.visit(v)
	}
	return in.visit(v, CookieRewrite{Attribute: "SameSite", Value: in.With["same-site"]})
}
