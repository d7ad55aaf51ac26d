package scenarios

import (
	"cmp"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A Refresh is a request for a new token in place of an old one.
type Refresh struct {
	How    string // how it is told: "grant_type=refresh_token"
	Token  string // the refresh token in its body or query; "" where a cookie is it
	Silent bool   // a login that asks no person (prompt=none): its token comes later
	For    string // scope and audience that it is for, to be compared; "" where it says none
}

// RefreshOf tells whether a request is a refresh: a refresh grant (RFC 6749
// section 6), a silent login, a call of a path that says so. Paths alone can
// mislead: /reports/refresh hands out no token.
func RefreshOf(x *traffic.Exchange) (Refresh, bool) {
	how, is := isRefresh(x)
	if !is {
		return Refresh{}, false
	}
	r := Refresh{How: how, Silent: how == silentLogin}
	fields := bodyFields(&x.Request)
	if u := x.Request.ParsedURL(); u != nil {
		fields = append(fields, formFields(u.RawQuery)...)
	}
	for _, f := range fields {
		switch joined(f.Name) {
		case "refreshtoken", "refresh", "renewtoken":
			if !isBlackened(f.Value) {
				r.Token = cmp.Or(r.Token, f.Value)
			}
		case "scope", "audience", "resource":
			r.For += f.Name + "=" + f.Value + "\n"
		}
	}
	return r, true
}

// IsNavigation tells that a person's browser asked for a page: Fetch Metadata
// says it, the recorder, or what the request accepts. What says nothing is none.
func IsNavigation(x *traffic.Exchange) bool {
	h := x.Request.Header
	said := h.Has("sec-fetch-mode") || h.Has("upgrade-insecure-requests") || resourceKind(x) == "document" ||
		strings.Contains(strings.ToLower(h.Get("accept")), "text/html")
	return said && kindOf(x) == browser.Navigation
}

// IsBlackened tells a value that was painted over, "REDACTED" or "***": neither
// its form nor that it is the same as another says anything.
func IsBlackened(value string) bool { return isBlackened(value) }
