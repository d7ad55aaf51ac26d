package shop_test

import (
	"flag"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/examples/recorder"
	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/examples/shop/walk"
)

var update = flag.Bool("update", false, "make ok.har again")

const recording = "ok.har"

// ok.har is what the shop says: the clock and the random numbers of the
// recording are fixed, so making it again makes the same file.
//
//	go test ./examples/shop -run TestRecording -update
func TestRecording(t *testing.T) {
	record(t).Check(t, recording, *update)
}

// What the recording is good for: it holds a login, tokens, an id and an ETag
// that later requests carry on, a session that changes, a preflight, and a key
// in a header with an underscore.
func TestRecordingHolds(t *testing.T) {
	c, err := traffic.Open(recording, traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var sessions, methods, statuses []string
	for _, x := range c.Exchanges {
		methods = append(methods, x.Request.Method)
		statuses = append(statuses, x.Response.Header.Get("X-Request-Id"))
		for _, line := range x.Response.Header.Values("Set-Cookie") {
			sessions = append(sessions, strings.Split(line, ";")[0])
		}
		if x.Response.Status >= 400 {
			t.Errorf("%s: status %d", x.Where(recording), x.Response.Status)
		}
		if !x.Recorded.Started.Time.Before(time.Now().Add(-24 * time.Hour)) {
			t.Errorf("%s: started at %s, not on an earlier day", x.Where(recording), x.Recorded.Started.Text)
		}
	}
	if len(sessions) < 4 || sessions[len(sessions)-2] != "session=" {
		t.Errorf("sessions: %q", sessions)
	}
	if got := strings.Count(strings.Join(methods, " "), "OPTIONS"); got != 4 {
		t.Errorf("%d preflights in %s", got, methods)
	}
	if len(c.Warnings) > 0 || len(statuses) != 26 {
		t.Errorf("%d exchanges, warnings %v", len(statuses), c.Warnings)
	}
}

// record walks through the shop as a browser does.
func record(t *testing.T) *recorder.Recorder {
	t.Helper()
	clock := recorder.NewClock()
	handler, err := shop.New(shop.Config{Now: clock.Now, Random: rand.NewChaCha8([32]byte{8})})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	r := recorder.New("tea shop recorder", clock, map[string]string{"shop.test": server.Listener.Addr().String()})
	order(t, r)
	return r
}

// browser is a client with the headers of one.
func browser(t *testing.T, r *recorder.Recorder) *customer {
	c := &customer{t, walk.New("http://shop.test", r)}
	c.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36")
	c.Header.Set("Accept-Language", "en-GB,en;q=0.9")
	c.Header.Set("Accept-Encoding", "gzip, deflate")
	return c
}

// Headers of a page load, of a form and of a script of the page.
var (
	load   = []string{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Upgrade-Insecure-Requests", "1"}
	submit = append([]string{"Origin", "http://shop.test", "Cache-Control", "max-age=0"}, load...)
)

// order is the flow: in by the login form, out with an order, then the API.
func order(t *testing.T, r *recorder.Recorder) {
	c := browser(t, r)
	from := func(page string, more ...string) []string {
		return append(more, "Referer", "http://shop.test"+page)
	}
	c.get("/account", load...)
	page := c.get("/login", load...)
	r.Clock.Wait(7 * time.Second) // typing
	c.post("/login", url.Values{"csrf_token": {page.CSRF()}, "username": {"ada"}, "password": {"earl-grey-at-five"}}, from("/login", submit...)...)
	page = c.get("/account", from("/login", load...)...)
	r.Clock.Wait(4 * time.Second)
	c.post("/cart", url.Values{"csrf_token": {page.CSRF()}, "sku": {"darjeeling-100"}, "quantity": {"2"}}, from("/account", submit...)...)
	c.get("/cart", from("/account", load...)...)
	r.Clock.Wait(3 * time.Second)
	page = c.get("/account", from("/cart", load...)...)
	script := from("/account", "Origin", "http://shop.test", "X-CSRF-Token", page.CSRF())
	c.postJSON("/cart", map[string]any{"sku": "assam-250", "quantity": 1}, script...)
	placed := c.postJSON("/orders", struct{}{}, script...)
	where := placed.Header.Get("Location")
	bought := c.get(where, from("/account", load...)...)
	r.Clock.Wait(12 * time.Second)
	c.get(where, from("/account", append([]string{"If-None-Match", bought.Header.Get("ETag")}, load...)...)...)

	callAPI(t, r)

	page = c.get("/account", from(where, load...)...)
	r.Clock.Wait(2 * time.Second)
	c.post("/logout", url.Values{"csrf_token": {page.CSRF()}}, from("/account", submit...)...)
	c.get("/login", from("/account", load...)...)
	c.get("/account", load...)

	r.Clock.Wait(9 * time.Second)
	askStock(t, r)
}

// askStock is what the program of a partner does: no browser, no cookies, a key.
func askStock(t *testing.T, r *recorder.Recorder) {
	c := &customer{t, walk.New("http://shop.test", r)}
	c.Header.Set("User-Agent", "tea-partner/2.1")
	c.get("/api/stock", "Accept", "application/json", "api_key", shop.DemoAPIKey)
}

// callAPI is what a page at app.shop.test does: without cookies, with
// preflights, and with a new token in time.
func callAPI(t *testing.T, r *recorder.Recorder) {
	c := browser(t, r)
	c.Header.Set("Origin", origin)
	c.Header.Set("Referer", origin+"/")
	ask := func(method, path string) {
		headers := "authorization"
		if method == "POST" {
			headers = "authorization,content-type"
		}
		c.must(c.Do("OPTIONS", path, "", "Accept", "*/*", "Access-Control-Request-Method", method, "Access-Control-Request-Headers", headers))
	}
	tokens := c.post("/api/token", url.Values{
		"grant_type": {"password"}, "username": {"ada"}, "password": {"earl-grey-at-five"}, "scope": {"profile orders:read orders:write"},
	}, "Accept", "application/json").JSON()
	bearer := []string{"Accept", "application/json", "Authorization", "Bearer " + tokens["access_token"].(string)}
	ask("GET", "/api/orders?limit=2")
	c.get("/api/orders?limit=2", bearer...) // those of long ago: however often this is replayed, the first two stay
	ask("POST", "/api/orders")
	placed := c.postJSON("/api/orders", map[string]any{"items": []map[string]any{{"sku": "sencha-100", "quantity": 3}}}, bearer...)
	ask("GET", placed.Header.Get("Location"))
	c.get(placed.Header.Get("Location"), bearer...)

	r.Clock.Wait(4 * time.Minute)
	tokens = c.post("/api/token", url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {tokens["refresh_token"].(string)},
	}, "Accept", "application/json").JSON()
	ask("GET", "/api/me")
	c.get("/api/me", "Accept", "application/json", "Authorization", "Bearer "+tokens["access_token"].(string))
}
