package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// A recorded request is sent to another address, with the Host that was
// recorded.
func ExampleClient_Do() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, r.Host, r.RequestURI)
	}))
	defer server.Close()

	request, err := wire.RequestOf(&traffic.Request{Method: "GET", URL: "https://api.example.com/a%2Fb//c?x=[1]"}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	request.Scheme, request.Addr = "http", server.Listener.Addr().String()

	client := &wire.Client{Allow: []string{request.Addr}}
	defer client.Close()
	answer, err := client.Do(context.Background(), request)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(answer.Status, " ", string(answer.Body))
	// Output: 200 api.example.com /a%2Fb//c?x=[1]
}

// What was recorded is not what is allowed: nothing leaves for the recorded
// address, and its name is not looked up.
func ExampleClient_Do_refused() {
	request, err := wire.RequestOf(&traffic.Request{Method: "DELETE", URL: "https://api.example.com/orders/7"}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &wire.Client{Allow: []string{"127.0.0.1:8080"}}
	_, err = client.Do(context.Background(), request)
	fmt.Println(err)

	var failed *wire.Error
	fmt.Println(errors.As(err, &failed), failed.Stage, failed.Sent)
	// Output:
	// api.example.com:443: not a target, so nothing was sent there; name it with --target or --map if it is meant
	// true refused false
}
