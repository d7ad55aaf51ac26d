package diff

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// noDivergence are labelled pairs whose outcomes do not differ, with the
// reason.
var noDivergence = map[string]string{
	"p04": "Firefox marks no refused credentials: 200 in both, only the CORS headers tell",
	"p16": "GraphQL answers 200 in both, the error is in the body",
}

// TestSharedPairs checks that in each labelled pair the decisive request has
// its working counterpart, and that the first divergence is that pair or its
// preflight.
func TestSharedPairs(t *testing.T) {
	root := filepath.Join("..", "..", "shared", "pairs")
	files, _ := filepath.Glob(filepath.Join(root, "*", "truth.json"))
	if len(files) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("no labelled pairs")
		}
		t.Skip("no labelled pairs here")
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		name := filepath.Base(dir)
		t.Run(name, func(t *testing.T) { checkLabelledPair(t, dir, noDivergence[name]) })
	}
}

func checkLabelledPair(t *testing.T, dir, silent string) {
	var truth struct {
		Cause    string
		Decisive struct {
			Method    string
			URL       string
			OKStatus  int `json:"ok_status"`
			BadStatus int `json:"bad_status"`
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &truth); err != nil {
		t.Fatal(err)
	}
	ext := ".har"
	if _, err := os.Stat(filepath.Join(dir, "ok.har")); err != nil {
		ext = ".yaml"
	}
	ok, bad := load(t, filepath.Join(dir, "ok"+ext)), load(t, filepath.Join(dir, "bad"+ext))
	a := Align(ok, bad)
	want, err := url.Parse(truth.Decisive.URL)
	if err != nil {
		t.Fatal(err)
	}
	decisive := -1
	for n, p := range a.Pairs {
		y := bad.Exchanges[p.Bad]
		u := y.Request.ParsedURL()
		if y.Request.Method != truth.Decisive.Method || u.Host != want.Host ||
			strings.Trim(u.Path, "/") != strings.Trim(want.Path, "/") {
			continue
		}
		x := ok.Exchanges[p.OK]
		if x.Response.Status == truth.Decisive.OKStatus && y.Response.Status == max(0, truth.Decisive.BadStatus) {
			decisive = n
			break
		}
	}
	first := FirstDivergence(ok, bad, a)
	t.Logf("%s: %d pairs, %d and %d alone, decisive %d, first %d", truth.Cause, len(a.Pairs), len(a.OnlyOK), len(a.OnlyBad), decisive, first)
	for _, p := range a.Pairs {
		if p.How > OtherOrigin {
			t.Logf("  %v: %s %s | %s", p.How, ok.Exchanges[p.OK].Request.Method, ok.Exchanges[p.OK].Request.URL, bad.Exchanges[p.Bad].Request.URL)
		}
	}
	if first >= 0 {
		p := a.Pairs[first]
		t.Logf("  first: %s %s %v -> %v", bad.Exchanges[p.Bad].Request.Method, bad.Exchanges[p.Bad].Request.URL,
			OutcomeOf(ok.Exchanges[p.OK]), OutcomeOf(bad.Exchanges[p.Bad]))
	}
	switch {
	case truth.Cause == "none":
		if first >= 0 && !isBeacon(bad.Exchanges[a.Pairs[first].Bad]) {
			t.Errorf("an innocent pair diverges")
		}
		return
	case silent != "":
		if first >= 0 {
			t.Errorf("divergence where none is visible (%s)", silent)
		}
	case first < 0:
		t.Errorf("no divergence")
	case first == decisive, IsPreflight(bad.Exchanges[a.Pairs[first].Bad]):
	case decisive < 0 && redirectsTo(bad.Exchanges, a.Pairs[first].Bad, want):
		return // the decisive hop exists in bad alone; its first hop is paired
	default:
		t.Errorf("first divergence is another pair")
	}
	if decisive < 0 {
		t.Errorf("the decisive request is not paired")
	}
}

// redirectsTo tells whether a chain of bad that starts there fails at the
// path that is wanted.
func redirectsTo(xs []*traffic.Exchange, i int, want *url.URL) bool {
	end := xs[chainEnds(xs)[i]]
	return OutcomeOf(end).Failed() && end.Request.ParsedURL().Path == want.Path
}
