package report

import (
	"time"

	"github.com/replaydiff/replay/harness/results"
)

func testBase(cases ...results.Case) *results.Report {
	r := &results.Report{
		Version: results.Version, Kind: results.Test, Captures: []string{"orders.har"},
		Targets: []results.Target{{Role: "target", From: "https://api.shop.test", To: "http://127.0.0.1:8080"}},
		Started: time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC), Seconds: 0.42, Counts: results.Counts{Extra: 31},
	}
	for i, c := range cases {
		c.Number = i + 1
		c.Edits, c.Mismatch, c.Changed = orEmpty(c.Edits), orEmpty(c.Mismatch), orEmpty(c.Changed)
		r.Cases = append(r.Cases, c)
	}
	return r
}

func caseHolds(name, cause, route, came string) results.Case {
	return results.Case{
		Name: name, Cause: cause, Route: route, Verdict: results.CaseHolds, Entry: 5, Request: "GET http://127.0.0.1:8080/orders",
		Want: "status 401", Recorded: "200", Control: "200", Came: came, Seconds: 0.01, Requests: 2,
	}
}

func testHoldsReport() *results.Report {
	lenient := caseHolds("missing-bearer-prefix", "missing-bearer-prefix", "GET /orders", "200")
	lenient.Verdict = results.CaseNotReproduced
	return testBase(
		caseHolds("expired-token ago=2h on GET /orders", "expired-token", "GET /orders", "401"),
		lenient,
		caseHolds("a page of the shop may ask", "cors-preflight-failed", "PUT /orders/{}", "204"),
	)
}

// testReport has each verdict, and the worst of them at the end of its suite.
func testReport() *results.Report {
	untestable := results.Case{
		Name: "wrong-audience on GET /orders", Cause: "wrong-audience", Route: "GET /orders", Verdict: results.CaseNotTestable, Entry: 5,
		Request: "GET http://127.0.0.1:8080/orders", Want: "status 401 or 403", Recorded: "200", Control: "200",
		Reason: "needs sign-with or with: {token: env:NAME}: a token with other claims has to be signed, or it fails of its signature",
	}
	control := results.Case{
		Name: "csrf-token-missing on POST /orders", Cause: "csrf-token-missing", Route: "POST /orders", Verdict: results.CaseNotTestable, Entry: 9,
		Request: "POST http://127.0.0.1:8080/orders", Want: "status 403 or 419", Recorded: "201", Control: "401", Requests: 4,
		Reason: "the untouched request is answered 401, and was 201 when it was recorded", Finding: tlsFinding(),
	}
	broken := results.Case{
		Name: "wrong-auth-scheme scheme=bearer on GET /orders", Cause: "wrong-auth-scheme", Route: "GET /orders", Verdict: results.CaseBroken, Entry: 5,
		Request: "GET http://127.0.0.1:8080/orders", Want: "status 2xx", Recorded: "200", Control: "200", Came: "401",
		Edits:    []results.Field{{Path: "request.header.authorization.scheme", Kind: results.Changed, Old: text("Bearer"), New: text("bearer")}},
		Mismatch: []string{"response.status: expected 2xx, came 401"},
		Changed:  []results.Field{{Path: "response.status", Kind: results.Changed, Old: text("200"), New: text("401")}, {Path: "response.header.www-authenticate", Kind: results.Gained, New: text("Bearer realm=\"orders\"")}},
		Curl:     "curl http://127.0.0.1:8080/orders -H 'Authorization: bearer ‹jwt 1›'", Seconds: 0.02, Requests: 2,
	}
	accepted := results.Case{
		Name: "expired-token ago=2h on GET /orders", Cause: "expired-token", Route: "GET /orders", Verdict: results.CaseAccepted, Entry: 5,
		Request: "GET http://127.0.0.1:8080/orders", Want: "status 401, or 403, or a way to the login", Recorded: "200", Control: "200", Came: "200",
		Edits:    []results.Field{{Path: "request.header.authorization.claims/exp", Kind: results.Changed, Old: text("1 h after the request"), New: text("2 h before the request")}},
		Mismatch: []string{"response.status: expected 401 or 403, came 200"},
		Curl:     "curl http://127.0.0.1:8080/orders -H 'Authorization: Bearer ‹jwt 2›'", Seconds: 0.02, Requests: 2,
	}
	proxied := caseHolds("authorization-dropped-by-proxy on GET /orders", "authorization-dropped-by-proxy", "GET /orders", "401")
	proxied.Reason = "behind a proxy that drops authorization"
	return testBase(caseHolds("missing-credentials on GET /orders", "missing-credentials", "GET /orders", "401"), untestable, control, broken, proxied, accepted)
}
