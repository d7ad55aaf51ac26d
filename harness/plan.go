package harness

import (
	"slices"
	"strings"
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/correlate"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
)

// A Plan is what is to happen with each exchange of a capture. It is made
// without the network; one plan may be run several times.
type Plan struct {
	Capture *traffic.Capture
	Targets []results.Target
	Shard   Shard

	Steps    []Step         // one for each exchange, in the order of the capture
	Sessions []Session      // those of the shard
	Skipped  []results.Skip // why exchanges are not sent, with counts
	Links    []correlate.Link
	Warnings []string

	options PlanOptions
	routes  *routes
	links   *correlate.Plan
	habits  habits        // of the capture's clients
	leading *sync.Map     // of leadingTo
	owners  owners        // of the credentials that are given
	doubt   string        // why credentials may be missing
	order   map[int][]int // entry: the recorded preflights that go before it
}

// A Step is what becomes of one exchange.
type Step struct {
	Entry   int
	URL     string // where it goes; "" where it is not sent
	Skipped Reason // "" where it is sent
	Session int    // index into Plan.Sessions; -1 where it is not sent, or by another shard

	// Announces is, for a recorded preflight, the entry of the request that it
	// asked leave for: it is asked anew before that. -1 for all others.
	Announces int

	route *route
}

// A Session is a client with its cookies: its requests are sent one after the
// other, in the order in which they were recorded.
type Session struct {
	ID      string // stable as long as the recorded flow is; it holds no captured value
	Entries []int  // in the order of sending

	// Alone tells of a single request that has nothing to do with any other.
	Alone bool
}

// PlanOptions are how a capture is planned.
type PlanOptions struct {
	Target Target
	Unsafe Unsafe // methods besides GET, HEAD and OPTIONS that may be sent
	Follow bool   // follow redirects within the origin that the recording has no entry for
	Shard  Shard  // zero: all
	Set    []Setting

	Correlate correlate.Options

	// Keeper has the credentials that take the place of recorded ones; nil:
	// the recorded ones are sent. They go to the recorded origin whose
	// credential of that kind they replace, the main one first, and to other
	// mapped origins only where these were sent the very same one. Everywhere
	// sends them with requests of these origins too that were recorded without.
	Keeper     *credential.Keeper
	Everywhere bool
}

// Unsafe says which methods may be sent beyond the safe ones (RFC 9110 section
// 9.2.1), whose effects may stay. The zero value allows none.
type Unsafe struct {
	All     bool
	Methods []string // POST, PUT, …
}

// ParseUnsafe reads the value of --allow-unsafe: "" or "all" for every method,
// else a list parted by commas.
func ParseUnsafe(s string) (Unsafe, error) {
	if s == "" || strings.EqualFold(s, "all") || strings.EqualFold(s, "true") {
		return Unsafe{All: true}, nil
	}
	var u Unsafe
	for method := range strings.SplitSeq(s, ",") {
		method = strings.ToUpper(strings.TrimSpace(method))
		switch {
		case !isToken(method):
			return Unsafe{}, refusal("--allow-unsafe takes methods parted by commas, as POST,PUT; one of them is none")
		case method == "CONNECT" || method == "TRACE":
			return Unsafe{}, refusal("%s is never sent: it is for proxies, and says nothing about an application", method)
		}
		u.Methods = append(u.Methods, method)
	}
	return u, nil
}

// allows tells whether a method may be sent. Methods are told apart by case
// (RFC 9110 section 9.1); "post" is an unsafe method of its own.
func (u Unsafe) allows(method string) bool {
	return wire.Safe(method) || u.All || slices.Contains(u.Methods, strings.ToUpper(method))
}

// isToken tells a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	const others = "!#$%&'*+-.^_`|~"
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(others, r) {
			return false
		}
	}
	return s != ""
}

// NewPlan decides what becomes of each exchange of a capture. An error is a
// [Refused] with all that has to be changed before anything can be sent.
func NewPlan(c *traffic.Capture, o PlanOptions) (*Plan, error) {
	var wrong mistakes
	wrong.join(o.Shard.check())
	rs, err := newRoutes(c, o.Target)
	wrong.join(err)
	if rs == nil {
		return nil, wrong.err()
	}
	p := &Plan{Capture: c, Shard: o.Shard, habits: habitsOf(c), options: o, routes: rs, Targets: rs.targets("target"), leading: &sync.Map{}}
	p.links, err = correlate.Find(c, o.Correlate)
	wrong.join(err)
	if err == nil {
		p.Links = p.links.Links()
		p.warn(p.links.Warnings())
	}
	p.steps()
	wrong.join(p.sendable())
	wrong.join(p.credentials())
	wrong.join(p.settings())
	if err := wrong.err(); err != nil {
		return nil, err
	}
	p.preflights()
	p.sessions()
	p.count()
	return p, nil
}

func (p *Plan) warn(list []traffic.Warning) {
	for _, w := range list {
		text := w.Text
		if w.Entry >= 0 && w.Entry < len(p.Capture.Exchanges) {
			text = p.where(w.Entry) + ": " + text
		}
		p.Warnings = append(p.Warnings, text)
	}
}

// where names an entry in messages.
func (p *Plan) where(entry int) string { return p.Capture.Exchanges[entry].Where(p.Capture.File) }

// Sends tells how many recorded requests the plan sends.
func (p *Plan) Sends() int {
	n := 0
	for _, s := range p.Sessions {
		n += len(s.Entries)
	}
	return n
}
