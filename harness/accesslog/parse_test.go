package accesslog

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// noon is the time of most lines.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var lines = []struct {
	line   string
	want   Record
	reason string
}{
	{`192.0.2.7 - ann [24/Nov/2026:12:00:00 +0000] "GET /a?b=c HTTP/1.1" 401 17`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/a?b=c", Proto: "HTTP/1.1", Status: 401, Client: "192.0.2.7"}, "the common format"},
	{`2001:db8::7 - - [24/Nov/2026:13:00:00 +0100] "POST /a HTTP/2.0" 403 0 "https://a.test/" "curl/8.5.0"`,
		Record{Format: Combined, Time: noon, Method: "POST", Target: "/a", Proto: "HTTP/2.0", Status: 403, Client: "2001:db8::7", Referer: "https://a.test/", UserAgent: "curl/8.5.0"}, "IPv6, another zone"},
	{`a.test:443 192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/", Proto: "HTTP/1.1", Status: 200, Client: "192.0.2.7", Host: "a.test:443"}, "the virtual host first"},
	{`Nov 24 12:00:00 web1 nginx: 192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/", Proto: "HTTP/1.1", Status: 200, Client: "192.0.2.7", UserAgent: "x"}, "through syslog"},
	{`192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "\x16\x03\x01\x02\x00" 400 157 "-" "-"`,
		Record{Format: Combined, Time: noon, Status: 400, Client: "192.0.2.7"}, "a TLS handshake on a port of HTTP"},
	{`192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "-" 408 0 "-" "-"`,
		Record{Format: Combined, Time: noon, Status: 408, Client: "192.0.2.7"}, "a client that said nothing"},
	{`192.0.2.7 - we [ird] na"me [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 401 5`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/", Proto: "HTTP/1.1", Status: 401, Client: "192.0.2.7"}, "a user's name with brackets and spaces"},
	{`192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET /a b HTTP/1.1" 400 5 "-" "say \"hi\" \x41"`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/a b", Proto: "HTTP/1.1", Status: 400, Client: "192.0.2.7", UserAgent: `say "hi" A`}, "a space in the target; escapes"},
	{`192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "say "hi" now" "-"`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/", Proto: "HTTP/1.1", Status: 200, Client: "192.0.2.7", UserAgent: `say "hi`}, "escape=none: a quote before a space ends it"},
	{`10.0.0.1 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 401 5 "-" "x" "198.51.100.9, 10.0.0.3" 0.125 us="502, 401"`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/", Proto: "HTTP/1.1", Status: 401, Client: "198.51.100.9", UserAgent: "x", Duration: 125 * time.Millisecond, UpstreamStatus: 401, Answered: ByApp, By: "the upstream's status is the same"},
		"behind a proxy of the own network, X-Forwarded-For counts"},
	{`192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 401 5 "-" "x" "198.51.100.9"`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/", Proto: "HTTP/1.1", Status: 401, Client: "192.0.2.7", UserAgent: "x"}, "from outside, anyone can have set it"},
	{`192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 403 5 "-" "x" us="-"`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/", Proto: "HTTP/1.1", Status: 403, Client: "192.0.2.7", UserAgent: "x", Answered: ByProxy, By: "no upstream answered"}, "no upstream was asked"},
	{`192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] a.test "GET /x HTTP/1.1" 401 5 "-" "x"`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/x", Host: "a.test", Proto: "HTTP/1.1", Status: 401, Client: "192.0.2.7", UserAgent: "x"}, "the host between time and request"},
	{`192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] 0.125 "GET /x HTTP/1.1" 401 5 "-" "x"`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/x", Proto: "HTTP/1.1", Status: 401, Client: "192.0.2.7", UserAgent: "x", Duration: 125 * time.Millisecond}, "the duration between them"},
	{`198.51.100.9, 10.0.0.3 - - [24/Nov/2026:12:00:00 +0000] "GET /x HTTP/1.1" 401 5 "-" "x"`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/x", Proto: "HTTP/1.1", Status: 401, Client: "198.51.100.9", UserAgent: "x"}, "X-Forwarded-For in place of the client"},
	{`192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET http://b.test/x HTTP/1.1" 407 5`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/x", Host: "b.test", Proto: "HTTP/1.1", Status: 407, Client: "192.0.2.7"}, "a forward proxy's"},

	{`192.0.2.7:4711 [24/Nov/2026:12:00:00.250] web app/srv1 10/0/30/69/109 401 2750 - - ---- 1/1/1/1/0 0/0 {a.test|Mozilla/5.0} "GET /x HTTP/1.1"`,
		Record{Format: HAProxy, Time: noon.Add(250 * time.Millisecond), Zoneless: true, Method: "GET", Target: "/x", Proto: "HTTP/1.1", Status: 401, Client: "192.0.2.7", Host: "a.test", UserAgent: "Mozilla/5.0",
			Answered: ByApp, By: "a server answered", UpstreamStatus: 401, Duration: 109 * time.Millisecond}, "HAProxy, a server answered"},
	{`Nov 24 12:00:00 lb haproxy[7]: 192.0.2.7:4711 [24/Nov/2026:12:00:00.000] web web/<NOSRV> 0/-1/-1/-1/0 403 192 - - PR-- 1/1/0/0/0 0/0 "GET /x HTTP/1.1"`,
		Record{Format: HAProxy, Time: noon, Zoneless: true, Method: "GET", Target: "/x", Proto: "HTTP/1.1", Status: 403, Client: "192.0.2.7", Answered: ByProxy, By: "HAProxy refused it (flags P)"}, "HAProxy, it refused the request itself"},

	{`{"level":"info","ts":1795521600.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET","host":"a.test","uri":"/x?y","headers":{"User-Agent":["curl/8"],"X-Request-Id":["r-1"]}},"duration":0.25,"status":401,"resp_headers":{"Server":["Caddy"],"Date":["Tue"]}}`,
		Record{Format: JSON, Time: noon.Add(500 * time.Millisecond), Method: "GET", Target: "/x?y", Proto: "HTTP/2.0", Host: "a.test", Status: 401, Client: "192.0.2.7", UserAgent: "curl/8", RequestID: "r-1", Answered: ByApp, By: "the answer has the upstream's Date",
			Duration: 250 * time.Millisecond, Level: "info", Message: "handled request", Logger: "http.log.access"}, "Caddy"},
	{`{"ClientHost":"192.0.2.7","DownstreamStatus":401,"Duration":1500000,"OriginStatus":0,"RequestHost":"a.test","RequestMethod":"GET","RequestPath":"/x","RequestProtocol":"HTTP/1.1","RouterName":"r@docker","StartUTC":"2026-11-24T12:00:00Z","request_User-Agent":"x","level":"info","msg":"","time":"2026-11-24T12:00:01Z"}`,
		Record{Format: JSON, Time: noon, Method: "GET", Target: "/x", Proto: "HTTP/1.1", Host: "a.test", Status: 401, Client: "192.0.2.7", UserAgent: "x", Answered: ByProxy, By: "no upstream answered", Duration: 1500 * time.Microsecond, Level: "info"}, "Traefik, a middleware refused"},
	{`{"start_time":"2026-11-24T12:00:00.000Z","method":"GET","path":"/x","protocol":"HTTP/1.1","response_code":403,"response_flags":"-","response_code_details":"rbac_access_denied","user_agent":"x","request_id":"4bf92f35-77b3-4da6-a3ce-929d0e0e4736","authority":"a.test","upstream_host":null,"duration":12}`,
		Record{Format: JSON, Time: noon, Method: "GET", Target: "/x", Proto: "HTTP/1.1", Host: "a.test", Status: 403, UserAgent: "x", RequestID: "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", Answered: ByProxy, By: "the proxy's own reason is in the line", Duration: 12 * time.Millisecond}, "Envoy, its own answer"},
	{`{"httpRequest":{"requestMethod":"GET","requestUrl":"https://a.test/x","status":401,"userAgent":"x","remoteIp":"192.0.2.7","latency":"0.012s"},"jsonPayload":{"statusDetails":"response_sent_by_backend"},"severity":"WARNING","timestamp":"2026-11-24T12:00:00Z","trace":"projects/p/traces/4bf92f3577b34da6a3ce929d0e0e4736"}`,
		Record{Format: JSON, Time: noon, Method: "GET", Target: "/x", Host: "a.test", Status: 401, Client: "192.0.2.7", UserAgent: "x", Trace: "4bf92f3577b34da6a3ce929d0e0e4736", Answered: ByApp, By: "the backend sent it", Duration: 12 * time.Millisecond, Level: "warn"}, "a load balancer of Google's cloud"},
	{`{"ClientIP":"192.0.2.7","ClientCountry":"de","ClientRequestHost":"a.test","ClientRequestMethod":"GET","ClientRequestURI":"/x","EdgeResponseStatus":403,"OriginResponseStatus":0,"EdgeStartTimestamp":1795521600000000000,"RayID":"8c1f00000000abcd"}`,
		Record{Format: JSON, Time: noon, Method: "GET", Target: "/x", Host: "a.test", Status: 403, Client: "192.0.2.7", Country: "de", Ray: "8c1f00000000abcd", Answered: ByCDN, By: "the origin was not asked"}, "a CDN that did not ask the origin"},
	{`{"level":30,"time":1795521600000,"pid":7,"hostname":"web","req":{"id":7,"method":"GET","url":"/x","headers":{"host":"a.test","traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},"remoteAddress":"192.0.2.7"},"res":{"statusCode":401},"responseTime":7,"msg":"request completed"}`,
		Record{Format: JSON, Time: noon, Method: "GET", Target: "/x", Host: "a.test", Status: 401, Client: "192.0.2.7", RequestID: "7", Trace: "4bf92f3577b34da6a3ce929d0e0e4736", Span: "00f067aa0ba902b7", Answered: ByApp, By: "the app's own log has it",
			Duration: 7 * time.Millisecond, Level: "info", Message: "request completed"}, "pino"},
	{`{"@timestamp":"2026-11-24T12:00:00.000Z","log.level":"WARN","message":"JWT expired","trace.id":"4bf92f3577b34da6a3ce929d0e0e4736","process.thread.name":"http-1","log.logger":"o.s.security"}`,
		Record{Format: JSON, Time: noon, Level: "warn", Message: "JWT expired", Trace: "4bf92f3577b34da6a3ce929d0e0e4736", Logger: "o.s.security"}, "Elastic's schema, as Spring writes it: no request"},
	{`{"time":"2026-11-24T12:00:00Z","level":"ERROR","msg":"no \"scope\"","request_id":"r-2","err":"\u00fcbel"}`,
		Record{Format: JSON, Time: noon, Level: "error", Message: `no "scope"`, RequestID: "r-2", Error: "übel"}, "slog"},
	{`{"log":"192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 401 5\n","stream":"stdout","time":"2026-11-24T12:00:01Z"}`,
		Record{Format: Combined, Time: noon, Method: "GET", Target: "/", Proto: "HTTP/1.1", Status: 401, Client: "192.0.2.7"}, "a container's line as Docker keeps it"},
	{`2026-11-24T12:00:00.1Z stdout F {"time":"2026-11-24T12:00:00Z","status":"401","method":"GET","path":"/x"}`,
		Record{Format: JSON, Time: noon, Method: "GET", Target: "/x", Status: 401}, "what the runtime of a container puts before it; a status in quotes"},
	{`{"time":"2026-11-24T12:00:00Z","status":401,"uri":"/x","agent":"cut of`,
		Record{Format: JSON, Time: noon, Target: "/x", Status: 401}, "a line that was cut"},

	{`time=2026-11-24T12:00:00Z level=WARN msg="token expired" method=GET path=/x status=401 duration=3.5ms trace_id=4bf92f3577b34da6a3ce929d0e0e4736`,
		Record{Format: Logfmt, Time: noon, Method: "GET", Target: "/x", Status: 401, Trace: "4bf92f3577b34da6a3ce929d0e0e4736", Answered: ByApp, By: "the app's own log has it", Duration: 3500 * time.Microsecond, Level: "warn", Message: "token expired"}, "logfmt"},

	{`2026/11/24 12:00:00 [error] 7#7: *1 user "ann": password mismatch, client: 192.0.2.7, server: a.test, request: "GET /x HTTP/1.1", host: "a.test"`,
		Record{Format: ErrorLog, Time: noon, Zoneless: true, Method: "GET", Target: "/x", Proto: "HTTP/1.1", Host: "a.test", Client: "192.0.2.7", Level: "error", Message: `user "ann": password mismatch`}, "nginx' error log"},
	{`[Tue Nov 24 12:00:00.000000 2026] [auth_basic:error] [pid 7:tid 8] [client 192.0.2.7:4711] AH01617: user ann: Password Mismatch`,
		Record{Format: ErrorLog, Time: noon, Zoneless: true, Client: "192.0.2.7", Level: "error", Logger: "auth_basic", Message: "AH01617: user ann: Password Mismatch"}, "Apache's error log"},
}

func TestParse(t *testing.T) {
	for _, tt := range lines {
		var got Record
		if _, err := Parse(tt.line, &got); err != nil {
			t.Errorf("%s: %s: %v", tt.reason, tt.line, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: %s\n%s", tt.reason, tt.line, d)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, line := range []string{
		"", "   ", "hello", "GET / HTTP/1.1", `{"a":1}`, `{`, `{"`, `[]`, "a=b", "the sum is a=b or c=d", `192.0.2.7 - - [yesterday] "GET / HTTP/1.1" 200 5`,
		`192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1`, `192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" abc 5`, "\x00\x00\x00", strings.Repeat("{", 1000),
		`panic: runtime error`, `	at com.example.App.main(App.java:7)`,
	} {
		var r Record
		if f, err := Parse(line, &r); err == nil {
			t.Errorf("%.60q was read as %v: %+v", line, f, r)
		}
	}
}

// What a parser read before changes nothing.
func TestParserIsStickyInSpeedAlone(t *testing.T) {
	for _, first := range lines {
		for _, tt := range lines {
			var p Parser
			var got Record
			if err := p.Parse(first.line, &got); err != nil {
				t.Fatal(err)
			}
			if err := p.Parse(tt.line, &got); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("%s, behind %s\n%s", tt.line, first.line, d)
			}
		}
	}
}

// A log that is read in bulk allocates nothing by the line.
func TestParseAllocatesNothing(t *testing.T) {
	for _, line := range []string{
		`192.0.2.7 - ann [24/Nov/2026:12:00:00 +0000] "GET /a?b=c HTTP/1.1" 401 17 "https://a.test/" "Mozilla/5.0 (X11)" "198.51.100.9" 0.123 us="401"`, lines[13].line, lines[15].line, lines[20].line,
	} {
		var p Parser
		var r Record
		if n := testing.AllocsPerRun(20, func() { _ = p.Parse(line, &r) }); n > 0 {
			t.Errorf("%v allocations for %s", n, line)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range lines {
		f.Add(tt.line, byte(0))
	}
	f.Add(strings.Repeat(`{"a":`, 99)+strings.Repeat(`[`, 99), byte(1))
	f.Fuzz(func(t *testing.T, line string, last byte) {
		p := Parser{last: Format(last % byte(ErrorLog+1))}
		var r, again Record
		err := p.Parse(line, &r)
		if r.Status != 0 && (r.Status < 100 || r.Status > 999) || r.Duration < 0 || r.Duration > maxDuration+time.Second {
			t.Fatalf("%q: %+v", line, r)
		}
		if (err == nil) == (r.Format == Unknown) {
			t.Fatalf("%q: format %v with error %v", line, r.Format, err)
		}
		if err2 := p.Parse(line, &again); (err == nil) != (err2 == nil) || r != again {
			t.Fatalf("%q is read in two ways: %+v, %+v", line, r, again)
		}
		if c := r.Clone(); c != r {
			t.Fatalf("the clone of %+v is %+v", r, c)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, tt := range []struct{ name, line string }{
		{"combined", `192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET /api/orders/4711 HTTP/1.1" 200 512 "https://a.test/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36" 0.012`},
		{"haproxy", lines[13].line}, {"caddy", lines[15].line}, {"pino", lines[20].line},
	} {
		b.Run(tt.name, func(b *testing.B) {
			var p Parser
			var r Record
			b.SetBytes(int64(len(tt.line) + 1))
			b.ReportAllocs()
			for b.Loop() {
				_ = p.Parse(tt.line, &r)
			}
		})
	}
}
