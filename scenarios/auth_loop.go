package scenarios

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func authLoop() *Cause {
	return &Cause{
		ID:    "auth-loop",
		Kind:  Shape,
		Group: Tokens,
		Means: "Client and server go round in a circle: redirects to the login and back, or the same refused call again and again.",
		Looks: "ERR_TOO_MANY_REDIRECTS, the same URL three times in one chain of redirects, or three 401s on one call within seconds with an unchanged credential. " +
			"It is how another cause looks over time: mostly a session cookie that is set and never comes back.",
		Unlike: []Unlike{
			{"tls-termination", "the circle is http to https and back: the app does not know that TLS ended before it"},
			{"cookie-samesite-blocked", "the cookie that is set on the way back from the identity provider is not sent"},
			{"insufficient-scope", "a user who is logged in but has no right is sent to the login: that should be a 403"},
			{"refresh-missing", "no circle: the client gave up"},
		},
		Advice: []Advice{
			{Client, "One refresh and one retry at most, then show the login.", "if (retried) return showLogin()"},
			{App, "Never redirect a user who is logged in to the login: answer 403. Break the circle on a mark in the URL.", `if (req.query.retry) return res.status(401).send("login failed")`},
			{Nginx, "Tell the app the scheme that the client used.", "proxy_set_header X-Forwarded-Proto $scheme;"},
		},
		Refs:     []string{"RFC 9110 section 15.4", "Fetch standard, HTTP-redirect fetch"},
		Prior:    -0.5,
		Detect:   detectAuthLoop,
		Inject:   injectAuthLoop,
		Enforced: ByProxy,
		Live:     liveAuthLoop,
		Expect:   or(refuses(expect.Lenient, 401, 403), sentAway()),
	}
}

func detectAuthLoop(v *View) []Evidence {
	var evidence []Evidence
	if v.Failed.Response != nil && strings.Contains(v.Failed.Response.Error, "ERR_TOO_MANY_REDIRECTS") {
		evidence = append(evidence, v.observed(Decisive, FromStatus, seen(diff.Response, diff.Failure, "", v.Failed.Response.Error), "the browser gave up after too many redirects"))
	}
	bad := v.Comparison.Bad
	chain := chainThrough(bad, v.Failed.Index)
	if entry, times := repeated(bad, chain); times >= 3 {
		evidence = append(evidence, Evidence{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: entry, Note: fmt.Sprintf("one chain of redirects comes to the same URL %d times", times)})
		evidence = append(evidence, unreturnedCookie(bad, chain)...)
	}
	evidence = append(evidence, v.repeatedRefusals()...)
	if len(evidence) == 0 {
		return nil
	}
	if v.Good != nil {
		if _, times := repeated(v.Comparison.OK, chainThrough(v.Comparison.OK, v.Good.Index)); times >= 3 {
			evidence = append(evidence, v.against(Against, FromFlow, "the working capture goes round as well"))
		}
	}
	return evidence
}

// chainThrough returns the chain of redirects that an entry is in: each
// answered by a redirect to the next.
func chainThrough(c *traffic.Capture, entry int) []int {
	start := entry
	for start > 0 && isHop(c.Exchanges[start-1], c.Exchanges[start]) {
		start--
	}
	chain := []int{start}
	for i := start; i+1 < len(c.Exchanges) && isHop(c.Exchanges[i], c.Exchanges[i+1]); i++ {
		chain = append(chain, i+1)
	}
	return chain
}

// isHop tells whether an exchange redirected to the one that follows it.
func isHop(x, next *traffic.Exchange) bool {
	if x.Response == nil || x.Response.Status < 300 || x.Response.Status >= 400 {
		return false
	}
	base := x.Request.ParsedURL()
	location := x.Response.Header.Get("location")
	if location == "" {
		location = x.Response.Location
	}
	if base == nil || location == "" {
		return false
	}
	to, err := base.Parse(location)
	if err != nil {
		return false
	}
	to.Fragment = ""
	return sameTarget(to.String(), next.Request.URL)
}

// repeated returns the URL of a chain that comes most often. Parameters that
// are new each time (state, nonce) do not make it another one.
func repeated(c *traffic.Capture, chain []int) (entry, times int) {
	seenAt := map[string][]int{}
	for _, i := range chain {
		url, _, _ := strings.Cut(c.Exchanges[i].Request.URL, "?")
		key := c.Exchanges[i].Request.Method + " " + url
		seenAt[key] = append(seenAt[key], i)
		if len(seenAt[key]) > times {
			entry, times = seenAt[key][0], len(seenAt[key])
		}
	}
	return entry, times
}

// unreturnedCookie finds a cookie that every round sets and none sends.
func unreturnedCookie(c *traffic.Capture, chain []int) []Evidence {
	set := map[string]int{}
	for _, i := range chain {
		x := c.Exchanges[i]
		for _, cookie := range x.Request.CookiePairs() {
			delete(set, cookie.Name)
		}
		for _, field := range x.Response.Header.Values("set-cookie") {
			name, _, _ := strings.Cut(field, "=")
			set[strings.TrimSpace(name)]++
		}
	}
	for name, times := range set {
		if times >= 2 {
			return []Evidence{{Strength: Strong, Source: FromFlow, Side: Bad, Entry: chain[0], At: seen(diff.Response, diff.SetCookie, name, name),
				Note: "each round sets a cookie that the next one does not send"}}
		}
	}
	return nil
}

// repeatedRefusals finds three 401s on one call with the same credential
// within ten seconds. A handshake (Digest, NTLM) changes its credential.
func (v *View) repeatedRefusals() []Evidence {
	const within = 10 * time.Second
	if v.status() != http.StatusUnauthorized {
		return nil
	}
	r := &v.Failed.Request
	var entries []int
	for _, x := range v.Comparison.Bad.Exchanges {
		if x.Response == nil || x.Response.Status != http.StatusUnauthorized || x.Request.Method != r.Method || x.Request.URL != r.URL ||
			x.Request.Header.Get("authorization") != r.Header.Get("authorization") || x.Request.Header.Get("cookie") != r.Header.Get("cookie") {
			continue
		}
		entries = append(entries, x.Index)
	}
	for i := 2; i < len(entries); i++ {
		first, last := v.Comparison.Bad.Exchanges[entries[i-2]].Recorded.Started, v.Comparison.Bad.Exchanges[entries[i]].Recorded.Started
		if first.Known() && last.Known() && last.Time.Sub(first.Time).Abs() <= within {
			return []Evidence{{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: entries[i], Note: "the same call was refused three times within seconds, with the same credential"}}
		}
	}
	return nil
}

// injectAuthLoop sends the target to a login that sends it back, until the
// client gives up.
func injectAuthLoop(in *Injection) error {
	target := in.Exchange()
	u := target.Request.ParsedURL()
	if target.Request.Method != http.MethodGet || u == nil || u.Host == "" {
		return fmt.Errorf("%w: only a page is sent round", ErrCannotInject)
	}
	login := *u
	login.Path, login.RawPath, login.RawQuery, login.Fragment = "/login", "", "", ""
	hop := func(from, to string, status int) *traffic.Exchange {
		x := cloneExchange(target)
		x.Request.URL, x.Request.Query = from, nil
		x.Response = &traffic.Response{Status: status, Proto: x.Request.Proto}
		for _, f := range [...]traffic.HeaderField{{Name: "Date", Value: dateHeader(target)}, {Name: "Location", Value: to}, {Name: "Content-Length", Value: "0"}} {
			if f.Value != "" {
				x.Response.Header = append(x.Response.Header, f)
			}
		}
		return x
	}
	const rounds = 5
	var loop []*traffic.Exchange
	for range rounds {
		loop = append(loop, hop(target.Request.URL, login.String(), http.StatusFound), hop(login.String(), target.Request.URL, http.StatusFound))
	}
	*target = *loop[0]
	for i, x := range loop[1:] {
		in.insert(in.Target+1+i, x)
	}
	return nil
}

func dateHeader(x *traffic.Exchange) string {
	if x.Response == nil {
		return ""
	}
	return x.Response.Header.Get("date")
}

// liveAuthLoop keeps every cookie from the client: who logs in comes back as
// nobody, and is sent to the login again.
func liveAuthLoop(in *Injection) error {
	if in.Request().Method != http.MethodGet {
		return cannot("only a page is sent round")
	}
	if _, _, ok := in.sessionCookie(); !ok {
		return cannot("the request carries no session cookie")
	}
	if err := in.damage(Damage{Entry: EveryEntry, Do: DropResponseField, Name: "set-cookie"}); err != nil {
		return err
	}
	return in.damage(Damage{Entry: EveryEntry, Do: DropRequestField, Name: "cookie"})
}
