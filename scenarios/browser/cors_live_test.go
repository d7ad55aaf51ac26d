package browser

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// corsLiveCount is the number of configurations of one run, which are the same
// each time. Others, or more of them: REPLAY_CORS_LIVE=count[,seed], with a seed
// of the clock where none is given.
const corsLiveCount = 100

// preflightLife is how long a preflight is good that does not say it, with room
// for the clock of the browser (Fetch section 4.9: five seconds).
const preflightLife = 4 * time.Second

func corsLivePlan(t *testing.T) (count int, seed uint64) {
	t.Helper()
	plan := os.Getenv("REPLAY_CORS_LIVE")
	if plan == "" {
		return corsLiveCount, 1
	}
	seed = uint64(time.Now().UnixNano())
	n, s, seeded := strings.Cut(plan, ",")
	var err error
	if count, err = strconv.Atoi(n); err != nil {
		t.Fatalf("REPLAY_CORS_LIVE: %v", err)
	}
	if seeded {
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("REPLAY_CORS_LIVE: %v", err)
		}
	}
	return count, seed
}

// TestCORSLive generates configurations, plays them in a real Chromium and
// compares what it did with what Decide says.
func TestCORSLive(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	browser := corsLiveStart(t)
	server := corsLiveServe(t)
	count, seed := corsLivePlan(t)
	t.Logf("seed %d", seed)
	g := &corsLiveGenerator{Rand: rand.New(rand.NewPCG(seed, 0)), https: server.https, http: server.http}

	pages := []struct{ origin, kind, url string }{
		{"https://app.shop.test:" + server.https, "document", "https://app.shop.test:" + server.https + "/page"},
		{"http://localhost:" + server.http, "document", "http://localhost:" + server.http + "/page"},
		{"http://app.shop.test:" + server.http, "document", "http://app.shop.test:" + server.http + "/page"},
		{"null", "csp-sandbox", "https://app.shop.test:" + server.https + "/sandbox"},
	}
	for _, url := range []string{"https://api.shop.test:" + server.https, "https://api.partner.test:" + server.https, "http://localhost:" + server.http} {
		browser.open(t, url+"/page") // plants the cookie
	}
	wrong := 0
	for done := 0; done < count; {
		for i, page := range pages {
			share := min(count-done, []int{30, 4, 4, 5}[i])
			cases := make([]*corsCase, share)
			for i := range cases {
				cases[i] = g.next(page.origin, page.kind)
			}
			browser.open(t, page.url)
			wrong += corsLiveCompare(t, browser, server, cases)
			done += share
		}
	}
	t.Logf("%d of %d configurations decided otherwise", wrong, count)
}

// corsLiveCompare plays cases, with those that have a second request twice.
func corsLiveCompare(t *testing.T, browser *corsLiveBrowser, server *corsLiveServer, cases []*corsCase) (wrong int) {
	t.Helper()
	var again []*corsCase
	began := time.Now()
	server.play(cases)
	results := browser.run(t, cases)
	for i, c := range cases {
		c.Verdict = browser.verdict(c, results[i], server.seen(c.ID))
		if c.Second != nil {
			again = append(again, c)
		}
	}
	if len(again) > 0 {
		time.Sleep(200 * time.Millisecond)
		seconds := make([]*corsCase, len(again))
		for i, c := range again {
			seconds[i] = c.Second
			seconds[i].ID, seconds[i].AfterMillis = c.ID, 200
		}
		server.play(seconds)
		results := browser.run(t, seconds)
		for i, c := range seconds {
			c.Verdict = browser.verdict(c, results[i], server.seen(c.ID))
		}
		if took := time.Since(began); took > preflightLife {
			t.Logf("%v have passed since the first requests: the second ones say nothing of what was kept", took)
			for _, c := range again {
				c.Second = nil
			}
		}
	}
	for _, c := range cases {
		if diff := corsLiveDiff(t, c); diff != "" {
			t.Errorf("%s\n%s", corsLiveJSON(c), diff)
			wrong++
		}
	}
	return wrong
}

// corsLiveDiff is decide without what DevTools does not report to a client:
// the console text.
func corsLiveDiff(t *testing.T, c *corsCase) string {
	t.Helper()
	cache := &PreflightCache{}
	diff, now := "", corsEpoch
	for step := c; step != nil; step = step.Second {
		now = now.Add(time.Duration(step.AfterMillis) * time.Millisecond)
		got := step.recorded(cache.Decide(step.request(t), step.hops(), now))
		got.Console = nil
		if got.OtherBlock == "mixed-content" {
			got.JSError = ""
		}
		if len(got.Visible) == 0 && len(step.Verdict.Visible) == 0 {
			got.Visible, step.Verdict.Visible = nil, nil
		}
		diff += corsLiveFields(step.Verdict, got)
	}
	return diff
}

// corsLiveFields lists the fields that differ, on a line each.
func corsLiveFields(browser, decided corsCaseVerdict) string {
	if cmp.Equal(browser, decided) {
		return ""
	}
	var b strings.Builder
	want, got := reflect.ValueOf(browser), reflect.ValueOf(decided)
	for i := range want.NumField() {
		if w, g := want.Field(i).Interface(), got.Field(i).Interface(); !cmp.Equal(w, g) {
			fmt.Fprintf(&b, "%s: browser %s, decided %s\n", want.Type().Field(i).Name, corsLiveJSON(w), corsLiveJSON(g))
		}
	}
	return b.String()
}

func corsLiveJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return data
}
