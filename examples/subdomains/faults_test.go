package subdomains_test

import (
	"net/http"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/examples/seeded"
	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/examples/subdomains"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// found is the scenario that has to find each mistake, by the beginning of its
// name.
var found = []struct {
	fault   shop.Fault
	by      string
	verdict results.CaseVerdict
}{
	{shop.NoChallenge, "credentials-not-sent", results.CaseBroken},
	{shop.ForbiddenFor401, "credentials-not-sent", results.CaseBroken},
	{shop.OKForErrors, "credentials-not-sent", results.CaseBroken},
	{shop.CSRFNotChecked, "csrf-token-missing", results.CaseAccepted},
	{shop.CSRFNotBound, "csrf-token-mismatch", results.CaseAccepted},
	{shop.LogoutKeepsSession, "session-expired on GET /cart", results.CaseAccepted},
	{shop.PagesCacheable, "no-difference on GET /cart", results.CaseBroken},
	{shop.CookieNotHTTPOnly, "no-difference on POST /login", results.CaseBroken},
	{shop.CookieNotSecure, "no-difference on POST /login", results.CaseBroken},
	{shop.SameSiteMissing, "no-difference on POST /login", results.CaseBroken},
	{shop.SameSiteNone, "no-difference on POST /login", results.CaseBroken},
	{shop.DomainMissing, "cookie-domain-mismatch", results.CaseBroken},
	{shop.PathTooNarrow, "no-difference on POST /login", results.CaseBroken},
	{shop.OptionsBehindAuth, "cors-preflight-failed", results.CaseBroken},
	{shop.OriginReflected, "cors-credentials-not-allowed origin=https://other.example.com", results.CaseAccepted},
	{shop.OriginStar, "cors-preflight-failed", results.CaseBroken},
	{shop.OriginNull, "cors-credentials-not-allowed origin=null", results.CaseAccepted},
	{shop.VaryMissing, "no-difference on GET /api/me", results.CaseBroken},
	{shop.ExposeMissing, "no-difference on GET /api/me", results.CaseBroken},
	{shop.CORSMissingOnErrors, "credentials-not-sent", results.CaseBroken},
	{shop.HeadersNotAllowed, "cors-preflight-failed", results.CaseBroken},
}

// The suite finds every mistake, and is silent about a shop that makes none.
func TestFaults(t *testing.T) {
	garden(t, &suite.Suite{Scenarios: scenarios}).Check(t, seeds(t), "faults.txt", *update)
}

func seeds(t *testing.T) (list []seeded.Seed) {
	t.Helper()
	if len(found) != len(subdomains.Faults()) {
		t.Errorf("%d rows for %d faults", len(found), len(subdomains.Faults()))
	}
	for _, m := range subdomains.Faults() {
		for _, row := range found {
			if row.fault == m.Fault {
				list = append(list, seeded.Seed{Fault: string(m.Fault), Does: m.Does, By: row.by, Verdict: row.verdict})
			}
		}
	}
	return list
}

// garden is a suite, and shops for it. Both hosts are at one address: the shop
// knows them by the Host field, as a server does that has both names.
func garden(t *testing.T, s *suite.Suite) *seeded.Bench {
	t.Helper()
	capture, err := traffic.Open("ok.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = capture.Close() }) // it was only read
	return &seeded.Bench{
		Suite: s,
		App: func(fault string) (http.Handler, error) {
			if fault == "" {
				return shop.New(subdomains.Config())
			}
			return shop.New(subdomains.Config(shop.Fault(fault)))
		},
		Guard: func(url string) *harness.Guard {
			return &harness.Guard{Capture: capture, Options: harness.PlanOptions{
				Target: harness.Target{
					Map:      []harness.Mapping{{From: subdomains.App, To: url}, {From: subdomains.API, To: url}},
					KeepHost: true, KeepOrigin: true,
				},
				Unsafe: harness.Unsafe{All: true},
			}}
		},
	}
}

// So does it find the mistakes of the nginx before it, which tells the hosts
// apart by their names.
func TestNginx(t *testing.T) {
	garden(t, &suite.Suite{Scenarios: scenarios}).CheckBehind(t, []seeded.Seed{
		{Fault: "cookies-for-pages", By: "cookie-domain-mismatch", Verdict: results.CaseBroken},
		{Fault: "csrf-header-dropped", By: "cors-preflight-failed", Verdict: results.CaseBroken},
		{Fault: "domain-rewritten", By: "cookie-domain-mismatch", Verdict: results.CaseBroken},
		{Fault: "flags-lost", By: "no-difference on POST /login", Verdict: results.CaseBroken},
	})
}
