package policy_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/policy"
)

// Whatever the lifetime, the window and the server's clock: a refresh inside the
// window is none to speak of, and one outside of it is told with its share.
func TestWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := time.Duration(rapid.IntRange(300, 7*24*3600).Draw(t, "seconds")) * time.Second
		from := float64(rapid.IntRange(10, 60).Draw(t, "from")) / 100
		to := from + float64(rapid.IntRange(5, 30).Draw(t, "wide"))/100
		share := float64(rapid.IntRange(2, 98).Draw(t, "share")) / 100
		skew := time.Duration(rapid.IntRange(-7200, 7200).Draw(t, "skew")) * time.Second
		first := login(0)
		first.json = granted(access1, renew1, life)
		at := time.Duration(share * float64(life))
		j := policy.Judge(flow(skew, first, orders(time.Second, access1, 200), refresh(at, renew1, access2, renew2)), policy.Rules{Refresh: policy.Window{From: from, To: to}})
		if len(j.Refreshes) != 1 || j.Refreshes[0].Share < share-0.01 || j.Refreshes[0].Share > share+0.01 {
			t.Fatalf("refreshed at %v of the lifetime, seen %+v", share, j.Refreshes)
		}
		var want []policy.Rule
		switch { // a hundredth beside the edge may be either: the clocks of 300 s
		case share < from-0.01:
			want = []policy.Rule{policy.RefreshEarly}
		case share > to+0.01:
			want = []policy.Rule{policy.RefreshLate}
		case share < from+0.01 || share > to-0.01:
			return
		}
		var got []policy.Rule
		for _, b := range j.Breaches {
			got = append(got, b.Rule)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("share %v of window %v–%v (-want +got):\n%s", share, from, to, d)
		}
	})
}

// What a capture does not show is no breach: without its tokens nothing is said
// of refreshes, and a rule that was not judged is not among those that were.
func TestNothingShownNothingSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var calls []call
		for i := range rapid.IntRange(0, 12).Draw(t, "calls") {
			c := rapid.SampledFrom([]call{
				login(0), refresh(0, renew1, access2, renew2), refresh(0, renew2, access3, ""), orders(0, access1, 200), orders(0, access2, 401), orders(0, "", 401),
				{ask: "GET /app", page: true, status: 200}, {ask: "GET /app", page: true, status: 401}, {ask: "GET /app", page: true, status: 302, to: "/login"},
			}).Draw(t, fmt.Sprint("call ", i))
			c.at = time.Duration(rapid.IntRange(0, 7200).Draw(t, fmt.Sprint("at ", i))) * time.Second
			calls = append(calls, c)
		}
		c := flow(0, calls...)
		j := policy.Judge(c, policy.Rules{})
		for _, b := range j.Breaches {
			if j.Seen[b.Rule] == 0 {
				t.Fatalf("%s was broken and not judged", b.Rule)
			}
			if b.Entry < 0 || b.Entry >= len(calls) || b.Said == "" || slices.Contains(b.With, b.Entry) || !slices.IsSorted(b.With) {
				t.Fatalf("breach %+v", b)
			}
		}
		for _, x := range c.Exchanges {
			x.Request.Header = slices.DeleteFunc(x.Request.Header, func(f traffic.HeaderField) bool { return f.Name == "Authorization" })
			x.Request.Body, x.Response.Body = traffic.Body{}, traffic.Body{}
		}
		for _, b := range policy.Judge(c, policy.Rules{Only: policy.AboutRefresh()}).Breaches {
			t.Fatalf("told without tokens: %+v", b)
		}
	})
}

func TestProse(t *testing.T) {
	for _, r := range policy.All() {
		if r.Means() == "" || len(r.Advice()) == 0 || len(r.Refs()) == 0 {
			t.Errorf("%s has no prose", r)
		}
	}
}

// FuzzJudge reads answers that hand out what they like.
func FuzzJudge(f *testing.F) {
	f.Add(granted(access1, renew1, time.Hour), granted(access2, "", time.Hour), access1)
	f.Add(`{"data":{"session":{"accessToken":"`+access1+`","expiresIn":"3600"}}}`, `{"token":{}}`, access1)
	f.Add(granted(jwt("a", 0, time.Hour), renew1, 0), `[]`, jwt("a", 0, time.Hour))
	f.Add(`{"access_token":"aaaaaaaa","expires_in":1e308}`, `{"access_token":"aaaaaaaa"}`, "aaaaaaaa")
	f.Fuzz(func(t *testing.T, first, second, bearer string) {
		calls := []call{login(0), orders(time.Minute, bearer, 200), refresh(time.Hour, renew1, "", ""), orders(2*time.Hour, bearer, 401)}
		calls[0].json, calls[2].json = first, second
		for _, b := range policy.Judge(flow(0, calls...), policy.Rules{}).Breaches {
			if b.Said == "" || b.Entry < 0 || b.Entry >= len(calls) {
				t.Fatalf("breach %+v", b)
			}
		}
	})
}
