package suite_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/replaydiff/replay/scenarios/expect"
	"github.com/replaydiff/replay/scenarios/suite"
)

// A suite is written in Go or in YAML; both are the same.
func Example() {
	s := &suite.Suite{
		Capture:  "ok.har",
		Target:   "https://api.shop.test",
		Auth:     "Bearer env:TOKEN",
		SignWith: suite.SignWith{HS256: "env:JWT_KEY"},
		Scenarios: []suite.Scenario{
			suite.ExpiredToken(2*time.Hour).On("GET /orders").
				Expect(expect.Status(401), expect.Challenge("Bearer", expect.Param("error", expect.Is("invalid_token")))),
			suite.CORSPreflight("https://evil.example").Says("Only our own pages may ask."),
		},
	}
	if err := suite.Write(os.Stdout, s); err != nil {
		fmt.Println(err)
	}
	// Output:
	// capture: ok.har
	// target: https://api.shop.test
	// auth: Bearer env:TOKEN
	// sign-with:
	//   hs256: env:JWT_KEY
	// scenarios:
	//   - cause: expired-token
	//     with: {ago: 2h}
	//     on: GET /orders
	//     expect:
	//       status: 401
	//       challenge:
	//         scheme: Bearer
	//         params:
	//           error: invalid_token
	//   # Only our own pages may ask.
	//   - cause: cors-preflight-failed
	//     with: {origin: 'https://evil.example'}
}

// All mistakes of a file are told at once, each with its place.
func ExampleRead_mistakes() {
	_, err := suite.Read(strings.NewReader(`capture: ok.har
auth: Bearer abc
scenarios:
  - cause: expred-token
  - cause: wrong-path
    on: orders
    exepct: 404
`), "shop.replay.yaml")
	fmt.Println(err)
	// Output:
	// shop.replay.yaml:2:7: auth must name the place of the secret, as in "Bearer env:TOKEN": a secret does not belong into this file
	// shop.replay.yaml:4:12: `expred-token`: did you mean `expired-token`?
	// shop.replay.yaml:6:9: a route must be a method and a path such as GET /orders; {} stands for any segment
	// shop.replay.yaml:7:5: `exepct`: did you mean `expect`?
}
