package harness_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness"
)

// orders is a capture of one request; most come from a file.
func orders() *traffic.Capture {
	return &traffic.Capture{File: "ok.har", Exchanges: []*traffic.Exchange{{
		Request: traffic.Request{Method: "POST", URL: "https://api.bakery.test/orders",
			Header: traffic.Header{{Name: "Authorization", Value: "Bearer of-yesterday"}, {Name: "X-Tenant", Value: "acme"}, {Name: "Content-Type", Value: "application/json"}},
			Body:   traffic.NewBody("application/json", []byte(`{"items":[{"sku":"rye","qty":2}]}`))},
		Response: &traffic.Response{Status: 201, Body: traffic.NewBody("text/plain", []byte("order 9001"))},
	}}}
}

func post(client *http.Client, url, body string, header ...string) {
	r, _ := http.NewRequest("POST", url, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer of-today")
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := client.Do(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, strings.TrimSpace(string(answer)))
}

// A capture is the upstream of a test. In a test it is one line:
//
//	up := harness.MustServe(t, "ok.har")
func ExampleServe() {
	up, err := harness.Serve(orders(), harness.ServeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer up.Close()
	post(http.DefaultClient, up.URL+"/orders", `{"items": [{"qty": 2, "sku": "rye"}]}`, "X-Tenant", "acme")
	fmt.Println(up.Verify())
	// Output:
	// 201 order 9001
	// <nil>
}

// What nothing recorded answers is told with the nearest recorded exchange and
// what differs from it.
func ExampleServed_Missed() {
	up, err := harness.Serve(orders(), harness.ServeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer up.Close()
	post(http.DefaultClient, up.URL+"/orders", `{"items":[{"sku":"rye","qty":3}]}`)
	for _, miss := range up.Missed() {
		fmt.Println(miss.Reason, miss.Nearest)
	}
	// Output:
	// 501 no recorded exchange for POST /orders: nearest is entry 0 (POST /orders)
	//   header x-tenant  missing, was acme
	//   body /items/0/qty  2 → 3
	// different 0
}

// A client that takes an http.Client needs no address of the test's own: each
// recorded host answers under its name, and nothing leaves the process.
func ExampleServed_Client() {
	up, err := harness.ServeHandler(orders(), harness.ServeOptions{Lenient: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	post(up.Client(), "https://api.bakery.test/orders", `{"items":[]}`)
	// Output:
	// 201 order 9001
}
