package harness

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestServedPage: what the recorded page could read, the page that stands for
// it can, and no other.
func TestServedPage(t *testing.T) {
	const here, foreign = "http://localhost:3000", "https://evil.example"
	const across = "GET /orders\nOrigin: https://app.bakery.test\nReferer: https://app.bakery.test/"
	const allowed = "200\nAccess-Control-Allow-Origin: https://app.bakery.test\nAccess-Control-Allow-Credentials: true\n\n[]"
	rows := []struct {
		reason, page, method, origin string
		recorded, answer             string
		status                       int
		allows                       string
	}{
		{"the page that has moved is named in place of the recorded one", here, "GET", here, across, allowed, 200, here},
		{"another page is not", here, "GET", foreign, across, allowed, ServeStatus, ""},
		{"without Page, CORS is as recorded, and why is readable on this machine", "", "GET", here, across, allowed, ServeStatus, here},
		{"a page that was at home needed no CORS field, and now does", here, "GET", here, "GET /orders", "200\n\n[]", 200, here},
		{"which is for that page alone", here, "GET", foreign, "GET /orders", "200\n\n[]", ServeStatus, ""},
		{"a page that was refused stays refused", here, "GET", here, across, "200\n\n[]", 200, ""},
		{"a preflight that was not recorded is allowed", here, "OPTIONS", here, across, allowed, 204, here},
		{"at home, too", here, "OPTIONS", here, "GET /orders", "200\n\n[]", 204, here},
		{"but not to others", here, "OPTIONS", foreign, "GET /orders", "200\n\n[]", ServeStatus, ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s, err := Serve(recording(exchange(row.recorded, row.answer)), ServeOptions{Page: row.page})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			r, err := http.NewRequest(row.method, s.URL+"/orders", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Origin", row.origin)
			if row.method == "OPTIONS" {
				r.Header.Set("Access-Control-Request-Method", "GET")
			}
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if got := response.Header.Get("Access-Control-Allow-Origin"); response.StatusCode != row.status || got != row.allows {
				t.Errorf("status %d, allows %q", response.StatusCode, got)
			}
		})
	}
}

// TestServedPageRedirects: the way back from a login leads to the page where it
// is now.
func TestServedPageRedirects(t *testing.T) {
	s, err := Serve(recording(exchange("GET /login?return=https://app.bakery.test/home\nReferer: https://app.bakery.test/",
		"302\nLocation: https://app.bakery.test/home?code=1\n\n")), ServeOptions{Page: "http://localhost:3000"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(s.URL + "/login?return=http://localhost:3000/home")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := response.Header.Get("Location"); got != "http://localhost:3000/home?code=1" {
		t.Errorf("leads to %q: %s", got, s.Verify())
	}
}

// TestOwnCookies: a client of this server keeps the cookies of a capture, where
// it asks for the server by its own name.
func TestOwnCookies(t *testing.T) {
	rows := []struct {
		reason    string
		own, tls  bool
		host      string
		set, want string
	}{
		{"as recorded", false, false, "", "sid=1; Domain=bakery.test; Secure", "sid=1; Domain=bakery.test; Secure"},
		{"the name and the scheme are others here", true, false, "", "sid=1; Domain=bakery.test; Path=/; SECURE ; HttpOnly", "sid=1; Path=/; HttpOnly"},
		{"over TLS it stays secure", true, true, "", "sid=1;domain=.bakery.test;secure", "sid=1;secure"},
		{"browsers drop SameSite=None without Secure", true, false, "", "sid=1; Secure; SameSite=None", "sid=1; Secure; SameSite=None"},
		{"and a prefix without it", true, false, "", "__Host-sid=1; Secure; Path=/", "__Host-sid=1; Secure; Path=/"},
		{"a value is no attribute", true, false, "", "domain=secure", "domain=secure"},
		{"who asks under the recorded name has its cookies", true, false, "api.bakery.test", "sid=1; Domain=bakery.test; Secure", "sid=1; Domain=bakery.test; Secure"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s, err := Serve(recording(exchange("GET /", "200\nSet-Cookie: "+row.set+"\n\n")), ServeOptions{OwnCookies: row.own, TLS: row.tls})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			r, err := http.NewRequest("GET", s.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = row.host
			transport := http.DefaultTransport.(*http.Transport).Clone()
			if row.tls {
				transport.TLSClientConfig.RootCAs = s.Certificates()
			}
			defer transport.CloseIdleConnections()
			response, err := (&http.Client{Transport: transport}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if d := cmp.Diff(row.want, response.Header.Get("Set-Cookie")); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestHeard: every request is told of once, one at a time, and nothing secret.
func TestHeard(t *testing.T) {
	var mu sync.Mutex
	var list []Heard
	o := ServeOptions{Repeat: true, Heard: func(h Heard) {
		if !mu.TryLock() {
			t.Error("two at a time")
			return
		}
		defer mu.Unlock()
		list = append(list, h)
	}}
	s := handled(t, o, exchange("GET /orders", "200\n\n[]"))
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() { ask(t, s.Client(), "GET /orders") })
	}
	wait.Wait()
	ask(t, s.Client(), "GET /orders?api_key=qqqqwwwwee112233")
	answered := 0
	for _, h := range list[:8] {
		if h.Miss == "" && h.Entry == 0 && h.Status == 200 && h.Request == "GET /orders" {
			answered++
		}
	}
	last := list[len(list)-1]
	if answered != 8 || len(list) != 9 || last.Entry != -1 || last.Status != ServeStatus || !strings.Contains(last.Miss, "nearest is entry 0") || strings.Contains(last.Miss, "qqqq") {
		t.Errorf("told was %+v", list)
	}
}

// TestServePageRefuses: a page is an origin.
func TestServePageRefuses(t *testing.T) {
	for _, page := range []string{"localhost:3000", "http://localhost:3000/app", "ftp://a.test", "http://u:p@a.test", "http://"} {
		if _, err := ServeHandler(recording(exchange("GET /", "200\n\n")), ServeOptions{Page: page}); err == nil {
			t.Errorf("%s is taken", page)
		}
	}
}
