package samples

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// routes are the entries that stand for a kind of route each: the first that
// carries a credential and is answered well.
func (b *builder) routes() []int {
	best := map[string]int{}
	var order []string
	for entry, x := range b.capture.Exchanges {
		if !isRoute(x) {
			continue
		}
		kind := x.Request.Method + " " + originOf(&x.Request) + " " + diff.PathTemplate(b.idless(entry))
		known, is := best[kind]
		switch {
		case !is:
			best[kind] = entry
			order = append(order, kind)
		case x.Response.Status < 300 && b.capture.Exchanges[known].Response.Status >= 300:
			best[kind] = entry
		}
	}
	var list []int
	for _, kind := range order {
		list = append(list, best[kind])
	}
	slices.Sort(list)
	return list
}

// isRoute tells a request that takes a credential. A login is none: it is a
// step on the way.
func isRoute(x *traffic.Exchange) bool {
	if x.Response == nil || x.Response.Status < 200 || x.Response.Status == 304 || !scenarios.Works(x) || diff.IsPreflight(x) {
		return false
	}
	u := x.Request.ParsedURL()
	if u == nil || u.Scheme != "http" && u.Scheme != "https" || x.Request.Header.Get("Sec-Websocket-Key") != "" {
		return false
	}
	credentials := scenarios.CredentialsOf(&x.Request)
	return len(credentials) > 0 && !slices.ContainsFunc(credentials, func(c scenarios.Credential) bool { return c.Kind == scenarios.LoginForm })
}

// idless is the path of an entry with the names of values in the place of those
// that an answer handed out: "/orders/{order_id}".
func (b *builder) idless(entry int) string {
	path := pathOf(&b.capture.Exchanges[entry].Request)
	for i, link := range b.plan.Links() {
		value := b.plan.Value(i)
		if value == "" || !slices.ContainsFunc(link.To, func(u useOf) bool { return u.Entry == entry && strings.HasPrefix(u.Path, "request.path") }) {
			continue
		}
		segments := strings.Split(path, "/")
		for j, segment := range segments {
			if segment == value {
				segments[j] = "{" + baseName(link.Name) + "}"
			}
		}
		path = strings.Join(segments, "/")
	}
	return path
}

// baseName is a link's name without its number.
func baseName(name string) string {
	base, number, found := strings.Cut(name, "-")
	if found && strings.Trim(number, "0123456789") == "" {
		return base
	}
	return name
}

// withNeeds adds the entries whose answers hand out what the others carry, and
// what those need. They are in recorded order.
func (b *builder) withNeeds(routes []int) []int {
	known := map[int]bool{}
	var add func(entry int)
	add = func(entry int) {
		if known[entry] || b.capture.Exchanges[entry].Response == nil {
			return
		}
		known[entry] = true
		for _, need := range b.plan.Needs(entry) {
			add(need)
		}
		for _, p := range b.capture.Exchanges[entry].Request.CookiePairs() {
			if from := b.cookieFrom(entry, p.Name, p.Value); from >= 0 {
				add(from)
			}
		}
	}
	for _, entry := range routes {
		add(entry)
	}
	var list []int
	for entry := range known {
		list = append(list, entry)
	}
	slices.Sort(list)
	return list
}

// cookieFrom is the entry whose answer set a cookie that a request carries, -1
// where it had it from before.
func (b *builder) cookieFrom(entry int, name, value string) int {
	for i := entry - 1; i >= 0; i-- {
		if b.sets(i, name, value) {
			return i
		}
	}
	return -1
}

func (b *builder) sets(entry int, name, value string) bool {
	r := b.capture.Exchanges[entry].Response
	if r == nil {
		return false
	}
	for _, field := range r.Header.Values("Set-Cookie") {
		for line := range strings.SplitSeq(field, "\n") {
			pair, _, _ := strings.Cut(line, ";")
			key, set, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if strings.TrimSpace(key) == name && strings.TrimSpace(set) == value {
				return true
			}
		}
	}
	return false
}

func originOf(r *traffic.Request) string {
	if u := r.ParsedURL(); u != nil {
		return strings.ToLower(u.Scheme) + "://" + strings.ToLower(u.Host)
	}
	return ""
}

func pathOf(r *traffic.Request) string {
	if u := r.ParsedURL(); u != nil && u.EscapedPath() != "" {
		return u.EscapedPath()
	}
	return "/"
}
