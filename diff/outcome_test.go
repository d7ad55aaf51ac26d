package diff

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestOutcomeOf(t *testing.T) {
	for _, tt := range []struct{ line, want, reason string }{
		{"GET https://a.test/x 200", "200", "answered"},
		{"GET https://a.test/x 304", "304", "a redirect by number only"},
		{"GET https://a.test/x 401 error=net::ERR_FAILED", "401", "the status is the better account"},
		{"GET https://a.test/x 200 error=net::ERR_FAILED", "blocked", "CORS: the answer was kept from the page"},
		{"GET https://a.test/x 0 error=net::ERR_FAILED", "blocked", "never asked, or refused"},
		{"GET https://a.test/x -1 error=net::ERR_FAILED", "blocked", "Playwright's status"},
		{"GET https://a.test/x 0", "no answer", "Firefox gives no reason"},
		{"GET https://a.test/x 0 error=net::ERR_ABORTED", "aborted", "the page went away"},
		{"GET https://a.test/x 0 error=NS_BINDING_ABORTED", "aborted", "Firefox's word for it"},
		{"GET https://a.test/x 204 error=net::ERR_ABORTED", "204", "Chromium aborts navigations to 204"},
		{"GET https://a.test/x -", "not recorded", "a curl line"},
		{"GET https://a.test/x 301 to=https://b.test/x", "301", "moved"},
		{"GET https://a.test/x 302 to=/login?next=%2Fx", "302 to a login page", "a path that says login"},
		{"GET https://a.test/x 303 to=/users/sign_in", "303 to a login page", "Devise"},
		{"GET https://a.test/x 302 to=/Account/Login.aspx", "302 to a login page", "ASP.NET"},
		{"GET https://a.test/x 302 to=https://login.b.test/?x=1", "302 to a login page", "a host that says login"},
		{"GET https://a.test/x 302 to=https://b.test/realms/r/protocol/openid-connect/auth", "302 to a login page", "Keycloak"},
		{"GET https://a.test/x 302 to=/author/1", "302", "author is not auth"},
		{"GET https://a.test/konto 302 to=/anmelden?return_to=%2Fkonto", "302 to a login page", "no English name, but the way back"},
		{"GET https://a.test/c/7 302 to=https://b.test/gate?ReturnUrl=https%3A%2F%2Fa.test%2Fc%2F7%3Fq%3D1", "302 to a login page", "the way back as a whole URL"},
		{"GET https://a.test/ 302 to=/de?next=%2F", "302", "a language is chosen, and back to the start"},
		{"GET https://a.test/old 302 to=/new?next=%2Fother", "302", "the way on, not back"},
		{"GET https://a.test/x 302 to=/blog/login-problems", "302", "a title is no login"},
		{"POST https://login.test/auth 302 to=https://a.test/login/callback?code=1", "302", "the way back"},
		{"POST https://login.test/auth 302 to=https://a.test/cb?error=access_denied", "302 with an error", "RFC 6749 section 4.1.2.1"},
		{"POST https://login.test/auth 302 to=https://a.test/cb#error=access_denied", "302 with an error", "implicit flow"},
		{"GET https://a.test/authorize?a=1 301 to=https://a.test/authorize?a=1", "301", "a loop asks nobody who he is"},
		{"GET http://a.test/login 301 to=https://a.test/login", "301", "https for http"},
		{"POST https://a.test/openid-connect/token 307 to=https://b.test/openid-connect/token", "307", "an endpoint of a login that moved"},
		{"GET https://a.test/ 302 to=https://login.test/", "302 to a login page", "another host that asks"},
		{"GET https://a.test/pay 302 to=/account/2fa?next=%2Fpay", "302 to a login page", "a second factor"},
		{"GET https://a.test/pay 303 to=https://a.test/auth/challenge", "303 to a login page", "a challenge of the login"},
		{"POST https://a.test/settings/2fa 302 to=/settings/2fa/codes", "302", "somebody who sets one up"},
		{"POST https://a.test/signup 302 to=/verify-email", "302", "an address of mail"},
		{"POST https://a.test/signup 302 to=/account/verify", "302", "an address of mail, perhaps"},
		{"GET https://a.test/quiz 302 to=/quiz/challenge", "302", "a task"},
		{"GET https://a.test/authorize 302 to=/login", "302 to a login page", "from one place that asks to another"},
		{"GET https://a.test/x 302 to=%zz", "302", "a Location that can't be read"},
	} {
		if got := OutcomeOf(flow(t, tt.line).Exchanges[0]).String(); got != tt.want {
			t.Errorf("%s: %q, want %q: %s", tt.line, got, tt.want, tt.reason)
		}
	}
}

func TestOutcomeSame(t *testing.T) {
	for _, tt := range []struct {
		a, b   string
		want   bool
		reason string
	}{
		{"200", "204", true, "both went well"},
		{"206", "304", true, "parts and caches"},
		{"401", "403", false, "who, and may he"},
		{"301", "308", true, "moved"},
		{"302", "302 to=/login", false, "a 401 in disguise"},
		{"301 to=/login", "303 to=/signin", true, "two ways to the login"},
		{"200", "302", false, "another page"},
		{"0", "0 error=net::ERR_FAILED", true, "recorders differ in what they know"},
		{"200", "200 error=net::ERR_FAILED", false, "the page did not see it"},
		{"101", "200", false, "no upgrade"},
		{"500", "502", false, "another server answered"},
	} {
		a, b := flow(t, "GET https://a.test/x "+tt.a), flow(t, "GET https://a.test/x "+tt.b)
		x, y := OutcomeOf(a.Exchanges[0]), OutcomeOf(b.Exchanges[0])
		if x.Same(y) != tt.want || y.Same(x) != tt.want {
			t.Errorf("%v and %v: want same %v: %s", x, y, tt.want, tt.reason)
		}
	}
}

func TestOutcomeSameIsAnEquivalence(t *testing.T) {
	outcome := rapid.Custom(func(t *rapid.T) Outcome {
		return Outcome{Status: rapid.SampledFrom([]int{0, 101, 200, 204, 302, 304, 401, 403}).Draw(t, "status"),
			Ending: Ending(rapid.IntRange(0, int(Unfinished)).Draw(t, "ending"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		x, y, z := outcome.Draw(t, "x"), outcome.Draw(t, "y"), outcome.Draw(t, "z")
		if !x.Same(x) || x.Same(y) != y.Same(x) || x.Same(y) && y.Same(z) && !x.Same(z) {
			t.Fatalf("%v %v %v", x, y, z)
		}
		if x.Failed() && x.succeeded() {
			t.Fatalf("%v failed and succeeded", x)
		}
	})
}

func TestFirstDivergence(t *testing.T) {
	for _, tt := range []struct{ name, ok, bad, want, reason string }{
		{"none", `GET https://a.test/x 200`, `GET https://a.test/x 304`, "", "both went well"},
		{"first in time", `
			GET https://a.test/a 200
			GET https://a.test/b 200`, `
			GET https://a.test/a 401 at=9
			GET https://a.test/b 403 at=2`, "GET https://a.test/b", "the file is not in order of time"},
		{"first in the file", `
			GET https://a.test/a 200
			GET https://a.test/b 200`, `
			GET https://a.test/a 401
			GET https://a.test/b 403 at=2`, "GET https://a.test/a", "not every entry has a time"},
		{"both fail alike", `
			GET https://a.test/a 404
			GET https://a.test/b 200`, `
			GET https://a.test/a 404
			GET https://a.test/b 401`, "GET https://a.test/b", "what failed before is no news"},
		{"both fail, otherwise", `
			GET https://a.test/a 404
			GET https://a.test/b 200`, `
			GET https://a.test/a 403
			GET https://a.test/b 401`, "GET https://a.test/b", "what worked comes first"},
		{"only other failures", `GET https://a.test/a 404`, `GET https://a.test/a 403`, "GET https://a.test/a", "better than nothing"},
		{"bad works", `GET https://a.test/a 401`, `GET https://a.test/a 200`, "GET https://a.test/a", "the captures may be swapped"},
		{"preflight first", `
			GET https://a.test/a 200 at=1
			OPTIONS https://a.test/a 204 for=GET at=1.1`, `
			GET https://a.test/a 0 error=net::ERR_FAILED at=1
			OPTIONS https://a.test/a 403 for=GET at=1.1`, "OPTIONS https://a.test/a", "browsers list it after, but it went before"},
		{"earlier request before a preflight", `
			GET https://a.test/a 200 at=1
			GET https://a.test/b 200 at=2
			OPTIONS https://a.test/b 204 for=GET at=3`, `
			GET https://a.test/a 401 at=1
			GET https://a.test/b 0 at=2
			OPTIONS https://a.test/b 403 for=GET at=0`, "GET https://a.test/a", "a preflight counts with its request"},
		{"beacon behind", `
			POST https://m.test/analytics 204
			GET https://a.test/a 200`, `
			POST https://m.test/analytics 0 error=net::ERR_BLOCKED_BY_CLIENT
			GET https://a.test/a 401`, "GET https://a.test/a", "ad blockers do that every day"},
		{"beacon alone", `POST https://m.test/q 204 type=ping`, `POST https://m.test/q 403 type=ping`, "POST https://m.test/q", "it does differ"},
		{"image behind", `
			GET https://a.test/logo.png 200
			GET https://a.test/a 200`, `
			GET https://a.test/logo.png 404
			GET https://a.test/a 401`, "GET https://a.test/a", "a page can do without a logo"},
		{"answered challenge", `
			GET https://a.test/a 200
			GET https://a.test/b 200`, `
			GET https://a.test/a 401 challenge=Digest
			GET https://a.test/a 200
			GET https://a.test/b 403`, "GET https://a.test/b", "Digest asks first"},
		{"challenge answered in ok alone", `
			GET https://a.test/a 401 challenge=NTLM
			GET https://a.test/a 200`, `
			GET https://a.test/a 401 challenge=NTLM
			GET https://a.test/a 401 auth=x`, "GET https://a.test/a", "the second attempt fails"},
		{"refresh fails", `
			GET https://a.test/me 401 auth=old
			POST https://a.test/refresh 200
			GET https://a.test/me 200 auth=new`, `
			GET https://a.test/me 401 auth=old
			POST https://a.test/refresh 400`, "POST https://a.test/refresh", "the 401 is the same in both"},
		{"refreshed in both", `
			GET https://a.test/me 200 auth=new`, `
			GET https://a.test/me 401 auth=old
			GET https://a.test/me 200 auth=new`, "", "refresh and retry is no failure"},
		{"redirect to the login", `GET https://a.test/account 200`, `
			GET https://a.test/account 302 to=/login
			GET https://a.test/login 200`, "GET https://a.test/account", "the first hop says it"},
		{"redirect that fails elsewhere", `
			GET https://a.test/x 200
			GET https://a.test/y 200`, `
			GET https://a.test/x 302 to=https://b.test/x
			GET https://b.test/x 401
			GET https://a.test/y 403`, "GET https://a.test/x", "the chain ends in a 401"},
		{"redirect that works", `
			GET https://a.test/x 200
			GET https://a.test/y 200`, `
			GET https://a.test/x 301 to=/x/
			GET https://a.test/x/ 200
			GET https://a.test/y 403`, "GET https://a.test/y", "the detour arrives"},
		{"not recorded", `GET https://a.test/x 200`, `GET https://a.test/x -`, "", "a curl line has no outcome"},
		{"aborted", `
			GET https://a.test/x 200
			GET https://a.test/y 200`, `
			GET https://a.test/x 0 error=net::ERR_ABORTED
			GET https://a.test/y 401`, "GET https://a.test/y", "nobody refused anything"},
		{"stand-in behind", `
			GET https://a.test/n?page=1 200
			GET https://a.test/y 200`, `
			GET https://a.test/n?page=1 200
			GET https://a.test/n?page=2 404
			GET https://a.test/y 401`, "GET https://a.test/y", "a real pair says more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ok, bad := flow(t, tt.ok), flow(t, tt.bad)
			a := Align(ok, bad)
			got := ""
			if n := FirstDivergence(ok, bad, a); n >= 0 {
				r := bad.Exchanges[a.Pairs[n].Bad].Request
				got = strings.Join([]string{r.Method, r.URL}, " ")
			}
			if got != tt.want {
				t.Errorf("%q, want %q: %s\n%v", got, tt.want, tt.reason, pairsText(a))
			}
		})
	}
}
