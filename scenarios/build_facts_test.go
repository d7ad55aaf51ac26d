package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// header makes a header of "Name: value" lines.
func headerLines(lines ...string) traffic.Header {
	var h traffic.Header
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h = append(h, traffic.HeaderField{Name: name, Value: value})
	}
	return h
}

// answered makes a response.
func answered(status int, body string, lines ...string) *traffic.Response {
	r := &traffic.Response{Status: status, Header: headerLines(lines...)}
	r.Body = traffic.NewBody(r.Header.Get("content-type"), []byte(body))
	return r
}

// asked makes an exchange: "GET https://host/path", its request lines, and
// the answer.
func asked(line string, request []string, r *traffic.Response) *traffic.Exchange {
	method, url, _ := strings.Cut(line, " ")
	x := &traffic.Exchange{Request: traffic.Request{Method: method, URL: url, Header: headerLines(request...)}, Response: r}
	x.Recorded.Millis = -1
	return x
}

// captured numbers exchanges and gives them times, a second apart.
func captured(start time.Time, xs ...*traffic.Exchange) *traffic.Capture {
	c := &traffic.Capture{Exchanges: xs}
	for i, x := range xs {
		x.Index = i
		x.Recorded.Started = traffic.Timestamp{Time: start.Add(time.Duration(i) * time.Second)}
	}
	return c
}

var (
	monday  = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	tuesday = monday.AddDate(0, 0, 1)
)

// compared makes a view of two flows and fails the test where nothing fails.
func compared(t *testing.T, ok, bad []*traffic.Exchange) *View {
	t.Helper()
	v := newView(diff.Compare(captured(monday, ok...), captured(tuesday, bad...), diff.Options{}))
	if v == nil {
		t.Fatal("nothing fails in these captures")
	}
	return v
}

// one makes a flow of one exchange.
func one(x *traffic.Exchange) []*traffic.Exchange { return []*traffic.Exchange{x} }
