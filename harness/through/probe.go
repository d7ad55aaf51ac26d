package through

import (
	"context"
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// A probe is one thing that is tried beyond the capture.
type probe struct {
	name string // stable: baselines hold it
	sent string // in words

	method string // "": GET
	target string // "": that of the base; "/x": below it
	query  string
	fields traffic.Header // beside those of the base
	body   string

	raw   bool         // the framing is the fields' own
	reply *wire.Answer // nil: a plain one

	// outcome says what became of it, once it arrived and was answered.
	outcome func(p *passed) string
	// warns tells what an app has to mind where this is the outcome.
	warns func(outcome string) string
}

// probes tries them all on a path that is proven to come here.
func (r *run) probes(ctx context.Context, list []Send) []results.Probe {
	base, ok := r.probeBase(list)
	if !ok {
		return nil
	}
	var out []results.Probe
	for _, p := range catalogue() {
		if ctx.Err() != nil {
			break
		}
		out = append(out, r.try(ctx, base, p))
	}
	return out
}

// probeBase is a safe request that came here, without what it carried.
func (r *run) probeBase(list []Send) (*wire.Request, bool) {
	for _, send := range list {
		if r.proven[pathKey(send.Request)] {
			base := asGet(send.Request, false)
			base.Header = traffic.Header{{Name: "Accept", Value: "*/*"}}
			if agent := send.Request.Header.Get("User-Agent"); agent != "" {
				base.Header = append(base.Header, traffic.HeaderField{Name: "User-Agent", Value: agent})
			}
			return base, true
		}
	}
	return nil, false
}

func (r *run) try(ctx context.Context, base *wire.Request, p probe) results.Probe {
	asked := *base
	if p.method != "" {
		asked.Method = p.method
	}
	if p.target != "" {
		asked.Target = strings.TrimSuffix(base.Target, "/") + p.target
	}
	asked.Target += p.query
	asked.Header = append(append(traffic.Header(nil), base.Header...), p.fields...)
	if p.body != "" && !p.raw {
		asked.Body = []byte(p.body)
	}
	reply := p.reply
	if reply == nil {
		reply = plainAnswer()
	}
	var seen *passed
	if p.raw {
		seen = r.doRaw(ctx, &asked, p.body, reply)
	} else {
		seen = r.do(ctx, &asked, reply)
	}
	out := results.Probe{Name: p.name, Sent: p.sent, Outcome: outcomeOf(seen, p)}
	if p.warns != nil {
		out.Warning = p.warns(out.Outcome)
	}
	return out
}

// doRaw is do for a request with a framing of its own.
func (r *run) doRaw(ctx context.Context, asked *wire.Request, body string, reply *wire.Answer) *passed {
	r.sent++
	id := fmt.Sprintf("%s-%d", r.base, r.sent)
	fields := append(append(traffic.Header(nil), asked.Header...), traffic.HeaderField{Name: Correlation, Value: id})
	r.desk.open(id, asked, reply)
	answer, err := r.sendRaw(ctx, asked, fields, body)
	p := &passed{sent: asked, order: r.desk.close(), answer: answer, err: err}
	p.main = mainOf(asked, p.order)
	return p
}

// outcomeOf says what became of a probe in words that stay the same as long as
// the proxy does: no addresses, no versions.
func outcomeOf(p *passed, of probe) string {
	switch {
	case p.main != nil && p.answer != nil && p.answer.Status != p.main.answer.Status:
		return "the app's answer becomes " + answeredBy(p)
	case p.main != nil && p.err == nil:
		return of.outcome(p)
	case p.main != nil:
		return "arrives, and its answer does not come back"
	case p.err != nil:
		return "no answer"
	}
	return answeredBy(p)
}

func answeredBy(p *passed) string {
	response := p.answer.Response(traffic.DefaultLimits())
	if who := scenarios.AnswererOf(response); who.Made {
		return fmt.Sprintf("%d by %s", response.Status, who.Product)
	}
	return fmt.Sprintf("%d", response.Status)
}
