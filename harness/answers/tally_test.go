package answers

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
)

func observe(entry int, request, old, new string) Observation {
	o := Observation{
		Entry: entry, Recorded: exchange(request, old, yesterday), Live: exchange(request, new, today),
		Sent: "http://127.0.0.1:8080" + request[strings.IndexByte(request, '/'):],
	}
	o.Changes = Differences(o.Recorded, o.Live, nil)
	return o
}

func TestTally(t *testing.T) {
	var tally Tally
	const secure = "200\nSet-Cookie: desk=4f1c9e77aa01b7d2; Path=/; Secure"
	for i := range 41 {
		o := observe(i, fmt.Sprintf("GET /account/%d", i), secure, "200\nSet-Cookie: desk=a90b77c1d2e3f405; Path=/")
		o.Curl = func() string { return fmt.Sprintf("curl http://127.0.0.1:8080/account/%d", i) }
		tally.Add(o)
	}
	tally.Add(observe(50, "GET /health", "200", "200"))
	tally.Add(Observation{Entry: 51, Recorded: exchange("GET /slow", "200", yesterday), Sent: "http://127.0.0.1:8080/slow", Error: "no answer within 3 s"})
	tally.Skip("unsafe-method", "use --allow-unsafe", 61)
	tally.Skip("unsafe-method", "use --allow-unsafe", 60)
	tally.Unsent(2)
	tally.Extra(3)
	r := tally.Report()
	wantCounts := results.Counts{Recorded: 47, Sent: 43, Same: 1, Different: 41, Unanswered: 1, Skipped: 2, Unsent: 2, Extra: 3}
	if d := cmp.Diff(wantCounts, r.Counts); d != "" {
		t.Error(d)
	}
	empty := ""
	want := []results.Group{{
		Template: "GET /account/{}", Field: "response.set-cookie.desk.secure", Kind: results.Lost, Regression: true, Old: &empty, Count: 41, Of: 41,
		Example: results.Example{URL: "http://127.0.0.1:8080/account/0", Old: &empty, Curl: "curl http://127.0.0.1:8080/account/0"},
	}}
	if d := cmp.Diff(want, r.Groups); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]results.Skip{{Reason: "unsafe-method", Text: "use --allow-unsafe", Count: 2, Entry: 60}}, r.Skipped); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]results.ErrorCount{{Text: "no answer within 3 s", Count: 1, Entry: 51}}, r.Errors); d != "" {
		t.Error(d)
	}
	wantTemplates := []results.Template{
		{Template: "GET /account/{}", Answers: 41, Different: 41}, {Template: "GET /health", Answers: 1}, {Template: "GET /slow", Unanswered: 1},
	}
	if d := cmp.Diff(wantTemplates, r.Templates); d != "" {
		t.Error(d)
	}
	if n := len(r.Exchanges); n != 42 || r.Exchanges[41].Error == "" || r.Exchanges[41].Verdict != results.Unanswered {
		t.Errorf("%d exchanges, the last %+v", n, r.Exchanges[n-1])
	}
	if !slices.Contains(r.Noise, results.NoiseCount{Template: "GET /account/{}", Field: "response.set-cookie.desk.value", Reason: string(issuedAgain), Count: 41}) {
		t.Errorf("noise is %+v", r.Noise)
	}
}

func TestTallyMasks(t *testing.T) {
	const oldToken, newToken = "9sKQ2xVb7LmT4pZc0RwYd1", "short-and-secret-1"
	var tally Tally
	tally.Add(observe(3, "GET /me", "200\nContent-Type: application/json\n\n{\"access_token\":\""+oldToken+"\",\"echo\":\"x\"}",
		"200\nContent-Type: application/json\n\n{\"access_token\":\""+newToken+"\",\"echo\":\""+newToken+"\"}"))
	var b strings.Builder
	if err := results.Write(&b, tally.Report()); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{oldToken, newToken} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("%q is in the report:\n%s", secret, b.String())
		}
	}
	if !strings.Contains(b.String(), "‹token 1›") || !strings.Contains(b.String(), "‹token 2›") {
		t.Errorf("no placeholders in\n%s", b.String())
	}
	shows := Tally{Mask: &mask.Masker{Show: true}}
	shows.Add(observe(3, "GET /me", "200\nX-Token: "+oldToken, "200\nX-Token: none"))
	if g := shows.Report().Groups; len(g) != 1 || g[0].Old == nil || *g[0].Old != oldToken {
		t.Errorf("a masker that shows: %+v", g)
	}
}

// A long line is shown where it differs, and no secret is cut into sight.
func TestTallyLongLines(t *testing.T) {
	const secret = "9sKQ2xVb7LmT4pZc0RwYd19sKQ2xVb7LmT4pZc0RwYd1"
	line := strings.Repeat("<td>shelf</td>", 5000) + "password=" + secret + " <b>%s</b>" + strings.Repeat("<td>shelf</td>", 5000)
	var tally Tally
	tally.Add(observe(0, "GET /", "200\nContent-Type: text/html\n\n"+fmt.Sprintf(line, "Ruth"), "200\nContent-Type: text/html\n\n"+fmt.Sprintf(line, "Nobody")))
	g := tally.Report().Groups
	if len(g) != 1 || g[0].Example.Old == nil {
		t.Fatalf("%+v", g)
	}
	old, new := *g[0].Example.Old, *g[0].Example.New
	if len(old) > 2*maxValue || !strings.Contains(old, "Ruth") || !strings.Contains(new, "Nobody") || strings.Contains(old+new, secret[:12]) {
		t.Errorf("%q → %q", old, new)
	}
}

func TestTallyKeepsFirstExchanges(t *testing.T) {
	var tally Tally
	for _, i := range rand.Perm(results.MaxExchanges + 500) {
		tally.Add(observe(i, fmt.Sprintf("GET /b/%d", i), "200", "500"))
	}
	r := tally.Report()
	if len(r.Exchanges) != results.MaxExchanges || r.Groups[0].Count != results.MaxExchanges+500 {
		t.Fatalf("%d exchanges, %d counted", len(r.Exchanges), r.Groups[0].Count)
	}
	for i, x := range r.Exchanges {
		if x.Entry != i {
			t.Fatalf("exchange %d is entry %d", i, x.Entry)
		}
	}
}

// drawObservations draws what a run over a few sessions saw.
func drawObservations(t *rapid.T) (list []Observation, session []int) {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	n := rapid.IntRange(0, 30).Draw(t, "n")
	for i := range n {
		request := pick("method", "GET", "POST") + pick("path", " /shelf", " /loans/17", " /loans/18", " /api/v1/me")
		s := rapid.IntRange(0, 4).Draw(t, "session")
		secret := fmt.Sprintf("9sKQ2xVb7LmT4pZc0RwY%d%d", s, s)
		answer := func(side string) string {
			return pick(side+" status", "200", "200", "200", "403", "500") + "\nContent-Type: application/json" +
				pick(side+" cookie", "", "\nSet-Cookie: desk="+secret+"; Secure", "\nSet-Cookie: desk="+secret) +
				pick(side+" header", "", "\nX-Frame-Options: DENY", "\nX-Frame-Options: SAMEORIGIN", "\nX-Api-Key: "+secret) +
				"\n\n" + pick(side+" body", `{"role":"reader"}`, `{"role":"guest","at":"{now}"}`, `{"list":[{"a":1},{"a":2}]}`, `{"list":[{"a":2},{"a":3}]}`, `{"api_key":"`+secret+`"}`, `[]`)
		}
		o := observe(i, request, answer("old"), answer("new"))
		o.Live.Recorded.Millis = float64(rapid.IntRange(0, 3000).Draw(t, "µs")) / 1000
		o.Flow = results.Flow(pick("flow", "ok", "bad"))
		o.Curl = func() string { return "curl " + request }
		if pick("answered", "yes", "yes", "yes", "no") == "no" {
			o.Live, o.Changes, o.Error = nil, nil, "connection refused"
		}
		list, session = append(list, o), append(session, s)
	}
	return list, session
}

func reportOf(t *rapid.T, list []Observation) *results.Report {
	var tally Tally
	var wait sync.WaitGroup
	for _, o := range rapid.Permutation(list).Draw(t, "order") {
		wait.Go(func() { tally.Add(o) })
	}
	wait.Wait()
	for i := range len(list) % 3 {
		tally.Skip("other-origin", "use --map", 100+i)
	}
	r := tally.Report()
	r.Kind, r.Captures = results.Pair, []string{"ok.har", "bad.har"}
	return r
}

// A tally is the same whatever the order of what it is told.
func TestTallyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, _ := drawObservations(t)
		if d := cmp.Diff(reportOf(t, list), reportOf(t, list)); d != "" {
			t.Fatal(d)
		}
	})
}

// Any split of observations into shards by session, tallied and merged, equals
// one tally.
func TestShards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, session := drawObservations(t)
		shards := rapid.IntRange(1, 4).Draw(t, "shards")
		parts := make([][]Observation, shards)
		for i, o := range list {
			s := session[i] % shards
			parts[s] = append(parts[s], o)
		}
		var reports []*results.Report
		for i, part := range parts {
			r := reportOf(t, part)
			r.Shard = fmt.Sprintf("%d/%d", i+1, shards)
			r.Skipped, r.Counts.Skipped = []results.Skip{}, 0
			r.Counts.Recorded = r.Counts.Sent
			reports = append(reports, r)
		}
		merged, err := results.Merge(rapid.Permutation(reports).Draw(t, "shards' order"))
		if err != nil {
			t.Fatal(err)
		}
		whole := reportOf(t, list)
		whole.Skipped, whole.Counts.Skipped = []results.Skip{}, 0
		whole.Counts.Recorded = whole.Counts.Sent
		if d := cmp.Diff(whole, merged); d != "" {
			t.Fatal(d)
		}
		var b strings.Builder
		if err := results.Write(&b, merged); err != nil {
			t.Fatal(err)
		}
		again, err := results.Read(strings.NewReader(b.String()), "merged.json")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(merged, again); d != "" {
			t.Fatal(d)
		}
	})
}
