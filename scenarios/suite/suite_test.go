package suite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/scenarios/expect"
)

// TestChaining: a scenario is a value; what is made of it leaves it alone.
func TestChaining(t *testing.T) {
	base := ExpiredToken(2 * hour).On("GET /orders")
	first := base.On("GET /a").With("token", "env:OLD").Expect(expect.Status(401))
	second := base.On("GET /b").OrExpect(expect.Status(403))
	if len(base.Routes) != 1 || base.Parameters["token"] != "" || len(base.Expected.Any) != 0 {
		t.Errorf("the scenario that others were made of changed: %+v", base)
	}
	if first.Routes[1] != "GET /a" || second.Routes[1] != "GET /b" {
		t.Errorf("two scenarios of one share routes: %v, %v", first.Routes, second.Routes)
	}
}

func TestCases(t *testing.T) {
	s := &Suite{Users: []User{{Name: "bob", Auth: "Bearer env:BOB"}}, Scenarios: []Scenario{
		MissingCredentials(),
		MissingCredentials(),
		ExpiredToken(2*hour).On("GET /a", "GET /b"),
		CORSPreflight("https://one.example").FromOrigins("https://two.example", "https://three.example").ByUsers("bob"),
		WrongScheme().Named("https alone").On("GET /a", "GET /b"),
	}}
	var names, users []string
	for _, c := range s.Cases() {
		names, users = append(names, c.Name), append(users, c.User)
		if len(c.Scenario.Routes) > 1 || !c.Scenario.Matrix.IsZero() {
			t.Errorf("%s is more than one: %+v", c.Name, c.Scenario)
		}
	}
	want := []string{
		"missing-credentials", "missing-credentials #2",
		"expired-token ago=2h on GET /a", "expired-token ago=2h on GET /b",
		"cors-preflight-failed origin=https://two.example by bob", "cors-preflight-failed origin=https://three.example by bob",
		"https alone on GET /a", "https alone on GET /b",
	}
	if d := cmp.Diff(want, names); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if users[4] != "bob" || users[0] != "" {
		t.Errorf("by %q", users)
	}
}

// TestExpectation: a scenario expects what its cause does, unless it says
// otherwise; what it means to be accepted stays the cause's.
func TestExpectation(t *testing.T) {
	for _, row := range []struct {
		reason   string
		scenario Scenario
		answers  int
		accepted expect.Acceptance
	}{
		{"the cause's own", ExpiredToken(hour), len(causeOf("expired-token").Expect.Any), expect.Hole},
		{"its own", ExpiredToken(hour).Expect(expect.Status(401)), 1, expect.Hole},
		{"its own, of two", ExpiredToken(hour).Expect(expect.Status(401)).OrExpect(expect.Status(403)), 2, expect.Hole},
		{"a form that parsers may well read", MalformedAuthorization(Doubled), len(causeOf("malformed-authorization").Expect.Any), expect.Lenient},
		{"a form that holds no token", MalformedAuthorization(Undefined), len(causeOf("malformed-authorization").Expect.Any), expect.Hole},
	} {
		if e := row.scenario.Expectation(); len(e.Any) != row.answers || e.Accepted != row.accepted {
			t.Errorf("%s: %d answers, accepted is %q; want %d and %q", row.reason, len(e.Any), e.Accepted, row.answers, row.accepted)
		}
	}
}
