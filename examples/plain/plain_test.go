package plain_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/examples/api"
	"github.com/replaydiff/replay/examples/origins"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/specs"
	"github.com/replaydiff/replay/scenarios/expect"
	"github.com/replaydiff/replay/scenarios/suite"
)

// capture is the working flow: a login, orders, a refresh, a logout.
const capture = "../api/ok.har"

// open starts the orders API for the time of a test.
func open(t *testing.T) string {
	t.Helper()
	orders, err := api.New(api.Config{HS256: api.DemoHS256})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(orders)
	t.Cleanup(server.Close)
	return server.URL
}

func TestOrders(t *testing.T) {
	bench := specs.Against(capture, open(t), specs.AllowUnsafe(), specs.SignedBy(specs.HS256(api.DemoHS256)))
	specs.RunScenarios(t, bench,
		suite.MissingCredentials().OnEach("GET /v1/me", "GET /v1/orders", "POST /v1/orders", "GET /v1/orders/{}"),
		suite.ExpiredToken(time.Hour).Expect(expect.Status(401), expect.Challenge("Bearer", expect.Param("error", expect.Is("invalid_token")))),
		suite.WrongAudience("https://billing.example.com"),
		suite.InsufficientScope("orders:read").On("POST /v1/orders").Expect(expect.Status(403)),
		suite.TokenSignatureInvalid(suite.AlgNone),
		suite.InvalidGrant(suite.UsedTwice).On("POST /oauth/token"),
	)
}

// Single answers, with the matchers of Gomega and no runner.
func TestMatchers(t *testing.T) {
	g := gomega.NewWithT(t)
	answer, err := http.Get(open(t) + "/v1/me")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	defer answer.Body.Close()
	g.Expect(answer).To(specs.Challenge("Bearer"))

	notes, err := origins.New(origins.Config{})
	g.Expect(err).NotTo(gomega.HaveOccurred())
	const url = "https://api.example.com/notes/1"
	g.Expect(notes).To(specs.PassPreflight("https://app.example.net", "PUT", "X-CSRF-Token").At(url))
	g.Expect(notes).NotTo(specs.PassPreflight("https://evil.example", "PUT", "X-CSRF-Token").At(url))
}

// The guard itself: what came is a report, in any form that replay writes.
func TestReport(t *testing.T) {
	flow, err := traffic.Open(capture, traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer flow.Close()
	written, err := suite.New(flow, nil) // what replay new writes
	if err != nil {
		t.Fatal(err)
	}
	guard := &harness.Guard{
		Capture: flow,
		Signer:  specs.HS256(api.DemoHS256),
		Options: harness.PlanOptions{Target: harness.Target{Base: open(t)}, Unsafe: harness.Unsafe{All: true}},
	}
	defer guard.Close()
	r, err := guard.Run(t.Context(), written.Cases())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Cases {
		if c.Failed() {
			t.Errorf("%s: %s: %v %s", c.Name, c.Verdict, c.Mismatch, c.Reason)
		}
	}
	if file := os.Getenv("JUNIT"); file != "" {
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := report.JUnit(f, r); err != nil {
			t.Error(err)
		}
	}
}
