package scenarios

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

func TestCookieFate(t *testing.T) {
	worked := signIn(goodLine, inboxPage+cookieKept)
	rows := []struct {
		reason  string
		ok, bad string
		want    CookieFate
	}{
		{"stored and sent", worked, signIn(goodLine, inboxPage+turnedAway), CookieFate{SetBy: 0, Stored: true, Sent: true}},
		{"refused", worked, signIn("< Set-Cookie: desk_session=v; Domain=other.example\n", inboxPage+turnedAway),
			CookieFate{SetBy: 0, Rule: string(browser.RuleCookieDomain), Cause: "cookie-domain-mismatch"}},
		{"stored, not sent", worked, signIn("< Set-Cookie: desk_session=v; Path=/x\n", inboxPage+turnedAway),
			CookieFate{SetBy: 0, Stored: true, Rule: string(browser.RuleCookiePath), Cause: "cookie-path-mismatch"}},
		{"the failing recording begins after the login: taken from the working one", worked, "GET http://desk.alder.example/inbox\n" + asChromium + "> Accept: text/html\n< 401\n",
			CookieFate{SetBy: -1, Stored: true, Rule: string(browser.RuleCookieSendSecure), Cause: "cookie-secure-over-http"}},
		{"its lifetime is over", "", signIn("< Set-Cookie: desk_session=v; Max-Age=60; Path=/\n", "@ 2m\n"+inboxPage+turnedAway),
			CookieFate{SetBy: 0, Stored: true, Rule: string(browser.RuleCookieExpired), Cause: "session-expired"}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			ok := &traffic.Capture{}
			if row.ok != "" {
				ok = written(t, row.ok)
			}
			v := newView(diff.Compare(ok, written(t, row.bad), diff.Options{}))
			got, found := v.CookieFate("desk_session")
			if !found {
				t.Fatal("the cookie has no fate")
			}
			row.want.Name = "desk_session"
			if d := cmp.Diff(row.want, got, cmpopts.IgnoreFields(CookieFate{}, "Section", "Reason"), cmpopts.IgnoreUnexported(CookieFate{})); d != "" {
				t.Error(d)
			}
			if (got.Rule != "") != (got.Section != "") || (got.Rule != "") != (got.Reason != "") {
				t.Errorf("a rule goes with its section and a reason: %+v", got)
			}
		})
	}
}

// TestNoFate: of a cookie that nobody sets nothing is known.
func TestNoFate(t *testing.T) {
	v := newView(diff.Compare(written(t, signIn(goodLine, inboxPage+cookieKept)), written(t, signIn("", inboxPage+turnedAway)), diff.Options{}))
	for _, name := range []string{"unheard", "desk_session"} { // the second one by a login that is there and sets nothing
		if fate, found := v.CookieFate(name); found {
			t.Errorf("%s has a fate: %+v", name, fate)
		}
	}
}

// TestSetCookieLines: recorders differ in where they put the lines.
func TestSetCookieLines(t *testing.T) {
	joined := &traffic.Response{Header: traffic.Header{{Name: "set-cookie", Value: "a=1; Path=/\nb=2; Secure"}}}
	apart := &traffic.Response{Header: traffic.Header{{Name: "Set-Cookie", Value: "a=1; Path=/"}, {Name: "Set-Cookie", Value: "b=2; Secure"}}}
	listed := &traffic.Response{Cookies: []traffic.Cookie{{Name: "a", Value: "1", Path: "/"}, {Name: "b", Value: "2", Secure: true}}}
	want := []string{"a=1; Path=/", "b=2; Secure"}
	for name, r := range map[string]*traffic.Response{"joined by a line end": joined, "one field each": apart, "a list of the recorder": listed} {
		if got := setCookieLines(r); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestFateIsWhatTheBrowserDid: a flow is recorded from a browser's jar, with
// the headers that a browser sends, and the replay comes to the same cookies.
func TestFateIsWhatTheBrowserDid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capture, sent := browseAround(t)
		bad := diff.Compare(&traffic.Capture{}, capture, diff.Options{})
		v := &View{Comparison: bad, Decisive: -1, Failed: capture.Exchanges[len(capture.Exchanges)-1]}
		for _, name := range []string{"sid", "__Host-sid", "__Secure-sid"} {
			fate, found := v.CookieFate(name)
			if !found {
				continue
			}
			if fate.Sent != slices.Contains(sent, name) {
				t.Fatalf("%s: sent = %v, the browser says %v (%s)\n%s", name, fate.Sent, !fate.Sent, fate.Rule, flowText(capture))
			}
			if !fate.Sent && fate.Rule == "" {
				t.Fatalf("%s is not sent and no rule is named\n%s", name, flowText(capture))
			}
		}
		for _, fate := range v.withheldCookies() {
			if slices.Contains(sent, fate.Name) && fate.Stored && fate.set.value == lastOf(cookieValues(&v.Failed.Request, fate.Name)) {
				t.Fatalf("%s was sent, and %s is blamed\n%s", fate.Name, fate.Rule, flowText(capture))
			}
		}
	})
}

func lastOf(list []string) string { return list[len(list)-1] }

// browseAround draws a flow: pages and calls of two sites, and lines that set a
// cookie in all kinds of ways.
func browseAround(t *rapid.T) (c *traffic.Capture, sent []string) {
	hosts := rapid.SampledFrom([]string{"https://www.oak.example", "https://api.oak.example", "https://www.elm.example"})
	paths := rapid.SampledFrom([]string{"/", "/app/login", "/app", "/other/x"})
	jar := browser.Jar{}
	at := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	c = &traffic.Capture{}
	n := rapid.IntRange(2, 8).Draw(t, "exchanges")
	for i := range n {
		at = at.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "pause")) * time.Second)
		ctx := browser.CookieContext{URL: hosts.Draw(t, "host") + paths.Draw(t, "path"), Time: at, Method: rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method"),
			Kind: rapid.SampledFrom([]browser.RequestKind{browser.Navigation, browser.Subresource}).Draw(t, "kind"), Initiator: hosts.Draw(t, "page")}
		x := &traffic.Exchange{Index: i, Request: traffic.Request{Method: ctx.Method, URL: ctx.URL, Header: browserHeaders(ctx)}, Response: &traffic.Response{Status: 200}}
		x.Recorded.Started, x.Recorded.Millis = traffic.Timestamp{Time: at}, 5
		if header := jar.Header(ctx); header != "" {
			x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "Cookie", Value: header})
		}
		if i == n-1 {
			x.Response.Status = 401
			for _, s := range jar.Send(ctx) {
				sent = append(sent, s.Name)
			}
		} else if rapid.Bool().Draw(t, "sets") {
			line := drawSetCookie(t, i)
			x.Response.Header = traffic.Header{{Name: "Set-Cookie", Value: line}}
			jar.Set(line, ctx)
		}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c, sent
}

func drawSetCookie(t *rapid.T, i int) string {
	line := rapid.SampledFrom([]string{"sid", "__Host-sid", "__Secure-sid"}).Draw(t, "name") + fmt.Sprintf("=v%dxQ91mZpL7vTb8fK2", i)
	for _, options := range [][]string{
		{"", "; Domain=oak.example", "; Domain=www.oak.example", "; Domain=example"}, {"", "; Path=/", "; Path=/app", "; Path=/App"}, {"", "; Secure"},
		{"", "; SameSite=Lax", "; SameSite=Strict", "; SameSite=None"}, {"", "", "; Max-Age=100", "; Max-Age=0"},
	} {
		line += rapid.SampledFrom(options).Draw(t, "attribute")
	}
	return line
}

// browserHeaders is what a browser says about itself and its page.
func browserHeaders(ctx browser.CookieContext) traffic.Header {
	u, _ := url.Parse(ctx.URL)
	page, _ := url.Parse(ctx.Initiator)
	site := "cross-site"
	switch {
	case u.Host == page.Host:
		site = "same-origin"
	case browser.SiteOf(ctx.URL).SameSite(browser.SiteOf(ctx.Initiator)):
		site = "same-site"
	}
	mode, dest := "navigate", "document"
	if ctx.Kind == browser.Subresource {
		mode, dest = "cors", "empty"
	}
	return traffic.Header{
		{Name: "User-Agent", Value: "Mozilla/5.0 AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36"}, {Name: "Referer", Value: ctx.Initiator + "/"},
		{Name: "Sec-Fetch-Site", Value: site}, {Name: "Sec-Fetch-Mode", Value: mode}, {Name: "Sec-Fetch-Dest", Value: dest},
	}
}

func flowText(c *traffic.Capture) string {
	var b strings.Builder
	for _, x := range c.Exchanges {
		fmt.Fprintf(&b, "%s %s %s cookie %q sets %q\n", x.Recorded.Started.Time.Format(time.TimeOnly), x.Request.Method, x.Request.URL, x.Request.Header.Get("cookie"), x.Response.Header.Get("set-cookie"))
	}
	return b.String()
}

// BenchmarkCookieFate: the cost grows with the exchanges, not with their
// square.
func BenchmarkCookieFate(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		c := &traffic.Capture{}
		for i := range n {
			x := &traffic.Exchange{Index: i, Request: traffic.Request{Method: "GET", URL: fmt.Sprintf("https://www.oak.example/p/%d", i)}, Response: &traffic.Response{Status: 200}}
			x.Request.Header = traffic.Header{{Name: "Cookie", Value: fmt.Sprintf("sid=v%d", i)}}
			x.Response.Header = traffic.Header{{Name: "Set-Cookie", Value: fmt.Sprintf("sid=v%d; Path=/; Secure", i+1)}}
			c.Exchanges = append(c.Exchanges, x)
		}
		c.Exchanges[n-1].Response.Status = 401
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				v := &View{Comparison: &diff.Comparison{OK: &traffic.Capture{}, Bad: c}, Decisive: -1, Failed: c.Exchanges[n-1]}
				v.CookieFate("sid")
			}
		})
	}
}
