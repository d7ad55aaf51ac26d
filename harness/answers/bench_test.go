package answers

import (
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
)

// BenchmarkAnswer is what comparing and counting costs for one answer of a
// healthy app: "page" is rendered with new values, "same" is not.
func BenchmarkAnswer(b *testing.B) {
	v := visit{at: yesterday, session: "a90b77c1d2e3f405", csrf: "s8Gq0xVtR2bL9aKz4w7u", nonce: "zmmZ39svH0Ll26ZeCSeym", request: "42f7e6c7f5f04274", loan: 17}
	w := visit{at: today, session: "4f1c9e77aa01b7d2", csrf: "Pq7aW3uYt5Nc1Zx0VeKk", nonce: "56GsE1aEmiyNtGniCuzZ", request: "2aa23888b9a7039f", loan: 18}
	for name, request := range map[string]string{"page": "GET /shelf", "json": "GET /api/me"} {
		recorded, live := exchange(request, v.answers()[request], v.at), exchange(request, w.answers()[request], w.at)
		b.Run(name, func(b *testing.B) {
			var tally Tally
			for i := 0; b.Loop(); i++ {
				tally.Add(Observation{Entry: i, Recorded: recorded, Live: live, Changes: Differences(recorded, live, nil)})
			}
		})
	}
	same := exchange("GET /static", "200\nContent-Type: text/css\n\nbody{}", yesterday)
	later := exchange("GET /static", "200\nContent-Type: text/css\n\nbody{}", yesterday.Add(time.Hour))
	b.Run("same", func(b *testing.B) {
		var tally Tally
		var changes []diff.Change
		for i := 0; b.Loop(); i++ {
			changes = Differences(same, later, nil)
			tally.Add(Observation{Entry: i, Recorded: same, Live: later, Changes: changes})
		}
	})
}
