package suite

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/expect"
)

// ErrNothing is returned for a capture that no scenario fits.
var ErrNothing = errors.New("nothing to guard")

// The number of routes that are guarded, and of scenarios that are written. A
// suite that somebody reads is kept, one that nobody reads is not.
const (
	maxRoutes    = 3
	maxScenarios = 16
)

// New chooses the scenarios that fit a working capture: no Bearer token where
// a cookie holds the session, no CORS where no page asks. With a failing
// capture of the same flow, the cause that is found in it comes first; bad may
// be nil.
func New(ok, bad *traffic.Capture) (*Suite, error) {
	f := &fitting{flow: ok, suite: &Suite{Capture: ok.File}}
	order := decisive(ok)
	if len(order) == 0 {
		return nil, fmt.Errorf("%s: %w: no request in it worked", ok.File, ErrNothing)
	}
	f.entry = order[0]
	if bad != nil {
		f.found(bad)
	}
	f.choose(order)
	if len(f.suite.Scenarios) == 0 {
		return nil, fmt.Errorf("%s: %w: %s", ok.File, ErrNothing, f.whyNothing())
	}
	f.suite.AllowUnsafe = f.methods()
	f.suite.Comment = f.head()
	return f.suite, nil
}

// fitting is the state of New.
type fitting struct {
	flow  *traffic.Capture
	suite *Suite
	entry int    // the request that decides
	note  string // what the failing capture shows, where no scenario can
	signs bool   // a scenario takes a key
}

// MainOrigin is the origin of the request that a suite of the capture is about
// ("https://api.example.com"): that which `--target` stands for when it is run.
// It is "" where no request worked.
func MainOrigin(flow *traffic.Capture) string {
	order := decisive(flow)
	if len(order) == 0 {
		return ""
	}
	return originOf(&flow.Exchanges[order[0]].Request)
}

func (f *fitting) whyNothing() string {
	if removed, _ := scenarios.Sanitized(f.flow); removed {
		return "its credentials were left out of the export; record it again with them"
	}
	for _, x := range f.flow.Exchanges {
		if carriesLogin(&x.Request) {
			return "what is asked with credentials in it is for everybody, or did not work"
		}
	}
	return "no request in it carries a credential"
}

// add puts a scenario into the first of some requests that it fits, or into all
// of them.
func (f *fitting) add(g guard, entries ...int) bool {
	s, need := g.scenario, ""
	for _, i := range entries {
		x := f.flow.Exchanges[i]
		if g.session && (carriesOwn(&x.Request) || isShared(x)) || s.fits(f.flow, i) != nil || g.readable && !hasToken(x) || g.bearer && !strings.HasPrefix(x.Request.Header.Get("authorization"), "Bearer ") {
			continue
		}
		need = f.missing(g.scenario, i)
		if g.testable && need != "" {
			continue
		}
		if route := routeOf(&x.Request); !slices.Contains(s.Routes, route) {
			s = s.On(route)
		}
		if !g.everywhere && (!g.several || len(s.Routes) == maxRoutes) {
			break
		}
	}
	if len(s.Routes) == 0 {
		return false
	}
	f.keep(s, g.why, need)
	return true
}

// keep adds a scenario, if it is not there already.
func (f *fitting) keep(s Scenario, why, need string) {
	if slices.ContainsFunc(f.suite.Scenarios, func(have Scenario) bool { return sameTest(have, s) }) {
		return
	}
	comment := wrapped(why)
	if need != "" {
		comment += "\nNot testable without " + need + "."
	}
	f.suite.Scenarios = append(f.suite.Scenarios, s.Says(comment))
}

// sameTest tells whether two scenarios differ in nothing but defaults that one
// of them writes out.
func sameTest(a, b Scenario) bool {
	if a.Cause != b.Cause || !slices.Equal(a.Routes, b.Routes) || len(a.Expected.Any) != len(b.Expected.Any) {
		return false
	}
	for _, p := range a.Of().Parameters {
		first := p.Default
		if first == "" && len(p.Choices) > 0 {
			first = p.Choices[0].Value
		}
		if cmp.Or(a.Parameters[p.Name], first) != cmp.Or(b.Parameters[p.Name], first) {
			return false
		}
	}
	return true
}

func hasToken(x *traffic.Exchange) bool {
	_, _, ok := scenarios.TokenOf(x)
	return ok
}

// missing says what the scenario takes that only a person can give.
func (f *fitting) missing(s Scenario, entry int) string {
	_, err := s.Inject(Live{Flow: f.flow, Entry: entry, Now: f.flow.Exchanges[entry].Recorded.Started.Time})
	var missing *scenarios.Lacking
	if !errors.As(err, &missing) {
		return ""
	}
	f.signs = f.signs || slices.Contains(missing.Any, scenarios.SigningKey)
	return missing.What()
}

// found puts the cause of the failing capture first.
func (f *fitting) found(bad *traffic.Capture) {
	c := diff.Compare(f.flow, bad, diff.Options{})
	d := scenarios.Diagnose(c)
	if len(d.Findings) == 0 {
		f.note = "Nothing in " + bad.File + " shows why it fails."
		return
	}
	cause := d.Findings[0].Cause
	if d.Pair >= 0 {
		if x := asked(f.flow, c.Pairs[d.Pair].OKExchange); x != nil {
			f.entry = x.Index
		}
	}
	entries := append([]int{f.entry}, decisive(f.flow)...)
	why := fmt.Sprintf("What %s fails of. %s", bad.File, cause.Means)
	for _, s := range f.seenIn(cause, bad, d.Entry) {
		if cause.Enforced != scenarios.ByCapture && cause.Kind != scenarios.Verdict && f.add(guard{scenario: s, why: why}, entries...) {
			return
		}
	}
	f.note = fmt.Sprintf("%s fails of %s, for which no request can be made from this capture.", bad.File, cause.ID)
}

// asked is the request that a preflight asked leave for, or the exchange
// itself.
func asked(flow *traffic.Capture, x *traffic.Exchange) *traffic.Exchange {
	if x == nil || !diff.IsPreflight(x) {
		return x
	}
	for _, y := range flow.Exchanges {
		if y.Request.URL == x.Request.URL && y.Request.Method == x.Request.Header.Get("access-control-request-method") && scenarios.Works(y) {
			return y
		}
	}
	return nil
}

// seenIn are the scenarios of a cause that was found, with the parameters of the
// request that failed, and without. Of CORS the page that failed is to be let
// in: that others are not is another scenario.
func (f *fitting) seenIn(cause *scenarios.Cause, bad *traffic.Capture, entry int) []Scenario {
	plain := Scenario{Cause: cause.ID}
	failed := f.flow.Exchanges[f.entry]
	if entry >= 0 {
		failed = bad.Exchanges[entry]
	}
	if cause.Group == scenarios.CORS && cause.Enforced == scenarios.ByBrowser {
		page := cmp.Or(failed.Request.Header.Get("origin"), f.flow.Exchanges[f.entry].Request.Header.Get("origin"))
		if p, _ := plain.parameter("origin"); page == "" || p.Check(page) != nil {
			return nil
		}
		return []Scenario{plain.With("origin", page).Expect(expect.Browser(expect.CORSAllowed))}
	}
	return []Scenario{asSeen(plain, failed), plain}
}

// asSeen takes the parameters from the request that failed.
func asSeen(s Scenario, failed *traffic.Exchange) Scenario {
	u := failed.Request.ParsedURL()
	if u == nil {
		return s
	}
	for name, value := range map[string]string{"host": u.Host, "method": failed.Request.Method} {
		p, is := s.parameter(name)
		if is && value != "" && p.Check(value) == nil {
			s = s.With(name, value)
		}
	}
	return s
}

// choose adds what is worth guarding, in the order of worth.
func (f *fitting) choose(order []int) {
	home := originOf(&f.flow.Exchanges[f.entry].Request)
	order = slices.DeleteFunc(slices.Clone(order), func(i int) bool { return originOf(&f.flow.Exchanges[i].Request) != home })
	order = append([]int{f.entry}, slices.DeleteFunc(order, func(i int) bool { return i == f.entry })...)
	routes := f.routes(order)
	for _, g := range f.guards() {
		if len(f.suite.Scenarios) >= maxScenarios {
			return
		}
		switch {
		case g.given:
			f.keep(g.scenario, g.why, "")
		case g.everywhere:
			f.add(g, routes...)
		case g.here:
			f.add(g, f.entry)
		default:
			f.add(g, order...)
		}
	}
}

// routes are the first requests of different routes that need a login, as far as
// the flow shows it.
func (f *fitting) routes(order []int) []int {
	entries := []int{f.entry}
	seen := map[string]bool{routeOf(&f.flow.Exchanges[f.entry].Request): true}
	for _, i := range order {
		x := f.flow.Exchanges[i]
		route := routeOf(&x.Request)
		if seen[route] || !hasContent(x) || !carriesLogin(&x.Request) || !carriesOwn(&x.Request) && !isPrivate(x) || len(entries) == maxRoutes {
			continue
		}
		seen[route] = true
		entries = append(entries, i)
	}
	return entries
}

// wrapped breaks a comment into lines that fit a screen.
func wrapped(text string) string {
	const width = 96
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return strings.Join(append(lines, line), "\n")
}

func originOf(r *traffic.Request) string {
	u := r.ParsedURL()
	if u == nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
