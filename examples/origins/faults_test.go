package origins_test

import (
	"net/http"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/examples/origins"
	"github.com/replaydiff/replay/examples/seeded"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// found is the scenario that has to find each mistake, by the beginning of its
// name.
var found = []struct {
	fault   origins.Fault
	by      string
	verdict results.CaseVerdict
}{
	{origins.OptionsBehindLogin, "cors-preflight-failed", results.CaseBroken},
	{origins.OptionsNotRouted, "cors-preflight-failed", results.CaseBroken},
	{origins.PreflightRedirected, "cors-preflight-failed", results.CaseBroken},
	{origins.MethodsMissing, "cors-preflight-failed", results.CaseBroken},
	{origins.HeadersMissing, "cors-preflight-failed", results.CaseBroken},
	{origins.HeadersStar, "cors-preflight-failed", results.CaseBroken},
	{origins.OriginReflected, "cors-credentials-not-allowed origin=https://evil.example", results.CaseAccepted},
	{origins.OriginByPrefix, "cors-credentials-not-allowed origin=https://app.example.net.evil.example", results.CaseAccepted},
	{origins.OriginBySuffix, "cors-credentials-not-allowed origin=https://evilexample.net", results.CaseAccepted},
	{origins.OriginByPattern, "cors-credentials-not-allowed origin=https://app-example.net", results.CaseAccepted},
	{origins.OriginNull, "cors-credentials-not-allowed origin=null", results.CaseAccepted},
	{origins.OriginSchemeIgnored, "cors-credentials-not-allowed origin=http://app.example.net", results.CaseAccepted},
	{origins.OriginStar, "cors-credentials-not-allowed origin=https://app.example.net on GET", results.CaseBroken},
	{origins.OriginWithSlash, "cors-credentials-not-allowed origin=https://app.example.net on GET", results.CaseBroken},
	{origins.OriginTwice, "cors-credentials-not-allowed origin=https://app.example.net on GET", results.CaseBroken},
	{origins.OriginList, "cors-credentials-not-allowed origin=https://app.example.net on GET", results.CaseBroken},
	{origins.CredentialsMissing, "cors-credentials-not-allowed origin=https://app.example.net on GET", results.CaseBroken},
	{origins.CredentialsWord, "cors-credentials-not-allowed origin=https://app.example.net on GET", results.CaseBroken},
	{origins.VaryMissing, "no-difference on GET /notes", results.CaseBroken},
	{origins.ExposeMissing, "no-difference on GET /notes", results.CaseBroken},
	{origins.CORSMissingOnErrors, "credentials-not-sent", results.CaseBroken},
	{origins.SameSiteLax, "cookie-samesite-blocked", results.CaseBroken},
	{origins.CookieInsecure, "no-difference on POST /session", results.CaseBroken},
	{origins.CookieReadable, "no-difference on POST /session", results.CaseBroken},
	{origins.CSRFNotChecked, "csrf-token-missing", results.CaseAccepted},
	{origins.CSRFMissingPasses, "csrf-token-missing", results.CaseAccepted},
	{origins.CSRFAnyPasses, "csrf-token-mismatch", results.CaseAccepted},
	{origins.LogoutKeepsSession, "session-expired", results.CaseAccepted},
	{origins.NotesOpen, "credentials-not-sent", results.CaseAccepted},
}

// The suite finds every mistake, and is silent about an app that makes none.
func TestFaults(t *testing.T) {
	garden(t, &suite.Suite{Scenarios: scenarios}).Check(t, seeds(t), "faults.txt", *update)
}

func seeds(t *testing.T) (list []seeded.Seed) {
	t.Helper()
	if len(found) != len(origins.Faults()) {
		t.Errorf("%d rows for %d faults", len(found), len(origins.Faults()))
	}
	for _, m := range origins.Faults() {
		for _, row := range found {
			if row.fault == m.Fault {
				list = append(list, seeded.Seed{Fault: string(m.Fault), Does: m.Does, By: row.by, Verdict: row.verdict})
			}
		}
	}
	return list
}

// garden is a suite, and apps for it.
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
				return origins.New(origins.Config{})
			}
			return origins.New(origins.Config{Faults: []origins.Fault{origins.Fault(fault)}})
		},
		Guard: func(url string) *harness.Guard {
			return &harness.Guard{
				Capture: capture,
				Options: harness.PlanOptions{Target: harness.Target{Base: url}, Unsafe: harness.Unsafe{All: true}},
			}
		},
	}
}

// So does it find the mistakes of the nginx before it.
func TestNginx(t *testing.T) {
	garden(t, &suite.Suite{Scenarios: scenarios}).CheckBehind(t, []seeded.Seed{
		{Fault: "cors-on-success", By: "credentials-not-sent", Verdict: results.CaseBroken},
		{Fault: "cors-twice", By: "cors-credentials-not-allowed origin=https://app.example.net on GET", Verdict: results.CaseBroken},
		{Fault: "options-refused", By: "cors-preflight-failed", Verdict: results.CaseBroken},
		{Fault: "origin-reflected", By: "cors-credentials-not-allowed origin=https://evil.example", Verdict: results.CaseAccepted},
	})
}
