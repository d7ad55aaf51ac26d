package diff

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
)

func captureOf(exchanges ...*traffic.Exchange) *traffic.Capture {
	for i, x := range exchanges {
		x.Index = i
	}
	return &traffic.Capture{Exchanges: exchanges}
}

// TestCompareIsSequential compares with one processor and with many.
func TestCompareIsSequential(t *testing.T) {
	ok, bad := smallFlow(3000, "ok"), smallFlow(3000, "bad")
	many := paths(Compare(ok, bad, Options{Ignore: Ignore{"request.header.authorization.**"}}))
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	one := paths(Compare(ok, bad, Options{Ignore: Ignore{"request.header.authorization.**"}}))
	if d := cmp.Diff(one, many); d != "" {
		t.Errorf("one processor (-) finds other changes than many (+):\n%s", d)
	}
}

func paths(c *Comparison) [][]string {
	all := make([][]string, len(c.Pairs))
	for i, changes := range c.EachPair() {
		all[i] = append(all[i], fmt.Sprint(c.Pairs[i].Matter, c.Pairs[i].Noise, c.Pairs[i].Credentials))
		for _, change := range changes {
			all[i] = append(all[i], change.Path()+" "+change.Old+" "+change.New+" "+string(change.Noise))
		}
	}
	return all
}

func pathsOf(p Compared) []string {
	var list []string
	for _, change := range p.Changes() {
		list = append(list, change.Path())
	}
	return list
}

func TestCompareMarksWhatTheUserIgnores(t *testing.T) {
	ok := captureOf(answered(request("GET https://a.test/", "X-Build: 1", "Date: a"), 200))
	bad := captureOf(answered(request("GET https://a.test/", "X-Build: 2", "Date: a"), 200))
	if !Compare(ok, bad, Options{}).Differs() {
		t.Error("a changed header does not matter")
	}
	c := Compare(ok, bad, Options{Ignore: Ignore{"*.header.x-*"}})
	if c.Differs() || c.First != -1 {
		t.Errorf("differs %v, first %d", c.Differs(), c.First)
	}
	if got := c.Pairs[0].Changes()[0].Noise; got != "ignored: *.header.x-*" {
		t.Errorf("the reason is %q", got)
	}
}

func TestCompareDiffers(t *testing.T) {
	get := func(path string) *traffic.Exchange { return answered(request("GET https://a.test"+path), 200) }
	for _, tt := range []struct {
		reason  string
		ok, bad *traffic.Capture
		want    bool
	}{
		{"nothing and nothing", captureOf(), captureOf(), false},
		{"the same", captureOf(get("/a")), captureOf(get("/a")), false},
		{"noise alone", captureOf(request("GET https://a.test/", "Accept: a")), captureOf(request("GET https://a.test/", "Accept: b")), false},
		{"a change", captureOf(request("GET https://a.test/", "X: a")), captureOf(request("GET https://a.test/", "X: b")), true},
		{"one is missing", captureOf(get("/a"), get("/b")), captureOf(get("/a")), true},
		{"one is more", captureOf(), captureOf(get("/a")), true},
	} {
		if got := Compare(tt.ok, tt.bad, Options{}).Differs(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
		}
	}
}

// TestFirstDifference checks which pair is shown where no outcome differs.
func TestFirstDifference(t *testing.T) {
	flow := func(change int, lines ...string) *traffic.Capture {
		var list []*traffic.Exchange
		for i, path := range []string{"/login", "/config", "/orders", "/graphql"} {
			x := answered(request("GET https://a.test"+path, "X-A: 1"), 200, "Content-Type: application/json", "", `{"data":1}`)
			if i == change {
				x = answered(request("GET https://a.test"+path, lines[0]), 200, append([]string{"Content-Type: application/json"}, lines[1:]...)...)
			}
			list = append(list, x)
		}
		return captureOf(list...)
	}
	merge := func(a, b *traffic.Capture, at int) *traffic.Capture {
		a.Exchanges[at] = b.Exchanges[at]
		return a
	}
	for _, tt := range []struct {
		reason string
		bad    *traffic.Capture
		want   int
	}{
		{"nothing differs", flow(-1), -1},
		{"an answer", flow(1, "X-A: 1", "", `{"data":2}`), 1},
		{"a request before an answer", merge(flow(1, "X-A: 1", "", `{"data":2}`), flow(2, "X-A: 2", "", `{"data":1}`), 2), 2},
		{"an error member before a request", merge(flow(2, "X-A: 2", "", `{"data":1}`), flow(3, "X-A: 1", "", `{"data":1,"errors":[]}`), 3), 3},
		{"a CORS header before a request", merge(flow(0, "X-A: 2", "", `{"data":1}`),
			flow(3, "X-A: 1", "Access-Control-Allow-Origin: *", "", `{"data":1}`), 3), 3},
		{"the first of two requests", merge(flow(1, "X-A: 2", "", `{"data":1}`), flow(2, "X-A: 2", "", `{"data":1}`), 2), 1},
	} {
		if got := Compare(flow(-1), tt.bad, Options{}).First; got != tt.want {
			t.Errorf("%s: pair %d, want %d", tt.reason, got, tt.want)
		}
	}
}

// TestSharedPathsAreOnesThatIgnoreKnows checks that whatever is found in real
// captures can be ignored by its path.
func TestSharedPathsAreOnesThatIgnoreKnows(t *testing.T) {
	files, _ := filepath.Glob("../../shared/pairs/*/ok.har")
	if len(files) == 0 {
		t.Skip("the shared pairs are not here")
	}
	for _, file := range files {
		c := Compare(load(t, file), load(t, filepath.Join(filepath.Dir(file), "bad.har")), Options{})
		for _, p := range c.Pairs {
			for _, path := range pathsOf(p) {
				if err := (Ignore{path}).Check(); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
		}
	}
}
