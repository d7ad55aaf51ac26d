package specs

import "testing"

// RunScenarios runs scenarios as subtests, one after the other: for those who
// don't use Ginkgo. Its arguments are those of [DescribeScenarios] but for
// decorators. The subtests have the names of the scenarios, so that
//
//	go test -run 'TestAPI/expired-token'
//
// runs those of one cause.
func RunScenarios(t *testing.T, b *Bench, scenarios ...any) {
	t.Helper()
	list, rest, err := planned(scenarios)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range rest {
		t.Fatalf("RunScenarios takes scenarios, and no %T", other)
	}
	for _, p := range list {
		if len(p.decorators) > 0 {
			t.Fatalf("%s: decorators are for Ginkgo: RunScenarios has no use for them", p.Name)
		}
		t.Run(p.Name, func(t *testing.T) {
			if p.policy {
				if text := b.policy(p.of); text != "" {
					t.Error("\n" + text)
				}
				return
			}
			c, err := b.try(t.Context(), p.Case, p.of)
			switch {
			case err != nil:
				t.Error("\n" + b.notBegun(p, err))
			case c.Failed():
				t.Error("\n" + b.told(p, c))
			default:
				t.Log("\n" + b.told(p, c))
			}
		})
	}
}
