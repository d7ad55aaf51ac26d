package accesslog_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/harness/accesslog"
	"github.com/replaydiff/replay/harness/servers"
)

// agent has all that a format escapes.
const agent = "a \"quoted\" \\ ünï"

const nginxConf = `log_format j escape=json '{"time":"$time_iso8601","remote_addr":"$remote_addr","request":"$request","status":$status,"upstream_status":"$upstream_status","http_user_agent":"$http_user_agent","request_time":$request_time,"request_id":"$request_id"}';
log_format more '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for" rt=$request_time uct="$upstream_connect_time" urt="$upstream_response_time" us="$upstream_status"';
server { listen {{listen}}; access_log {{log}} {{format}}; location /own { return 403; } location / { proxy_pass http://{{upstream}}; } }`

const apacheConf = `LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\" %D" vhosts
CustomLog {{log}} vhosts
<Location /own>
Require all denied
</Location>
ProxyPass / http://{{upstream}}/`

// Real servers write what they write: the app refuses one request, the server
// another.
func TestGenuineLogs(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/app" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer app.Close()
	type said struct{ app, own accesslog.Answered }
	for _, tt := range []struct {
		name, conf, format string
		start              func(testing.TB, string, servers.Values) *servers.Server
		is                 accesslog.Format
		said               said // who answered, as far as the format tells
		noAgent            bool
	}{
		{"nginx combined", nginxConf, "combined", servers.NGINX, accesslog.Combined, said{}, false},
		{"nginx with more", nginxConf, "more", servers.NGINX, accesslog.Combined, said{accesslog.ByApp, accesslog.ByProxy}, false},
		{"nginx json", nginxConf, "j", servers.NGINX, accesslog.JSON, said{accesslog.ByApp, accesslog.ByProxy}, false},
		{"apache", apacheConf, "", servers.Apache, accesslog.Combined, said{}, false},
		{"caddy", "http://{{listen}} {\n\tlog {\n\t\toutput file {{log}}\n\t}\n\trespond /own 403\n\treverse_proxy {{upstream}}\n}\n", "", servers.Caddy,
			accesslog.JSON, said{accesslog.ByApp, accesslog.ByProxy}, false},
		{"haproxy", "listen site\n\tlog stdout format raw daemon\n\toption httplog\n\tbind {{listen}}\n\thttp-request deny if { path /own }\n\tserver app {{upstream}}\n", "", servers.HAProxy,
			accesslog.HAProxy, said{accesslog.ByApp, accesslog.ByProxy}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(folder(t), "access.log")
			s := tt.start(t, tt.conf, servers.Values{"upstream": app.Listener.Addr().String(), "log": file, "format": tt.format})
			for _, target := range []string{"/app", "/own", `/fine?x="1"`} {
				ask(t, s.URL, target)
			}
			var got []accesslog.Record
			for _, line := range logged(t, s, file, 3) {
				var r accesslog.Record
				if f, err := accesslog.Parse(line, &r); err != nil || f != tt.is {
					t.Fatalf("%s: format %v, %v", line, f, err)
				}
				if time.Since(r.Time).Abs() > time.Hour {
					t.Errorf("%s: time %s", line, r.Time)
				}
				want := agent
				if tt.noAgent {
					want = ""
				}
				if r.UserAgent != want || r.Client != "127.0.0.1" {
					t.Errorf("%s: agent %q, client %q", line, r.UserAgent, r.Client)
				}
				got = append(got, accesslog.Record{Method: r.Method, Target: r.Target, Status: r.Status, Answered: r.Answered})
			}
			fine := accesslog.Answered("")
			if tt.said.app != "" {
				fine = accesslog.ByApp
			}
			want := []accesslog.Record{
				{Method: "GET", Target: "/app", Status: 401, Answered: tt.said.app},
				{Method: "GET", Target: "/own", Status: 403, Answered: tt.said.own},
				{Method: "GET", Target: `/fine?x="1"`, Status: 200, Answered: fine},
			}
			for _, list := range [][]accesslog.Record{got, want} { // servers log behind the answer: the next request's line may come first
				slices.SortFunc(list, func(a, b accesslog.Record) int { return strings.Compare(a.Target, b.Target) })
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// folder is one that a server may write to, whoever it runs as.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func ask(t *testing.T, url, target string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Opaque = target
	r.Header.Set("User-Agent", agent)
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// logged waits for the lines of requests: a server writes them when it likes.
func logged(t *testing.T, s *servers.Server, file string, n int) []string {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		text, err := os.ReadFile(file)
		if err != nil {
			text = []byte(s.Log())
		}
		var lines []string
		for line := range strings.Lines(string(text)) {
			if strings.HasSuffix(line, "\n") && strings.Contains(line, "HTTP/1.1") {
				lines = append(lines, strings.TrimSuffix(line, "\n"))
			}
		}
		if len(lines) >= n {
			return lines[:n]
		}
		if time.Now().After(end) {
			t.Fatalf("%d lines after a minute:\n%s", len(lines), text)
		}
	}
}
