package correlate_test

import (
	"fmt"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/correlate"
)

// A flow that made an order yesterday pays for the one that it makes today.
func Example() {
	made := func(answer string) *traffic.Response {
		return &traffic.Response{Status: 201, Body: traffic.NewBody("application/json", []byte(answer))}
	}
	capture := &traffic.Capture{Exchanges: []*traffic.Exchange{
		{Request: traffic.Request{Method: "POST", URL: "https://shop.example/orders"}, Response: made(`{"id": 1043, "pay": "k2-9f1c7e5a3b"}`)},
		{Request: traffic.Request{Method: "PUT", URL: "https://shop.example/orders/1043/payment?key=k2-9f1c7e5a3b"}},
	}}
	plan, err := correlate.Find(capture, correlate.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, link := range plan.Links() {
		fmt.Println(link.Name, "from", link.From.Path, "to", link.To[0].Path)
	}

	run := plan.Start()
	run.Answer(0, capture.Exchanges[0].Response, made(`{"id": 2087, "pay": "k2-0011aabbcc"}`))
	request, missing := run.Request(1, &capture.Exchanges[1].Request)
	fmt.Println(request.URL, len(missing))
	// Output:
	// order_id from response.body/id to request.path[1]
	// pay from response.body/pay to request.query.key
	// https://shop.example/orders/2087/payment?key=k2-0011aabbcc 0
}

// A value that somebody typed is not followed, though an answer repeats it.
func Example_typed() {
	url := "https://shop.example/track?parcel=3SABCD0123456789"
	capture := &traffic.Capture{Exchanges: []*traffic.Exchange{
		{Request: traffic.Request{Method: "GET", URL: url}, Response: &traffic.Response{Status: 200, Body: traffic.NewBody("application/json", []byte(`{"parcel":"3SABCD0123456789"}`))}},
		{Request: traffic.Request{Method: "GET", URL: url}},
	}}
	plan, err := correlate.Find(capture, correlate.Options{})
	fmt.Println(len(plan.Links()), err)
	// Output: 0 <nil>
}
