package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A cookieLoss is a Set-Cookie of a session that the working capture has and
// the paired answer of the failing one has not.
type cookieLoss struct {
	entry         int // of the failing capture
	good          int // its counterpart in the working one
	at            diff.Edit
	secure        bool // the cookie was Secure
	picky         bool // its framework sets Secure cookies over https alone
	all           bool // the answer sets no cookie at all any more
	otherwiseSame bool // status and media type are the same
	cached        string
}

func (l cookieLoss) evidence(note string) Evidence {
	return Evidence{Strength: Strong, Source: FromFlow, Side: Bad, Entry: l.entry, At: l.at, Note: note}
}

// lostSetCookie finds the first such answer up to the failing request. A
// capture without any Set-Cookie because it was sanitized shows nothing.
func (v *View) lostSetCookie() (cookieLoss, bool) {
	if stripped, _ := Sanitized(v.Comparison.Bad); stripped {
		return cookieLoss{}, false
	}
	for _, p := range v.Pairs {
		if p.Bad > v.Failed.Index {
			break
		}
		ok, bad := v.Comparison.OK.Exchanges[p.OK], v.Comparison.Bad.Exchanges[p.Bad]
		if ok.Response == nil || bad.Response == nil || bad.Response.Status == 0 || bad.Response.Status >= 400 {
			continue
		}
		for _, line := range ok.Response.Header.Values("set-cookie") {
			name, value, secure := setCookieParts(line)
			if !isSessionName(name) && !looksRandom(value) || isCSRFName(name) || value == "" || setsCookieNamed(bad.Response, name) {
				continue
			}
			at := diff.Edit{Side: diff.Response, Part: diff.SetCookie, Name: name}
			at.Op, at.Old = diff.Remove, line
			return cookieLoss{
				entry: p.Bad, good: p.OK, at: at, secure: secure,
				picky:         secure && (strings.HasPrefix(value, "s%3A") || strings.HasPrefix(value, "s:") || strings.HasSuffix(name, ".sid")),
				all:           !bad.Response.Header.Has("set-cookie"),
				otherwiseSame: ok.Response.Status == bad.Response.Status && mediaTypeOf(ok.Response) == mediaTypeOf(bad.Response),
				cached:        cacheMark(bad.Response),
			}, true
		}
	}
	return cookieLoss{}, false
}

// lostSecure finds a cookie that is still set, but no longer Secure.
func (v *View) lostSecure() (diff.Edit, int, bool) {
	for _, p := range v.Pairs {
		if p.Bad > v.Failed.Index {
			break
		}
		if !p.Credentials || p.BadExchange.Response == nil || !p.BadExchange.Response.Header.Has("set-cookie") {
			continue
		}
		for _, c := range p.Changes() {
			if c.Side == diff.Response && c.Part == diff.SetCookie && strings.EqualFold(c.Sub, "secure") && c.Op == diff.Remove && !strings.HasPrefix(c.Name, "__") {
				return c.Edit, p.Bad, true
			}
		}
	}
	return diff.Edit{}, 0, false
}

// lostPrefix finds a cookie that was set Secure with a prefix of that meaning,
// and is set without both: the choice that frameworks make by the scheme they
// believe in.
func (v *View) lostPrefix() (diff.Edit, int, bool) {
	for _, p := range v.Pairs {
		if p.Bad > v.Failed.Index {
			break
		}
		good, bad := v.capture(OK).Exchanges[p.OK], v.capture(Bad).Exchanges[p.Bad]
		if good.Response == nil || bad.Response == nil {
			continue
		}
		for _, line := range good.Response.Header.Values("set-cookie") {
			full, value, _ := setCookieParts(line)
			bare := withoutPrefix(full)
			if bare == full || value == "" || !isSessionCookie(full, value) || setsCookieNamed(bad.Response, full) {
				continue
			}
			for _, now := range bad.Response.Header.Values("set-cookie") {
				if name, value, secure := setCookieParts(now); name == bare && value != "" && !secure {
					return seen(diff.Response, diff.SetCookie, name, now), p.Bad, true
				}
			}
		}
	}
	return diff.Edit{}, 0, false
}

// setCookieParts reads what is needed of a Set-Cookie field.
func setCookieParts(line string) (name, value string, secure bool) {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, _ = strings.Cut(pair, "=")
	for attribute := range strings.SplitSeq(attributes, ";") {
		if strings.EqualFold(strings.TrimSpace(attribute), "secure") {
			secure = true
		}
	}
	return strings.TrimSpace(name), strings.TrimSpace(value), secure
}

func setsCookieNamed(r *traffic.Response, name string) bool {
	for _, line := range r.Header.Values("set-cookie") {
		if n, _, _ := setCookieParts(line); n == name {
			return true
		}
	}
	return false
}

// cacheMark returns the field that says that an answer comes from a cache; ""
// none.
func cacheMark(r *traffic.Response) string {
	if age := r.Header.Get("age"); age != "" && age != "0" {
		return "age"
	}
	for _, name := range []string{"x-cache", "cf-cache-status", "x-cache-status", "x-proxy-cache", "x-varnish-cache", "cdn-cache", "x-vercel-cache"} {
		if strings.Contains(strings.ToLower(r.Header.Get(name)), "hit") {
			return name
		}
	}
	return ""
}
