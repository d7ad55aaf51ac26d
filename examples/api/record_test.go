package api_test

import (
	"flag"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/replaydiff/replay/examples/api"
	"github.com/replaydiff/replay/examples/recorder"
	"github.com/replaydiff/replay/examples/shop/walk"
)

var update = flag.Bool("update", false, "make ok.har again")

// ok.har is what an app on a phone does in five minutes: log in, look at
// orders, place one, refresh the token, log out. Clock and random numbers of
// the recording are fixed, so making it again makes the same file.
func TestRecording(t *testing.T) {
	clock := recorder.NewClock()
	app, err := api.New(api.Config{Now: clock.Now, Random: rand.NewChaCha8([32]byte{6})})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(app)
	defer server.Close()
	r := recorder.New("orders app recorder", clock, map[string]string{"api.example.com": server.Listener.Addr().String()})
	phone := walk.New("https://api.example.com", r)
	phone.Header.Set("User-Agent", "Orders/4.2 (Android 16)")

	do := func(want int, a *walk.Answer, err error) *walk.Answer {
		t.Helper()
		if err != nil || a.Status != want {
			t.Fatalf("%v, error %v, not status %d", a, err, want)
		}
		return a
	}
	grant := func(form url.Values) (bearer []string, refresh string) {
		a, err := phone.Post("/oauth/token", form, "Accept", "application/json")
		tokens := do(200, a, err).JSON()
		return []string{"Accept", "application/json", "Authorization", "Bearer " + tokens["access_token"].(string)}, tokens["refresh_token"].(string)
	}

	bearer, refresh := grant(url.Values{"grant_type": {"password"}, "username": {api.DemoUser}, "password": {api.DemoPassword}})
	a, err := phone.Get("/v1/orders?limit=2", bearer...) // the oldest: however often it is replayed, these stay
	do(200, a, err)
	clock.Wait(9 * time.Second)
	a, err = phone.PostJSON("/v1/orders", map[string]any{"item": "sencha-100", "quantity": 3}, bearer...)
	where := do(201, a, err).Header.Get("Location")
	a, err = phone.Get(where, bearer...)
	do(200, a, err)
	clock.Wait(4 * time.Minute)
	bearer, refresh = grant(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
	a, err = phone.Get("/v1/me", bearer...)
	do(200, a, err)
	clock.Wait(20 * time.Second)
	a, err = phone.Post("/oauth/revoke", url.Values{"token": {refresh}}, "Accept", "application/json")
	do(200, a, err)

	r.Check(t, "ok.har", *update)
}
