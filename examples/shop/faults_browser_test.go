package shop_test

import (
	"strconv"
	"strings"

	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/examples/shop/walk"
)

// attributes are those of the cookie that a login sets.
func attributes(s *stand) string {
	c := s.customer()
	c.Header.Set("X-Forwarded-Proto", "https")
	_, attributes, _ := strings.Cut(c.login("ada", "earl-grey-at-five").Header.Get("Set-Cookie"), "; ")
	return attributes
}

func cookieProbes() []probe {
	const good = "Path=/; Domain=shop.test; HttpOnly; Secure; SameSite=Lax"
	// The client's jar drops the cookies, so it can't log in: the login page's tell.
	page := func(s *stand) string {
		_, attributes, _ := strings.Cut(s.customer().get("/login", "X-Forwarded-Proto", "https").Header.Get("Set-Cookie"), "; ")
		return attributes
	}
	behind := shop.Config{TrustProxy: true, CookieDomain: "shop.test"}
	return []probe{
		{fault: shop.CookieNotHTTPOnly, healthy: good, faulty: "Path=/; Domain=shop.test; Secure; SameSite=Lax", run: page, config: behind},
		{fault: shop.CookieNotSecure, healthy: good, faulty: "Path=/; Domain=shop.test; HttpOnly; SameSite=Lax", run: page, config: behind},
		{fault: shop.SameSiteMissing, healthy: good, faulty: "Path=/; Domain=shop.test; HttpOnly; Secure", run: page, config: behind},
		{fault: shop.SameSiteNone, healthy: good, faulty: "Path=/; Domain=shop.test; HttpOnly; SameSite=None", run: page, config: behind},
		{fault: shop.DomainMissing, healthy: good, faulty: "Path=/; HttpOnly; Secure; SameSite=Lax", run: page, config: behind},
		{fault: shop.PathTooNarrow, healthy: "Path=/; HttpOnly; SameSite=Lax", faulty: "Path=/login; HttpOnly; SameSite=Lax", run: attributes},
	}
}

const origin = "http://app.shop.test"

// cross asks across origins and names the CORS headers that come back.
func cross(s *stand, path, from string, names ...string) string {
	return headers(s.customer().get(path, "Origin", from), names...)
}

// preflight asks whether a script may send Authorization.
func preflight(s *stand, names ...string) string {
	c := s.customer()
	a := c.must(c.Do("OPTIONS", "/api/me", "", "Origin", origin,
		"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization"))
	return strconv.Itoa(a.Status) + " " + headers(a, names...)
}

func headers(a *walk.Answer, names ...string) string {
	var values []string
	for _, name := range names {
		values = append(values, strings.Join(a.Header.Values(name), ", "))
	}
	return strings.Join(values, " | ")
}

func corsProbes() []probe {
	const allow, credentials = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
	return []probe{
		{fault: shop.OptionsBehindAuth, healthy: "204 " + origin, faulty: "401 ", run: func(s *stand) string { return preflight(s, allow) }},
		{fault: shop.OriginReflected, healthy: " | ", faulty: "http://evil.test | true", run: func(s *stand) string {
			return cross(s, "/api/stock", "http://evil.test", allow, credentials)
		}},
		{fault: shop.OriginStar, healthy: origin + " | true", faulty: "* | true", run: func(s *stand) string {
			return cross(s, "/api/stock", origin, allow, credentials)
		}},
		{fault: shop.OriginNull, healthy: " | ", faulty: "null | true", run: func(s *stand) string {
			return cross(s, "/api/stock", "null", allow, credentials)
		}},
		{fault: shop.VaryMissing, healthy: "Origin", faulty: "", run: func(s *stand) string { return cross(s, "/api/stock", origin, "Vary") }},
		{fault: shop.ExposeMissing, healthy: "ETag, Location, Retry-After, WWW-Authenticate, X-Request-Id", faulty: "", run: func(s *stand) string {
			return cross(s, "/api/me", origin, "Access-Control-Expose-Headers")
		}},
		{fault: shop.CORSMissingOnErrors, healthy: origin + ", 204 " + origin, faulty: ", 204 " + origin, run: func(s *stand) string {
			return cross(s, "/api/me", origin, allow) + ", " + preflight(s, allow)
		}},
		{fault: shop.HeadersNotAllowed, healthy: "204 Authorization, Content-Type, X-CSRF-Token, api_key", faulty: "204 Content-Type", run: func(s *stand) string {
			return preflight(s, "Access-Control-Allow-Headers")
		}},
	}
}
