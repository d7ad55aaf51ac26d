package origins_test

import (
	"flag"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/replaydiff/replay/examples/origins"
	"github.com/replaydiff/replay/examples/recorder"
	"github.com/replaydiff/replay/examples/shop/walk"
)

var update = flag.Bool("update", false, "make ok.har again")

// ok.har is what a page at app.example.net does: log in, read notes, change
// one, read them again, log out. Clock and random numbers of the recording are
// fixed, so making it again makes the same file.
func TestRecording(t *testing.T) {
	clock := recorder.NewClock()
	app, err := origins.New(origins.Config{Now: clock.Now, Random: rand.NewChaCha8([32]byte{7})})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(app)
	defer server.Close()
	r := recorder.New("notes page recorder", clock, map[string]string{"api.example.com": server.Listener.Addr().String()})
	page := walk.New("https://api.example.com", r)
	for name, value := range map[string]string{
		"Origin": "https://app.example.net", "Referer": "https://app.example.net/", "Accept": "*/*",
		"Accept-Encoding": "gzip, deflate", "Accept-Language": "en-GB,en;q=0.9",
		"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "cross-site",
		"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
	} {
		page.Header.Set(name, value)
	}
	ask := func(want int, method, path, body string, header ...string) *walk.Answer {
		t.Helper()
		a, err := page.Do(method, path, body, header...)
		if err != nil || a.Status != want {
			t.Fatalf("%s %s: %v, error %v, not status %d", method, path, a, err, want)
		}
		return a
	}
	// A browser asks for leave without cookies.
	preflight := func(method, path, fields string) {
		t.Helper()
		jar := page.Jar
		page.Jar = nil
		ask(204, "OPTIONS", path, "", "Access-Control-Request-Method", method, "Access-Control-Request-Headers", fields)
		page.Jar = jar
	}

	preflight("POST", "/session", "content-type")
	login := ask(200, "POST", "/session", `{"name":"`+origins.DemoUser+`","password":"`+origins.DemoPassword+`"}`, "Content-Type", "application/json")
	csrf := login.JSON()["csrf_token"].(string)
	ask(200, "GET", "/notes", "")
	clock.Wait(20 * time.Second)
	preflight("PUT", "/notes/1", "content-type,x-csrf-token")
	ask(200, http.MethodPut, "/notes/1", `{"text":"buy more tea"}`, "Content-Type", "application/json", "X-CSRF-Token", csrf)
	ask(200, "GET", "/notes", "")
	clock.Wait(time.Minute)
	preflight("POST", "/logout", "x-csrf-token")
	ask(204, "POST", "/logout", "", "X-CSRF-Token", csrf)

	r.Check(t, "ok.har", *update)
}
