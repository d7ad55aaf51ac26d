package subdomains

import (
	"slices"

	"github.com/replaydiff/replay/examples/shop"
)

// The hosts.
const (
	App = "https://app.example.com"
	API = "https://api.example.com"
)

// Config is a shop whose login is for both hosts. TLS ends before it, so it
// has to be told that cookies are Secure.
func Config(faults ...shop.Fault) shop.Config {
	return shop.Config{
		CookieDomain: "example.com", Secure: shop.Always,
		Origins: []string{App}, Faults: faults,
	}
}

// Faults are the mistakes of a shop that concern a session on two hosts.
func Faults() []shop.Mistake {
	concern := []shop.Fault{
		shop.DomainMissing, shop.PathTooNarrow, shop.SameSiteMissing, shop.SameSiteNone, shop.CookieNotHTTPOnly, shop.CookieNotSecure,
		shop.LogoutKeepsSession, shop.CSRFNotChecked, shop.CSRFNotBound,
		shop.PagesCacheable, shop.NoChallenge, shop.ForbiddenFor401, shop.OKForErrors,
		shop.OptionsBehindAuth, shop.OriginReflected, shop.OriginStar, shop.OriginNull, shop.VaryMissing, shop.ExposeMissing,
		shop.CORSMissingOnErrors, shop.HeadersNotAllowed,
	}
	return slices.DeleteFunc(shop.Faults(), func(m shop.Mistake) bool {
		return !slices.Contains(concern, m.Fault)
	})
}
