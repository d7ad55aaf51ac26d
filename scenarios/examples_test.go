package scenarios_test

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// call is a capture of one request with its answer.
func call(authorization string, status int, answer ...traffic.HeaderField) *traffic.Capture {
	return &traffic.Capture{Exchanges: []*traffic.Exchange{{
		Request: traffic.Request{Method: "GET", URL: "https://api.shop.test/v1/orders", Header: traffic.Header{
			{Name: "Authorization", Value: authorization},
		}},
		Response: &traffic.Response{Status: status, Header: answer},
	}}}
}

// The working request sends its token as Bearer, the failing one sends it bare.
func ExampleDiagnose() {
	const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1LTEifQ.TkV2ZXJWZXJpZmllZEhlcmUtbmV2ZXItdmVyaWZpZWQ"
	ok := call("Bearer "+token, 200)
	bad := call(token, 401, traffic.HeaderField{Name: "WWW-Authenticate", Value: `Bearer realm="api"`})

	d := scenarios.Diagnose(diff.Compare(ok, bad, diff.Options{}))
	best := d.Findings[0]
	fmt.Println(best.Cause.ID, "is", best.Word())
	for _, e := range best.Evidence {
		fmt.Printf("%s: %s\n", strings.ToLower(string(e.Source)), e.Note)
	}
	fmt.Println(best.Cause.Advice[0].Snippet)
	// Output:
	// missing-bearer-prefix is certain
	// request: the same token, its scheme gone
	// challenge: the server did not see a token
	// headers.Authorization = "Bearer " + token
}

// Two captures that both work have no findings, whatever else differs.
func ExampleDiagnose_nothingFails() {
	d := scenarios.Diagnose(diff.Compare(call("Bearer one", 200), call("Bearer two", 200), diff.Options{}))
	fmt.Println(len(d.Findings), "findings, failing entry", d.Entry)
	// Output: 0 findings, failing entry -1
}

// A failing capture alone has no working request to compare with, and says
// what it can show by itself.
func ExampleDiagnoseOne() {
	d := scenarios.DiagnoseOne(call("Bearer ${TOKEN}", 401))
	fmt.Println(d.Findings[0].Cause.ID)
	// Output: malformed-authorization
}
