package diff

import (
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// location is where a response sends the client, or "".
func location(x *traffic.Exchange) string {
	if x.Response == nil || x.Response.Status < 300 || x.Response.Status >= 400 {
		return ""
	}
	if l := x.Response.Header.Get("Location"); l != "" {
		return l
	}
	return x.Response.Location
}

func redirectEnding(x *traffic.Exchange) Ending {
	target, err := url.Parse(location(x))
	if err != nil || target.Path == "" && target.Host == "" && target.RawQuery == "" && target.Fragment == "" {
		return Answered
	}
	for _, params := range []string{target.RawQuery, target.Fragment} {
		if values, err := url.ParseQuery(params); err == nil && values.Get("error") != "" {
			return ErrorRedirect
		}
	}
	if toItself(x, target) {
		return Answered // a loop, or https for http; nobody is asked who he is
	}
	here := splitURL(x.Request.URL, false)
	if isLogin(target.Hostname(), target.Path, originOf(here.scheme, here.authority).host) ||
		asksSecondFactor(target.Path) && !asksSecondFactor(here.path) || bringsBack(target, here.path) {
		return LoginRedirect
	}
	return Answered
}

// bringsBack tells a redirect that carries the way back to where it comes from:
// a page of any name and language that asks who you are first. The start page
// is left out, for pages that ask for a language or a region lead back there.
func bringsBack(target *url.URL, path string) bool {
	if path == "" || path == "/" || isCallback(target.Path) {
		return false
	}
	for name, values := range target.Query() {
		switch strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name)) {
		case "next", "return", "returnto", "returnurl", "returnpath", "redirect", "redirectto", "redirecturl", "redirecturi",
			"continue", "goto", "backurl", "camefrom", "destination", "forward", "rd", "r", "origurl", "originalurl", "successurl":
		default:
			continue
		}
		if back, err := url.Parse(values[0]); err == nil && back.EscapedPath() == path {
			return true
		}
	}
	return false
}

// toItself tells whether a redirect leads to the URL that was asked for, be it
// by another scheme; or to the same place of another host, where that asks who
// you are by its path.
func toItself(x *traffic.Exchange, target *url.URL) bool {
	from := x.Request.ParsedURL()
	if from == nil {
		return false
	}
	to := from.ResolveReference(target)
	return to.EscapedPath() == from.EscapedPath() && to.RawQuery == from.RawQuery &&
		(strings.EqualFold(to.Hostname(), from.Hostname()) || isLogin("", from.Path, ""))
}

// isLogin tells whether a redirect leads to a place that asks who you are.
func isLogin(host, path, from string) bool {
	if isCallback(path) {
		return false
	}
	if host != "" && !strings.EqualFold(host, from) {
		first, _, _ := strings.Cut(strings.ToLower(host), ".")
		switch first {
		case "login", "signin", "auth", "sso", "accounts", "idp", "id", "adfs":
			return true
		}
	}
	before := ""
	for segment := range strings.SplitSeq(strings.ToLower(path), "/") {
		segment, _, _ = strings.Cut(segment, ";")
		segment, _, _ = strings.Cut(segment, ".")
		switch segment {
		case "login", "signin", "sign-in", "sign_in", "log-in", "log_in", "logon", "sign-on", "signon",
			"authorize", "authenticate", "sso", "saml", "saml2", "cas", "adfs", "openid-connect", "reauth":
			return true
		case "new":
			// Rails and Devise: /sessions/new, /users/session/new.
			if before == "session" || before == "sessions" {
				return true
			}
		case "start":
			// oauth2-proxy: /oauth2/start.
			if before == "oauth2" {
				return true
			}
		}
		before = segment
	}
	return false
}

// asksSecondFactor tells a path that asks for more than a password. A verify of
// its own may be about an address of mail.
func asksSecondFactor(path string) bool {
	if isCallback(path) {
		return false
	}
	before := ""
	for segment := range strings.SplitSeq(strings.ToLower(path), "/") {
		segment, _, _ = strings.Cut(segment, ".")
		switch segment {
		case "mfa", "2fa", "tfa", "otp", "totp", "two-factor", "two_factor", "twofactor", "two-factor-auth", "two_factor_auth", "second-factor", "step-up", "stepup":
			return true
		case "verify", "challenge":
			switch before {
			case "auth", "session", "sessions", "security", "identity":
				return true
			}
		}
		before = segment
	}
	return false
}

// isCallback tells the way back from a login.
func isCallback(path string) bool {
	for segment := range strings.SplitSeq(strings.ToLower(path), "/") {
		switch segment {
		case "callback", "acs", "logout", "signout", "signin-oidc", "success", "complete", "done":
			return true
		}
	}
	return false
}

// redirectWindow is how many entries after a redirect its next hop is looked
// for.
const redirectWindow = 32

// nextHop returns the exchange that followed a redirect, or -1.
func nextHop(xs []*traffic.Exchange, i int) int {
	target := location(xs[i])
	if target == "" {
		return -1
	}
	ref, err := url.Parse(target)
	if err != nil {
		return -1
	}
	if base := xs[i].Request.ParsedURL(); base != nil {
		ref = base.ResolveReference(ref)
	}
	ref.Fragment, ref.RawFragment = "", ""
	want := ref.String()
	for j := i + 1; j < len(xs) && j <= i+redirectWindow; j++ {
		got, _, _ := strings.Cut(xs[j].Request.URL, "#")
		if got == want {
			return j
		}
	}
	return -1
}

// chainEnds returns, for each exchange, the one that its redirects lead to:
// itself where it is none.
func chainEnds(xs []*traffic.Exchange) []int32 {
	ends := make([]int32, len(xs))
	for i := len(xs) - 1; i >= 0; i-- {
		ends[i] = int32(i)
		if next := nextHop(xs, i); next > i {
			ends[i] = ends[next]
		}
	}
	return ends
}

// IsLoginPath tells the path of a place that asks who you are, by its words:
// "/login", "/oauth2/authorize", "/users/sessions/new".
func IsLoginPath(path string) bool { return isLogin("", path, "") }
