package diff

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// TestUnfinished: what the recording did not wait for neither failed nor worked;
// a stream that was open at its end did what its status says.
func TestUnfinished(t *testing.T) {
	for _, row := range []struct {
		status int
		reason string
		want   string
		failed bool
	}{
		{0, traffic.Unfinished, "unfinished", false},
		{0, "unfinished: in the words of an older recording", "unfinished", false},
		{200, traffic.Unfinished, "200", false},
		{101, traffic.Unfinished, "101", false},
		{403, traffic.Unfinished, "403", true},
		{0, "unfinishedness", "blocked", true},
	} {
		o := OutcomeOf(&traffic.Exchange{Response: &traffic.Response{Status: row.status, Error: row.reason}})
		if o.String() != row.want || o.Failed() != row.failed {
			t.Errorf("%d, %s: %v, failed %v", row.status, row.reason, o, o.Failed())
		}
	}
}

// TestFirstDivergenceIsNoUnfinishedOne: a failure outweighs it, be it later.
func TestFirstDivergenceIsNoUnfinishedOne(t *testing.T) {
	ok := flow(t, "GET https://a.test/x 200\nGET https://a.test/y 200")
	bad := flow(t, "GET https://a.test/x 0\nGET https://a.test/y 401")
	bad.Exchanges[0].Response.Error = traffic.Unfinished
	a := Align(ok, bad)
	if n := FirstDivergence(ok, bad, a); n < 0 || a.Pairs[n].Bad != 1 {
		t.Errorf("got pair %d", n)
	}
	if n := FirstFailure(bad, nil); n != 1 {
		t.Errorf("the failing capture alone: entry %d", n)
	}
}
