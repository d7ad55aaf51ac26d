package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A cookieFlow is what a capture did with cookies up to one request.
type cookieFlow struct {
	plain   bool // no browser asked: the rules of any cookie jar
	profile browser.Profile
	jar     browser.Jar
	sets    map[string][]cookieLine // by name, in order
	last    browser.CookieContext   // of the request it was replayed up to
	told    testimony               // of that request
}

// A cookieLine is one Set-Cookie line and what came of it.
type cookieLine struct {
	entry   int
	line    string
	name    string
	value   string
	cookie  browser.Cookie
	verdict browser.Verdict
	ctx     browser.CookieContext
	told    *cookieWord // by which the browser refused it
}

// deletes tells whether the line takes the cookie away.
func (s cookieLine) deletes() bool { return s.cookie.Expired(s.ctx.Time) }

// replayCookies runs the Set-Cookie lines of a capture through a browser's jar,
// in one pass. A nil request to stop at leaves the flow empty.
func replayCookies(c *traffic.Capture, stop *traffic.Exchange) *cookieFlow {
	flow := &cookieFlow{sets: map[string][]cookieLine{}}
	if stop == nil {
		return flow
	}
	flow.profile, flow.plain = clientOf(c, stop)
	flow.jar.Profile = flow.profile
	places := newPlaces()
	for _, x := range c.Exchanges {
		if x == stop {
			continue
		}
		if x.Index > stop.Index && !precedes(x, stop) {
			continue
		}
		places.visit(x)
		if x.Response == nil || !setsCookies(x.Response) {
			continue
		}
		ctx := places.context(x)
		notes, _ := toldOf(x)
		lines := setCookieLines(x.Response)
		for _, line := range lines {
			flow.set(x.Index, line, ctx, notes, lines)
		}
	}
	places.visit(stop)
	flow.told, _ = toldOf(stop)
	flow.last = places.context(stop)
	return flow
}

// precedes tells whether x was sent before y: it stands before it, or its clock
// says so.
func precedes(x, y *traffic.Exchange) bool {
	a, b := x.Recorded.Started, y.Recorded.Started
	return x.Index < y.Index || a.Known() && b.Known() && a.Time.Before(b.Time)
}

func (f *cookieFlow) set(entry int, line string, ctx browser.CookieContext, said testimony, lines []string) {
	parsed := browser.ParseSetCookie(line)
	s := cookieLine{entry: entry, line: line, name: parsed.Name, value: parsed.Value, ctx: ctx}
	if f.plain {
		s.ctx = plainContext(ctx)
		s.cookie, s.verdict = f.jar.Set(plainLine(parsed), s.ctx)
	} else if c, w := said.refused(line, lines, ctx, f.profile); w != nil {
		s.cookie, s.verdict, s.told = c, w.verdict(), w
	} else {
		s.cookie, s.verdict = f.jar.Set(line, ctx)
	}
	f.sets[s.name] = append(f.sets[s.name], s)
}

// maxNamesakes bounds how many cookies of one name are looked at; servers set
// the same one with every answer.
const maxNamesakes = 16

// sends tells whether any of the cookies goes with the last request: for each
// domain and path the last one counts.
func (f *cookieFlow) sends(sets []cookieLine) bool {
	type place struct {
		domain, path string
		hostOnly     bool
	}
	seen := map[place]bool{}
	for i := len(sets) - 1; i >= 0 && len(seen) < maxNamesakes; i-- {
		s := sets[i]
		if !s.verdict.Allowed {
			continue
		}
		at := place{s.cookie.Domain, s.cookie.Path, s.cookie.HostOnly}
		if seen[at] {
			continue
		}
		seen[at] = true
		if !s.deletes() && f.judgeSend(s.cookie).Allowed {
			return true
		}
	}
	return false
}

func (f *cookieFlow) judgeSend(c browser.Cookie) browser.Verdict {
	if f.plain {
		return browser.Send(c, plainContext(f.last), f.profile)
	}
	ours := browser.Send(c, f.last, f.profile)
	if w, ok := f.told.unsent(c.Name, c.Domain, c.Path); ok {
		w.ours = ours
		return w.verdict()
	}
	return ours
}

// plainContext is the request as a jar sees it that knows no pages.
func plainContext(ctx browser.CookieContext) browser.CookieContext {
	return browser.CookieContext{URL: ctx.URL, Time: ctx.Time, Method: ctx.Method}
}

// plainLine leaves of a Set-Cookie line what every jar heeds: no SameSite, no
// prefix, no limit of size.
func plainLine(s browser.SetCookie) string {
	out := browser.SetCookie{Name: "c", Value: "v"}
	if s.Name != "" && !strings.HasPrefix(s.Name, "__") && len(s.Name) < 256 {
		out.Name = s.Name
	}
	for _, a := range s.Attributes {
		switch strings.ToLower(a.Name) {
		case "domain", "path", "secure", "expires", "max-age", "httponly":
			out.Attributes = append(out.Attributes, a)
		}
	}
	return out.String()
}

func setsCookies(r *traffic.Response) bool { return r.Header.Has("set-cookie") || len(r.Cookies) > 0 }

// setCookieLines returns the Set-Cookie lines of an answer. Some recorders put
// all lines into one field, parted by line ends; others have no such field and
// a list of their own.
func setCookieLines(r *traffic.Response) []string {
	var lines []string
	for _, f := range r.Header.All("set-cookie") {
		for line := range strings.SplitSeq(f.Value, "\n") {
			if line = strings.TrimRight(line, "\r"); line != "" {
				lines = append(lines, line)
			}
		}
	}
	if lines != nil {
		return lines
	}
	for _, c := range r.Cookies {
		lines = append(lines, listedLine(c))
	}
	return lines
}

// listedLine writes a row of a recorder's list as the line it was read from.
func listedLine(c traffic.Cookie) string {
	s := browser.SetCookie{Name: c.Name, Value: c.Value}
	add := func(name, value string) {
		s.Attributes = append(s.Attributes, browser.Attribute{Name: name, Value: value})
	}
	for _, a := range []browser.Attribute{{Name: "Path", Value: c.Path}, {Name: "Domain", Value: c.Domain}, {Name: "SameSite", Value: c.SameSite},
		{Name: "Expires", Value: httpDate(c.Expires)}} {
		if a.Value != "" {
			add(a.Name, a.Value)
		}
	}
	if c.HTTPOnly {
		add("HttpOnly", "")
	}
	if c.Secure {
		add("Secure", "")
	}
	return s.String()
}
