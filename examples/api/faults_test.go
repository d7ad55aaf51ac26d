package api_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/examples/api"
	"github.com/replaydiff/replay/examples/seeded"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// found is the scenario that has to find each mistake, by the beginning of its
// name.
var found = []struct {
	fault   api.Fault
	by      string
	verdict results.CaseVerdict
}{
	{api.SchemeCaseSensitive, "wrong-auth-scheme scheme=bearer", results.CaseBroken},
	{api.SchemeNotNeeded, "missing-bearer-prefix", results.CaseBroken},
	{api.HeaderSplitPanics, "malformed-authorization form=alone", results.CaseBroken},
	{api.ExpNotChecked, "expired-token", results.CaseAccepted},
	{api.LeewayOfADay, "expired-token", results.CaseAccepted},
	{api.NoLeeway, "clock-skew ahead=25s", results.CaseBroken},
	{api.NbfNotChecked, "clock-skew ahead=10m", results.CaseAccepted},
	{api.AudNotChecked, "wrong-audience audience=https://billing", results.CaseAccepted},
	{api.AudByPrefix, "wrong-audience audience=https://api.example.com.evil", results.CaseAccepted},
	{api.IssNotChecked, "wrong-issuer issuer=https://login.staging", results.CaseAccepted},
	{api.IssByPart, "wrong-issuer issuer=https://login.example.com.evil", results.CaseAccepted},
	{api.ClaimsNotValidated, "expired-token", results.CaseAccepted},
	{api.SignatureNotChecked, "token-signature-invalid how=flipped", results.CaseAccepted},
	{api.AlgNoneAccepted, "token-signature-invalid how=none", results.CaseAccepted},
	{api.KeyConfusion, "token-signature-invalid token=file:keys/confused.jwt", results.CaseAccepted},
	{api.RetiredKey, "token-signature-invalid token=file:keys/retired.jwt", results.CaseAccepted},
	{api.ScopeNotChecked, "insufficient-scope on", results.CaseAccepted},
	{api.ScopeByPart, "insufficient-scope scope=orders:read", results.CaseAccepted},
	{api.NoScopeIsAll, "insufficient-scope on", results.CaseAccepted},
	{api.RouteForgotten, "missing-credentials on GET /v1/orders/{}", results.CaseAccepted},
	{api.AnonymousPasses, "missing-credentials on GET /v1/me", results.CaseAccepted},
	{api.NoReturn, "missing-credentials on GET /v1/me", results.CaseBroken},
	{api.Cacheable, "no-difference on GET /v1/orders", results.CaseBroken},
	{api.CacheBeforeAuth, "cached-auth-response", results.CaseAccepted},
	{api.NoChallenge, "missing-credentials on GET /v1/me", results.CaseBroken},
	{api.ChallengeSilent, "expired-token", results.CaseBroken},
	{api.ForbiddenFor401, "missing-credentials on GET /v1/me", results.CaseBroken},
	{api.UnauthorizedFor403, "insufficient-scope", results.CaseBroken},
	{api.OKForErrors, "missing-credentials on GET /v1/me", results.CaseBroken},
	{api.ErrorIs500, "expired-token", results.CaseBroken},
	{api.RefreshReusable, "invalid-grant how=twice", results.CaseAccepted},
	{api.RefreshNotLookedUp, "invalid-grant how=unknown", results.CaseAccepted},
	{api.RevokeDoesNothing, "revoked-token", results.CaseBroken},
}

// The suite finds every mistake, and is silent about an API that makes none.
func TestFaults(t *testing.T) {
	if len(found) != len(api.Faults()) {
		t.Errorf("%d rows for %d faults", len(found), len(api.Faults()))
	}
	garden(t, suite.SignWith{RS256: "file:keys/rs256.pem"}, nil).Check(t, seeds(), "faults.txt", *update)
}

// It is the same suite for an API that shares a secret with its issuer. A few
// mistakes show that it is awake.
func TestFaultsHS256(t *testing.T) {
	garden(t, suite.SignWith{HS256: "file:keys/hs256.key"}, api.DemoHS256).
		Check(t, seeds(api.ExpNotChecked, api.AudNotChecked, api.SignatureNotChecked, api.AlgNoneAccepted), "", false)
}

// seeds are some mistakes and what has to find them; none named is all.
func seeds(some ...api.Fault) (list []seeded.Seed) {
	for _, m := range api.Faults() {
		if len(some) > 0 && !slices.Contains(some, m.Fault) {
			continue
		}
		s := seeded.Seed{Fault: string(m.Fault), Does: m.Does}
		for _, row := range found {
			if row.fault == m.Fault {
				s.By, s.Verdict = row.by, row.verdict
			}
		}
		list = append(list, s)
	}
	return list
}

// garden is the suite, and APIs whose tokens are signed in that way.
func garden(t *testing.T, with suite.SignWith, hs256 []byte) *seeded.Bench {
	t.Helper()
	capture, err := traffic.Open("ok.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = capture.Close() }) // it was only read
	signer, err := with.Signer(open)
	if err != nil {
		t.Fatal(err)
	}
	return &seeded.Bench{
		Suite: &suite.Suite{Scenarios: scenarios},
		App: func(fault string) (http.Handler, error) {
			c := api.Config{HS256: hs256}
			if fault != "" {
				c.Faults = []api.Fault{api.Fault(fault)}
			}
			return api.New(c)
		},
		Guard: func(url string) *harness.Guard {
			return &harness.Guard{
				Capture: capture, Signer: signer,
				Options: harness.PlanOptions{Target: harness.Target{Base: url}, Unsafe: harness.Unsafe{All: true}},
				Secret: func(place string) (string, error) {
					secret, err := open(place)
					return string(secret), err
				},
			}
		},
	}
}

// open reads what stands at "file:PATH".
func open(place string) ([]byte, error) { return os.ReadFile(strings.TrimPrefix(place, "file:")) }

// So does it find the mistakes of the nginx before it.
func TestNginx(t *testing.T) {
	garden(t, suite.SignWith{RS256: "file:keys/rs256.pem"}, nil).CheckBehind(t, []seeded.Seed{
		{Fault: "authorization-dropped", By: "no-difference on GET /v1/orders", Verdict: results.CaseBroken},
		{Fault: "cached", By: "cached-auth-response", Verdict: results.CaseAccepted},
		{Fault: "errors-replaced", By: "missing-credentials", Verdict: results.CaseBroken},
	})
}
