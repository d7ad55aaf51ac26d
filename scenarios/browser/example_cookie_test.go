package browser_test

import (
	"fmt"
	"time"

	"github.com/replaydiff/replay/scenarios/browser"
)

// A login on www sets a cookie for www alone; the API on api never sees it.
func ExampleJar_Why() {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	var jar browser.Jar
	jar.Set("sid=31d4d96e; Secure; HttpOnly", browser.CookieContext{URL: "https://www.example.com/login", Method: "POST", Time: now})

	answer := jar.Why("sid", browser.CookieContext{
		URL:       "https://api.example.com/me",
		Kind:      browser.Subresource, // fetch(…, {credentials: "include"})
		Initiator: "https://www.example.com",
		Time:      now,
	})
	fmt.Println(answer)
	fmt.Println(answer.Verdict.Section)
	// Output:
	// `sid` is not sent to https://api.example.com/me: www.example.com set it without a Domain attribute, so it goes to www.example.com alone and not to api.example.com; set it with Domain=example.com
	// RFC 6265bis §5.8.3 step 1, host
}

// A cookie that the browser refused looks like one that was never set.
func ExampleJar_Why_refused() {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	var jar browser.Jar
	login := browser.CookieContext{URL: "https://app.example.com/login", Time: now}
	jar.Set("__Host-sid=31d4d96e; Secure; Path=/; Domain=example.com", login)

	fmt.Println(jar.Why("__Host-sid", browser.CookieContext{URL: "https://app.example.com/me", Time: now}))
	// Output:
	// `__Host-sid` is not sent to https://app.example.com/me: the browser refused to store it: a cookie whose name begins with __Host- needs Secure over https, Path=/ and no Domain
}

// The same line in three browsers.
func ExampleStore() {
	embedded := browser.CookieContext{
		URL:       "https://widget.example/frame",
		Kind:      browser.FrameNavigation,
		Initiator: "https://shop.example",
		Time:      time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
	}
	for _, p := range []browser.Profile{browser.Chromium, browser.Standard, browser.Firefox} {
		_, v := browser.Store("sid=31d4d96e", embedded, p)
		fmt.Printf("%v: %v\n", p, v)
	}
	// Output:
	// Chromium: cookie-set-samesite-default (RFC 6265bis §5.7 step 18): the answer to a cross-site frame load cannot set a cookie without SameSite; only SameSite=None; Secure is kept there
	// Standard: cookie-set-samesite-default (RFC 6265bis §5.7 step 18): the answer to a cross-site frame load cannot set a cookie without SameSite; only SameSite=None; Secure is kept there
	// Firefox: allowed
}
