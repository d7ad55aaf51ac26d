package harness

import (
	"cmp"
	"net"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// A Target is where recorded requests go. The zero value is nowhere: nothing
// is sent without a target that the user named.
type Target struct {
	// Base takes the place of the main origin of a capture: the one that most
	// requests somebody waits for went to. It may hold a path, which then
	// precedes the recorded ones.
	Base string

	// Main is the recorded origin that Base takes the place of instead;
	// "": the main one.
	Main string

	Flag string // how messages name Base; "": --target

	// Map names targets of single origins. It goes before Base.
	Map []Mapping

	KeepHost   bool // send the recorded Host, not that of the target
	KeepOrigin bool // send the recorded Origin and Referer, not those of the target

	// AllowRecordedHost allows a target that is a host of the capture itself,
	// which most often is one in production.
	AllowRecordedHost bool
}

// A Mapping sends the requests of a recorded origin to another one.
type Mapping struct {
	From string // origin as recorded: "https://api.example.com"
	To   string // base URL: "http://127.0.0.1:8080"
}

// ParseMapping reads "https://api.example.com=http://127.0.0.1:8080".
func ParseMapping(s string) (Mapping, error) {
	from, to, found := strings.Cut(s, "=")
	if !found || from == "" || to == "" {
		return Mapping{}, refusal("--map reads RECORDED=URL, as https://api.example.com=http://127.0.0.1:8080")
	}
	return Mapping{From: from, To: to}, nil
}

// A route leads from a recorded origin to its target.
type route struct {
	from   string // origin as recorded, canonical: "https://api.example.com"
	scheme string // of the target
	host   string // of the target, as in a URL: no default port
	addr   string // host:port to dial
	prefix string // path before the recorded one, no slash at its end
}

// origin is the target's, as it stands in an Origin header.
func (r *route) origin() string { return r.scheme + "://" + r.host }

// fromHost is the recorded host, with a port that is not the default one.
func (r *route) fromHost() string {
	_, host, _ := strings.Cut(r.from, "://")
	return host
}

// url returns the address that a recorded URL stands for: what follows the
// origin is kept byte for byte, the fragment is never sent.
func (r *route) url(recorded string) string { return r.origin() + r.target(recorded) }

// target is the request target of a recorded URL.
func (r *route) target(recorded string) string {
	_, tail := cutOrigin(recorded)
	tail, _, _ = strings.Cut(tail, "#")
	if !strings.HasPrefix(tail, "/") {
		tail = "/" + tail
	}
	return r.prefix + tail
}

// cutOrigin parts a URL at the end of its authority, as it is spelled. Origin
// is "" where it has none.
func cutOrigin(address string) (origin, tail string) {
	scheme := strings.Index(address, "://")
	if scheme < 1 {
		return "", address
	}
	end := strings.IndexAny(address[scheme+3:], "/?#\\")
	if end < 0 {
		return address, ""
	}
	return address[:scheme+3+end], address[scheme+3+end:]
}

// routes are the ways of one capture to its target.
type routes struct {
	list  []*route // mapped ones in the order given, that of the base last
	main  string   // main origin of the capture; "" where no request has one
	cache map[string]*route
	known map[string]string // spelled origin: canonical one
}

// of returns the route of a recorded URL and its canonical origin. The route is
// nil where its origin has no target; origin is "" for what is not http.
func (rs *routes) of(recorded string) (r *route, origin string) {
	spelled, _ := cutOrigin(recorded)
	origin, seen := rs.known[spelled]
	if !seen {
		origin = canonicalOrigin(spelled)
		rs.known[spelled] = origin
	}
	return rs.cache[origin], origin
}

// canonicalOrigin is the origin of a URL in lower case and punycode, without
// a default port; "" for schemes other than http and https.
func canonicalOrigin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return ""
	}
	host, err := canonicalHost(u.Hostname())
	if err != nil {
		return ""
	}
	return scheme + "://" + hostPort(scheme, host, u.Port())
}

// hostPort writes a host as it stands in a URL: without a default port.
func hostPort(scheme, host, port string) string {
	if port == "" || port == defaultPort(scheme) {
		return host
	}
	return host + ":" + port
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// newRoutes finds the ways of a capture to its target, or all that is wrong
// with it.
func newRoutes(c *traffic.Capture, t Target) (*routes, error) {
	rs := &routes{cache: map[string]*route{}, known: map[string]string{}}
	var wrong mistakes
	if t.Base == "" && len(t.Map) == 0 {
		wrong.add("nothing is sent without a target: name one with --target URL, or --map RECORDED=URL for one origin of several")
		return nil, wrong.err()
	}
	for _, m := range t.Map {
		wrong.join(rs.mapped(m))
	}
	if rs.main = canonicalOrigin(t.Main); rs.main == "" {
		rs.main = mainOrigin(c, rs)
	}
	if t.Base != "" {
		r, err := parseTarget(cmp.Or(t.Flag, "--target"), t.Base)
		wrong.join(err)
		if r != nil && rs.main != "" && rs.cache[rs.main] == nil {
			r.from = rs.main
			rs.put(r)
		}
	}
	if !t.AllowRecordedHost {
		wrong.join(rs.recordedHosts(c))
	}
	return rs, wrong.err()
}

func (rs *routes) put(r *route) {
	rs.list = append(rs.list, r)
	rs.cache[r.from] = r
}

func (rs *routes) mapped(m Mapping) error {
	r, err := parseTarget("--map", m.To)
	if err != nil {
		return err
	}
	if r.from, err = parseRecorded(m.From); err != nil {
		return err
	}
	if rs.cache[r.from] != nil {
		return refusal("--map names %s twice: one origin has one target", r.from)
	}
	rs.put(r)
	return nil
}

// mainOrigin is the origin that most requests somebody waits for went to, the
// first of several.
func mainOrigin(c *traffic.Capture, rs *routes) string {
	counts, order := map[string]int{}, map[string]int{}
	for i, x := range c.Exchanges {
		_, origin := rs.of(x.Request.URL)
		if origin == "" {
			continue
		}
		if _, seen := order[origin]; !seen {
			order[origin] = i
		}
		if diff.StandingOf(x) == diff.Awaited {
			counts[origin]++
		}
	}
	main := ""
	for origin, first := range order {
		if main == "" || cmp.Or(cmp.Compare(counts[origin], counts[main]), cmp.Compare(order[main], first)) > 0 {
			main = origin
		}
	}
	return main
}

// allowed are the addresses that may be dialled.
func (rs *routes) allowed() []string {
	var list []string
	for _, r := range rs.list {
		list = append(list, r.addr)
	}
	return list
}

// targets names the routes for a report.
func (rs *routes) targets(role string) []results.Target {
	list := make([]results.Target, 0, len(rs.list))
	for _, r := range rs.list {
		list = append(list, results.Target{Role: role, From: r.from, To: r.origin() + r.prefix})
	}
	return list
}

// addrOf is the address to dial for a host of a URL.
func addrOf(scheme, host, port string) string {
	return net.JoinHostPort(strings.Trim(host, "[]"), cmp.Or(port, defaultPort(scheme)))
}
