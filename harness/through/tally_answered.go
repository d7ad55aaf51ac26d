package through

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// answered takes in a request that never arrived.
func (t *tally) answered(out results.Passed, at seenAt, send Send, p *passed) results.Passed {
	live := exchangeOf(p)
	out.Verdict = "answered"
	out.Answerer = t.answerer(live.Response)
	f := answeredFault(send.Exchange, live, p.here)
	if t.cached(send, live.Response) {
		f = cachedFault()
	}
	if f != nil && (send.Request.Method == p.sent.Method || f.cause == deniedCause) {
		who := scenarios.AnswererOf(live.Response)
		f.made = who.Made && who.Layer != "app"
		note := at.request + ": " + out.Answerer
		switch to := live.Response.Header.Get("Location"); {
		case f.note != "":
			note = f.note
		case f.mend == scenarios.RequestRedirected:
			note = at.request + ": " + strconv.Itoa(live.Response.Status) + " to " + t.masker.Header("location", to)
		}
		t.finding(at, f, note)
	}
	return out
}

// give keeps what was answered to a request that a cache may answer next time.
func (t *tally) give(p *passed) {
	if p.sent.Method != "GET" {
		return
	}
	if t.given == nil {
		t.given = map[string][]*wire.Answer{}
	}
	key := p.sent.Host + p.sent.Target
	t.given[key] = append(t.given[key], p.main.answer)
}

// cached tells an answer that was given to an earlier request for the same, where
// the recorded one is another.
func (t *tally) cached(send Send, live *traffic.Response) bool {
	own := answerTo(send.Exchange)
	content, err := live.Body.Bytes(0)
	is := func(a *wire.Answer) bool {
		return a.Status == live.Status && err == nil && bytes.Equal(a.Body, content)
	}
	return send.Request.Method == "GET" && !is(own) && slices.ContainsFunc(t.given[send.Request.Host+send.Request.Target], is)
}

// answerer tells who made an answer that did not come from here.
func (t *tally) answerer(r *traffic.Response) string {
	if who := scenarios.AnswererOf(r); who.Made {
		return who.Sentence(r.Status)
	}
	who := t.who.product
	if who == "" {
		who = "the proxy"
	}
	return strconv.Itoa(r.Status) + " by " + who + ", or another server behind it"
}

// instead takes in a safe request in the place of one that is kept back: the
// proxy's own answer to it is what it would say to both.
func (t *tally) instead(send Send, p *passed) results.Passed {
	at := t.at(send)
	out := t.answered(results.Passed{Entry: at.entry, Request: at.request}, at, send, p)
	out.Verdict, out.Came = "unsent", ""
	t.skip("unproven", "GET of the same path did not come here, and the method may change something elsewhere; --allow-unsafe sends it", at.entry)
	t.report.Counts.Unsent++
	t.keep(out)
	return out
}
