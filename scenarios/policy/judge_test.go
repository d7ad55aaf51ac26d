package policy_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/policy"
)

const minute = time.Minute

// told are the breaches of a flow: "refresh-late 3 [0]".
func told(c *traffic.Capture, r policy.Rules) []string {
	var list []string
	for _, b := range policy.Judge(c, r).Breaches {
		list = append(list, fmt.Sprint(b.Rule, " ", b.Entry, " ", b.With))
	}
	return list
}

func TestWhenATokenIsRefreshed(t *testing.T) {
	old := jwt("old", -20*minute, 30*minute)
	strict := policy.Rules{Refresh: policy.Advised()}
	for _, row := range []struct {
		reason string
		flow   *traffic.Capture
		rules  policy.Rules
		want   []string
	}{
		{"in the window", flow(0, login(0), orders(minute, access1, 200), refresh(45*minute, renew1, access2, renew2), orders(46*minute, access2, 200)), strict, nil},
		{"in the window, whatever the server's clock says: both times are the client's", flow(-40*minute, login(0), orders(minute, access1, 200), refresh(45*minute, renew1, access2, renew2)), strict, nil},
		{"after ten minutes of an hour", flow(0, login(0), orders(minute, access1, 200), refresh(10*minute, renew1, access2, renew2)), policy.Rules{}, []string{"refresh-early 2 [0]"}},
		{"at 60 %, where a window was asked for", flow(0, login(0), orders(minute, access1, 200), refresh(36*minute, renew1, access2, renew2)), strict, []string{"refresh-early 2 [0]"}},
		{"at 60 %, where none was", flow(0, login(0), orders(minute, access1, 200), refresh(36*minute, renew1, access2, renew2)), policy.Rules{}, nil},
		{"at 97 %", flow(0, login(0), orders(minute, access1, 200), refresh(58*minute, renew1, access2, renew2)), policy.Rules{}, []string{"refresh-late 2 [0]"}},
		{"at 97 %, of a provider that spells its members so", flow(0, call{ask: "POST /login", form: "user=ana&password=x", status: 200, json: `{"AuthenticationResult":{"AccessToken":"` + access1 + `","IdToken":"eyJ0aGlz.aXMgbm90.dGhlIHRva2Vu","RefreshToken":"` + renew1 + `","ExpiresIn":3600}}`},
			orders(minute, access1, 200), refresh(58*minute, renew1, access2, renew2)), policy.Rules{}, []string{"refresh-late 2 [0]"}},
		{"when it was refused, after the end", flow(0, login(0), orders(61*minute, access1, 401), refresh(61*minute+time.Second, renew1, access2, renew2), orders(61*minute+2*time.Second, access2, 200)),
			policy.Rules{}, []string{"refresh-late 2 [0 1]"}},
		{"when it was refused before the end: it had been revoked", flow(0, login(0), orders(10*minute, access1, 401), refresh(10*minute+time.Second, renew1, access2, renew2), orders(11*minute, access2, 200)),
			policy.Rules{}, nil},
		{"after a night's sleep, before anything else was asked", flow(0, login(0), orders(minute, access1, 200), refresh(9*time.Hour, renew1, access2, renew2), orders(9*time.Hour+minute, access2, 200)),
			policy.Rules{}, nil},
		{"early, since the page was loaded anew and has lost its token", flow(0, login(0), orders(minute, access1, 200), call{at: 5 * minute, ask: "GET /app", page: true, status: 200, html: "<html>"},
			refresh(5*minute+time.Second, renew1, access2, renew2)), policy.Rules{}, nil},
		{"early, for another scope: a client may hold one token for each", flow(0, login(0), orders(minute, access1, 200),
			call{at: 2 * minute, ask: "POST /oauth/token", form: "grant_type=refresh_token&scope=admin&refresh_token=" + renew1, status: 200, json: granted(access2, "", time.Hour)}), policy.Rules{}, nil},
		{"a token that was brought along tells its life by itself", flow(0, orders(0, old, 200), refresh(9*minute+30*time.Second, renew1, access2, renew2)), policy.Rules{}, []string{"refresh-late 1 []"}},
		{"and is judged by the server's clock", flow(-5*minute, orders(0, old, 200), refresh(9*minute+30*time.Second, renew1, access2, renew2)), policy.Rules{}, nil},
		{"an opaque token without a lifetime tells nothing", flow(0, orders(0, access1, 200), refresh(58*minute, renew1, access2, renew2)), policy.Rules{}, nil},
		{"in the cookie's window", flow(0, call{ask: "POST /auth/login", form: "user=ana&password=x", status: 200, set: []string{"access_token=" + jwt("c", 0, 15*minute) + "; Max-Age=900; HttpOnly", "refresh_token=Zk3vQ8xWm2Lp0Ty6; Max-Age=86400; Path=/auth"}},
			call{at: minute, ask: "GET /me", cookie: "access_token=" + jwt("c", 0, 15*minute), status: 200},
			call{at: 11 * minute, ask: "POST /auth/refresh", cookie: "access_token=" + jwt("c", 0, 15*minute) + "; refresh_token=Zk3vQ8xWm2Lp0Ty6", status: 204, set: []string{"access_token=" + jwt("d", 11*minute, 15*minute) + "; Max-Age=900"}}),
			strict, nil},
		{"a browser lets go of a cookie that is over, and the call is refused", flow(0, call{ask: "POST /auth/login", form: "user=ana&password=x", status: 200, set: []string{"access_token=" + jwt("c", 0, 15*minute) + "; Max-Age=900", "refresh_token=Zk3vQ8xWm2Lp0Ty6; Max-Age=86400"}},
			call{at: minute, ask: "GET /me", cookie: "access_token=" + jwt("c", 0, 15*minute), status: 200},
			call{at: 16 * minute, ask: "GET /me", cookie: "refresh_token=Zk3vQ8xWm2Lp0Ty6", status: 401},
			call{at: 16*minute + time.Second, ask: "POST /auth/refresh", cookie: "refresh_token=Zk3vQ8xWm2Lp0Ty6", status: 204, set: []string{"access_token=" + jwt("d", 16*minute, 15*minute) + "; Max-Age=900"}}),
			policy.Rules{}, []string{"refresh-late 3 [0 2]"}},
		{"a grant whose type stands in the query", flow(0, call{ask: "POST /auth/v1/token?grant_type=password", form: "email=ana&password=x", status: 200, json: granted(access1, renew1, time.Hour)}, orders(minute, access1, 200),
			call{at: 58 * minute, ask: "POST /auth/v1/token?grant_type=refresh_token", form: "refresh_token=" + renew1, status: 200, json: granted(access2, renew2, time.Hour)}), policy.Rules{}, []string{"refresh-late 2 [0]"}},
		{"other spellings", flow(0, call{ask: "POST /api/login", form: "user=ana&password=x", status: 200, json: `{"data":{"accessToken":"` + access1 + `","expiresIn":"3600","refreshToken":"` + renew1 + `"}}`}, orders(minute, access1, 200),
			call{at: 58 * minute, ask: "POST /api/token/refresh", form: "refreshToken=" + renew1, status: 200, json: `{"access":"` + access2 + `"}`}), policy.Rules{}, []string{"refresh-late 2 [0]"}},
		{"a login that asks no person", flow(0, call{ask: "POST /oauth/token", form: "grant_type=authorization_code&code=c1", status: 200, json: granted(access1, "", time.Hour)}, orders(minute, access1, 200),
			call{at: 58 * minute, ask: "GET /authorize?prompt=none&client_id=spa", cookie: "idp_session=9c01d2e4b5f60718293a7f3a", status: 302, to: "/callback?code=c2"},
			call{at: 58*minute + time.Second, ask: "POST /oauth/token", form: "grant_type=authorization_code&code=c2", status: 200, json: granted(access2, "", time.Hour)}), policy.Rules{}, []string{"refresh-late 2 [0]"}},
		{"a report that is made anew is no refresh", flow(0, login(0), orders(minute, access1, 200), call{at: 2 * minute, ask: "POST /reports/refresh", bearer: access1, status: 202, json: `{"job":"j-778812"}`}), policy.Rules{}, nil},
	} {
		if d := cmp.Diff(row.want, told(row.flow, row.rules)); d != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, d)
		}
	}
}

func TestTokensThatAreOver(t *testing.T) {
	over := jwt("over", -2*time.Hour, time.Hour)
	for _, row := range []struct {
		reason string
		flow   *traffic.Capture
		want   []string
	}{
		{"refused, and not refreshed", flow(0, orders(0, over, 401)), []string{"expired-token-sent 0 []"}},
		{"refused again with the same", flow(0, orders(0, over, 401), orders(minute, over, 401)), []string{"expired-token-sent 0 [1]"}},
		{"accepted within the leeway of servers", flow(0, orders(0, jwt("just", -60*minute-20*time.Second, time.Hour), 200)), nil},
		{"over by the client's clock alone", flow(-3*time.Hour, orders(0, over, 200)), nil},
		{"good by the client's clock alone", flow(3*time.Hour, orders(0, jwt("good", 0, time.Hour), 401)), []string{"expired-token-sent 0 []"}},
		{"a lifetime that came with the token counts too", flow(0, login(0), orders(2*time.Hour, access1, 401)), []string{"expired-token-sent 1 []"}},
		{"a cookie that nobody minds", flow(0, call{ask: "GET /me", cookie: "profile_jwt=" + over, status: 200}), nil},
		{"a cookie that is refused", flow(0, call{ask: "GET /me", cookie: "auth_jwt=" + over, status: 401}), []string{"expired-token-sent 0 []"}},
		{"a link that is over is no login", flow(0, call{ask: "GET /file.pdf?token=" + over, status: 403}), nil},
		{"a token for the client is not sent to be let in", flow(0, call{ask: "GET /logout?id_token_hint=" + over, status: 302, to: "/"}), nil},
	} {
		if d := cmp.Diff(row.want, told(row.flow, policy.Rules{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, d)
		}
	}
}

func TestRefreshesOfOneToken(t *testing.T) {
	long := func(c call, took time.Duration) call { c.took = took; return c }
	twice := []call{login(0), orders(45*minute, access1, 200), long(refresh(46*minute, renew1, access2, renew2), time.Second)}
	for _, row := range []struct {
		reason string
		flow   *traffic.Capture
		want   []string
	}{
		{"two at once", flow(0, append(slices.Clone(twice), long(refresh(46*minute+300*time.Millisecond, renew1, access3, renew3), time.Second))...), []string{"refresh-storm 2 [3]"}},
		{"one after the other, with the same refresh token: reuse", flow(0, append(slices.Clone(twice), refresh(47*minute, renew1, access3, renew3))...), []string{"refresh-token-reused 3 [2]"}},
		{"one after the other, each with its own", flow(0, append(slices.Clone(twice), refresh(92*minute, renew2, access3, renew3))...), nil},
		{"the first was taken back by its page", flow(0, login(0), orders(45*minute, access1, 200),
			call{at: 46 * minute, ask: "POST /oauth/token", form: "grant_type=refresh_token&refresh_token=" + renew1, took: time.Second, status: -1}, long(refresh(46*minute+300*time.Millisecond, renew1, access2, renew2), time.Second)), nil},
		{"the first failed", flow(0, login(0), orders(45*minute, access1, 200),
			call{at: 46 * minute, ask: "POST /oauth/token", form: "grant_type=refresh_token&refresh_token=" + renew1, status: 503}, refresh(46*minute+5*time.Second, renew1, access2, renew2)), nil},
		{"a refresh token that stays the same may be sent again", flow(0, login(0), orders(45*minute, access1, 200), refresh(46*minute, renew1, access2, ""), orders(90*minute, access2, 200), refresh(92*minute, renew1, access3, "")), nil},
		{"but not for a token that was just replaced", flow(0, login(0), orders(44*minute, access1, 200), refresh(46*minute, renew1, access2, ""), refresh(46*minute+2*time.Second, renew1, access3, "")),
			[]string{"refresh-storm 2 [3]"}},
	} {
		if d := cmp.Diff(row.want, told(row.flow, policy.Rules{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, d)
		}
	}
}
