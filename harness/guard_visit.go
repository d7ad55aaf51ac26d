package harness

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/damage"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// armVisit makes the client of a play the browser of a visit: it keeps the
// cookies that are set after the rewrite, and chooses by the page that asks.
func (e *examination) armVisit(p *play, v *scenarios.Visit) {
	if p.jar == nil {
		return
	}
	p.jar.asBrowser()
	p.alter.visit = func(entry int, c browser.CookieContext) browser.CookieContext {
		if entry == e.entry {
			return contextOf(c, v)
		}
		return c
	}
	p.alter.setCookie = func(entry int, r *traffic.Response) *traffic.Response { return withSetCookie(r, entry, v.Rewrite) }
}

// asBrowser makes the jar heed what browsers heed, and send what they would.
func (j *jar) asBrowser() {
	j.trail.Plain = false
	j.habits = habits{shown: true, keeps: true}
}

// contextOf is what the browser knows of the request of a visit.
func contextOf(c browser.CookieContext, v *scenarios.Visit) browser.CookieContext {
	if v.URL != "" {
		c.URL, c.Redirects = v.URL, nil
	}
	if v.Page == "" {
		return c
	}
	c.Initiator, c.Frames, c.Redirects = v.Page, []string{v.Page}, nil
	c.Credentials = browser.Include
	if !v.Credentials {
		c.Credentials = browser.SameOrigin
	}
	if v.CORS {
		c.Kind = browser.Subresource
	}
	return c
}

// withSetCookie is an answer with other lines of Set-Cookie.
func withSetCookie(r *traffic.Response, entry int, list []scenarios.CookieRewrite) *traffic.Response {
	if !slices.ContainsFunc(list, func(w scenarios.CookieRewrite) bool { return w.Entry == entry }) {
		return r
	}
	changed := *r
	changed.Header = slices.Clone(r.Header)
	for i, f := range changed.Header {
		if !strings.EqualFold(f.Name, "set-cookie") {
			continue
		}
		line := browser.ParseSetCookie(f.Value)
		for _, w := range list {
			if w.Entry == entry && w.Cookie == line.Name {
				rewrite(&line, w)
				changed.Header[i].Value = line.String()
			}
		}
	}
	return &changed
}

func rewrite(line *browser.SetCookie, w scenarios.CookieRewrite) {
	if w.Rename != "" {
		line.Name = w.Rename
	}
	if w.Attribute == "" {
		return
	}
	line.Attributes = slices.DeleteFunc(slices.Clone(line.Attributes), func(a browser.Attribute) bool { return strings.EqualFold(a.Name, w.Attribute) })
	if !w.Drop {
		line.Attributes = append(line.Attributes, browser.Attribute{Name: w.Attribute, Value: w.Value})
	}
}

// visiting is a request as the page of a visit makes it.
func visiting(asked *traffic.Request, v *scenarios.Visit) *traffic.Request {
	r := *asked
	r.Header = slices.Clone(asked.Header)
	if v.URL != "" {
		r.URL = onRecordedScheme(v.URL, asked.URL)
		scenarios.DeleteHeader(&r.Header, "host")
	}
	page, err := pageOf(v)
	if v.Page == "" || err != nil {
		return &r
	}
	if v.CORS || !wire.Safe(r.Method) || r.Header.Has("origin") {
		scenarios.SetHeader(&r.Header, "Origin", page.String())
	}
	if page.Opaque() {
		scenarios.DeleteHeader(&r.Header, "referer") // a sandboxed frame has no URL to tell
	} else if v.CORS || r.Header.Has("referer") {
		scenarios.SetHeader(&r.Header, "Referer", page.String()+"/")
	}
	if r.Header.Has("sec-fetch-site") {
		scenarios.SetHeader(&r.Header, "Sec-Fetch-Site", fetchSite(v.Page, r.URL))
	}
	if v.CORS && r.Header.Has("sec-fetch-mode") {
		scenarios.SetHeader(&r.Header, "Sec-Fetch-Mode", "cors")
		scenarios.SetHeader(&r.Header, "Sec-Fetch-Dest", "empty")
		scenarios.DeleteHeader(&r.Header, "sec-fetch-user")
	}
	return &r
}

// pageOf is the origin of a visit's page; "null" is that of a sandboxed frame,
// which anybody can put anything into.
func pageOf(v *scenarios.Visit) (browser.Origin, error) {
	if v.Page == "null" {
		return browser.Origin{}, nil
	}
	return browser.OriginOf(v.Page)
}

// fetchSite is Sec-Fetch-Site (Fetch Metadata, section 2.3).
func fetchSite(page, address string) string {
	if from, err := browser.OriginOf(page); err == nil {
		if to, err := browser.OriginOf(address); err == nil && from.SameOrigin(to) {
			return "same-origin"
		}
	}
	if browser.SiteOf(page).SameSite(browser.SiteOf(address)) {
		return "same-site"
	}
	return "cross-site"
}

// onRecordedScheme is an address with the scheme of another: what a browser
// asks over http for is still sent to where the recorded request goes.
func onRecordedScheme(address, recorded string) string {
	u, err := url.Parse(address)
	was, errWas := url.Parse(recorded)
	if err != nil || errWas != nil || u.Host != was.Host {
		return address
	}
	u.Scheme = was.Scheme
	return u.String()
}

// visit lets a script of a page ask, by the browser's rules and the answers of
// the real server.
func (e *examination) visit(ctx context.Context, p *play, v *scenarios.Visit) (*outcome, error) {
	page, err := pageOf(v)
	if err != nil {
		return nil, fmt.Errorf("%w: the page has no origin", scenarios.ErrNotTestable)
	}
	asked, err := e.askedBy(ctx, p, v)
	if err != nil {
		return nil, err
	}
	profile := browser.Chromium
	if p.jar != nil {
		profile = p.jar.trail.Profile
	}
	c := &crossing{CrossOrigin: scenarios.CrossOrigin{Profile: profile}}
	c.request = browser.CORSRequest{
		Origin: page, Method: asked.Method, URL: asked.URL, Header: scenarios.ScriptFields(asked.Header),
		Credentials: browser.CredentialsSameOrigin, LocalNetworkDenied: v.LocalNetwork,
	}
	if v.Credentials {
		c.request.Credentials = browser.CredentialsInclude
	}
	c.CrossOrigin.Request = c.request
	if v := c.decide(c.request, nil, nil); v.Rule == browser.RuleMixedContent {
		return nil, fmt.Errorf("%w: %s; ask from a page of http", scenarios.ErrNotTestable, v.Sentence())
	}
	if origin, mapped := p.run.plan.originSent(page); mapped {
		c.request.Origin = origin // the server decides by the one that is sent
	}
	to := p.run.plan.routes.leads(asked.URL)
	x := e.recorded
	if v.LocalNetwork {
		verdict := c.decide(c.request, nil, nil)
		return &outcome{exchange: withheld(x, asked, p.run.now()), cors: &verdict}, nil
	}
	if browser.NeedsPreflight(c.request, profile).Needed {
		answer, err := p.exchange(ctx, c.preflightRequest(asked), to)
		if err != nil {
			return nil, fmt.Errorf("%w: the preflight got no answer: %w", scenarios.ErrNotTestable, err)
		}
		if c.preflight = corsAnswer(answer.Response); refuses(c.request, c.preflight, profile) {
			verdict := c.decide(c.request, c.preflight, answer.Response)
			return &outcome{exchange: withheld(x, asked, p.run.now()), cors: &verdict}, nil
		}
	}
	live, err := p.exchange(ctx, asked, to)
	if err != nil {
		return &outcome{exchange: &traffic.Exchange{Index: x.Index, Request: *asked}, lost: err.Error()}, nil
	}
	live.Index = x.Index
	verdict := c.decide(c.request, c.preflight, live.Response)
	return &outcome{exchange: p.run.plan.inRecordedTerms(live), cors: &verdict}, nil
}

// askedBy is the request of a visit, ready to be sent: with the cookies that the
// browser lets go to a page's request.
func (e *examination) askedBy(ctx context.Context, p *play, v *scenarios.Visit) (*traffic.Request, error) {
	x := p.run.plan.Capture.Exchanges[e.entry]
	var c browser.CookieContext
	if p.jar != nil {
		c = contextOf(p.jar.trail.Visit(x), v)
	}
	asked, _, err := p.prepare(ctx, x, c)
	if err != nil {
		return nil, err
	}
	if !v.Credentials {
		asked = withHeader(asked, slices.DeleteFunc(slices.Clone(asked.Header), func(f traffic.HeaderField) bool { return strings.EqualFold(f.Name, "cookie") }))
	}
	return visiting(asked, v), nil
}

// movesText says in words what was done besides edits of requests.
func movesText(m *scenarios.Moves, c *traffic.Capture) string {
	var list []string
	for _, i := range m.Drop {
		list = append(list, fmt.Sprintf("entry %d is left out", i))
	}
	for _, x := range m.Before {
		list = append(list, "after "+template(x))
	}
	if m.Burst > 1 {
		list = append(list, fmt.Sprintf("%d times at once", m.Burst))
	}
	for _, d := range m.Damage {
		list = append(list, damage.Describe(d))
	}
	if m.NoCertificate {
		list = append(list, "without the client certificate")
	}
	if m.Visit != nil {
		list = append(list, visitText(m.Visit))
	}
	return strings.Join(list, "; ")
}

func visitText(v *scenarios.Visit) string {
	var b strings.Builder
	b.WriteString("in a browser")
	if v.Page != "" {
		fmt.Fprintf(&b, " on a page of %s", v.Page)
	}
	if v.URL != "" {
		if u, err := url.Parse(v.URL); err == nil {
			fmt.Fprintf(&b, " that asks %s://%s", u.Scheme, u.Host)
		}
	}
	for _, w := range v.Rewrite {
		switch {
		case w.Drop:
			fmt.Fprintf(&b, ", the cookie %s set without %s", w.Cookie, w.Attribute)
		case w.Attribute != "":
			fmt.Fprintf(&b, ", the cookie %s set with %s", w.Cookie, strings.TrimSuffix(w.Attribute+"="+w.Value, "="))
		}
		if w.Rename != "" {
			fmt.Fprintf(&b, " as %s", w.Rename)
		}
	}
	return b.String()
}
