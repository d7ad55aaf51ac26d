package specs

import (
	"context"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/expect"
	"github.com/replaydiff/replay/scenarios/suite"
)

func fine(c suite.Case) (*results.Case, error) {
	return &results.Case{Name: c.Name, Cause: c.Scenario.Cause, Verdict: results.CaseHolds, Came: "401"}, nil
}

func describeDecorators() {
	ginkgo.AfterEach(func(ctx ginkgo.SpecContext) {
		deadline, _ := ctx.Deadline()
		ginkgo.AddReportEntry("deadline", deadline.IsZero(), ginkgo.ReportEntryVisibilityNever)
	})
	tries := 0
	flaky := canned(func(c suite.Case) (*results.Case, error) {
		out, err := fine(c)
		if tries++; tries == 1 {
			out.Verdict = results.CaseBroken
		}
		return out, err
	})
	DescribeScenarios("all", flaky, ginkgo.Label("slow"), ginkgo.FlakeAttempts(2), ginkgo.NodeTimeout(time.Hour), suite.MissingCredentials())
	DescribeScenarios("some", canned(fine), []any{ginkgo.Label("nested")},
		Decorate(suite.MissingBearerPrefix(), ginkgo.Pending, ginkgo.Label("bug-7")),
		[]suite.Scenario{suite.WrongCredentials(), suite.RateLimited(20)},
		suite.CORSPreflight("https://a.test").FromOrigins("https://a.test", "https://b.test"),
		suite.MissingCredentials().OnEach("GET /a", "GET /b"))
}

func TestDecorators(t *testing.T) {
	output, reports := run(t, "decorators")
	got := map[string][]string{}
	for name, s := range specsOf(reports) {
		got[name] = append([]string{s.State.String()}, s.Labels()...)
	}
	want := map[string][]string{
		"missing-credentials":                         {"passed", "slow", "missing-credentials", "credentials"},
		"missing-bearer-prefix":                       {"pending", "nested", "missing-bearer-prefix", "credentials", "bug-7"},
		"wrong-credentials":                           {"passed", "nested", "wrong-credentials", "credentials", "Serial"},
		"rate-limited requests=20":                    {"passed", "nested", "rate-limited", "access control", "Serial"},
		"cors-preflight-failed origin=https://a.test": {"passed", "nested", "cors-preflight-failed", "cors"},
		"cors-preflight-failed origin=https://b.test": {"passed", "nested", "cors-preflight-failed", "cors"},
		"missing-credentials on GET /a":               {"passed", "nested", "missing-credentials", "credentials"},
		"missing-credentials on GET /b":               {"passed", "nested", "missing-credentials", "credentials"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s\n%s", d, output)
	}
	if s := specsOf(reports)["missing-credentials"]; s.NumAttempts != 2 {
		t.Errorf("FlakeAttempts: %d attempts", s.NumAttempts)
	}
}

func TestLabelFilter(t *testing.T) {
	_, reports := run(t, "outcomes", "-ginkgo.label-filter=missing-credentials")
	var ran []string
	for name, s := range specsOf(reports) {
		if s.State != types.SpecStateSkipped {
			ran = append(ran, name)
		}
	}
	if !slices.Equal(ran, []string{"missing-credentials"}) {
		t.Errorf("ran %q", ran)
	}
}

// Specs of scenarios that disturb others are serial, but where Ginkgo refuses
// that.
func describeOrdered() {
	ginkgo.Describe("outer", ginkgo.Ordered, func() {
		DescribeScenarios("inner", canned(fine), suite.WrongCredentials())
	})
	DescribeScenarios("itself", canned(fine), ginkgo.Ordered, suite.WrongCredentials(), suite.MissingCredentials())
}

func TestOrdered(t *testing.T) {
	output, reports := run(t, "ordered")
	if len(reports) == 0 || !reports[0].SuiteSucceeded || len(specsOf(reports)) != 2 {
		t.Errorf("%s", output)
	}
}

// The server, its URL and the key are known when specs run, not before.
func describeLate() {
	var server *httptest.Server
	ginkgo.BeforeEach(func() {
		handler, err := shop.New(shop.Config{})
		if err != nil {
			ginkgo.Fail(err.Error())
		}
		server = httptest.NewServer(handler)
		ginkgo.DeferCleanup(server.Close)
		ginkgo.DeferCleanup(os.Setenv, "SPECS_TEST_KEY", os.Getenv("SPECS_TEST_KEY"))
		os.Setenv("SPECS_TEST_KEY", shop.DemoKey)
	})
	DescribeScenarios("late", Against("../../examples/shop/ok.har", func() string { return server.URL }, AllowUnsafe(), Sign(suite.SignWith{HS256: "env:SPECS_TEST_KEY"})),
		suite.MissingCredentials().On("GET /api/me"), suite.ExpiredToken(time.Hour))
	DescribeScenarios("none", Against("../../examples/shop/ok.har", ""), suite.MissingBearerPrefix())
	DescribeScenarios("no file", Against("missing.har", func() string { return server.URL }), suite.WrongMethod("PUT"))
	DescribeScenarios("hangs up", Against("../../examples/shop/ok.har", func() string { return server.URL }, AllowUnsafe(), Within(time.Nanosecond)), suite.WrongPath(suite.Typo))
}

func TestLate(t *testing.T) {
	output, reports := run(t, "late")
	specs := specsOf(reports)
	for spec, want := range map[string]string{
		"missing-credentials on GET /api/me": "",
		"expired-token ago=1h":               "",
		"missing-bearer-prefix":              "not testable: there is no target: its URL is empty",
		"wrong-method method=PUT":            "not testable: the working capture can't be read (the path begins at the folder of the test)",
		"wrong-path mistake=typo":            "it took longer than the 1ns of specs.Within",
	} {
		s, there := specs[spec]
		if !there || want == "" && s.State != types.SpecStatePassed || !strings.Contains(s.Failure.Message, want) {
			t.Errorf("%s: there %t, state %s, message %q\n%s", spec, there, s.State, s.Failure.Message, output)
		}
	}
}

// A spec that Ginkgo ends, ends its scenario.
func describeCanceled() {
	b := canned(nil)
	b.check = func(ctx context.Context, _ *harness.Guard, _ suite.Case) (*results.Case, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	DescribeScenarios("hangs", b, ginkgo.NodeTimeout(50*time.Millisecond), suite.MissingCredentials())
}

func TestCanceled(t *testing.T) {
	output, reports := run(t, "canceled")
	s := specsOf(reports)["missing-credentials"]
	if s.State != types.SpecStateTimedout {
		t.Errorf("state %s\n%s", s.State, output)
	}
}

// describeShop is what shops are asked in the tests of real faults.
func describeShop() {
	var server *httptest.Server
	ginkgo.BeforeEach(func() {
		handler, err := shop.New(shop.Config{Faults: faultsOf(os.Getenv("SPECS_SHOP_FAULTS"))})
		if err != nil {
			ginkgo.Fail(err.Error())
		}
		server = httptest.NewServer(handler)
		ginkgo.DeferCleanup(server.Close)
	})
	DescribeScenarios("shop", Against("../../examples/shop/ok.har", func() string { return server.URL }, AllowUnsafe(), SignedBy(HS256([]byte(shop.DemoKey)))),
		suite.MissingCredentials().On("GET /api/me"),
		suite.ExpiredToken(2*time.Hour),
		suite.TokenSignatureInvalid(suite.AlgNone),
		suite.SessionCookieMissing(),
		suite.CSRFTokenMissing(),
		suite.CORSPreflight("http://app.shop.test").Expect(expect.Browser(expect.CORSAllowed)),
		suite.CORSOrigin("http://evil.example").On("GET /api/me"))
}

func faultsOf(list string) []shop.Fault {
	var faults []shop.Fault
	for name := range strings.FieldsSeq(list) {
		faults = append(faults, shop.Fault(name))
	}
	return faults
}

func TestShop(t *testing.T) {
	for _, row := range []struct {
		faults, fails, reason string
	}{
		{"", "", "nothing fails at a shop without a mistake"},
		{"exp-not-checked", "expired-token ago=2h", "tokens are good for ever"},
		{"accepts-alg-none", "token-signature-invalid how=none", "tokens need no signature"},
		{"csrf-not-checked", "csrf-token-missing", "forms need no token"},
		{"allow-origin-reflected", "cors-origin-not-allowed origin=http://evil.example on GET /api/me", "every page may read"},
	} {
		t.Run(row.faults, func(t *testing.T) {
			t.Setenv("SPECS_SHOP_FAULTS", row.faults)
			output, reports := run(t, "shop")
			var failed []string
			for name, s := range specsOf(reports) {
				if s.Failed() {
					failed = append(failed, name)
				}
			}
			if got := strings.Join(failed, ", "); got != row.fails {
				t.Errorf("failed %q, want %q: %s\n%s", got, row.fails, row.reason, output)
			}
		})
	}
}
