package specs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/onsi/gomega/types"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// SendCookie succeeds if a browser sends the cookie of that name with a request,
// by the rules of RFC 6265bis. The actual value is a *browser.Jar, which an
// http.Client takes as its Jar, or answers whose Set-Cookie lines go into an
// empty one: an *http.Response, a *traffic.Exchange, a *traffic.Capture, the name
// of a capture file.
//
//	Expect(jar).To(SendCookie("sid").To("https://api.example.com/me").From("https://app.example.com/"))
//
// Without From somebody typed the address; with it, a script of that page fetches
// with credentials.
func SendCookie(name string) *SendCookieMatcher { return &SendCookieMatcher{name: name} }

// A SendCookieMatcher is what [SendCookie] returns.
type SendCookieMatcher struct {
	name    string
	to      string
	page    string
	link    bool
	method  string
	at      time.Time
	profile browser.Profile

	why   browser.Answer
	jar   *browser.Jar
	sent  browser.CookieContext
	fixed bool
}

var _ types.GomegaMatcher = (*SendCookieMatcher)(nil)

// To is the URL that is asked. It must be given.
func (m *SendCookieMatcher) To(url string) *SendCookieMatcher { m.to = url; return m }

// From is the page that asks: its URL or its origin.
func (m *SendCookieMatcher) From(page string) *SendCookieMatcher { m.page = page; return m }

// ByLink tells that somebody follows a link of the page, or sends its form, so
// that the browser goes there; else a script fetches.
func (m *SendCookieMatcher) ByLink() *SendCookieMatcher { m.link = true; return m }

// WithMethod is the method of the request; the default is GET.
func (m *SendCookieMatcher) WithMethod(method string) *SendCookieMatcher {
	m.method = method
	return m
}

// At is the time of the request. The default is that of the last answer, where
// captures tell it, and now.
func (m *SendCookieMatcher) At(when time.Time) *SendCookieMatcher { m.at = when; return m }

// In is the browser that decides; the default is Chromium. A jar has its own.
func (m *SendCookieMatcher) In(p browser.Profile) *SendCookieMatcher { m.profile = p; return m }

// Match implements types.GomegaMatcher.
func (m *SendCookieMatcher) Match(actual any) (bool, error) {
	if m.to == "" {
		return false, fmt.Errorf(`SendCookie: to which URL? Say SendCookie(%q).To("https://api.example.com/me")`, m.name)
	}
	jar, now, err := m.fill(actual)
	if err != nil {
		return false, fmt.Errorf("SendCookie: %w", err)
	}
	if m.jar = jar; !m.at.IsZero() {
		now = m.at
	}
	m.sent = browser.CookieContext{URL: m.to, Time: now, Method: m.method, Initiator: m.page}
	if m.page != "" && !m.link {
		m.sent.Kind = browser.Subresource
	}
	m.why = jar.Why(m.name, m.sent)
	return m.why.Sent, nil
}

// fill returns the jar, and the time that is now for its cookies.
func (m *SendCookieMatcher) fill(actual any) (*browser.Jar, time.Time, error) {
	m.fixed = false
	switch v := actual.(type) {
	case *browser.Jar:
		if v == nil {
			return nil, time.Time{}, fmt.Errorf("the jar is nil")
		}
		if v.Now != nil {
			return v, v.Now(), nil
		}
		return v, time.Now(), nil
	case http.CookieJar:
		return nil, time.Time{}, fmt.Errorf("a %T forgets what SameSite and the prefixes were: give the client a &browser.Jar{} instead, which is an http.CookieJar too", actual)
	case *httptest.ResponseRecorder:
		return nil, time.Time{}, fmt.Errorf("a recorder does not know its URL: give its Result with the Request set, or an exchange")
	}
	flow, err := cookiesIn(actual)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("%w\nor a *browser.Jar", err)
	}
	if !flow.asked {
		return nil, time.Time{}, fmt.Errorf("the answer does not know its URL: set its Request")
	}
	m.fixed = flow.fixed
	jar, now := filled(flow, m.profile)
	return jar, now, nil
}

// cookiesIn reads the flow that sets cookies. Of a live answer the header is
// enough: its body may have been read.
func cookiesIn(actual any) (*said, error) {
	r, live := actual.(*http.Response)
	if !live || r == nil || r.Request == nil {
		return saidIn(actual, "the actual flow")
	}
	request, err := requestOf(r.Request)
	x := &traffic.Exchange{Request: request, Response: &traffic.Response{Status: r.StatusCode, Header: traffic.HeaderOf(r.Header)}}
	return &said{Capture: alone(x, "the actual flow"), single: true, asked: true, live: true, fixed: true}, err
}

// filled puts the cookies of a flow into a jar, at the times of the flow.
func filled(flow *said, p browser.Profile) (*browser.Jar, time.Time) {
	jar := &browser.Jar{Profile: p}
	now := time.Now()
	if len(flow.Exchanges) == 0 {
		return jar, now
	}
	trail := scenarios.NewCookieTrail(flow.Capture, flow.Exchanges[0])
	for _, x := range flow.Exchanges {
		ctx := trail.Visit(x)
		if !timed(x) {
			ctx.Time = now
		}
		now = ctx.Time
		if x.Response == nil {
			continue
		}
		for _, line := range scenarios.SetCookieLines(x.Response) {
			jar.Set(line, ctx)
		}
	}
	return jar, now
}

// timed tells whether an exchange says when it was.
func timed(x *traffic.Exchange) bool {
	return x.Recorded.Started.Known() || x.Response != nil && x.Response.Header.Has("Date")
}
