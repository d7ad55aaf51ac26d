package through_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/through"
	"github.com/replaydiff/replay/harness/wire"
)

// A forwarder is a proxy of a few lines: what edit makes of a request goes on; nil
// is answered here.
func forwarder(t *testing.T, to *through.Stand, edit func(*rawserver.Request) *wire.Answer) string {
	t.Helper()
	client := &wire.Client{Allow: []string{to.Addr}}
	t.Cleanup(client.Close)
	s, err := rawserver.Listen(rawserver.Config{Answer: func(ctx context.Context, q *rawserver.Request) *wire.Answer {
		host := q.Header.Get("Host")
		if own := edit(q); own != nil {
			return own
		}
		out := &wire.Request{Method: q.Method, Scheme: "http", Addr: to.Addr, Target: q.Target, Host: host, Body: q.Body}
		for _, f := range q.Header {
			if !wire.IsFraming(f.Name) {
				out.Header = append(out.Header, f)
			}
		}
		a, err := client.Do(ctx, out)
		if err != nil {
			return nil
		}
		return a
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.Addr
}

func sends(addr string, list ...string) []through.Send {
	var out []through.Send
	for i, line := range list {
		method, target, _ := strings.Cut(line, " ")
		x := &traffic.Exchange{Index: i, Request: traffic.Request{Method: method, URL: "http://shop.example" + target},
			Response: &traffic.Response{Status: 200, Header: traffic.Header{{Name: "Content-Type", Value: "text/plain"}}, Body: traffic.NewBody("text/plain", []byte("tea"))}}
		out = append(out, through.Send{Exchange: x, Request: &wire.Request{Method: method, Scheme: "http", Addr: addr, Target: target, Host: "shop.example",
			Header: traffic.Header{{Name: "Authorization", Value: "Bearer not-a-token"}}}})
	}
	return out
}

func stand(t *testing.T) *through.Stand {
	t.Helper()
	s, err := through.Listen("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func run(t *testing.T, s *through.Stand, list []through.Send) (*results.Passage, error) {
	t.Helper()
	s.Client = &wire.Client{Allow: []string{list[0].Request.Addr}}
	t.Cleanup(s.Client.Close)
	return s.Run(t.Context(), list)
}

// A proxy that takes the correlation away is followed by order.
func TestRunByOrder(t *testing.T) {
	s := stand(t)
	addr := forwarder(t, s, func(q *rawserver.Request) *wire.Answer {
		var kept traffic.Header
		for _, f := range q.Header {
			if !strings.HasPrefix(strings.ToLower(f.Name), "x-") {
				kept = append(kept, f)
			}
		}
		q.Header = kept
		return nil
	})
	p, err := run(t, s, sends(addr, "GET /a", "POST /b", "GET /c"))
	if err != nil || p.Counts.Unchanged != 3 || len(p.Findings) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

// What only a method leads astray is not sent: a GET of the same path, with the
// same credentials, came to somebody else.
func TestRunKeepsUnsafeBack(t *testing.T) {
	var posted []string
	elsewhere := func(q *rawserver.Request) *wire.Answer {
		if !strings.HasPrefix(q.Target, "/real") {
			return nil
		}
		if q.Method != "GET" {
			posted = append(posted, q.Method+" "+q.Target) // requests go one after the other
		}
		return &wire.Answer{Status: 404, Header: traffic.Header{{Name: "Content-Length", Value: "0"}}}
	}
	for _, dangerous := range []bool{false, true} {
		s := stand(t)
		s.DangerouslyUnproven = dangerous
		posted = nil
		p, err := run(t, s, sends(forwarder(t, s, elsewhere), "GET /a", "POST /real", "DELETE /real/1", "POST /a"))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := len(posted) > 0, dangerous; got != want || p.Counts.Unsent > 0 == dangerous {
			t.Errorf("dangerous %v: sent %v, counts %+v", dangerous, posted, p.Counts)
		}
	}
}

func TestRunElsewhere(t *testing.T) {
	s := stand(t)
	var seen []string
	addr := forwarder(t, s, func(q *rawserver.Request) *wire.Answer {
		seen = append(seen, q.Method+" "+q.Header.Get("Authorization"))
		return &wire.Answer{Status: 200, Body: []byte("another app")}
	})
	_, err := run(t, s, sends(addr, "POST /a", "GET /b"))
	var elsewhere *through.Elsewhere
	if !errors.As(err, &elsewhere) || !strings.Contains(err.Error(), "did not come to "+s.Addr) {
		t.Errorf("error %v", err)
	}
	if strings.Join(seen, ",") != "GET ,GET " {
		t.Errorf("it was sent %q", seen)
	}
}

// A proxy that refuses everything itself is told of, and gets safe methods alone.
func TestRunDenied(t *testing.T) {
	s := stand(t)
	var unsafe []string
	addr := forwarder(t, s, func(q *rawserver.Request) *wire.Answer {
		if q.Method != "GET" {
			unsafe = append(unsafe, q.Method)
		}
		return &wire.Answer{Status: 401, Header: traffic.Header{{Name: "WWW-Authenticate", Value: `Basic realm="staging"`}}}
	})
	p, err := run(t, s, sends(addr, "GET /a", "POST /a"))
	if err != nil || len(p.Findings) != 1 || p.Findings[0].Cause != "proxy-auth-denied" || len(unsafe) > 0 {
		t.Fatalf("%+v, %v, sent %v", p, err, unsafe)
	}
	if sure := p.Findings[0].Confidence; sure > 0.75 {
		t.Errorf("as sure as %v, and it may be an app", sure)
	}
}

func TestRunUnreachable(t *testing.T) {
	s := stand(t)
	addr := forwarder(t, s, func(*rawserver.Request) *wire.Answer { return nil })
	list := sends(addr, "GET /a")
	list[0].Request.Addr = "127.0.0.1:1"
	_, err := run(t, s, list)
	var gone *through.Unreachable
	if !errors.As(err, &gone) {
		t.Errorf("error %v", err)
	}
}

// Before a run, and beside one, the server behind the proxy answers health checks.
func TestStandAnswersHealthChecks(t *testing.T) {
	s := stand(t)
	check := func() {
		t.Helper()
		r, err := http.Get(s.URL + "/health")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != 200 {
			t.Errorf("status %d, %v", r.StatusCode, err)
		}
	}
	check()
	addr := forwarder(t, s, func(q *rawserver.Request) *wire.Answer {
		if q.Target == "/a" && q.Header.Has("Authorization") {
			check()
		}
		return nil
	})
	p, err := run(t, s, sends(addr, "GET /b", "GET /a"))
	if err != nil || p.Counts.Unchanged != 2 {
		t.Errorf("%+v, %v", p, err)
	}
}
