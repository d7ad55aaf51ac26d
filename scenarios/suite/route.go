package suite

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// Places are where a flow lets a cause in: its requests in the order of worth,
// read once for all scenarios. They are safe for concurrent use.
type Places struct {
	flow  *traffic.Capture
	order []int // decisive

	mu      sync.Mutex
	ofRoute map[string][]int // what was asked for
}

// PlacesOf reads a flow, which must not change afterwards.
func PlacesOf(flow *traffic.Capture) *Places {
	return &Places{flow: flow, order: decisive(flow), ofRoute: map[string][]int{}}
}

// Entry returns the index of the request that a case is put into: of its
// route, or of those that decide, the first that the cause fits. An error that
// is scenarios.ErrCannotInject says why it fits none.
func (p *Places) Entry(c Case) (int, error) {
	candidates := p.order
	if len(c.Scenario.Routes) > 0 {
		candidates = p.matching(c.Scenario.Routes[0])
		if len(candidates) == 0 {
			return -1, p.unknownRoute(c.Scenario.Routes[0])
		}
	}
	var first error
	for _, i := range candidates {
		err := c.Scenario.fits(p.flow, i)
		if err == nil {
			return i, nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = fmt.Errorf("%w: no request of the capture worked", scenarios.ErrCannotInject)
	}
	return -1, first
}

// Entry is [Places.Entry] of a flow that is read for it.
func (c Case) Entry(flow *traffic.Capture) (int, error) { return PlacesOf(flow).Entry(c) }

// fits tells whether the cause has a place in a request; what it takes beside
// is another matter.
func (s Scenario) fits(flow *traffic.Capture, entry int) error {
	_, err := s.Inject(Live{Flow: flow, Entry: entry, Now: flow.Exchanges[entry].Recorded.Started.Time, ClientCertificate: true})
	if errors.Is(err, scenarios.ErrNotTestable) {
		return nil
	}
	return err
}

// decisive returns the requests that worked and that somebody waited for, those
// first that a flow is about. Of equal ones the later come first, for a flow
// leads to what was wanted.
func decisive(flow *traffic.Capture) []int {
	var order []int
	worth := map[int]int{}
	asked, open := map[string]int{}, map[string]bool{}
	for _, x := range flow.Exchanges {
		route := routeOf(&x.Request)
		asked[x.Request.Method+" "+pathOf(&x.Request)]++
		open[route] = open[route] || x.Response != nil && scenarios.Works(x) && !carriesLogin(&x.Request)
	}
	for i, x := range slices.Backward(flow.Exchanges) {
		if x.Response == nil || !scenarios.Works(x) || diff.IsPreflight(x) || diff.StandingOf(x) != diff.Awaited {
			continue
		}
		worth[i] = worthOf(x, asked[x.Request.Method+" "+pathOf(&x.Request)] > 1, open[routeOf(&x.Request)])
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(worth[b], worth[a]) })
	return order
}

// worthOf weighs how surely a request is one that a login is needed for, and
// that a person meant. Browsers send cookies with everything; Authorization
// goes where a program put it.
func worthOf(x *traffic.Exchange, repeated, open bool) int {
	n := 0
	if carriesLogin(&x.Request) {
		n += 4
	}
	if carriesOwn(&x.Request) {
		n += 8
	}
	if isPrivate(x) {
		n += 4
	}
	if hasContent(x) {
		n += 4
	}
	if repeated && x.Request.Method == "GET" || strings.Contains(lastSegment(&x.Request), ".") {
		n -= 2 // polled, or a file
	}
	if scenarios.EndsLogin(x) {
		n -= 12 // it carries a login, and is not what the flow is for
	}
	if open && !carriesOwn(&x.Request) || isShared(x) {
		n -= 8 // somebody got it without a login, or may
	}
	if isTelemetry(&x.Request) {
		n -= 8
	}
	return n
}

// isShared tells answers that a server gives to everybody alike, though a
// browser sends its cookies with the request: what caches may keep for all (RFC
// 9111 section 3).
func isShared(x *traffic.Exchange) bool {
	if carriesOwn(&x.Request) || x.Request.Method != "GET" {
		return false
	}
	for directive := range strings.SplitSeq(strings.ToLower(strings.Join(x.Response.Header.Values("cache-control"), ",")), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch {
		case name == "private" || name == "no-store" || name == "no-cache":
			return false
		case name == "public", name == "s-maxage":
			return true
		case name == "max-age" && strings.Trim(value, `"0`) != "":
			return len(x.Response.Header.Values("vary")) == 0 || !strings.Contains(strings.ToLower(strings.Join(x.Response.Header.Values("vary"), ",")), "cookie")
		}
	}
	return false
}

// isTelemetry tells what a page sends about itself, which nobody waits for.
func isTelemetry(r *traffic.Request) bool {
	if r.Method != "POST" || carriesOwn(r) {
		return false
	}
	switch strings.ToLower(strings.TrimRight(lastSegment(r), "/")) {
	case "stats", "telemetry", "analytics", "beacon", "collect", "track", "tracking", "pageview", "vitals", "rum", "metrics", "log", "logs":
		return true
	}
	return false
}

// carriesOwn tells credentials that a program puts into a request from cookies.
func carriesOwn(r *traffic.Request) bool {
	return slices.ContainsFunc(scenarios.CredentialsOf(r), func(c scenarios.Credential) bool {
		return c.Kind != scenarios.SessionCookie && opens(c)
	})
}

// isPrivate tells answers that are for one person, by what the server lets
// caches do and by what the request does.
func isPrivate(x *traffic.Exchange) bool {
	control := strings.ToLower(strings.Join(x.Response.Header.Values("cache-control"), ","))
	return strings.Contains(control, "private") || carriesLogin(&x.Request) && x.Request.Method != "GET" && x.Request.Method != "HEAD"
}

func lastSegment(r *traffic.Request) string {
	path := pathOf(r)
	return path[strings.LastIndexByte(path, '/')+1:]
}

func carriesLogin(r *traffic.Request) bool {
	return slices.ContainsFunc(scenarios.CredentialsOf(r), opens)
}

// opens tells credentials that say who asks.
func opens(c scenarios.Credential) bool {
	switch c.Kind {
	case scenarios.Authorization, scenarios.SessionCookie, scenarios.APIKey, scenarios.RequestSignature, scenarios.Proof:
		return true
	}
	return false
}

// hasContent tells data and pages from pictures, styles and scripts.
func hasContent(x *traffic.Exchange) bool {
	kind := strings.ToLower(x.Response.Header.Get("content-type"))
	if kind == "" {
		kind = strings.ToLower(x.Response.Body.MediaType)
	}
	for _, asset := range []string{"image/", "font/", "video/", "audio/", "text/css", "javascript"} {
		if strings.Contains(kind, asset) {
			return false
		}
	}
	return x.Response.Status/100 == 2
}

// matching returns the requests of a route that worked.
func (p *Places) matching(route string) []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, known := p.ofRoute[route]
	if known {
		return list
	}
	for _, i := range p.order {
		if matches(route, &p.flow.Exchanges[i].Request) {
			list = append(list, i)
		}
	}
	p.ofRoute[route] = list
	return list
}

// matches tells whether a request is of a route; {} and {name} are any segment,
// and {} within one is any part of it.
func matches(route string, r *traffic.Request) bool {
	method, path, _ := strings.Cut(route, " ")
	if r.ParsedURL() == nil || r.Method != method {
		return false
	}
	if route == routeOf(r) {
		return true
	}
	want, got := strings.Split(path, "/"), strings.Split(pathOf(r), "/")
	if len(want) != len(got) {
		return false
	}
	for i, segment := range want {
		if !isAny(segment) && !fills(segment, got[i]) {
			return false
		}
	}
	return true
}

func isAny(segment string) bool {
	return strings.HasPrefix(segment, "{") && strings.IndexByte(segment, '}') == len(segment)-1
}

// fills tells whether a text has the parts of a pattern between its {}, in
// their order. Parameters of a path (";jsessionid=") are no part of a route.
func fills(pattern, text string) bool {
	if pattern == text {
		return true
	}
	text, _, _ = strings.Cut(text, ";")
	parts := strings.Split(pattern, "{}")
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 || len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return pattern == text
	}
	rest := text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return true
}

func pathOf(r *traffic.Request) string {
	u := r.ParsedURL()
	if u == nil || u.EscapedPath() == "" {
		return "/"
	}
	return u.EscapedPath()
}

// routeOf is the route of a request. What names one thing among many is any: an
// id would not be there tomorrow.
func routeOf(r *traffic.Request) string { return r.Method + " " + diff.PathTemplate(pathOf(r)) }

func (p *Places) unknownRoute(route string) error {
	var known []string
	for _, i := range p.order {
		known = append(known, routeOf(&p.flow.Exchanges[i].Request))
	}
	text := "no request " + quoted(route) + " worked in the capture"
	if near := spelling.Nearest(route, known); near != "" {
		text += ": did you mean " + quoted(near) + "?"
	}
	return fmt.Errorf("%w: %s", scenarios.ErrCannotInject, text)
}
