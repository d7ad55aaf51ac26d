package suite

import (
	"testing"
)

// BenchmarkScenarios is what a run does for each of 200 scenarios, but for
// sending them.
func BenchmarkScenarios(b *testing.B) {
	flow := flowOf(request("GET https://api.test/orders", "Authorization: Bearer "+readable))
	s := &Suite{}
	for range 50 {
		s.Scenarios = append(s.Scenarios, MissingCredentials().On("GET /orders"), TokenSignatureInvalid(Flipped).On("GET /orders"), TokenSignatureInvalid(AlgNone), MalformedAuthorization(Undefined))
	}
	for b.Loop() {
		for _, c := range s.Cases() {
			entry, err := c.Entry(flow)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := c.Scenario.Inject(Live{Flow: flow, Entry: entry}); err != nil {
				b.Fatal(err)
			}
			if r := c.Scenario.Check(flow.Exchanges[entry], Got{Exchange: answer(401, `{"error":"invalid_token"}`, jsonType)}); r.Verdict != Holds {
				b.Fatal(r)
			}
		}
	}
}
