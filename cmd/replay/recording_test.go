package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/record"
)

// TestSaysOnceThatTheClientLeft: a login elsewhere is no part of the recording,
// and somebody has to know.
func TestSaysOnceThatTheClientLeft(t *testing.T) {
	l, err := record.Proxy{Target: "http://shop.test"}.Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	sent := func(to string) *traffic.Exchange {
		return &traffic.Exchange{Response: &traffic.Response{Status: 302, Header: traffic.Header{{Name: "Location", Value: to}}}}
	}
	for to, want := range map[string]string{
		"https://id.test/authorize?state=9f3c2b7a": "sent to another origin, https://id.test, which is not recorded: --forward or --browser records it",
		"http://shop.test/login":                   "sent to http://shop.test itself, past this recording",
	} {
		var stderr bytes.Buffer
		cmd := new(cobra.Command)
		cmd.SetErr(&stderr)
		r := newRecording(cmd, new(recordFlags), nil)
		for _, x := range []*traffic.Exchange{sent("/login"), sent(to), sent(to)} {
			r.leaves(l, x)
		}
		if said := stderr.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, want) || strings.Contains(said, "9f3c2b7a") {
			t.Errorf("said %q, want once %q", said, want)
		}
	}
}

// TestNextIsChosenByWhatFailed: a failing recording is not offered as the working
// one, and a name that says which it is counts more.
func TestNextIsChosenByWhatFailed(t *testing.T) {
	answered := func(status int, reason, location string) *traffic.Exchange {
		x := &traffic.Exchange{Request: traffic.Request{Method: "GET", URL: "https://a.test/?n=" + reason}, Response: &traffic.Response{Status: status, Error: reason}}
		if location != "" {
			x.Response.Header = traffic.Header{{Name: "Location", Value: location}}
		}
		return x
	}
	ok, loop := answered(200, "", ""), answered(302, "", "/start")
	const asBad, either = "replay diff ok.har f.har, for this is probably the failing one", "replay diff f.har bad.har, or replay diff ok.har f.har if this is the failing one"
	for _, row := range []struct {
		reason, out string
		flow        []*traffic.Exchange
		want        string
	}{
		{"nothing tells", "f.har", []*traffic.Exchange{ok}, either},
		{"a refusal", "f.har", []*traffic.Exchange{ok, answered(403, "", "")}, asBad},
		{"a check of CORS under a 200", "f.har", []*traffic.Exchange{answered(200, "net::ERR_FAILED", "")}, asBad},
		{"redirects that go round", "f.har", []*traffic.Exchange{loop, loop, loop}, asBad},
		{"the same page asked for three times", "f.har", []*traffic.Exchange{loop, ok, loop, ok, loop, ok}, either},
		{"a login is where both begin", "f.har", []*traffic.Exchange{answered(302, "", "/login"), ok}, either},
		{"what was left off is no failure", "f.har", []*traffic.Exchange{answered(0, traffic.Unfinished, ""), answered(0, "net::ERR_ABORTED", "")}, either},
		{"the name says it", "ok.har", []*traffic.Exchange{answered(404, "", "")}, "replay diff ok.har bad.har"},
		{"the name says it", "bad-2.har", []*traffic.Exchange{ok}, "replay diff ok.har bad-2.har"},
	} {
		r := newRecording(new(cobra.Command), new(recordFlags), nil)
		for _, x := range row.flow {
			r.count(x)
		}
		if got := next(row.out, len(r.failed) > 0 || r.round); got != row.want {
			t.Errorf("%s: %s, want %s", row.reason, got, row.want)
		}
	}
}
