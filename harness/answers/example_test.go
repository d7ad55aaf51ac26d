package answers_test

import (
	"fmt"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/answers"
)

func answer(path string, setCookie string) *traffic.Exchange {
	return &traffic.Exchange{
		Request:  traffic.Request{Method: "GET", URL: "https://library.example" + path},
		Response: &traffic.Response{Status: 200, Header: traffic.Header{{Name: "Set-Cookie", Value: setCookie}}},
	}
}

// Many answers that differ in the same are one group, with its first example.
func ExampleTally() {
	var tally answers.Tally
	for i, path := range []string{"/account/17", "/account/18", "/account/19"} {
		recorded := answer(path, "desk=4f1c9e77aa01; Path=/; Secure")
		live := answer(path, "desk=a90b77c1d2e3; Path=/")
		tally.Add(answers.Observation{
			Entry: i, Recorded: recorded, Live: live,
			Changes: answers.Differences(recorded, live, nil),
		})
	}
	report := tally.Report()
	for _, g := range report.Groups {
		fmt.Printf("%s %s in %d of %d answers to %s, first in entry %d\n", g.Field, g.Kind, g.Count, g.Of, g.Template, g.Example.Entry)
	}
	for _, n := range report.Noise {
		fmt.Printf("noise: %s in %d answers: %s\n", n.Field, n.Count, n.Reason)
	}
	// Output:
	// response.set-cookie.desk.secure lost in 3 of 3 answers to GET /account/{}, first in entry 0
	// noise: response.set-cookie.desk.value in 3 answers: issued again
}

// Repeating a request tells what differs from itself; what carries authority is
// not learnt.
func ExampleLearner() {
	page := func(queue int, role string) *traffic.Exchange {
		return &traffic.Exchange{Response: &traffic.Response{
			Status: 200,
			Body:   traffic.NewBody("application/json", fmt.Appendf(nil, `{"queue":%d,"role":%q}`, queue, role)),
		}}
	}
	var learner answers.Learner
	learner.Learn("GET /me", page(3, "reader"), page(5, "reader"))
	for _, c := range learner.Judge("GET /me", answers.Differences(page(9, "librarian"), page(1, "reader"), nil)) {
		fmt.Printf("%s: %q\n", c.Path(), c.Noise)
	}
	// Output:
	// response.body/queue: "differs from itself"
	// response.body/role: ""
}
