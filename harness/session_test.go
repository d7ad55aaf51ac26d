package harness

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
)

// request is an exchange of a client.
func request(method, path string, header ...string) *traffic.Exchange {
	x := &traffic.Exchange{Request: traffic.Request{Method: method, URL: recordedOrigin + path}, Response: &traffic.Response{Status: 200}}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Set-Cookie" {
			x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: header[i], Value: header[i+1]})
			continue
		}
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: header[i], Value: header[i+1]})
	}
	return x
}

func capture(list ...*traffic.Exchange) *traffic.Capture {
	for i, x := range list {
		x.Index = i
	}
	return &traffic.Capture{File: "ok.har", Exchanges: list}
}

// TestSessions: who is one client, and who is not.
func TestSessions(t *testing.T) {
	const a, b = "sessionid=0123456789abcdef0123456789abcdef", "sessionid=fedcba9876543210fedcba9876543210"
	inBrowser := capture(request("GET", "/a"), request("GET", "/b"), request("GET", "/c", "Cookie", a))
	inBrowser.Creator.Name = "WebInspector"
	twoWindows := capture(request("GET", "/a", "Cookie", a), request("GET", "/b", "Cookie", b), request("GET", "/c", "Cookie", a), request("GET", "/d", "Cookie", b))
	twoWindows.Creator.Name = "WebInspector"
	late := capture(request("GET", "/second", "Cookie", a), request("GET", "/first", "Cookie", a))
	start := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	late.Exchanges[0].Recorded.Started.Time, late.Exchanges[1].Recorded.Started.Time = start.Add(time.Second), start
	rows := []struct {
		reason  string
		capture *traffic.Capture
		want    string
	}{
		{"anonymous and safe: nothing to do with each other", capture(request("GET", "/a"), request("GET", "/b")), "[[0] [1]]"},
		{"anonymous, and one changes something", capture(request("GET", "/a"), request("POST", "/b"), request("GET", "/c")), "[[0 1 2]]"},
		{"two logins", capture(request("GET", "/a", "Cookie", a), request("GET", "/b", "Cookie", b), request("GET", "/c", "Cookie", a)), "[[0 2] [1]]"},
		{"the login belongs to what follows", capture(request("POST", "/login", "Set-Cookie", a+"; Path=/"), request("GET", "/b", "Cookie", b), request("GET", "/c", "Cookie", a)), "[[0 2] [1]]"},
		{"a session that gets another id", capture(request("GET", "/a", "Cookie", a, "Set-Cookie", b), request("GET", "/b", "Cookie", b)), "[[0 1]]"},
		{"one browser", inBrowser, "[[0 1 2]]"},
		{"two windows of one browser with a jar each", twoWindows, "[[0 2] [1 3]]"},
		{"one token for requests that change nothing", capture(request("GET", "/a", "Authorization", "Bearer x"), request("GET", "/b", "Authorization", "Bearer x")), "[[0] [1]]"},
		{"one token, and one changes something", capture(request("GET", "/a", "Authorization", "Bearer x"), request("PUT", "/b", "Authorization", "Bearer x")), "[[0 1]]"},
		{"recorded in the order in which they ended", late, "[[1 0]]"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			p := plan(t, row.capture, PlanOptions{Target: Target{Base: "http://h"}, Unsafe: Unsafe{All: true}})
			var got [][]int
			for _, s := range p.Sessions {
				got = append(got, s.Entries)
			}
			if d := cmp.Diff(row.want, fmt.Sprint(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestEveryRequestOnce: whatever the capture, each request that is sent is in
// one session of one shard, and no shard is much longer than its share.
func TestEveryRequestOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "requests")
		users := rapid.IntRange(1, 20).Draw(t, "users")
		var list []*traffic.Exchange
		for i := range n {
			header := []string{}
			if user := rapid.IntRange(0, users).Draw(t, "user"); user > 0 {
				header = append(header, "Cookie", fmt.Sprintf("sessionid=0123456789abcdef01234567%08d", user))
			}
			list = append(list, request(rapid.SampledFrom([]string{"GET", "POST", "DELETE"}).Draw(t, "method"), fmt.Sprintf("/p/%d", i), header...))
		}
		c := capture(list...)
		of := rapid.IntRange(1, 9).Draw(t, "shards")
		seen := make([]int, n)
		skipped := 0
		for i := range of {
			p, err := NewPlan(c, PlanOptions{Target: Target{Base: "http://h"}, Unsafe: Unsafe{Methods: []string{"POST"}}, Shard: Shard{i + 1, of}})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range p.Sessions {
				if !slices.IsSorted(s.Entries) {
					t.Fatalf("session %v is not in order", s.Entries)
				}
				for _, e := range s.Entries {
					seen[e]++
				}
			}
			for _, s := range p.Skipped {
				skipped += s.Count
			}
		}
		for e, times := range seen {
			want := 1
			if c.Exchanges[e].Request.Method == "DELETE" {
				want = 0
			}
			if times != want {
				t.Fatalf("entry %d is in %d sessions, want %d", e, times, want)
			}
		}
		if sent := n - skipped; sent != len(slices.DeleteFunc(seen, func(n int) bool { return n == 0 })) {
			t.Fatalf("%d skipped and %d sent of %d", skipped, sent, n)
		}
	})
}

// TestShardsAreEven: many sessions are spread.
func TestShardsAreEven(t *testing.T) {
	var all []Session
	for i := range 1000 {
		all = append(all, Session{ID: fmt.Sprintf("%06x", i*7919), Entries: []int{i}})
	}
	for i := 1; i <= 8; i++ {
		if n := len((Shard{i, 8}).share(all)); n < 60 || n > 157 {
			t.Errorf("shard %d has %d of 1000 sessions", i, n)
		}
	}
}

// FuzzTarget: whatever is given as a target is a URL to send to or refused, and
// never something else than what it reads as.
func FuzzTarget(f *testing.F) {
	for _, s := range []string{"http://h", "https://h:1/p", "h:80", "http://u:p@h", "http://[::1]:80/", "http://h\\@evil", "http://h%2f", "http:/h", "http://h/../x", "//h", "http://h?x", "http://\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := parseTarget("--target", s)
		if err != nil {
			return
		}
		again, err := parseTarget("--target", r.origin()+r.prefix)
		if err != nil || again.origin() != r.origin() || again.addr != r.addr || again.prefix != r.prefix {
			t.Errorf("%q is read as %+v, and that as %+v (%v)", s, r, again, err)
		}
	})
}

// FuzzSetting: what is read can be put into a request.
func FuzzSetting(f *testing.F) {
	for _, s := range []string{"request.header.x=1", "request.query.a=b&c", "request.cookie.a=b; c", "request.body/a/0=x", "request.body/=1", "request."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		set, err := ParseSetting(s)
		if err != nil {
			return
		}
		r := request("POST", "/a?b=c", "Content-Type", "application/json").Request
		r.Body = traffic.NewBody("application/json", []byte(`{"a":[1,"x"],"":2}`))
		applySettings(&r, []Setting{set})
		if set.Part == "query" && setQuery(r.URL, set.Name, set.Value) != r.URL {
			t.Errorf("setting twice is another thing: %q", r.URL)
		}
	})
}
