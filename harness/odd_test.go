package harness

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/through"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/suite"
)

// oddCaptures are what recorders and hands leave behind.
func oddCaptures() []*traffic.Capture {
	whole := traffic.Exchange{
		Request:  traffic.Request{Method: "GET", URL: "http://a.test/x", Header: traffic.Header{{Name: "Authorization", Value: "Bearer Kx82mQpZ71vL"}}},
		Response: &traffic.Response{Status: 200},
	}
	unanswered, unnamed, broken, relative, nothing := whole, whole, whole, whole, whole
	unanswered.Response = nil
	unnamed.Request.Method, unnamed.Request.URL = "", ""
	broken.Request.URL = "http://[::"
	relative.Request.URL = "/x?y"
	nothing.Response = &traffic.Response{}
	var list []*traffic.Capture
	for name, exchanges := range map[string][]traffic.Exchange{
		"empty": {}, "whole": {whole}, "unanswered": {unanswered}, "unnamed": {unnamed}, "broken": {broken}, "relative": {relative},
		"nothing": {nothing}, "blank": {{}}, "mixed": {whole, unanswered, nothing},
	} {
		c := &traffic.Capture{File: name}
		for i, x := range exchanges {
			x.Index = i
			c.Exchanges = append(c.Exchanges, &x)
		}
		list = append(list, c)
	}
	return list
}

// TestOddCaptures: whatever was recorded, nothing panics, and a scenario that
// can't be tried is none that holds.
func TestOddCaptures(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	options := PlanOptions{Target: Target{Base: serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))}}
	var every []suite.Scenario
	for _, c := range scenarios.Catalogue() {
		every = append(every, suite.Scenario{Cause: c.ID})
	}
	for _, c := range oddCaptures() {
		if s, err := ServeHandler(c, ServeOptions{}); err == nil {
			if r, err := s.Client().Get("http://a.test/x"); err == nil {
				r.Body.Close()
			}
			s.Close()
		}
		g := &Guard{Capture: c, Options: options}
		if r, err := g.Run(ctx, (&suite.Suite{Scenarios: every}).Cases()); err == nil && len(r.Cases) != len(every) && r.Stopped == nil {
			t.Errorf("%s: %d cases of %d", c.File, len(r.Cases), len(every))
		}
		g.Close()
		p, err := NewPlan(c, options)
		if err != nil {
			continue
		}
		for _, entry := range []int{-1, len(c.Exchanges)} {
			if _, err := (&Runner{}).Try(ctx, p, Trial{Entry: entry}); err == nil {
				t.Errorf("%s: an entry %d was played", c.File, entry)
			}
		}
		for _, bad := range oddCaptures() {
			if other, err := NewPlan(bad, options); err == nil {
				if _, err := (&Runner{}).Isolate(ctx, p, other, IsolateOptions{}); err != nil {
					t.Errorf("%s and %s: %v", c.File, bad.File, err)
				}
			}
		}
		stand, err := through.Listen("127.0.0.1:0", nil)
		if err != nil {
			t.Fatal(err)
		}
		var refused *Refused
		if _, err := Through(ctx, p, stand); !errors.As(err, &refused) {
			t.Errorf("%s: a server that comes nowhere was taken for a proxy: %v", c.File, err)
		}
		stand.Close()
	}
}
