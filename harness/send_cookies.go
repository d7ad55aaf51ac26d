package harness

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A jar is the cookies of one session: those of the recorded client beside
// those of now. Both are of the recorded URLs, so that Secure, Domain and the
// prefixes mean what they mean where the app is deployed, wherever the target
// is; but a target that is asked over TLS is (see [overTLS]). It belongs to one
// goroutine.
type jar struct {
	trail          *scenarios.CookieTrail
	recorded, live browser.Jar
	habits         habits
	skipped        map[string]bool // "name=value" that an exchange handed out that is not sent
}

// habits are what a capture shows of its client's cookies.
type habits struct {
	shown bool // some request has a Cookie field: the recorder lists them
	keeps bool // the client sends what answers set
}

func newJar(c *traffic.Capture, first *traffic.Exchange, h habits, skipped map[string]bool) *jar {
	j := &jar{trail: scenarios.NewCookieTrail(c, first), habits: h, skipped: skipped}
	j.recorded.Profile, j.live.Profile = j.trail.Profile, j.trail.Profile
	return j
}

// habitsOf reads the habits of a capture's clients.
func habitsOf(c *traffic.Capture) habits {
	var h habits
	set := map[string]bool{}
	for _, x := range c.Exchanges {
		for _, pair := range x.Request.CookiePairs() {
			h.shown = true
			h.keeps = h.keeps || set[pair.Name+"="+pair.Value]
		}
		for _, line := range scenarios.SetCookieLines(x.Response) {
			s := browser.ParseSetCookie(line)
			set[s.Name+"="+s.Value] = true
		}
	}
	return h
}

// cookies returns what goes with a request now: of the recorded cookies those
// that the client would still send, with the values of now, and new ones.
func (j *jar) cookies(x *traffic.Exchange, ctx browser.CookieContext, r *route, now time.Time) []browser.Pair {
	was := j.sends(&j.recorded, ctx)
	ctx = overTLS(ctx, r)
	ctx.Time = now
	is := j.sends(&j.live, ctx)
	listed := x.Request.CookiePairs()
	if len(listed) == 0 && len(was) > 0 && (j.habits.shown || j.trail.Plain) {
		return nil // credentials were omitted, or the client keeps no cookies
	}
	var pairs []browser.Pair
	for _, p := range listed {
		if live, ok := take(&is, p.Name); ok && !j.skipped[p.Name+"="+p.Value] {
			pairs = append(pairs, live)
		} else if _, set := take(&was, p.Name); !set || j.skipped[p.Name+"="+p.Value] {
			pairs = append(pairs, browser.Pair{Name: p.Name, Value: p.Value})
		}
	}
	if j.trail.Plain && !j.habits.keeps {
		return pairs
	}
	for _, c := range is {
		if _, withheld := take(&was, c.Name); !withheld || !j.habits.shown {
			pairs = append(pairs, c)
		}
	}
	return pairs
}

func (j *jar) sends(jar *browser.Jar, ctx browser.CookieContext) []browser.Pair {
	var pairs []browser.Pair
	for _, c := range jar.Send(ctx) {
		pair := c.Pair()
		pair.Name = j.trail.Name(c)
		pairs = append(pairs, pair)
	}
	return pairs
}

// take removes the first pair of a name from a list.
func take(list *[]browser.Pair, name string) (browser.Pair, bool) {
	for i, p := range *list {
		if p.Name == name {
			*list = append((*list)[:i:i], (*list)[i+1:]...)
			return p, true
		}
	}
	return browser.Pair{}, false
}

// answered stores what the recorded and the live answer set.
func (j *jar) answered(recorded, live *traffic.Response, ctx browser.CookieContext, r *route, now time.Time) {
	for _, line := range scenarios.SetCookieLines(recorded) {
		j.recorded.Set(j.trail.Line(line), ctx)
	}
	ctx = overTLS(ctx, r)
	ctx.Time = now
	for _, line := range scenarios.SetCookieLines(live) {
		j.live.Set(j.trail.Line(inRecordedDomain(line, r)), ctx)
	}
}

// overTLS is a request that was recorded over http and is sent over TLS now: its
// site has moved to https, so it may set and get Secure cookies. What was one
// site with it still is (RFC 6265bis section 5.2), so all of it moves.
func overTLS(ctx browser.CookieContext, r *route) browser.CookieContext {
	if r == nil || r.scheme != "https" || !strings.HasPrefix(ctx.URL, "http:") {
		return ctx
	}
	all := func(addresses []string) []string {
		moved := slices.Clone(addresses)
		for i, address := range moved {
			moved[i] = onHTTPS(address)
		}
		return moved
	}
	ctx.URL, ctx.Initiator = onHTTPS(ctx.URL), onHTTPS(ctx.Initiator)
	ctx.Frames, ctx.Redirects = all(ctx.Frames), all(ctx.Redirects)
	return ctx
}

func onHTTPS(address string) string {
	if rest, ok := strings.CutPrefix(address, "http:"); ok {
		return "https:" + rest
	}
	return address
}

// inRecordedDomain puts the recorded host in place of the target's in the
// Domain of a cookie. A domain above the target's host becomes the one above
// the recorded host.
func inRecordedDomain(line string, r *route) string {
	s := browser.ParseSetCookie(line)
	changed := false
	for i, a := range s.Attributes {
		if !strings.EqualFold(a.Name, "domain") {
			continue
		}
		domain := strings.ToLower(strings.TrimPrefix(a.Value, "."))
		target, recorded := hostOf(r.host), hostOf(r.fromHost())
		switch {
		case domain == "" || domain == recorded:
		case domain == target:
			s.Attributes[i].Value, changed = recorded, true
		case strings.HasSuffix(target, "."+domain):
			s.Attributes[i].Value, changed = above(recorded), true
		}
	}
	if !changed {
		return line
	}
	return s.String()
}

// above is the widest domain that a cookie of a host can have.
func above(host string) string {
	if domain := browser.RegistrableDomain(host); domain != "" {
		return domain
	}
	return host
}

// hostOf is a host without its port.
func hostOf(hostport string) string {
	u := url.URL{Host: hostport}
	return u.Hostname()
}

// setCookieHeader puts cookies where the recorded Cookie field stood, or last.
func setCookieHeader(h traffic.Header, pairs []browser.Pair) traffic.Header {
	out := make(traffic.Header, 0, len(h)+1)
	written := len(pairs) == 0
	for _, f := range h {
		if !strings.EqualFold(f.Name, "Cookie") {
			out = append(out, f)
			continue
		}
		if !written {
			out = append(out, traffic.HeaderField{Name: f.Name, Value: browser.WriteCookie(pairs)})
			written = true
		}
	}
	if !written {
		out = append(out, traffic.HeaderField{Name: "Cookie", Value: browser.WriteCookie(pairs)})
	}
	return out
}
