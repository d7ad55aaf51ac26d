package browser

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var _ http.CookieJar = (*Jar)(nil)

func TestJarAsHTTPCookieJar(t *testing.T) {
	std, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, jar := range map[string]http.CookieJar{"ours": &Jar{Now: func() time.Time { return cookieTime }}, "zero value": &Jar{}, "net/http": std} {
		u := &url.URL{Scheme: "https", Host: "app.shop.test", Path: "/x/login"}
		jar.SetCookies(u, []*http.Cookie{{Name: "a", Value: "1"}, {Name: "b", Value: "2", Path: "/", Secure: true}, {Name: "c", Value: "3", MaxAge: -1}})
		var got []string
		for _, c := range jar.Cookies(&url.URL{Scheme: "https", Host: "app.shop.test", Path: "/x/me"}) {
			got = append(got, c.String())
		}
		if diff := cmp.Diff([]string{"a=1", "b=2"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestJarKeepsRawLines: what net/http cannot express comes through Raw.
func TestJarKeepsRawLines(t *testing.T) {
	u := &url.URL{Scheme: "https", Host: "app.shop.test", Path: "/"}
	resp := &http.Response{Header: http.Header{"Set-Cookie": {`a="x y"; Partitioned; Secure; SameSite=None`}}}
	jar := &Jar{}
	jar.SetCookies(u, resp.Cookies())
	all := jar.All()
	if len(all) != 1 || all[0].Value != `"x y"` || all[0].Partition.TopLevelSite.String() != "https://shop.test" {
		t.Errorf("%+v", all)
	}
}

func TestWhy(t *testing.T) {
	const app, api = "https://app.shop.test/x/", "https://api.shop.test/me?token=1"
	type step struct {
		line, url string
		after     time.Duration
	}
	for _, row := range []struct {
		steps  []step
		ask    string
		sent   bool
		rule   Rule
		part   string // of the sentence
		reason string
	}{
		{nil, app, false, RuleCookieNeverSet, "no answer has set it", "an empty jar"},
		{[]step{{"sid=1", app, 0}}, app, true, "", "`sid` is sent to https://app.shop.test/x/", "nothing in the way"},
		{[]step{{"sid=1", app, 0}}, api, false, RuleCookieHost, "set it with Domain=shop.test", "host-only"},
		{[]step{{"sid=1; Domain=shop.test", app, 0}}, api, false, RuleCookiePath, "Path=/x", "the default path"},
		{[]step{{"sid=1; Domain=shop.test", app, 0}, {"sid=2; Path=/", api, 0}}, api, true, "", "", "one of two is enough"},
		{[]step{{"sid=1", app, 0}, {"sid=; Max-Age=0", app, time.Minute}}, app, false, RuleCookieDeleted, "deleted it at 2026-11-23T10:01:00Z", "logout"},
		{[]step{{"sid=1; SameSite=None", app, 0}}, app, false, RuleCookieSetNoneInsecure, "refused to store it", "refused"},
		{[]step{{"sid=1; SameSite=None", app, 0}, {"sid=1", app, 0}}, app, true, "", "", "refused first, then stored"},
		{[]step{{"sid=1", "https://evil.test/", 0}}, app, false, RuleCookieHost, "evil.test", "set by another site"},
		{[]step{{"sid=1", "https://evil.test/", 0}, {"sid=1; Domain=test", app, 0}}, app, false, RuleCookiePublicSuffix, "refused", "the refusal of the site in question is nearer"},
		{[]step{{"other=1", app, 0}}, app, false, RuleCookieNeverSet, "no answer", "another name"},
	} {
		jar := &Jar{}
		for _, s := range row.steps {
			jar.Set(s.line, CookieContext{URL: s.url, Time: cookieTime.Add(s.after)})
		}
		a := jar.Why("sid", CookieContext{URL: row.ask, Time: cookieTime.Add(2 * time.Minute)})
		if a.Sent != row.sent || a.Verdict.Rule != row.rule || !strings.Contains(a.String(), row.part) {
			t.Errorf("%s: sent %v, rule %q: %s", row.reason, a.Sent, a.Verdict.Rule, a)
		}
		if strings.Contains(a.String(), "token") {
			t.Errorf("%s: the query is repeated: %s", row.reason, a)
		}
		if sent := strings.Contains(jar.Header(CookieContext{URL: row.ask, Time: cookieTime.Add(2 * time.Minute)}), "sid="); sent != a.Sent {
			t.Errorf("%s: Why says sent %v, the jar sends %v", row.reason, a.Sent, sent)
		}
	}
}

func TestWhyOfAnEvictedCookie(t *testing.T) {
	jar := &Jar{}
	at := func(i int) CookieContext {
		return CookieContext{URL: "https://app.shop.test/", Time: cookieTime.Add(time.Duration(i) * time.Second)}
	}
	for i := range siteLimit + 1 {
		jar.Set(fmt.Sprintf("c%03d=1", i), at(i))
	}
	if n := len(jar.All()); n != siteKeep {
		t.Fatalf("%d cookies are left, want %d", n, siteKeep)
	}
	if a := jar.Why("c000", at(200)); a.Verdict.Rule != RuleCookieEvicted {
		t.Errorf("%+v", a)
	}
	if a := jar.Why("c180", at(200)); !a.Sent {
		t.Errorf("the newest cookie went: %s", a)
	}
}

// TestEviction was measured in Chromium 156.
func TestEviction(t *testing.T) {
	for _, row := range []struct {
		line   func(i int) string
		last   string
		want   func(i int) bool
		reason string
	}{
		{func(i int) string { return "" }, "", func(i int) bool { return i > 30 }, "the oldest 31 go"},
		{func(i int) string { return secureIf(i%2 == 0) }, "", func(i int) bool { return i%2 == 0 || i > 61 }, "Secure ones stay longer"},
		{func(i int) string { return "; Secure; Partitioned" }, "; Secure; Partitioned", func(i int) bool { return i > 0 }, "a partition loses one at a time"},
		{func(i int) string { return "; Secure; Priority=" + priorityIf(i < 160) }, "; Secure; Priority=High", func(i int) bool { return i > 30 }, "High above its quota goes when the few of Medium are under theirs"},
	} {
		jar := &Jar{}
		ctx := CookieContext{URL: "https://app.shop.test/", Time: cookieTime}
		for i := range siteLimit {
			jar.Set(fmt.Sprintf("c%03d=1%s", i, row.line(i)), ctx)
		}
		jar.Set("n=1"+row.last, ctx)
		kept := map[string]bool{}
		for _, c := range jar.All() {
			kept[c.Name] = true
		}
		for i := range siteLimit {
			if name := fmt.Sprintf("c%03d", i); kept[name] != row.want(i) {
				t.Errorf("%s: %s kept %v", row.reason, name, kept[name])
				break
			}
		}
		if !kept["n"] {
			t.Errorf("%s: the new cookie went", row.reason)
		}
	}
}

func secureIf(b bool) string {
	if b {
		return "; Secure"
	}
	return ""
}

func priorityIf(high bool) string {
	if high {
		return "High"
	}
	return "Medium"
}

// TestGlobalEviction: only what nobody used for 30 days goes when the jar is
// too full, Secure cookies last.
func TestGlobalEviction(t *testing.T) {
	jar := &Jar{}
	for i := range jarLimit {
		jar.Set("a=1"+secureIf(i%2 == 0), CookieContext{URL: fmt.Sprintf("https://s%d.test/", i), Time: cookieTime})
	}
	later := CookieContext{URL: "https://new.test/", Time: cookieTime.Add(29 * 24 * time.Hour)}
	jar.Set("a=1", later)
	if n := len(jar.All()); n != jarLimit+1 {
		t.Fatalf("%d cookies after 29 days, want all %d", n, jarLimit+1)
	}
	later.URL, later.Time = "https://newer.test/", cookieTime.Add(31*24*time.Hour)
	jar.Set("a=1", later)
	all := jar.All()
	if len(all) != jarKeep {
		t.Fatalf("%d cookies after 31 days, want %d", len(all), jarKeep)
	}
	secure := 0
	for _, c := range all {
		if c.Secure {
			secure++
		}
	}
	if secure != jarLimit/2 {
		t.Errorf("%d Secure cookies are left of %d", secure, jarLimit/2)
	}
}

func TestJarIsConcurrent(t *testing.T) {
	jar := &Jar{}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 200 {
				ctx := CookieContext{URL: fmt.Sprintf("https://h%d.shop.test/", (w+i)%5), Time: cookieTime.Add(time.Duration(i) * time.Second)}
				jar.Set(fmt.Sprintf("c%d=1; Domain=shop.test", i), ctx)
				jar.Header(ctx)
				jar.Why("c1", ctx)
				jar.All()
			}
		})
	}
	wg.Wait()
	if n := len(jar.All()); n == 0 || n > siteLimit {
		t.Errorf("%d cookies", n)
	}
}

// fullJar has 3000 cookies: 20 sites with 150 each.
func fullJar(tb testing.TB) *Jar {
	jar := &Jar{}
	for i := range jarKeep {
		line := fmt.Sprintf("c%d=%s; Path=%s; Domain=shop%d.test; Secure", i, strings.Repeat("v", 32), []string{"/", "/x", "/x/y"}[i%3], i/siteKeep)
		if _, v := jar.Set(line, CookieContext{URL: fmt.Sprintf("https://app.shop%d.test/", i/siteKeep), Time: cookieTime}); !v.Allowed {
			tb.Fatal(v)
		}
	}
	if n := len(jar.All()); n != jarKeep {
		tb.Fatalf("%d cookies", n)
	}
	return jar
}

func BenchmarkSend(b *testing.B) {
	jar := fullJar(b)
	ctx := CookieContext{URL: "https://api.shop7.test/x/y", Kind: Subresource, Initiator: "https://app.shop7.test", Time: cookieTime}
	b.Run("header of 150", func(b *testing.B) {
		for b.Loop() {
			if len(jar.Header(ctx)) < siteKeep*32 {
				b.Fatal("not all are sent")
			}
		}
	})
	b.Run("copies of 150", func(b *testing.B) {
		for b.Loop() {
			if len(jar.Send(ctx)) != siteKeep {
				b.Fatal("not all are sent")
			}
		}
	})
	ctx.Initiator = "https://evil.test"
	ctx.Credentials = Include
	b.Run("none of 150", func(b *testing.B) {
		for b.Loop() {
			if len(jar.Send(ctx)) != 0 {
				b.Fatal("sent across sites")
			}
		}
	})
	c := jar.All()[0]
	b.Run("one cookie", func(b *testing.B) {
		for b.Loop() {
			Send(c, ctx, Chromium)
		}
	})
}

// BenchmarkSet shows that the cost of a cookie does not grow with the jar.
func BenchmarkSet(b *testing.B) {
	for _, sites := range []int{10, 1000, 10000} {
		b.Run(fmt.Sprint(sites, " sites"), func(b *testing.B) {
			jar := &Jar{}
			contexts := make([]CookieContext, sites)
			for i := range contexts {
				contexts[i] = CookieContext{URL: fmt.Sprintf("https://s%d.test/", i), Time: cookieTime}
				jar.Set("a=1", contexts[i])
			}
			i := 0
			for b.Loop() {
				jar.Set("b=2; Path=/; Secure", contexts[i%sites])
				i++
			}
		})
	}
}
