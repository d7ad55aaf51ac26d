package credential_test

import (
	"context"
	"fmt"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
)

// A token of today goes where the recorded one stood.
func Example() {
	getenv := func(string) string { return "token-of-today" }
	source, err := credential.Parse("Bearer env:TOKEN", getenv)
	if err != nil {
		fmt.Println(err)
		return
	}
	keeper := &credential.Keeper{Source: source}
	today, err := keeper.Get(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	recorded := &traffic.Request{Method: "GET", URL: "https://api.example.com/orders", Header: traffic.Header{{Name: "authorization", Value: "Bearer token-of-yesterday"}}}
	request, paths := today.Place(recorded, credential.Placing{Mapped: true})
	fmt.Println(today)
	fmt.Println(paths, request.Header.Get("authorization"))
	// Output:
	// header Authorization
	// [request.header.authorization] Bearer token-of-today
}

// The scheme stands in the variable and beside it: a server would answer 401
// and not say why.
func ExampleParse_wrong() {
	_, err := credential.Parse("Bearer env:TOKEN", func(string) string { return "Bearer abc" })
	fmt.Println(err)
	// Output:
	// --auth: env:TOKEN begins with "Bearer" already, which would stand there twice: take the scheme out of one of them
}

func ExampleRedacted() {
	capture := &traffic.Capture{File: "ok.har", Exchanges: []*traffic.Exchange{{
		Request:  traffic.Request{Method: "GET", URL: "https://api.example.com/orders", Header: traffic.Header{{Name: "Authorization", Value: "Bearer [REDACTED]"}}},
		Response: &traffic.Response{Status: 200},
	}}}
	fmt.Println(credential.Redacted(capture).Refusal(capture))
	// Output:
	// ok.har: entry 0 (GET /orders): request.header.authorization holds a word for what was taken out where a credential was; give --auth 'Bearer env:TOKEN', --auth-from COMMAND or --login NAME
}
