package scenarios

import (
	"math/rand/v2"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A causeRow is a pair of flows and whether a cause is to be seen in it.
type causeRow struct {
	reason  string
	ok, bad []*traffic.Exchange
	found   bool
}

// testCause ranks one cause alone against the unknown one: at least likely
// where it is there, at most a guess where it is not.
func testCause(t *testing.T, c *Cause, rows []causeRow) {
	t.Helper()
	for _, row := range rows {
		v := compared(t, row.ok, row.bad)
		got := confidenceOf(v, c)
		if row.found && got < 0.5 {
			t.Errorf("%s: %s is not seen: %.2f, %v", row.reason, c.ID, got, c.Detect(v))
		}
		if !row.found && got > 0.4 {
			t.Errorf("%s: %s is seen: %.2f, %v", row.reason, c.ID, got, c.Detect(v))
		}
	}
}

func confidenceOf(v *View, c *Cause) float64 {
	var d Diagnosis
	d.rank(v, []*Cause{c})
	if len(d.Findings) == 0 {
		return 0
	}
	return d.Findings[0].Confidence
}

// testInjection puts a cause into a flow and wants to see it again, in every
// speech but those that say too little.
func testInjection(t *testing.T, c *Cause, flow []*traffic.Exchange, silent ...Speech) {
	t.Helper()
	ok := captured(monday, flow...)
speeches:
	for _, speech := range Speeches() {
		for _, s := range silent {
			if s == speech {
				continue speeches
			}
		}
		in := NewInjection(ok, len(flow)-1, speech, rand.New(rand.NewPCG(1, 2)))
		if err := c.Inject(in); err != nil {
			t.Errorf("%s, %s: %v", c.ID, speech, err)
			continue
		}
		v := newView(diff.Compare(ok, in.Flow, diff.Options{}))
		if v == nil {
			t.Errorf("%s, %s: nothing fails", c.ID, speech)
			continue
		}
		if got := confidenceOf(v, c); got < 0.5 {
			t.Errorf("%s, %s: not seen again: %.2f, %v", c.ID, speech, got, c.Detect(v))
		}
	}
}

// gets is a request with a token and the app's good answer.
func gets(url string) *traffic.Exchange {
	return asked("GET "+url, []string{"Authorization: Bearer tok_6f1c9b7e2a", "User-Agent: okhttp/4.9"}, goodAnswer())
}

func goodAnswer() *traffic.Response {
	return answered(200, `{"items":[]}`, jsonType, "X-Powered-By: Express", "X-Request-Id: 1", "Date: Mon, 02 Mar 2026 09:00:00 GMT")
}

// getsWith is the same request with another answer and further request lines.
func getsWith(url string, r *traffic.Response, lines ...string) *traffic.Exchange {
	x := gets(url)
	x.Request.Header = append(x.Request.Header, headerLines(lines...)...)
	x.Response = r
	return x
}

const orders = "https://api.shop.example/v1/orders"

var htmlType = "Content-Type: text/html"

func appRefusal(status int, body string) *traffic.Response {
	return answered(status, body, jsonType, "X-Powered-By: Express", "X-Request-Id: 2", "Date: Tue, 03 Mar 2026 09:00:00 GMT")
}
