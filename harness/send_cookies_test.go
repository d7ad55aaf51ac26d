package harness

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

const (
	asBrowser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
	asCurl    = "curl/8.5.0"
)

// A turn is one exchange of a recorded flow.
type turn struct {
	path, cookie string // as recorded; cookie "" is none
	set          string // the recorded Set-Cookie
	live         string // the one of now
}

// turns records a flow of a client.
func turns(agent string, list []turn) *traffic.Capture {
	c := &traffic.Capture{Creator: traffic.Product{Name: "tester"}}
	for i, s := range list {
		x := &traffic.Exchange{Index: i, Request: traffic.Request{Method: "GET", URL: recordedOrigin + s.path}, Response: &traffic.Response{Status: 200}}
		x.Request.Header = traffic.Header{{Name: "User-Agent", Value: agent}, {Name: "Accept", Value: "text/html"}}
		if agent == asBrowser {
			x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "Sec-Fetch-Mode", Value: "navigate"},
				traffic.HeaderField{Name: "Sec-Fetch-Site", Value: "same-origin"}, traffic.HeaderField{Name: "Sec-Fetch-Dest", Value: "document"})
			x.Recorded.Page = "page_1"
		}
		if s.cookie != "" {
			x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "Cookie", Value: s.cookie})
		}
		if s.set != "" {
			x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: "Set-Cookie", Value: s.set})
		}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

// TestCookies: what goes with each request now.
func TestCookies(t *testing.T) {
	const old, new = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
	rows := []struct {
		reason string
		agent  string
		turns  []turn
		want   string // cookies sent with the last request
	}{
		{"the live value", asBrowser, []turn{{"/login", "", "sid=" + old, "sid=" + new}, {"/a", "sid=" + old, "", ""}}, "sid=" + new},
		{"the recorded value where it is older than the capture", asBrowser, []turn{{"/login", "theme=dark", "sid=" + old, "sid=" + new}, {"/a", "theme=dark; sid=" + old, "", ""}}, "theme=dark; sid=" + new},
		{"not where it is not set any more", asBrowser, []turn{{"/login", "", "sid=" + old, ""}, {"/a", "sid=" + old, "", ""}}, ""},
		{"not where its path is another one", asBrowser, []turn{{"/login", "", "sid=" + old + "; Path=/", "sid=" + new + "; Path=/login"}, {"/a", "sid=" + old, "", ""}}, ""},
		{"Secure is judged by the recorded scheme", asBrowser, []turn{{"/login", "", "__Host-sid=" + old + "; Path=/; Secure", "__Host-sid=" + new + "; Path=/; Secure"}, {"/a", "__Host-sid=" + old, "", ""}}, "__Host-sid=" + new},
		{"a prefix whose rule is broken now", asBrowser, []turn{{"/login", "", "__Host-sid=" + old + "; Path=/; Secure", "__Host-sid=" + new + "; Path=/"}, {"/a", "__Host-sid=" + old, "", ""}}, ""},
		{"the same to a client that knows no prefixes", asCurl, []turn{{"/login", "", "__Host-sid=" + old + "; Path=/; Secure", "__Host-sid=" + new + "; Path=/"}, {"/a", "__Host-sid=" + old, "", ""}}, "__Host-sid=" + new},
		{"Domain of the target's host means the recorded one", asBrowser, []turn{{"/login", "", "sid=" + old + "; Domain=shop.alder.example", "sid=" + new + "; Domain=127.0.0.1"}, {"/a", "sid=" + old, "", ""}}, "sid=" + new},
		{"a new cookie of a load balancer", asBrowser, []turn{{"/login", "", "sid=" + old, "sid=" + new}, {"/b", "sid=" + old, "", "lb=node1"}, {"/a", "sid=" + old, "", ""}}, "sid=" + new + "; lb=node1"},
		{"not to a client without a jar", asCurl, []turn{{"/b", "x=y", "", "lb=node1"}, {"/a", "x=y", "", ""}}, "x=y"},
		{"what the client withheld stays withheld", asBrowser, []turn{{"/login", "", "sid=" + old, "sid=" + new}, {"/b", "sid=" + old, "", ""}, {"/a", "", "", ""}}, ""},
		{"a deleted cookie", asBrowser, []turn{{"/login", "", "sid=" + old, "sid=" + new}, {"/logout", "sid=" + old, "", "sid=; Max-Age=0"}, {"/a", "sid=" + old, "", ""}}, ""},
		{"a recorder that keeps no Cookie fields", asBrowser, []turn{{"/login", "", "sid=" + old, "sid=" + new}, {"/a", "", "", ""}}, "sid=" + new},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			var mu sync.Mutex
			i, got := 0, ""
			base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				if line := row.turns[i].live; line != "" {
					w.Header().Set("Set-Cookie", line)
				}
				got = r.Header.Get("Cookie")
				i++
			}))
			c := turns(row.agent, row.turns)
			replayed(t, &Runner{Concurrency: 1}, plan(t, c, PlanOptions{Target: Target{Base: base}}))
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// TestHeadersThatFollow: Host, Origin and Referer go with the mapping, or stay.
func TestHeadersThatFollow(t *testing.T) {
	rows := []struct {
		reason       string
		host, origin string // as recorded
		target       Target
		want         string // Host, Origin, Referer
	}{
		{"they follow", "shop.alder.example", recordedOrigin, Target{}, "TARGET http://TARGET http://TARGET/cart"},
		{"they stay", "shop.alder.example", recordedOrigin, Target{KeepHost: true, KeepOrigin: true}, "shop.alder.example " + recordedOrigin + " " + recordedOrigin + "/cart"},
		{"another page's origin stays", "shop.alder.example", "https://app.alder.example", Target{}, "TARGET https://app.alder.example http://TARGET/cart"},
		{"a Host that is not the URL's is what was recorded", "internal:9000", recordedOrigin, Target{}, "internal:9000 http://TARGET http://TARGET/cart"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			var got string
			base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = fmt.Sprint(r.Host, " ", r.Header.Get("Origin"), " ", r.Header.Get("Referer"))
			}))
			c := flow("GET", recordedOrigin+"/a")
			c.Exchanges[0].Request.Header = traffic.Header{{Name: "host", Value: row.host}, {Name: "Origin", Value: row.origin}, {Name: "Referer", Value: recordedOrigin + "/cart"}, {Name: "content-LENGTH", Value: "7"}}
			row.target.Base = base
			replayed(t, &Runner{}, plan(t, c, PlanOptions{Target: row.target}))
			if want := strings.ReplaceAll(row.want, "TARGET", strings.TrimPrefix(base, "http://")); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestTranslation: the target's addresses in answers are the recorded ones.
func TestTranslation(t *testing.T) {
	var tr translation
	tr = tr.add("https://shop.alder.example", "http://127.0.0.1:8080/v2")
	rows := []struct{ reason, text, want string }{
		{"a URL", "https://shop.alder.example/a", "http://127.0.0.1:8080/v2/a"},
		{"in JSON", `{"next":"https:\/\/shop.alder.example\/a"}`, `{"next":"http:\/\/127.0.0.1:8080\/v2\/a"}`},
		{"in a parameter", "/login?to=https%3A%2F%2Fshop.alder.example%2Fa", "/login?to=http%3A%2F%2F127.0.0.1%3A8080%2Fv2%2Fa"},
		{"a host alone", "shop.alder.example", "127.0.0.1"},
		{"the beginning of a longer name", "https://shop.alder.example.evil.test/a", "https://shop.alder.example.evil.test/a"},
		{"the end of a longer name", "//my-shop.alder.example/a", "//my-shop.alder.example/a"},
		{"another port", "https://shop.alder.example:8443/a", "https://shop.alder.example:8443/a"},
	}
	for _, row := range rows {
		if d := cmp.Diff(row.want, tr.apply(row.text)); d != "" {
			t.Errorf("%s: %s", row.reason, d)
		}
	}
}

// TestOverTLS: a site that was recorded over http and has moved to https keeps
// the Secure cookies that it hands out now.
func TestOverTLS(t *testing.T) {
	ctx := browser.CookieContext{URL: "http://shop.test/login", Initiator: "http://www.shop.test", Frames: []string{"http://www.shop.test"}, Kind: browser.Subresource}
	for _, row := range []struct {
		reason string
		r      *route
		line   string
		sent   int
	}{
		{"over TLS", &route{scheme: "https", from: "http://shop.test"}, "sid=1; Secure; HttpOnly", 1},
		{"and the page that asks is of the same site still", &route{scheme: "https", from: "http://shop.test"}, "sid=1; Secure; SameSite=Strict", 1},
		{"with a prefix", &route{scheme: "https", from: "http://shop.test"}, "__Host-sid=1; Secure; Path=/", 1},
		{"as recorded", &route{scheme: "http", from: "http://shop.test"}, "sid=1; Secure", 0},
		{"to nowhere", nil, "sid=1; Secure", 0},
	} {
		var jar browser.Jar
		now := overTLS(ctx, row.r)
		jar.Set(row.line, now)
		if sent := jar.Send(now); len(sent) != row.sent {
			t.Errorf("%s: %d cookies are sent", row.reason, len(sent))
		}
	}
	if ctx.Frames[0] != "http://www.shop.test" {
		t.Error("the frames of the caller are changed")
	}
}
