package damage_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/replaydiff/replay/harness/damage"
	"github.com/replaydiff/replay/scenarios"
)

// A client's own test: what does it do behind a proxy that loses Authorization?
func ExampleListen() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	proxy, err := damage.Listen(server.URL, damage.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer proxy.Close()

	ask := func() {
		r, _ := http.NewRequest("GET", proxy.URL+"/orders", nil)
		r.Header.Set("Authorization", "Bearer a-token")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		resp.Body.Close()
		fmt.Println(resp.Status)
	}
	ask()
	proxy.Set([]scenarios.Damage{{Do: scenarios.DropRequestField, Name: "authorization"}})
	ask()
	// Output:
	// 200 OK
	// 401 Unauthorized
}

// Damage that can't be done is told before anything is sent.
func ExampleCheck() {
	fmt.Println(damage.Check([]scenarios.Damage{
		{Do: "drop-request-feild", Name: "cookie"},
		{Do: scenarios.StripPrefix, Value: "api"},
	}))
	// Output:
	// damage can't be done: deed 1 (drop-request-feild): no such deed: did you mean drop-request-field?
	// damage can't be done: deed 2 (strip-prefix): Value is not a path to strip, such as /api
}
