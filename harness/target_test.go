package harness

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
)

// flow is a capture of requests that were answered with 200.
func flow(requests ...string) *traffic.Capture {
	c := &traffic.Capture{File: "ok.har"}
	for i := 0; i+1 < len(requests); i += 2 {
		c.Exchanges = append(c.Exchanges, &traffic.Exchange{
			Index: i / 2, Request: traffic.Request{Method: requests[i], URL: requests[i+1]}, Response: &traffic.Response{Status: 200},
		})
	}
	return c
}

// TestRefusals pins what is said before anything is sent.
func TestRefusals(t *testing.T) {
	one := flow("GET", "https://shop.alder.example/a")
	rows := []struct {
		reason  string
		capture *traffic.Capture
		options PlanOptions
		want    []string
	}{
		{"no target", one, PlanOptions{}, []string{"nothing is sent without a target: name one with --target URL, or --map RECORDED=URL for one origin of several"}},
		{"no scheme", one, PlanOptions{Target: Target{Base: "127.0.0.1:8080"}}, []string{"--target has no scheme: write http:// or https:// before the host"}},
		{"no scheme, a name", one, PlanOptions{Target: Target{Base: "stage.alder.example:8080"}}, []string{"--target has no scheme: write http:// or https:// before the host"}},
		{"a path alone", one, PlanOptions{Target: Target{Base: "/tmp/x"}}, []string{"--target has no scheme: write http:// or https:// before the host"}},
		{"a file", one, PlanOptions{Target: Target{Base: "file:///etc/passwd"}}, []string{`--target has the scheme "file": only http and https are sent`}},
		{"a password, which is not repeated", one, PlanOptions{Target: Target{Base: "http://ada:s3cret@h"}}, []string{"--target names a user or a password: credentials are given with --auth"}},
		{"a fragment", one, PlanOptions{Target: Target{Base: "http://h/#x"}}, []string{"--target has a fragment, which is never sent: leave out what follows the #"}},
		{"a query", one, PlanOptions{Target: Target{Base: "http://h/?x=1"}}, []string{"--target has a query: a target is an origin, maybe with a path"}},
		{"a port that is none", one, PlanOptions{Target: Target{Base: "http://h:70000"}}, []string{"--target has a port that is none: ports are 1 to 65535"}},
		{"no host", one, PlanOptions{Target: Target{Base: "http:///x"}}, []string{"--target has no host: write it as http://127.0.0.1:8080"}},
		{"the recorded host", one, PlanOptions{Target: Target{Base: "https://SHOP.alder.example."}}, []string{"https://shop.alder.example. is the recorded host itself: --allow-recorded-host sends to it"}},
		{"the recorded host at another port", one, PlanOptions{Target: Target{Base: "http://shop.alder.example:8080"}}, []string{"http://shop.alder.example:8080 is the recorded host itself: --allow-recorded-host sends to it"}},
		{"this machine at the recorded port", flow("GET", "http://localhost:3000/"), PlanOptions{Target: Target{Base: "http://127.0.0.1:3000"}},
			[]string{"http://127.0.0.1:3000 is the recorded host itself: --allow-recorded-host sends to it"}},
		{"two mistakes in two flags", one, PlanOptions{Target: Target{Base: "ftp://h", Map: []Mapping{{"https://x/y", "http://h"}}}},
			[]string{"the recorded side of --map has a path: a mapping is of a whole origin", `--target has the scheme "ftp": only http and https are sent`}},
		{"one origin twice", one, PlanOptions{Target: Target{Map: []Mapping{{"https://x", "http://h"}, {"https://x:443", "http://i"}}}}, []string{"--map names https://x twice: one origin has one target"}},
		{"what no request can carry", &traffic.Capture{File: "ok.har", Exchanges: []*traffic.Exchange{
			{Request: traffic.Request{Method: "GET", URL: "https://shop.alder.example/a", Header: traffic.Header{{Name: "X-A", Value: "1\r\nX-B: 2"}}}},
			{Index: 1, Request: traffic.Request{Method: "GET", URL: "https://shop.alder.example/b", Header: traffic.Header{{Name: "X-A", Value: "\x00"}}}},
		}}, PlanOptions{Target: Target{Base: "http://h"}}, nil},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			_, err := NewPlan(row.capture, row.options)
			var refused *Refused
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if row.want == nil {
				if len(refused.Mistakes) != 2 {
					t.Errorf("both entries are to be named: %q", refused.Mistakes)
				}
				t.Log(refused)
				return
			}
			if d := cmp.Diff(row.want, refused.Mistakes); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestWhereRequestsGo: what follows the origin is kept byte for byte.
func TestWhereRequestsGo(t *testing.T) {
	rows := []struct{ reason, recorded, base, want string }{
		{"plain", "https://shop.alder.example/a?b=c", "http://127.0.0.1:8080", "http://127.0.0.1:8080/a?b=c"},
		{"escapes and double slashes", "https://shop.alder.example/a%2Fb//c?x=[1]", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/a%2Fb//c?x=[1]"},
		{"a path of the target", "https://shop.alder.example/a", "http://h/v2/", "http://h/v2/a"},
		{"no path", "https://shop.alder.example?x=1", "http://h", "http://h/?x=1"},
		{"the fragment stays", "https://shop.alder.example/a#b", "http://h:80", "http://h/a"},
		{"another spelling of the origin", "HTTPS://Shop.Alder.Example:443/a", "http://[::1]:8080", "http://[::1]:8080/a"},
		{"a user in the recorded URL is not sent on", "https://ada:pw@shop.alder.example/a", "http://h", "http://h/a"},
		{"a name beyond ASCII", "https://shop.alder.example/a", "http://bücher.example", "http://xn--bcher-kva.example/a"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			p := plan(t, flow("GET", row.recorded), PlanOptions{Target: Target{Base: row.base}})
			if got := p.Steps[0].URL; got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// TestSkipped: each exchange that is not sent says why, and what would send it.
func TestSkipped(t *testing.T) {
	c := flow(
		"GET", "https://shop.alder.example/", "GET", "https://shop.alder.example/a", "POST", "https://shop.alder.example/b",
		"GET", "https://cdn.other.example/x.js", "GET", "data:text/plain,x", "GET", "wss://shop.alder.example/live", "GET", "/relative",
		"CONNECT", "https://shop.alder.example:443", "HEAD", "https://shop.alder.example/c", "OPTIONS", "https://shop.alder.example/d",
		"GET", "https://shop.alder.example/e",
	)
	c.Exchanges[10].Unknown = traffic.Fields{{Pointer: "/_fromCache", Value: []byte(`"disk"`)}}
	p := plan(t, c, PlanOptions{Target: Target{Base: "http://h"}})
	want := []Reason{"", "", UnsafeMethod, OtherOrigin, NotHTTP, WebSocket, NoURL, ProxyMethod, "", "", FromCache}
	var got []Reason
	for _, s := range p.Steps {
		got = append(got, s.Skipped)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	texts := map[string]string{}
	for _, s := range p.Skipped {
		texts[s.Reason] = s.Text
	}
	for reason, text := range map[string]string{
		"unsafe-method": "POST may change data: --allow-unsafe=POST sends it",
		"other-origin":  "went to https://cdn.other.example, not to https://shop.alder.example: --map https://cdn.other.example=URL sends it",
	} {
		if texts[reason] != text {
			t.Errorf("got %q, want %q", texts[reason], text)
		}
	}
}
