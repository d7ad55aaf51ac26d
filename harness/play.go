package harness

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/damage"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A doer sends one request.
type doer = damage.Doer

// counted counts what is sent.
type counted struct {
	doer
	n *atomic.Int64
}

func (c counted) Do(ctx context.Context, r *wire.Request) (*wire.Answer, error) {
	c.n.Add(1)
	return c.doer.Do(ctx, r)
}

// A play is one client of a plan on its way to one entry: what that entry needs
// is sent before it, as in a run. It belongs to one goroutine.
type play struct {
	*sending
	entry  int
	before []int // entries, in the order of sending
	next   doer
	sent   *atomic.Int64
}

// play begins anew for an entry, with a client that knows nothing.
func (o *run) play(entry int) (*play, error) {
	step := o.plan.Steps[entry]
	switch {
	case step.Skipped != "":
		return nil, fmt.Errorf("%s is not sent: %s", o.plan.where(entry), o.plan.text(&step))
	case step.Session < 0:
		return nil, fmt.Errorf("%s is of another shard", o.plan.where(entry))
	}
	n := o.another()
	if n.keeper != nil && n.keeper.PerClient {
		n.keeper = n.keeper.Another()
	}
	p := &play{entry: entry, before: o.plan.leadingTo(entry), next: n.client, sent: &atomic.Int64{}}
	p.sending = newSending(n, o.plan.Sessions[step.Session])
	p.through(nil)
	return p, nil
}

// through sends what follows by way of a doer; nil is the client itself.
func (p *play) through(d doer) {
	if d == nil {
		d = p.next
	}
	p.run.client = counted{d, p.sent}
}

// requests is how many were sent.
func (p *play) requests() int { return int(p.sent.Load()) }

// to sends one entry, and with it what a browser sends before it. The exchange
// is in terms of the recording; without a response there was no answer. An error
// means that the run is over, or that the entry can't be sent.
func (p *play) to(ctx context.Context, entry int) (*traffic.Exchange, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.run.answers[entry] = nil
	delete(p.run.errors, entry)
	if err := p.step(ctx, entry); err != nil {
		if stop := p.run.stopped(); stop != nil {
			return nil, fmt.Errorf("%s", stop.Text)
		}
		return nil, err
	}
	return p.answer(entry), nil
}

// answer is what an entry was answered last; nil where it was not sent.
func (p *play) answer(entry int) *traffic.Exchange {
	x := p.run.answers[entry]
	if x == nil {
		return nil
	}
	return p.run.plan.inRecordedTerms(x)
}

// changed puts the change of a trial into a request. What is changed is not
// asked again with a renewed credential: its refusal is the answer.
func (s *sending) changed(entry int, asked *traffic.Request, to *route, used credential.Credential) (*traffic.Request, *route, credential.Credential, error) {
	changed, err := s.alter.request(entry, asked)
	if err != nil || changed == asked {
		return asked, to, used, err
	}
	if originOf(changed.URL) != originOf(asked.URL) {
		if to = s.run.plan.routes.leads(changed.URL); to == nil {
			return nil, nil, used, fmt.Errorf("%w: the changed request goes to a host without a target: name one with --map", scenarios.ErrNotTestable)
		}
	}
	return changed, to, credential.Credential{}, nil
}

func originOf(address string) string {
	origin, _ := cutOrigin(address)
	return origin
}

// flow is the capture with what was asked and answered so far in the place of
// what was recorded.
func (p *play) flow() *traffic.Capture {
	c := *p.run.plan.Capture
	c.Exchanges = slices.Clone(c.Exchanges)
	for i := range c.Exchanges {
		if x := p.answer(i); x != nil {
			x.Recorded.Page = c.Exchanges[i].Recorded.Page
			c.Exchanges[i] = x
		}
	}
	return &c
}

// leadingTo are the entries that are sent before one so that it can be
// answered as recorded: those whose answers it, or one of them, carries
// something on from, and what its session wrote before. Other reads are left
// out. Preflights are asked with their requests.
func (p *Plan) leadingTo(entry int) []int {
	if list, known := p.leading.Load(entry); known {
		return list.([]int)
	}
	list := p.leads(entry)
	p.leading.Store(entry, list)
	return list
}

func (p *Plan) leads(entry int) []int {
	session := p.Sessions[p.Steps[entry].Session].Entries
	owner := keyring{cookies: map[string]bool{}, keys: map[string]bool{}}
	producers := map[int]bool{}
	need := func(i int) {
		owner.learn(p.Capture.Exchanges[i])
		for _, producer := range p.links.Needs(i) {
			producers[producer] = true
		}
	}
	need(entry)
	var list []int
	for _, i := range slices.Backward(session[:max(0, slices.Index(session, entry))]) {
		if p.Steps[i].Announces < 0 && (producers[i] || p.preparesSession(i, &owner)) {
			list = append(list, i)
			need(i)
		}
	}
	slices.Reverse(list)
	return list
}

// A keyring is what requests carry whose server has to know something of
// their owner: the names of cookies, the hosts and places of tokens and keys.
type keyring struct{ cookies, keys map[string]bool }

func (o *keyring) learn(x *traffic.Exchange) {
	for _, pair := range x.Request.CookiePairs() {
		o.cookies[pair.Name] = true
	}
	for _, key := range keysOf(x) {
		o.keys[key] = true
	}
}

// wrote tells whether a request that writes is of one of the owners.
func (o *keyring) wrote(x *traffic.Exchange) bool {
	for _, pair := range x.Request.CookiePairs() {
		if o.cookies[pair.Name] {
			return true
		}
	}
	return len(o.keys) > 0 && slices.ContainsFunc(keysOf(x), func(key string) bool { return o.keys[key] })
}

// keysOf are the places of tokens and keys in a request, with its origin. Their
// values change with each refresh.
func keysOf(x *traffic.Exchange) []string {
	var list []string
	for _, c := range scenarios.CredentialsOf(&x.Request) {
		if c.Kind == scenarios.Authorization || c.Kind == scenarios.APIKey {
			list = append(list, originOf(x.Request.URL)+" "+string(c.Part)+" "+strings.ToLower(c.Name))
		}
	}
	return list
}

// preparesSession tells whether an entry hands out a cookie of the owners, or
// changes what the server knows of them. What was refused changed nothing; a
// login that failed is not to be tried again with every scenario, as accounts
// are locked for that.
func (p *Plan) preparesSession(i int, o *keyring) bool {
	x := p.Capture.Exchanges[i]
	if refusedWrite(x) {
		return false
	}
	for _, line := range scenarios.SetCookieLines(x.Response) {
		if o.cookies[browser.ParseSetCookie(line).Name] || !p.habits.shown {
			return true
		}
	}
	return !wire.Safe(x.Request.Method) && diff.StandingOf(x) != diff.Beacon && o.wrote(x)
}

// refusedWrite tells writes that a server refused.
func refusedWrite(x *traffic.Exchange) bool {
	return !wire.Safe(x.Request.Method) && x.Response != nil && x.Response.Status >= 400
}
