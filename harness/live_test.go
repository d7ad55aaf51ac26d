package harness

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// TestSaved: what happened is a capture that is read again, and each live
// exchange is recognised as the recorded one.
func TestSaved(t *testing.T) {
	c := recordShop(t, (*visitor).shop, (*visitor).api)
	base := serve(t, newApp())
	done := replayed(t, &Runner{}, plan(t, c, PlanOptions{Target: Target{Base: base}, Unsafe: Unsafe{All: true}}))
	var b bytes.Buffer
	if err := traffic.Write(&b, done.Sent(), traffic.HAR); err != nil {
		t.Fatal(err)
	}
	saved, err := traffic.Read(&b, "out.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(saved.Exchanges) != len(c.Exchanges) {
		t.Fatalf("%d of %d are saved", len(saved.Exchanges), len(c.Exchanges))
	}
	for i, x := range saved.Exchanges {
		if !strings.HasPrefix(x.Request.URL, base+"/") || x.Response.Status != c.Exchanges[i].Response.Status || !x.Recorded.Started.Known() {
			t.Errorf("entry %d: %s %d at %q", i, x.Request.URL, x.Response.Status, x.Recorded.Started.Text)
		}
		if host := x.Request.Header.Get("Host"); "http://"+host != base {
			t.Errorf("entry %d went to %s", i, host)
		}
	}
	if comparison := diff.Compare(c, done.Live, diff.Options{}); len(comparison.Pairs) != len(c.Exchanges) {
		t.Errorf("%d of %d live exchanges are recognised", len(comparison.Pairs), len(c.Exchanges))
	}
}

// TestBodiesAreBounded: bodies beyond the budget are compared, and not kept.
func TestBodiesAreBounded(t *testing.T) {
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, strings.Repeat("x", 1000)) }))
	done, err := (&Runner{Memory: 5000, Concurrency: 1}).Run(context.Background(), plan(t, many(20), PlanOptions{Target: Target{Base: base}}))
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, x := range done.Live.Exchanges {
		if x.Response.Body.Present() {
			kept++
		}
	}
	if kept != 5 || done.Report.Counts.Sent != 20 {
		t.Errorf("%d bodies are kept, %+v", kept, done.Report.Counts)
	}
}
