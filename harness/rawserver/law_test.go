package rawserver_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
)

// TestWhatIsSentIsWhatIsReceived keeps the law of the package in both
// directions, against the client of this harness.
func TestWhatIsSentIsWhatIsReceived(t *testing.T) {
	says := make(chan *wire.Answer, 1)
	heard := make(chan rawserver.Request, 1)
	s := listen(t, rawserver.Config{Answer: func(_ context.Context, r *rawserver.Request) *wire.Answer {
		heard <- *r
		return <-says
	}})
	client := &wire.Client{Allow: []string{s.Addr}, Timeout: time.Minute}
	defer client.Close()
	rapid.Check(t, func(t *rapid.T) {
		request := &wire.Request{
			Method: rapid.SampledFrom([]string{"GET", "POST", "HEAD", "M-SEARCH"}).Draw(t, "method"),
			Scheme: "http", Addr: s.Addr, Host: "a.test",
			Target: "/" + rapid.StringMatching(`[!-~]{0,20}`).Draw(t, "target"),
			Header: genFields(t, "request"),
			Body:   genBody(t, "request"),
		}
		answer := &wire.Answer{
			Status: rapid.SampledFrom([]int{200, 204, 304, 401, 599}).Draw(t, "status"), Reason: "As It Is", Proto: "HTTP/1.1",
			Header: genFields(t, "answer"), Body: genBody(t, "answer"),
		}
		if rapid.Bool().Draw(t, "chunked") {
			answer.Header = append(answer.Header, traffic.HeaderField{Name: "transfer-encoding", Value: "chunked"})
			answer.Trailer = genFields(t, "trailer")
		} else {
			answer.Header = append(answer.Header, traffic.HeaderField{Name: "content-Length", Value: "0"})
		}
		says <- answer
		got, err := client.Do(context.Background(), request)
		if err != nil {
			t.Fatal(err)
		}
		r := <-heard
		wantHeader := append(traffic.Header{{Name: "Host", Value: "a.test"}}, request.Header...)
		if r.Header.Has("Content-Length") {
			r.Header = r.Header[:len(r.Header)-1]
		}
		wanted := rawserver.Request{Method: request.Method, Target: request.Target, Proto: "HTTP/1.1", Header: wantHeader, Body: request.Body}
		if wanted.Body == nil && request.Method == "POST" {
			wanted.Body = []byte{} // its length is always said (RFC 9110 section 8.6)
		}
		if d := cmp.Diff(wanted, r, cmpopts.IgnoreFields(rawserver.Request{}, "Connection", "Before", "Remote", "Started"), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("the request (-sent +received):\n%s", d)
		}
		if (wanted.Body == nil) != (r.Body == nil) {
			t.Errorf("a body of %v bytes is received as %v", wanted.Body, r.Body)
		}
		want := *answer
		if request.Method == "HEAD" || answer.Status == 204 || answer.Status == 304 {
			want.Body, want.Trailer = nil, nil
		}
		for i := range want.Header.All("content-length") {
			want.Header[i].Value = got.Header.Get("content-length") // what is true; the client checked it
		}
		if d := cmp.Diff(&want, got, cmpopts.IgnoreFields(wire.Answer{}, "HeaderSize", "Reused", "ServerIP", "Started", "Timings"), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("the answer (-said +received):\n%s", d)
		}
	})
}

func genFields(t *rapid.T, of string) traffic.Header {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) traffic.HeaderField {
		return traffic.HeaderField{
			Name:  rapid.SampledFrom([]string{"X-A", "x-a", "X_B", "Authorization", "sEt-cOOkie", "Accept", "x"}).Draw(t, "name"),
			Value: rapid.StringMatching(`([!-~]([ -~]{0,10}[!-~])?)?`).Draw(t, "value"),
		}
	}), 0, 8).Draw(t, of+" fields")
}

func genBody(t *rapid.T, of string) []byte {
	if rapid.Bool().Draw(t, of+" has a body") {
		return rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, of+" body")
	}
	return nil
}
