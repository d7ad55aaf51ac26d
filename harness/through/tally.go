package through

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
)

// A tally puts together what was seen of many requests. All values pass its
// masker on their way in.
type tally struct {
	masker *mask.Masker
	report results.Passage
	groups []*group
	found  []*found
	told   told
	given  map[string][]*wire.Answer // what was answered here, by host and target
	who    identity
}

// A group is one alteration in any number of messages.
type group struct {
	results.Alteration
	entries map[int]bool
}

// A found is one finding while it is put together.
type found struct {
	fault   *fault
	entries map[int]bool
	paths   map[string]bool
	first   seenAt
	notes   []string
}

// A seenAt is one recorded request.
type seenAt struct {
	entry   int
	request string
	curl    string
}

func newTally(m *mask.Masker) *tally { return &tally{masker: m} }

func (t *tally) product(i identity) {
	t.who = i
	t.report.Product, t.report.By = i.product, i.by
}

func (t *tally) at(send Send) seenAt {
	return seenAt{entry: send.Exchange.Index, request: t.shortly(send.Request.Method, send.Request.Target),
		curl: results.CurlLine(curlRequest(send.Request), t.masker)}
}

// shortly is a request in a message: without its query.
func (t *tally) shortly(method, target string) string {
	path, _, _ := strings.Cut(target, "?")
	return mask.Visible(method) + " " + t.masker.URL(path)
}

// curlRequest is the request as curl would send it: to the address, with the Host
// where that is another one.
func curlRequest(r *wire.Request) *traffic.Request {
	out := &traffic.Request{Method: r.Method, URL: r.Scheme + "://" + r.Host + r.Target, Proto: "HTTP/1.1", Header: r.Header}
	if !sameHost(r.Host, r.Addr, r.Scheme) {
		out.URL = r.Scheme + "://" + r.Addr + r.Target
		out.Header = append(traffic.Header{{Name: "Host", Value: r.Host}}, r.Header...)
	}
	if len(r.Body) > 0 {
		out.Body = traffic.NewBody(mediaType(r.Header), r.Body)
	}
	return out
}

// add takes in a request that was sent.
func (t *tally) add(send Send, p *passed) results.Passed {
	at := t.at(send)
	out := results.Passed{Entry: at.entry, Request: at.request}
	t.report.Counts.Sent++
	if p.answer != nil {
		out.Came = diff.OutcomeOf(exchangeOf(p)).String()
	}
	switch {
	case p.main != nil:
		out.Verdict, out.Arrived = "unchanged", t.shortly(p.main.Method, p.main.Target)
		if t.alterations(at, p) {
			out.Verdict = "changed"
		}
		t.told.add(at, p)
		t.give(p)
	case p.err != nil:
		out.Verdict = "unanswered"
	default:
		out = t.answered(out, at, send, p)
	}
	if p.err != nil {
		t.unanswered(at, p.err)
		out.Verdict = "unanswered"
	}
	t.count(out)
	return out
}

func (t *tally) unsent(send Send, why string) results.Passed {
	at := t.at(send)
	out := results.Passed{Entry: at.entry, Request: at.request, Verdict: "unsent"}
	t.report.Counts.Unsent++
	t.skip("unsent", why, at.entry)
	t.keep(out)
	return out
}

func (t *tally) skip(reason, text string, entry int) {
	for i := range t.report.Skipped {
		if t.report.Skipped[i].Reason == reason {
			t.report.Skipped[i].Count++
			return
		}
	}
	t.report.Skipped = append(t.report.Skipped, results.Skip{Reason: reason, Text: text, Count: 1, Entry: entry})
}

func (t *tally) unanswered(at seenAt, err error) {
	text := err.Error()
	for i := range t.report.Errors {
		if t.report.Errors[i].Text == text {
			t.report.Errors[i].Count++
			return
		}
	}
	t.report.Errors = append(t.report.Errors, results.ErrorCount{Text: text, Count: 1, Entry: at.entry})
}

func (t *tally) count(out results.Passed) {
	c := &t.report.Counts
	switch out.Verdict {
	case "unchanged":
		c.Unchanged++
	case "changed":
		c.Changed++
	case "answered":
		c.Answered++
	case "unanswered":
		c.Unanswered++
	}
	t.keep(out)
}

func (t *tally) keep(out results.Passed) {
	if len(t.report.Entries) < results.MaxExchanges {
		t.report.Entries = append(t.report.Entries, out)
	}
}
