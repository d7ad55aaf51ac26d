package browser

import (
	"slices"
	"strings"
	"time"
)

// Decide plays a request as the browser would, against the answers that the
// server gave or would give; hops[0] is the request's own URL, each further
// one the target of the Location before it. No preflight is remembered from
// before: use PreflightCache.Decide for that.
func Decide(r CORSRequest, hops []CORSHop, p Profile) CORSVerdict {
	d := decision{r: &r, hops: hops, p: p}
	return d.run()
}

// Decide is like the function Decide at the time now, with the preflights of
// c, and keeps those that succeed.
func (c *PreflightCache) Decide(r CORSRequest, hops []CORSHop, now time.Time) CORSVerdict {
	d := decision{r: &r, hops: hops, p: c.Profile, cache: c, now: now}
	return d.run()
}

// A decision is the state of one fetch: what the standard keeps in the
// request while it walks along the redirects.
type decision struct {
	r     *CORSRequest
	hops  []CORSHop
	p     Profile
	cache *PreflightCache
	now   time.Time

	v       CORSVerdict
	url     webURL
	sentURL string // url serialized without fragment
	method  string
	headers []header
	body    bool
	hop     int
	cors    bool   // response tainting is "cors"
	opaque  bool   // response tainting is "opaque"
	tainted bool   // redirect taint: the origin serializes as null
	page    string // r.Origin serialized
	done    bool
}

func (d *decision) run() CORSVerdict {
	r := d.r
	d.method, d.page = normalizeMethod(r.Method), r.Origin.String()
	d.v = CORSVerdict{LastHop: -1, origin: r.Origin, method: d.method, url: r.URL, creds: r.Credentials}
	if d.begin(); d.done {
		return d.v
	}
	d.headers = authorHeaders(r, d.method, d.p)
	d.body = r.hasBody(d.method)
	d.v.Wire = make([]CORSWire, 0, 2*len(d.hops))
	for !d.done {
		d.fetch()
	}
	return d.v
}

// fetch is "main fetch" and "HTTP fetch" for the hop at hand.
func (d *decision) fetch() {
	d.v.url = d.url.String()
	d.sentURL, _, _ = strings.Cut(d.v.url, "#")
	if d.permit(); d.done {
		return
	}
	if d.url.scheme == "data" {
		d.allow(&CORSAnswer{Status: 200, Header: Fields{{"Content-Type", ""}}}) // no server is asked
		return
	}
	if d.hop >= len(d.hops) {
		d.fail(StageAnswer, corsFailure{rule: RuleAnswerUnknown})
		return
	}
	hop := &d.hops[d.hop]
	key, cached := preflightKey{}, false
	if d.cors && d.r.Mode == ModeCORS {
		if key, cached = d.preflight(hop.Preflight); d.done {
			return
		}
	}
	d.actual(&hop.Answer)
	if cached && d.done && !d.v.Allowed && d.p == Standard {
		d.cache.clear(key)
	}
}

// permit decides what may be known before anything is sent, and sets the
// tainting (Fetch section "Main fetch").
func (d *decision) permit() {
	r := d.r
	if d.mixedContent() {
		d.block(RuleMixedContent, "mixed-content")
		return
	}
	if r.LocalNetworkDenied && d.hop == 0 {
		d.block(RuleLocalNetwork, "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS")
		return
	}
	if d.url.port != 0 && badPort(d.url.port) && d.url.http() {
		d.block(RulePort, "net::ERR_UNSAFE_PORT")
		return
	}
	if d.url.scheme == "data" && d.hop == 0 || r.Mode == ModeNavigate || r.Mode == ModeWebSocket {
		return
	}
	if !d.cors && !d.opaque && r.Origin.SameOrigin(d.url.origin()) {
		return
	}
	switch {
	case r.Mode == ModeSameOrigin:
		d.fail(d.requestStage(), corsFailure{rule: RuleSameOriginMode, got: d.url.originString(), want: r.Origin.String()})
	case r.Mode == ModeNoCORS:
		d.opaque = true
	case !d.url.http():
		d.fail(d.requestStage(), corsFailure{rule: RuleScheme, got: d.url.scheme, want: "http or https"})
	default:
		d.cors = true
	}
}

func (d *decision) requestStage() CORSStage {
	if d.hop > 0 {
		return StageRedirect
	}
	return StageRequest
}

// mixedContent: a page below https may not fetch from http, unless the host
// is this machine (Mixed Content section 4.4).
func (d *decision) mixedContent() bool {
	if d.r.Mode == ModeNavigate || d.url.scheme != "http" && d.url.scheme != "ws" || loopbackHost(d.url.host) {
		return false
	}
	if d.r.SecurePage || d.r.Origin.Scheme == "https" {
		return true
	}
	if !d.r.Origin.Trustworthy() {
		return false
	}
	if d.p == Standard {
		return true
	}
	d.deviates(DeviationMixedLocalhost)
	return false
}

// requestOrigin is "serializing a request origin": null once tainted.
func (d *decision) requestOrigin() Origin {
	if d.tainted {
		return Origin{}
	}
	return d.r.Origin
}

func (d *decision) requestOriginString() string {
	if d.tainted {
		return "null"
	}
	return d.page
}

// actual sends the request itself and reads its answer.
func (d *decision) actual(answer *CORSAnswer) {
	w := CORSWire{Method: d.method, Credentials: d.withCredentials()}
	if d.cors || d.method != "GET" && d.method != "HEAD" {
		w.Origin = d.requestOriginString()
	}
	d.send(w)
	d.v.LastHop = d.hop
	d.v.Reached = true
	d.misdirected(answer)
	if d.netFailure(answer, StageAnswer); d.done {
		return
	}
	d.v.Status = answer.Status
	if isRedirect(answer, d.p) {
		d.redirect(answer)
		return
	}
	if isRedirect(answer, Standard) {
		d.deviates(DeviationEmptyLocation)
	}
	if d.cors {
		if f := corsCheck(answer.Header, d.requestOrigin(), d.r.Credentials); f.failed() {
			d.fail(StageAnswer, f)
			return
		}
	}
	if d.opaque && !d.resourcePolicyAllows(answer.Header) {
		d.failNet(StageAnswer, corsFailure{rule: RuleResourcePolicy}, "net::ERR_BLOCKED_BY_RESPONSE")
		return
	}
	d.allow(answer)
}

// withCredentials: same-origin means untainted, so a detour over another
// origin ends it also where it comes back.
func (d *decision) withCredentials() bool {
	switch d.r.Credentials {
	case CredentialsInclude:
		return true
	case CredentialsSameOrigin:
		return !d.cors && !d.opaque
	}
	return false
}

// allow fills in what the script gets.
func (d *decision) allow(answer *CORSAnswer) {
	d.v.Allowed, d.v.Status, d.done = true, 0, true
	d.v.AnswerStatus = answer.Status
	switch {
	case d.opaque:
		d.v.ResponseType, d.v.AnswerStatus = "opaque", 0
	case d.cors:
		d.v.ResponseType = "cors"
		d.v.Visible = visibleCORS(answer.Header, d.r.Credentials)
	default:
		d.v.ResponseType = "basic"
		d.v.Visible = visibleBasic(answer.Header)
	}
}

// misdirected repeats the last request once on a new connection after a 421
// ("HTTP-network-or-cache fetch", where a body can be read again).
func (d *decision) misdirected(answer *CORSAnswer) {
	if last := d.v.Wire[len(d.v.Wire)-1]; answer.Status == 421 && (last.Preflight || !d.body || d.r.Body != StreamBody) {
		d.v.Wire = append(d.v.Wire, last)
	}
}

func (d *decision) send(w CORSWire) {
	w.Hop, w.URL = d.hop, d.sentURL
	if d.hop == 0 && w.Preflight {
		d.v.Preflight = true
	}
	d.v.Wire = append(d.v.Wire, w)
}

func (d *decision) deviates(name CORSDeviation) {
	if !slices.Contains(d.v.Deviations, name) {
		d.v.Deviations = append(d.v.Deviations, name)
	}
}
