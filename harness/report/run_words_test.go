package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/harness/results"
)

func TestHeadline(t *testing.T) {
	regression := []*difference{{Group: results.Group{Regression: true}}}
	both := []*difference{regression[0], {}, {}}
	live := func(ok, bad bool) *results.Live { return &results.Live{OKWorks: ok, BadFails: bad} }
	stopped := &results.Stop{}
	for _, tt := range []struct {
		report      results.Report
		differences []*difference
		want        headline
	}{
		{results.Report{}, nil, headline{"there was no request to send", yellow}},
		{results.Report{Counts: results.Counts{Recorded: 1, Skipped: 1}}, nil, headline{"nothing was sent: the request was left out", yellow}},
		{results.Report{Counts: results.Counts{Recorded: 2, Skipped: 2}}, nil, headline{"nothing was sent: both requests were left out", yellow}},
		{results.Report{Counts: results.Counts{Recorded: 3, Skipped: 1, Unsent: 2}, Stopped: stopped}, nil, headline{"nothing was sent", yellow}},
		{results.Report{Counts: results.Counts{Sent: 1, Unanswered: 1}}, nil, headline{"the request got no answer", red}},
		{results.Report{Counts: results.Counts{Sent: 9, Unanswered: 9}}, nil, headline{"none of 9 requests got an answer", red}},
		{results.Report{Counts: results.Counts{Sent: 9, Same: 6, Unanswered: 3}}, nil, headline{"3 of 9 requests got no answer, the others are as recorded", red}},
		{results.Report{Counts: results.Counts{Sent: 1, Same: 1}}, nil, headline{"the answer is as recorded", green}},
		{results.Report{Counts: results.Counts{Sent: 2, Same: 2}}, nil, headline{"both answers are as recorded", green}},
		{results.Report{Counts: results.Counts{Sent: 3, Same: 3}, Kind: results.Compare}, nil, headline{"all 3 answers are the same before and after", green}},
		{results.Report{Counts: results.Counts{Sent: 3, Same: 3}, Stopped: stopped}, nil, headline{"all 3 answers so far are as recorded", yellow}},
		{results.Report{Counts: results.Counts{Sent: 1, Different: 1}}, regression, headline{"the answer differs: 1 regression", red}},
		{results.Report{Counts: results.Counts{Sent: 5, Different: 1, Same: 4}}, regression, headline{"1 of 5 answers differs: 1 regression", red}},
		{results.Report{Counts: results.Counts{Sent: 120, Different: 41, Same: 79}}, both, headline{"41 of 120 answers differ: 1 regression, 2 other differences", red}},
		{results.Report{Counts: results.Counts{Sent: 121, Different: 41, Same: 79, Unanswered: 1}}, both[1:], headline{"41 of 120 answers differ in 2 ways, no regression; 1 request got no answer", red}},
		{results.Report{Counts: results.Counts{Sent: 2, Same: 2}, Live: live(true, true)}, nil, headline{"the working capture still works, the failing one still fails", green}},
		{results.Report{Counts: results.Counts{Sent: 2, Different: 2}, Live: live(true, false)}, both[1:], headline{"the working capture still works, the failing one works now too; 2 of 2 answers changed", yellow}},
		{results.Report{Counts: results.Counts{Sent: 2, Different: 2}, Live: live(false, true)}, regression, headline{"the working capture fails now too, as the failing one still does; 2 of 2 answers changed", red}},
		{results.Report{Counts: results.Counts{Sent: 2, Same: 2}, Live: live(false, false)}, nil, headline{"the working capture fails now, the failing one works", red}},
	} {
		if got := headlineOf(&tt.report, tt.differences); got != tt.want {
			t.Errorf("got  %v\nwant %v", got, tt.want)
		}
	}
}

func TestChangeWords(t *testing.T) {
	for _, tt := range []struct {
		change change
		want   string
		reason string
	}{
		{change{results.Changed, text("200"), text("401"), false}, "200 → 401", "both are there"},
		{change{results.Changed, text(""), text("x"), false}, "(empty) → x", "an empty value is one"},
		{change{results.Lost, text("no-store"), nil, false}, "lost, was no-store", "the old one is told"},
		{change{results.Lost, text(""), nil, false}, "lost", "an attribute without a value"},
		{change{results.Gained, nil, text("x"), false}, "gained x", "the new one is told"},
		{change{results.Gained, nil, nil, true}, "gained (not the same in all)", "it varies, and there is no example"},
		{change{results.Moved, nil, nil, false}, "the same, in another order", "an order has no values"},
		{change{results.Moved, text("a, b"), text("b, a"), false}, "a, b → b, a", "or it has"},
		{change{results.Changed, nil, nil, false}, "changed", "nothing more is known"},
	} {
		if got := tt.change.words(); got != tt.want {
			t.Errorf("%q, want %q: %s", got, tt.want, tt.reason)
		}
	}
}

func TestFocus(t *testing.T) {
	for _, tt := range []struct {
		old, new         string
		n                int
		wantOld, wantNew string
		reason           string
	}{
		{"abc", "abd", 10, "abc", "abd", "they fit"},
		{"aaaaaaaaaaaaaaaaaaaaX", "aaaaaaaaaaaaaaaaaaaaY", 10, "…aaaaaaaaX", "…aaaaaaaaY", "what differs is at the end"},
		{"Xaaaaaaaaaaaaaaaaaaaa", "Yaaaaaaaaaaaaaaaaaaaa", 10, "Xaaaaaaaa…", "Yaaaaaaaa…", "what differs is at the beginning"},
		{"aaaaaaaaaaaaXbbbbbbbbbbbb", "aaaaaaaaaaaaYbbbbbbbbbbbb", 12, "…aaaXbbbbbb…", "…aaaYbbbbbb…", "in the middle"},
		{"aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaab", 10, "…aaaaaaaa", "…aaaaaaaab", "one goes on"},
		{"漢漢漢漢漢漢漢漢字", "漢漢漢漢漢漢漢漢山", 10, "…漢漢漢字", "…漢漢漢山", "two columns each"},
	} {
		old, new := focus(tt.old, tt.new, tt.n)
		if old != tt.wantOld || new != tt.wantNew {
			t.Errorf("%q, %q, want %q, %q: %s", old, new, tt.wantOld, tt.wantNew, tt.reason)
		}
	}
}

func TestBlocks(t *testing.T) {
	lost := func(template string, n int) results.Group {
		return results.Group{Template: template, Field: "response.set-cookie.sid.secure", Kind: results.Lost, Count: n, Of: 5}
	}
	other := results.Group{Template: "GET /a", Field: "response.status", Kind: results.Changed, Count: 3, Of: 5}
	worse := results.Group{Template: "GET /b", Field: "response.status", Kind: results.Changed, Count: 1, Of: 1, Regression: true}
	var got []string
	for _, b := range blocksOf([]results.Group{lost("GET /a", 3), other, lost("GET /a", 2), worse}) {
		number, requests := b.answers()
		got = append(got, number+" to "+requests)
		for _, d := range b.differences {
			got = append(got, "  "+d.Field)
		}
	}
	want := []string{
		"the answer to GET /b", "  response.status",
		"3 of 5 answers to GET /a", "  response.status",
		"5 of 10 answers to 2 kinds of request, such as GET /a", "  response.set-cookie.sid.secure",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("regressions, then outcomes, then what is seen most; one difference is told once (-want +got):\n%s", d)
	}
}

func TestProse(t *testing.T) {
	for _, tt := range []struct{ text, want, reason string }{
		{"give new ones with --auth", "give new ones with `--auth`", "a flag is code"},
		{"5 answers in a row were 401.", "5 answers in a row were 401.", "words and numbers are not"},
		{"ask @octocat", "ask `@octocat`", "nobody is mentioned"},
		{"closes #12, GH-12", "closes `#12, GH-12`", "no issue is linked"},
		{"see www.evil.test", "see `www.evil.test`", "GitHub links what begins like that"},
		{"at 0123abc now", "at `0123abc` now", "nor a commit"},
		{"a <b> and *c* and `d`", "a `<b>` and `*c*` and `` `d` ``", "no markup"},
		{"‹jwt 1› isn't (yet) sent: no key; \"why\"?", "‹jwt 1› isn't (yet) sent: no key; \"why\"?", "a sentence stays one"},
		{"", "", "nothing"},
	} {
		if got := prose(tt.text); got != tt.want {
			t.Errorf("%q, want %q: %s", got, tt.want, tt.reason)
		}
	}
}

func TestCodeSpan(t *testing.T) {
	for _, tt := range []struct{ text, want, reason string }{
		{"a", "`a`", "plain"}, {"a`b", "``a`b``", "a backtick"}, {"``", "``` `` ```", "two alone"}, {" a ", "`  a  `", "one space each is taken away"},
		{"", "(empty)", "no code is empty"}, {"  ", "(empty)", "nor of blanks"},
	} {
		if got := codeSpan(tt.text); got != tt.want {
			t.Errorf("%q, want %q: %s", got, tt.want, tt.reason)
		}
	}
}

func TestErrorsOf(t *testing.T) {
	lost := func(entry int, text string) results.Exchange {
		return results.Exchange{Entry: entry, Verdict: results.Unanswered, Error: text}
	}
	r := &results.Report{Counts: results.Counts{Unanswered: 5}, Exchanges: []results.Exchange{
		lost(3, "reset"), {Entry: 4, Verdict: results.Different}, lost(5, "timeout"), lost(6, "timeout"),
	}}
	want := []results.ErrorCount{{Text: "timeout", Count: 2, Entry: 5}, {Text: "reset", Count: 1, Entry: 3}, {Text: "the error was not kept", Count: 2, Entry: -1}}
	if d := cmp.Diff(want, errorsOf(r)); d != "" {
		t.Errorf("no request without an answer stays untold (-want +got):\n%s", d)
	}
}
