package watch_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"

	"github.com/replaydiff/replay/harness/watch"
)

// A client that asks again and again when it is refused, in a test of its own.
func ExampleListen() {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	w, err := watch.Listen(server.URL, watch.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()

	call := func() int {
		r, _ := http.NewRequest("GET", w.URL+"/orders", nil)
		r.Header.Set("Authorization", "Bearer a-token-of-the-client")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return 0
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	fmt.Println(call())
	w.Revoke()
	for range 12 {
		call()
	}
	fmt.Println(regexp.MustCompile(`\+\S+s`).ReplaceAllString(w.Verdict().String(), "+3ms"))
	// Output:
	// 200
	// refused-again, 1 of 1: The client makes a call again and again that is refused each time.
	//   +3ms  entry 4 (GET /orders): made a call 12 times that was refused each time
	// not seen: refresh-early, refresh-late, expired-token-sent, refresh-storm, refresh-token-reused, login-missing, bare-refusal
}
