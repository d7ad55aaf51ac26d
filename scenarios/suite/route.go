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
)

// Entry returns the index of the request that a case is put into: of its
// route, or of those that decide, the first that the cause fits. An error that
// is scenarios.ErrCannotInject says why it fits none.
func (c Case) Entry(flow *traffic.Capture) (int, error) {
	candidates := decisive(flow)
	if len(c.Scenario.Routes) > 0 {
		candidates = matching(flow, c.Scenario.Routes[0])
		if len(candidates) == 0 {
			return -1, unknownRoute(flow, c.Scenario.Routes[0])
		}
	}
	var first error
	for _, i := range candidates {
		err := c.Scenario.fits(flow, i)
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
	if open && !carriesOwn(&x.Request) {
		n -= 8 // somebody got it without a login
	}
	return n
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
func matching(flow *traffic.Capture, route string) []int {
	var list []int
	for _, i := range decisive(flow) {
		if matches(route, &flow.Exchanges[i].Request) {
			list = append(list, i)
		}
	}
	return list
}

// matches tells whether a request is of a route; {} and {name} are any segment.
func matches(route string, r *traffic.Request) bool {
	method, path, _ := strings.Cut(route, " ")
	u := r.ParsedURL()
	if u == nil || r.Method != method {
		return false
	}
	want, got := strings.Split(path, "/"), strings.Split(pathOf(r), "/")
	if len(want) != len(got) {
		return false
	}
	for i, segment := range want {
		if segment != got[i] && !(strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}")) {
			return false
		}
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

// routeOf is the route of a request. Segments that name one thing among many
// are any: an id would not be there tomorrow.
func routeOf(r *traffic.Request) string {
	segments := strings.Split(pathOf(r), "/")
	for i, s := range segments {
		if namesOne(s) {
			segments[i] = "{}"
		}
	}
	return r.Method + " " + strings.Join(segments, "/")
}

// namesOne knows numbers, UUIDs and what nobody typed.
func namesOne(segment string) bool {
	digits, letters := 0, 0
	for i := range len(segment) {
		switch c := segment[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			letters++
		}
	}
	return digits > 0 && letters == 0 && !strings.Contains(segment, ".") || len(segment) >= 16 && digits >= 3 || len(segment) > 64
}

func unknownRoute(flow *traffic.Capture, route string) error {
	var known []string
	for _, i := range decisive(flow) {
		known = append(known, routeOf(&flow.Exchanges[i].Request))
	}
	text := "no request " + quoted(route) + " worked in the capture"
	if near := nearest(route, known); near != "" {
		text += ": did you mean " + quoted(near) + "?"
	}
	return fmt.Errorf("%w: %s", scenarios.ErrCannotInject, text)
}
