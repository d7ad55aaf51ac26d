package harness

import (
	"errors"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// TestEachEntryAlone: any entry can be played by itself, with what it needs and
// no more, and is answered as recorded.
func TestEachEntryAlone(t *testing.T) {
	c := recordShop(t, (*visitor).shop, (*visitor).api)
	target := newApp()
	p := plan(t, c, PlanOptions{Target: Target{Base: serve(t, target)}, Unsafe: Unsafe{All: true}})
	want := map[int][]int{ // by the flows of the visitors
		0: nil, 1: {0}, 2: {0, 1}, 3: {0, 1, 2}, 4: {0, 1, 2, 3},
		5: nil, 6: {5}, 7: {5},
	}
	for entry, x := range c.Exchanges {
		tried, err := (&Runner{}).Try(t.Context(), p, Trial{Entry: entry})
		if err != nil {
			t.Fatal(err)
		}
		if got := tried.Exchange.Response.Status; got != x.Response.Status {
			t.Errorf("entry %d: %d, recorded %d", entry, got, x.Response.Status)
		}
		if len(tried.Before) != len(want[entry]) || tried.Requests != len(want[entry])+1 {
			t.Errorf("entry %d: %v went before it, want %v; %d requests", entry, tried.Before, want[entry], tried.Requests)
		}
	}
}

// TestTrialsChangeRequests: an edit sees the request of today, also of an
// earlier entry, and a request to nowhere is told.
func TestTrialsChangeRequests(t *testing.T) {
	c := recordShop(t, (*visitor).shop, (*visitor).api)
	p := plan(t, c, PlanOptions{Target: Target{Base: serve(t, newApp())}, Unsafe: Unsafe{All: true}})
	without := func(name string, at int) func(int, *traffic.Request) (*traffic.Request, error) {
		return func(entry int, asked *traffic.Request) (*traffic.Request, error) {
			if entry != at {
				return asked, nil
			}
			changed := *asked
			changed.Header = append(traffic.Header(nil), asked.Header...)
			scenarios.DeleteHeader(&changed.Header, name)
			return &changed, nil
		}
	}
	rows := []struct {
		reason string
		trial  Trial
		status int
	}{
		{"the token of today goes along", Trial{Entry: 6}, 200},
		{"its own header is gone", Trial{Entry: 6, Edit: without("Authorization", 6)}, 401},
		{"a header of the order before it is gone: nothing was made", Trial{Entry: 4, Edit: without("X-CSRF-Token", 3)}, 200},
		{"the login's cookie is gone, so nobody is logged in later", Trial{Entry: 2, Edit: without("Cookie", 1)}, 200},
		{"the login is left out", Trial{Entry: 2, Drop: []int{0, 1}}, 401},
	}
	for _, row := range rows {
		tried, err := (&Runner{}).Try(t.Context(), p, row.trial)
		if err != nil {
			t.Fatal(err)
		}
		if got := tried.Exchange.Response.Status; got != row.status {
			t.Errorf("%s: %d, want %d", row.reason, got, row.status)
		}
	}
	_, err := (&Runner{}).Try(t.Context(), p, Trial{Entry: 6, Edit: func(_ int, asked *traffic.Request) (*traffic.Request, error) {
		changed := *asked
		changed.URL = "https://elsewhere.example/api/me"
		return &changed, nil
	}})
	if !errors.Is(err, scenarios.ErrNotTestable) {
		t.Errorf("a host without a target: %v", err)
	}
}
