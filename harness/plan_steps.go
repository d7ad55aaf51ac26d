package harness

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// A Reason is why an exchange is not sent.
type Reason string

// The reasons, in the order in which they are asked for.
const (
	NoURL        Reason = "no-url"
	NotHTTP      Reason = "not-http"  // data:, blob:, chrome-extension:
	WebSocket    Reason = "websocket" // an upgrade, or ws:
	ProxyMethod  Reason = "method"    // CONNECT, TRACE, none
	FromCache    Reason = "from-cache"
	FromWorker   Reason = "from-service-worker"
	NeverLeft    Reason = "never-left" // blocked by the client itself
	ForeignPing  Reason = "beacon"     // telemetry of another origin
	OtherOrigin  Reason = "other-origin"
	UnsafeMethod Reason = "unsafe-method"
)

// steps decides about each exchange.
func (p *Plan) steps() {
	p.Steps = make([]Step, len(p.Capture.Exchanges))
	for i, x := range p.Capture.Exchanges {
		s := &p.Steps[i]
		*s = Step{Entry: i, Session: -1, Announces: -1}
		r, origin := p.routes.of(x.Request.URL)
		if s.Skipped = p.reason(x, r, origin); s.Skipped == "" {
			s.route, s.URL = r, r.url(x.Request.URL)
		}
	}
}

func (p *Plan) reason(x *traffic.Exchange, r *route, origin string) Reason {
	method := x.Request.Method
	switch {
	case isRelative(x.Request.URL):
		return NoURL
	case upgradesToWebSocket(x):
		return WebSocket
	case origin == "":
		return NotHTTP
	case method == "CONNECT" || method == "TRACE" || method == "":
		return ProxyMethod
	case marked(x, "/_fromCache"):
		return FromCache
	case marked(x, "/response/_fetchedViaServiceWorker"), marked(x, "/_fetchedViaServiceWorker"):
		return FromWorker
	case neverLeft(x):
		return NeverLeft
	case r == nil && diff.StandingOf(x) == diff.Beacon:
		return ForeignPing
	case r == nil:
		return OtherOrigin
	case !p.options.Unsafe.allows(method):
		return UnsafeMethod
	}
	return ""
}

// isRelative tells addresses that name no host: some recorders keep a path
// alone.
func isRelative(address string) bool {
	scheme, _, found := strings.Cut(address, ":")
	return !found || strings.ContainsAny(scheme, "/?#")
}

func upgradesToWebSocket(x *traffic.Exchange) bool {
	lower := strings.ToLower(x.Request.URL[:min(6, len(x.Request.URL))])
	return strings.HasPrefix(lower, "ws://") || strings.HasPrefix(lower, "wss://") ||
		strings.EqualFold(x.Request.Header.Get("Upgrade"), "websocket") || x.Request.Header.Has("Sec-WebSocket-Key")
}

// marked tells whether Chromium's export marks an exchange.
func marked(x *traffic.Exchange, pointer string) bool {
	switch string(x.Unknown.Get(pointer)) {
	case "", "null", "false", `""`:
		return false
	}
	return true
}

// neverLeft tells requests that the client itself stopped: an ad blocker, a
// policy of the page.
func neverLeft(x *traffic.Exchange) bool {
	if x.Response == nil || x.Response.Status > 0 {
		return false
	}
	reason := strings.ToLower(x.Response.Error)
	return strings.Contains(reason, "blocked_by_client") || strings.Contains(reason, "blocked_by_csp") || strings.Contains(reason, "blocked_by_administrator")
}

// String shows a step as a line of a plan.
func (s Step) String() string {
	if s.Skipped != "" {
		return fmt.Sprintf("%d skipped: %s", s.Entry, s.Skipped)
	}
	return fmt.Sprintf("%d to %s", s.Entry, s.URL)
}

// count sums up what is skipped. The first shard tells it for all of them.
func (p *Plan) count() {
	if !p.Shard.first() {
		return
	}
	at := map[string]int{}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Skipped == "" {
			continue
		}
		text := p.text(s)
		key := string(s.Skipped) + "\n" + text
		if _, seen := at[key]; !seen {
			at[key] = len(p.Skipped)
			p.Skipped = append(p.Skipped, results.Skip{Reason: string(s.Skipped), Text: text, Entry: i})
		}
		p.Skipped[at[key]].Count++
	}
}

// text is a sentence on why a step is skipped, with the flag that would send
// it.
func (p *Plan) text(s *Step) string {
	x := p.Capture.Exchanges[s.Entry]
	switch s.Skipped {
	case NoURL:
		return "recorded without a host: nothing says where it went"
	case NotHTTP:
		return "not of http: it never went to a server"
	case WebSocket:
		return "a WebSocket: only requests with one answer are sent"
	case ProxyMethod:
		return "CONNECT and TRACE are for proxies, and a request without a method is none"
	case FromCache:
		return "the browser took the answer from its cache: nothing went out"
	case FromWorker:
		return "a service worker of the page answered: nothing went out"
	case NeverLeft:
		return "the client itself blocked it: nothing went out"
	case ForeignPing:
		return "telemetry of another origin"
	case OtherOrigin:
		_, origin := p.routes.of(x.Request.URL)
		return fmt.Sprintf("went to %s, not to %s: --map %s=URL sends it", origin, p.mapped(), origin)
	case UnsafeMethod:
		method := p.methodName(x.Request.Method)
		return fmt.Sprintf("%s may change data: --allow-unsafe=%s sends it", method, method)
	}
	return ""
}

// mapped names the origins that have a target.
func (p *Plan) mapped() string {
	var names []string
	for _, r := range p.routes.list {
		names = append(names, r.from)
	}
	if len(names) == 0 {
		return "an origin with a target"
	}
	return strings.Join(names, " or ")
}

// methodName is a method fit to be shown.
func (p *Plan) methodName(method string) string {
	const longest = 20
	if !isToken(method) || len(method) > longest {
		return "its method"
	}
	return strings.ToUpper(method)
}
