package policy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/policy"
)

func TestAfterARefusal(t *testing.T) {
	again := func(n int, gap time.Duration, bearer string) []call {
		var calls []call
		for i := range n {
			calls = append(calls, orders(time.Duration(i)*gap, bearer, 401))
		}
		return calls
	}
	noRefresh := call{at: 61 * minute, ask: "POST /oauth/token", form: "grant_type=refresh_token&refresh_token=" + renew1, status: 400, json: `{"error":"invalid_grant"}`}
	for _, row := range []struct {
		reason string
		flow   *traffic.Capture
		rules  policy.Rules
		want   []string
	}{
		{"refreshed and made again", flow(0, login(0), orders(20*minute, access1, 401), refresh(20*minute+time.Second, renew1, access2, renew2), orders(20*minute+2*time.Second, access2, 200)), policy.Rules{}, nil},
		{"three times: as often as it may", flow(0, again(3, time.Second, access1)...), policy.Rules{}, nil},
		{"five times", flow(0, again(5, time.Second, access1)...), policy.Rules{}, []string{"refused-again 3 [0 1 2 4]"}},
		{"three times, where two are asked for", flow(0, again(3, time.Second, access1)...), policy.Rules{Tries: 2}, []string{"refused-again 2 [0 1]"}},
		{"the same without a token", flow(0, again(5, time.Second, "")...), policy.Rules{}, []string{"refused-again 3 [0 1 2 4]"}},
		{"five at once are one try", flow(0, again(5, time.Millisecond, access1)...), policy.Rules{}, nil},
		{"five in two hours are no loop", flow(0, again(5, 30*minute, access1)...), policy.Rules{}, nil},
		{"each time with a new token: a loop all the same", flow(0, login(0),
			orders(20*minute, access1, 401), refresh(20*minute+1*time.Second, renew1, access2, renew2), orders(20*minute+2*time.Second, access2, 401),
			refresh(20*minute+3*time.Second, renew2, access3, renew3), orders(20*minute+4*time.Second, access3, 401), orders(20*minute+5*time.Second, access3, 401)),
			policy.Rules{Only: policy.AboutTries()}, []string{"refused-again 6 [1 3 5]"}},
		{"somebody tries tokens", flow(0, orders(0, "token-aaaa-1", 401), orders(time.Second, "token-bbbb-2", 401), orders(2*time.Second, "token-cccc-3", 401), orders(3*time.Second, "token-dddd-4", 401)), policy.Rules{}, nil},
		{"somebody mistypes a password", flow(0, call{ask: "POST /login", form: "user=ana&password=a", status: 401}, call{at: 5 * time.Second, ask: "POST /login", form: "user=ana&password=b", status: 401},
			call{at: 9 * time.Second, ask: "POST /login", form: "user=ana&password=c", status: 401}, call{at: 12 * time.Second, ask: "POST /login", form: "user=ana&password=d", status: 401}), policy.Rules{}, nil},
		{"a page asks once, each time that a person loads it", flow(0, pageThenProbe(0), probe(1), pageThenProbe(10), probe(11), pageThenProbe(20), probe(21), pageThenProbe(30), probe(31)), policy.Rules{}, nil},
		{"a page that reloads itself", flow(0, pageThenProbe(0), probe(1), pageThenProbe(2), probe(3), pageThenProbe(4), probe(5), pageThenProbe(6), probe(7)), policy.Rules{}, []string{"refused-again 7 [1 3 5]"}},
		{"the refresh is refused, and a login follows", flow(0, login(0), orders(20*minute, access1, 401), noRefresh, call{at: 62 * minute, ask: "GET /login", page: true, status: 200, html: "<form>"}, login(63*minute)),
			policy.Rules{Only: policy.AboutTries()}, nil},
		{"the refresh is refused, and everything goes on", flow(0, login(0), noRefresh, orders(62*minute, access1, 401), call{at: 63 * minute, ask: "GET /me", bearer: access1, status: 401},
			call{at: 64 * minute, ask: "GET /cart", bearer: access1, status: 401}, call{at: 65 * minute, ask: "GET /news", bearer: access1, status: 401}),
			policy.Rules{Only: policy.AboutTries()}, []string{"login-missing 1 [2 3 4 5]"}},
		{"the capture ends: nobody knows what came then", flow(0, login(0), orders(61*minute, access1, 401), noRefresh), policy.Rules{Only: policy.AboutTries()}, nil},
	} {
		if d := cmp.Diff(row.want, told(row.flow, row.rules)); d != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, d)
		}
	}
}

// pageThenProbe is a page whose script asks who is there.
func pageThenProbe(second int) call {
	return call{at: time.Duration(second) * time.Second, ask: "GET /app", page: true, status: 200, html: "<script src=app.js></script>"}
}

func probe(second int) call {
	return call{at: time.Duration(second) * time.Second, ask: "GET /api/me", status: 401}
}

func TestWhatAPersonIsShown(t *testing.T) {
	page := func(c call) call { c.ask, c.page = "GET /orders", true; return c }
	bare := []string{"bare-refusal 0 []"}
	for _, row := range []struct {
		reason string
		flow   *traffic.Capture
		want   []string
	}{
		{"nothing", flow(0, page(call{status: 401})), bare},
		{"JSON", flow(0, page(call{status: 401, json: `{"error":"unauthorized"}`})), bare},
		{"the page of a server", flow(0, page(call{status: 401, html: "<html><h1>401 Authorization Required</h1><hr>nginx</html>"})), bare},
		{"a challenge of Bearer, for which no browser asks", flow(0, page(call{status: 401, auth: `Bearer realm="api"`})), bare},
		{"a challenge of Basic, for which browsers ask", flow(0, page(call{status: 401, auth: `Basic realm="api"`})), nil},
		{"a form", flow(0, page(call{status: 401, html: `<form action=/login><input type=password></form>`})), nil},
		{"a link", flow(0, page(call{status: 401, html: `<a href="/login?next=/orders">Sign in</a>`})), nil},
		{"a page that leads on", flow(0, page(call{status: 401, html: `<meta http-equiv=Refresh content="0;url=/login">`})), nil},
		{"a script, of which nothing is known", flow(0, page(call{status: 401, html: `<div id=app></div><script src=/app.js></script>`})), nil},
		{"the way to the login", flow(0, page(call{status: 302, to: "/login?next=/orders"})), nil},
		{"the login comes next", flow(0, page(call{status: 401}), call{at: time.Second, ask: "GET /login", page: true, status: 200}), nil},
		{"another page comes next", flow(0, page(call{status: 401}), call{at: time.Second, ask: "GET /help", page: true, status: 200}), bare},
		{"a script asked, not a person", flow(0, call{ask: "GET /orders", status: 401}), nil},
	} {
		if d := cmp.Diff(row.want, told(row.flow, policy.Rules{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, d)
		}
	}
}
