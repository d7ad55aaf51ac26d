package through_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/through"
)

// A proxy is started between a stand and its client, and told of by name and
// cause.
func Example() {
	stand, err := through.Listen("127.0.0.1:0", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stand.Close()
	behind, _ := url.Parse(stand.URL)
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Host = r.In.Host
		r.Out.Header.Del("Authorization") // the mistake
	}})
	defer proxy.Close()

	ok := &traffic.Capture{Exchanges: []*traffic.Exchange{{
		Request: traffic.Request{Method: http.MethodGet, URL: "https://api.shop.example/orders", Proto: "HTTP/1.1",
			Header: traffic.Header{{Name: "Authorization", Value: "Bearer example"}}},
		Response: &traffic.Response{Status: http.StatusOK, Body: traffic.NewBody("text/plain", []byte("tea"))},
	}}}
	plan, err := harness.NewPlan(ok, harness.PlanOptions{Target: harness.Target{Base: proxy.URL}, Unsafe: harness.Unsafe{All: true}})
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := harness.Through(context.Background(), plan, stand)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range found.Findings {
		fmt.Println(f.Cause)
		fmt.Println(f.Title)
	}
	// Output:
	// authorization-dropped-by-proxy
	// The proxy drops Authorization before the app sees it.
}
