package browser_test

import (
	"fmt"

	"github.com/replaydiff/replay/scenarios/browser"
)

// A preflight that meets the authentication of the API: curl works, the page
// does not.
func ExampleDecide() {
	page, err := browser.ParseOrigin("https://app.shop.example")
	if err != nil {
		panic(err)
	}
	request := browser.CORSRequest{
		Origin: page, Method: "PUT", URL: "https://api.shop.example/v1/orders/7?expand=lines",
		Header: browser.Fields{{Name: "Authorization", Value: "Bearer x"}},
	}
	v := browser.Decide(request, []browser.CORSHop{{
		Preflight: &browser.CORSAnswer{Status: 401, Header: browser.Fields{
			{Name: "Access-Control-Allow-Origin", Value: "https://app.shop.example"},
		}},
	}}, browser.Chromium)
	fmt.Println(v.Sentence())
	fmt.Println("fix:", v.Fix())
	fmt.Println(v.Rule, v.Error)
	// Output:
	// the browser did not send PUT https://api.shop.example/v1/orders/7: the preflight (OPTIONS) was answered 401, and only 200 to 299 lets the request go; a preflight never carries cookies or Authorization, so OPTIONS has to be answered before authentication
	// fix: server, the answer to OPTIONS: 204 with the Access-Control headers, before authentication and routing
	// preflight-status PreflightInvalidStatus
}

// The wrong way: credentials and the wildcard.
func ExampleDecide_wildcard() {
	page, err := browser.ParseOrigin("https://app.shop.example")
	if err != nil {
		panic(err)
	}
	v := browser.Decide(browser.CORSRequest{
		Origin: page, URL: "https://api.shop.example/me", Credentials: browser.CredentialsInclude,
	}, []browser.CORSHop{{
		Answer: browser.CORSAnswer{Status: 200, Header: browser.Fields{{Name: "Access-Control-Allow-Origin", Value: "*"}}},
	}}, browser.Chromium)
	fmt.Println(v.Sentence())
	fmt.Println("fix:", v.Fix())
	// Output:
	// the browser keeps the answer to GET https://api.shop.example/me, which was answered 200, from the script: Access-Control-Allow-Origin is *, which does not count for a request with credentials
	// fix: server, the answer: one field Access-Control-Allow-Origin: https://app.shop.example, with Vary: Origin, on every status
}
