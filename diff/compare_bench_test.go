package diff

import (
	"fmt"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

func BenchmarkCompare10k(b *testing.B)  { benchmarkCompare(b, 10_000) }
func BenchmarkCompare100k(b *testing.B) { benchmarkCompare(b, 100_000) }

// benchmarkCompare compares two recordings of a flow of n small exchanges. In
// the second one the token is another, every answer has another request id
// and revision, and one in a hundred requests is refused.
func benchmarkCompare(b *testing.B, n int) {
	ok, bad := smallFlow(n, "ok"), smallFlow(n, "bad")
	b.ReportAllocs()
	for b.Loop() {
		c := Compare(ok, bad, Options{})
		if len(c.Pairs) != n || c.First < 0 {
			b.Fatalf("%d pairs, first divergence %d", len(c.Pairs), c.First)
		}
	}
}

func smallFlow(n int, side string) *traffic.Capture {
	c := &traffic.Capture{File: side + ".har", Format: traffic.HAR}
	start := time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	for i := range n {
		status := 200
		if side == "bad" && i%100 == 99 {
			status = 401
		}
		at := start.Add(time.Duration(i) * 100 * time.Millisecond)
		x := &traffic.Exchange{
			Index: i,
			Request: traffic.Request{
				Method: "GET", URL: fmt.Sprintf("https://api%d.garden.test/v1/plots/%d?page=%d", i%7, i, i%13), Proto: "h2",
				Header: traffic.Header{
					{Name: "accept", Value: "application/json"},
					{Name: "authorization", Value: "Bearer token-of-" + side},
					{Name: "x-request-id", Value: fmt.Sprintf("%s-%08x", side, i)},
				},
			},
			Response: &traffic.Response{
				Status: status, Proto: "h2",
				Header: traffic.Header{
					{Name: "content-type", Value: "application/json"},
					{Name: "date", Value: at.Format("Mon, 02 Jan 2006 15:04:05 GMT")},
				},
				Body: traffic.NewBody("application/json", fmt.Appendf(nil, `{"id":%d,"rev":"%s-%d"}`, i, side, i%97)),
			},
			Recorded: traffic.Recorded{Started: traffic.Timestamp{Time: at, Text: at.Format(time.RFC3339)}, Millis: float64(i % 9)},
		}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}
