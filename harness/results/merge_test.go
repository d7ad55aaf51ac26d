package results

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func text(s string) *string { return &s }

func shard(s string, groups ...Group) *Report {
	return &Report{Version: Version, Kind: Run, Captures: []string{"desk.har"}, Shard: s, Groups: groups}
}

func TestMerge(t *testing.T) {
	group := func(count int, old string, entry int) Group {
		return Group{Template: "GET /shelf", Field: "response.header.server", Kind: Changed, Old: text(old), New: text("b"), Count: count, Of: count,
			Example: Example{Entry: entry, URL: "http://127.0.0.1/shelf"}}
	}
	begin := time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC)
	one, two := shard("1/2", group(3, "a", 9)), shard("2/2", group(2, "a", 4))
	one.Started, one.Seconds = begin.Add(2*time.Second), 3
	two.Started, two.Seconds = begin, 4
	one.Templates, two.Templates = []Template{{Template: "GET /shelf", Answers: 5}}, []Template{{Template: "GET /shelf", Answers: 6}}
	one.Stopped, two.Stopped = &Stop{Reason: Interrupted}, &Stop{Reason: Refusals, Text: "five 401 in a row"}
	one.Warnings, two.Warnings = []string{"sanitized"}, []string{"sanitized", "other"}
	got, err := Merge([]*Report{two, one})
	if err != nil {
		t.Fatal(err)
	}
	want := group(5, "a", 4)
	want.Of = 11
	if d := cmp.Diff([]Group{want}, got.Groups); d != "" {
		t.Error(d)
	}
	if got.Shard != "" || got.Seconds != 5 || !got.Started.Equal(begin) || got.Stopped.Reason != Refusals || len(got.Warnings) != 2 {
		t.Errorf("%+v", got)
	}
	two.Groups = []Group{group(2, "z", 4)}
	got, err = Merge([]*Report{one, two})
	if err != nil || !got.Groups[0].Varies || got.Groups[0].Old != nil || got.Groups[0].New != nil {
		t.Errorf("%v, %+v", err, got.Groups)
	}
}

func TestMergeMistakes(t *testing.T) {
	other := func(change func(*Report)) *Report {
		r := shard("2/2")
		change(r)
		return r
	}
	for _, tt := range []struct {
		reason  string
		reports []*Report
		want    []string
	}{
		{"nothing", nil, []string{"there are no reports to merge"}},
		{"a whole run alone", []*Report{shard("")}, nil},
		{"a whole run among shards", []*Report{shard("1/1"), shard("")}, []string{"report 2: is of a whole run, not of a shard"}},
		{"a shard missing", []*Report{shard("1/3"), shard("3/3")}, []string{"shard 2/3 is missing; run it, and merge all"}},
		{"many missing", []*Report{shard("1/12")}, []string{"shards 2/12, 3/12, 4/12, 5/12, 6/12, 7/12, 8/12, 9/12, 3 more are missing; run it, and merge all"}},
		{"a shard twice", []*Report{shard("1/2"), shard("2/2"), shard("1/2")}, []string{"report 3: is shard 1/2, and so is report 1"}},
		{"of another number", []*Report{shard("1/1"), shard("2/4")}, []string{"report 2: is one of 4 shards, and others are of 1"}},
		{"no number", []*Report{shard("first")}, []string{`report 1: says that it is shard "first"; shards are numbered as in 3/8`}},
		{"another capture", []*Report{shard("1/2"), other(func(r *Report) { r.Captures = []string{"till.har"} })}, []string{"report 2: is of till.har, and the first of desk.har"}},
		{"another kind", []*Report{shard("1/2"), other(func(r *Report) { r.Kind = Compare })}, []string{"report 2: is of replay compare, and the first of replay run"}},
		{"another target", []*Report{shard("1/2"), other(func(r *Report) { r.Targets = []Target{{To: "http://b"}} })}, []string{"report 2: has other targets than the first"}},
		{"another version", []*Report{shard("1/2"), other(func(r *Report) { r.Version = 2 })}, []string{"report 2: has version 2, and this program reads 1; write all with one release of replay"}},
		{"all at once", []*Report{shard("1/3"), other(func(r *Report) { r.Kind = Pair; r.Captures = nil; r.Shard = "1/3" })}, []string{
			"report 2: is of replay pair, and the first of replay run", "report 2: is of , and the first of desk.har",
			"report 2: is shard 1/3, and so is report 1", "shards 2/3, 3/3 are missing; run it, and merge all"}},
	} {
		_, err := Merge(tt.reports)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if want := strings.Join(tt.want, "\n"); got != want {
			t.Errorf("%s:\n got %s\nwant %s", tt.reason, got, want)
		}
		var m *Mistake
		if err != nil && !errors.As(err, &m) {
			t.Errorf("%s: no Mistake", tt.reason)
		}
	}
}

func TestExitCode(t *testing.T) {
	sent := Counts{Sent: 3}
	for _, tt := range []struct {
		reason string
		report Report
		want   int
	}{
		{"all the same", Report{Counts: sent}, ExitSame},
		{"a difference", Report{Counts: sent, Groups: make([]Group, 1)}, ExitDifferent},
		{"an accepted one", Report{Counts: Counts{Sent: 3, Different: 1}, Accepted: make([]Group, 1)}, ExitSame},
		{"nothing sent", Report{Counts: Counts{Skipped: 3}}, ExitTrouble},
		{"refused, and different", Report{Counts: sent, Groups: make([]Group, 1), Stopped: &Stop{Reason: Refusals}}, ExitRefused},
		{"an answer is missing", Report{Counts: Counts{Sent: 3, Unanswered: 1}, Groups: make([]Group, 1)}, ExitNetwork},
		{"no way to the target", Report{Stopped: &Stop{Reason: Network}}, ExitNetwork},
		{"interrupted, the same so far", Report{Counts: sent, Stopped: &Stop{Reason: Interrupted}}, ExitTrouble},
		{"interrupted, and different", Report{Counts: sent, Groups: make([]Group, 1), Stopped: &Stop{Reason: Interrupted}}, ExitDifferent},
		{"no more was asked for", Report{Counts: sent, Stopped: &Stop{Reason: MaxRequests}}, ExitSame},
		{"a pair as it was", Report{Kind: Pair, Counts: sent, Live: &Live{OKWorks: true, BadFails: true}}, ExitSame},
		{"the failing one works now", Report{Kind: Pair, Counts: sent, Live: &Live{OKWorks: true}}, ExitDifferent},
	} {
		if got := tt.report.ExitCode(); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.reason, got, tt.want)
		}
	}
}
