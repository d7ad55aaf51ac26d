package mask

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// flow is a capture of n exchanges, a fifth of whose secrets are new ones.
func flow(n int) *traffic.Capture {
	c := &traffic.Capture{File: "flow.har"}
	for i := range n {
		token := fmt.Sprintf("s3cr3t%07dQx7Zk2Lm9Vw8", i/5)
		c.Exchanges = append(c.Exchanges, &traffic.Exchange{
			Index: i,
			Request: traffic.Request{Method: "POST", URL: fmt.Sprintf("https://a.test/v1/orders/%d?page=2&token=%s", i, token), Header: traffic.Header{
				{Name: "Authorization", Value: "Bearer " + token}, {Name: "Cookie", Value: "sid=" + token + "; theme=dark"}, {Name: "Accept", Value: "application/json"},
			}},
			Response: &traffic.Response{Status: 200, Body: traffic.NewBody("application/json",
				[]byte(`{"access_token":"`+token+`","items":[`+strings.Repeat(`{"id":9001,"name":"Darjeeling first flush","price":"12.40"},`, 20)+`{}]}`))},
		})
	}
	return c
}

func redactFlow(tb testing.TB, n int) {
	tb.Helper()
	r := Redactor{Key: []byte("k")}
	if _, err := r.Capture(flow(n)); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkRedact tells what an exchange costs in a short flow and in one of
// sixteen times its length, and their ratio: 1 where the cost is linear.
func BenchmarkRedact(b *testing.B) {
	const short, long = 200, 16 * 200
	var times [2]time.Duration
	for b.Loop() {
		for i, n := range []int{short, long} {
			start := time.Now()
			redactFlow(b, n)
			times[i] += time.Since(start) / time.Duration(n)
		}
	}
	b.ReportMetric(float64(times[1])/float64(times[0]), "ratio")
	b.ReportMetric(float64(times[1].Microseconds())/float64(b.N), "µs/exchange")
}

// BenchmarkKeys is what it costs to look for marks where there are none.
func BenchmarkKeys(b *testing.B) {
	c := flow(3200)
	for b.Loop() {
		if len(Keys(c)) > 0 {
			b.Fatal("marks in a capture without")
		}
	}
}
