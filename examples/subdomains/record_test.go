package subdomains_test

import (
	"flag"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/replaydiff/replay/examples/recorder"
	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/examples/shop/walk"
	"github.com/replaydiff/replay/examples/subdomains"
)

var update = flag.Bool("update", false, "make ok.har again")

// ok.har is a browser: a page that needs a login, the login, back to the page,
// whose script reads and writes at the API's host, and the logout. Clock and
// random numbers of the recording are fixed, so making it again makes the same
// file.
func TestRecording(t *testing.T) {
	clock := recorder.NewClock()
	config := subdomains.Config()
	config.Now, config.Random = clock.Now, rand.NewChaCha8([32]byte{9})
	app, err := shop.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(app)
	defer server.Close()
	addr := server.Listener.Addr().String()
	r := recorder.New("tea shop recorder", clock, map[string]string{"app.example.com": addr, "api.example.com": addr})
	pages, script := walk.New(subdomains.App, r), walk.New(subdomains.API, r)
	script.Jar = pages.Jar // it is one browser
	for name, value := range map[string]string{
		"User-Agent":      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
		"Accept-Encoding": "gzip, deflate", "Accept-Language": "en-GB,en;q=0.9",
	} {
		pages.Header.Set(name, value)
		script.Header.Set(name, value)
	}
	for name, value := range map[string]string{
		"Origin": subdomains.App, "Referer": subdomains.App + "/", "Accept": "application/json",
		"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-site",
	} {
		script.Header.Set(name, value)
	}
	ask := func(want int, c *walk.Client, method, path, body string, header ...string) *walk.Answer {
		t.Helper()
		a, err := c.Do(method, path, body, header...)
		if err != nil || a.Status != want {
			t.Fatalf("%s %s: %v, error %v, not status %d", method, path, a, err, want)
		}
		return a
	}
	const (
		html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
		form = "application/x-www-form-urlencoded"
	)
	load := func(path string) *walk.Answer { return ask(200, pages, "GET", path, "", "Accept", html) }
	submit := func(path string, fields url.Values, from string) string {
		a := ask(303, pages, "POST", path, fields.Encode(), "Accept", html, "Content-Type", form, "Origin", subdomains.App, "Referer", subdomains.App+from)
		return a.Header.Get("Location")
	}

	login := ask(303, pages, "GET", "/cart", "", "Accept", html).Header.Get("Location")
	page := load(login)
	clock.Wait(7 * time.Second) // typing
	back := submit("/login", url.Values{"csrf_token": {page.CSRF()}, "next": {"/cart"}, "username": {"ada"}, "password": {"earl-grey-at-five"}}, login)
	page = load(back)

	token, _ := ask(200, script, "GET", "/api/me", "").JSON()["csrf_token"].(string)
	jar := script.Jar
	script.Jar = nil // a browser asks for leave without cookies
	ask(204, script, "OPTIONS", "/api/orders", "", "Accept", "*/*", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,x-csrf-token")
	script.Jar = jar
	where := ask(201, script, "POST", "/api/orders", `{"items":[{"quantity":3,"sku":"sencha-100"}]}`, "Content-Type", "application/json", "X-CSRF-Token", token).Header.Get("Location")
	ask(200, script, "GET", where, "")
	clock.Wait(20 * time.Second)
	submit("/logout", url.Values{"csrf_token": {page.CSRF()}}, "/cart")

	r.Check(t, "ok.har", *update)
}
