package specs

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// nestedSuite is the variable that makes this test binary run one of the suites
// below, and nothing else: a process has one tree of specs.
const nestedSuite = "SPECS_NESTED_SUITE"

func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv(nestedSuite) != "" {
		_ = flag.Set("test.run", "^TestNested$")
	}
	os.Exit(m.Run())
}

// nested are suites by name; each describes its specs.
func nested() map[string]func() {
	return map[string]func(){
		"outcomes":   describeOutcomes,
		"decorators": describeDecorators,
		"shop":       describeShop,
		"late":       describeLate,
		"canceled":   describeCanceled,
		"ordered":    describeOrdered,
	}
}

func TestNested(t *testing.T) {
	describe := nested()[os.Getenv(nestedSuite)]
	if describe == nil {
		t.Skip("run by the other tests")
	}
	describe()
	gomega.RegisterFailHandler(ginkgo.Fail)
	ginkgo.RunSpecs(t, "nested")
}

// run runs a nested suite in a process of its own.
func run(t *testing.T, name string, args ...string) (output string, reports []ginkgo.Report) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	args = append([]string{"-test.count=1", "-ginkgo.no-color", "-ginkgo.seed=1", "-ginkgo.json-report=" + file}, args...)
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), nestedSuite+"="+name)
	out, _ := cmd.CombinedOutput() // that it fails is most often what is wanted
	if text, err := os.ReadFile(file); err == nil {
		if err := json.Unmarshal(text, &reports); err != nil {
			t.Fatalf("the report of Ginkgo: %v", err)
		}
	}
	return string(out), reports
}

// specsOf are the specs of a run, by their text.
func specsOf(reports []ginkgo.Report) map[string]ginkgo.SpecReport {
	specs := map[string]ginkgo.SpecReport{}
	for _, r := range reports {
		for _, s := range r.SpecReports {
			if s.LeafNodeText != "" {
				specs[s.LeafNodeText] = s
			}
		}
	}
	return specs
}

// canned is a bench whose scenarios come to what a function says.
func canned(answer func(suite.Case) (*results.Case, error)) *Bench {
	b := Against("testdata/ok.har", "http://127.0.0.1:1")
	b.check = func(_ context.Context, _ *harness.Guard, c suite.Case) (*results.Case, error) { return answer(c) }
	return b
}

// planted are secrets that no message may show.
var planted = struct{ token, cookie, password string }{
	token:    "YS1zaWduYXR1cmUtdGhhdC1pcy1tYWRlLXVwLTU",
	cookie:   "s3ss10n-0f-4da-7f3a9c51e2",
	password: "earl-grey-at-five",
}

func pointer(s string) *string { return &s }

// outcome is a case of each verdict, by the cause of its scenario.
func outcome(c suite.Case) (*results.Case, error) {
	out := &results.Case{
		Name: c.Name, Cause: c.Scenario.Cause, Route: "GET /orders", Entry: 1, Request: "GET http://127.0.0.1:1/orders",
		Want: "status 401 with a challenge of Bearer", Recorded: "200", Control: "200",
		Edits: []results.Field{{Path: "request.header.authorization", Kind: results.Changed, Old: pointer("Bearer ‹jwt 1›"), New: pointer("‹jwt 1›")}},
		Curl:  "curl http://127.0.0.1:1/orders -H 'Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ." + planted.token + "'",
	}
	switch c.Scenario.Cause {
	case "expired-token":
		out.Verdict, out.Came = results.CaseAccepted, "200"
		out.Mismatch = []string{"response.status: expected 401, came 200"}
	case "missing-bearer-prefix":
		out.Verdict, out.Came = results.CaseBroken, "500"
		out.Mismatch = []string{`response.status: expected 401, came 500; the body says "` + planted.password + `"`}
		out.Changed = []results.Field{{Path: "response.status", Kind: results.Changed, Old: pointer("200"), New: pointer("500")}}
		out.Finding = &results.Finding{Cause: "malformed-authorization", Title: "The header is broken.", Confidence: 0.8, Because: []string{"the server stumbled"},
			Fix: []results.Advice{{Where: "app", Text: "Check the form of the header."}}}
	case "revoked-token":
		out.Verdict, out.Reason = results.CaseNotTestable, "needs sign-with or with: {token: env:NAME}: a token that was revoked"
	case "wrong-auth-scheme":
		out.Verdict, out.Came = results.CaseNotReproduced, "200"
	case "csrf-token-missing":
		return nil, &harness.Refused{Mistakes: []string{"POST may change data: --allow-unsafe=POST sends it", "the session " + planted.cookie + " is over: --auth gives another"}}
	default:
		out.Verdict, out.Came = results.CaseHolds, "401"
	}
	return out, nil
}

func describeOutcomes() {
	DescribeScenarios("api", canned(outcome),
		suite.MissingCredentials(), suite.ExpiredToken(7200e9), suite.MissingBearerPrefix(), suite.RevokedToken(),
		suite.WrongAuthScheme("Token"), suite.CSRFTokenMissing())
}

func TestOutcomes(t *testing.T) {
	output, reports := run(t, "outcomes", "-ginkgo.v")
	specs := specsOf(reports)
	for _, row := range []struct {
		spec   string
		passes bool
		shows  []string
		reason string
	}{
		{"missing-credentials", true, nil, "it holds"},
		{"wrong-auth-scheme scheme=Token", true, []string{"not reproduced"}, "the target does not mind, and may"},
		{"expired-token ago=2h", false, []string{"accepted a request that it has to refuse: 200", "expired-token", "header.authorization  Bearer ‹jwt 1› → ‹jwt 1›",
			"expected    status 401 with a challenge of Bearer", "RFC 7519", "the server does not look at header.authorization", "curl http://127.0.0.1:1/orders"}, "accepted"},
		{"missing-bearer-prefix", false, []string{"did not answer as it should: 500", "malformed-authorization", "Check the form of the header.", "status"}, "broken"},
		{"revoked-token", false, []string{"not testable: needs specs.Sign or specs.SignedBy or .With(\"token\", \"env:NAME\")"}, "not testable is never passed"},
		{"csrf-token-missing", false, []string{"not testable: the capture can't be sent", "specs.AllowUnsafe() sends it", "specs.Auth gives another"}, "refused"},
	} {
		s, there := specs[row.spec]
		if !there {
			t.Errorf("%s: no spec of that name in\n%s", row.spec, output)
			continue
		}
		if (s.Failure.Message == "") != row.passes {
			t.Errorf("%s (%s): state %s, message %q", row.spec, row.reason, s.State, s.Failure.Message)
		}
		text := s.Failure.Message
		for _, e := range s.ReportEntries {
			text += e.StringRepresentation()
		}
		for _, want := range row.shows {
			if !strings.Contains(text, want) {
				t.Errorf("%s (%s): nothing of %q in\n%s", row.spec, row.reason, want, text)
			}
		}
		if !strings.Contains(s.LeafNodeLocation.FileName, "nested_test.go") {
			t.Errorf("%s: it is said to be at %s, not where it is described", row.spec, s.LeafNodeLocation)
		}
		if cause, _, _ := strings.Cut(row.spec, " "); !slices.Contains(s.Labels(), cause) {
			t.Errorf("%s: labels %v", row.spec, s.Labels())
		}
	}
	all := output
	for _, r := range reports {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		all += string(text)
	}
	for _, secret := range []string{planted.token, planted.cookie, planted.password} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is shown:\n%s", secret, output)
		}
	}
}
