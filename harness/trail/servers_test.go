package trail

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/servers"
	"github.com/replaydiff/replay/scenarios"
)

// A loggingApp refuses with a bare 401, and says why in its log alone.
type loggingApp struct {
	mu  sync.Mutex
	log *os.File
}

func (a *loggingApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := r.Header.Get("X-Request-Id")
	say := func(fields map[string]any) {
		fields["time"], fields["request_id"] = time.Now().UTC().Format(time.RFC3339Nano), id
		_ = json.NewEncoder(a.log).Encode(fields)
	}
	status := http.StatusOK
	if r.URL.Path == "/api/orders" {
		status = http.StatusUnauthorized
		say(map[string]any{"level": "warn", "msg": "jwt expired", "logger": "auth"})
	}
	w.WriteHeader(status)
	say(map[string]any{"level": "info", "msg": "request", "method": r.Method, "path": r.URL.RequestURI(), "status": status})
}

// visit asks and records as a browser would.
func visit(t *testing.T, url string) *traffic.Exchange {
	t.Helper()
	started := time.Now()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Authorization", "Bearer of-yesterday")
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &traffic.Exchange{
		Request:  traffic.Request{Method: "GET", URL: url, Header: traffic.HeaderOf(r.Header)},
		Response: &traffic.Response{Status: response.StatusCode, Header: traffic.HeaderOf(response.Header), Body: traffic.NewBody(response.Header.Get("Content-Type"), body)},
		Recorded: traffic.Recorded{Started: traffic.Timestamp{Time: started}, Millis: float64(time.Since(started).Milliseconds())},
	}
}

// TestGenuineLogs: lines as real servers write them, in front of an app that
// logs by request id.
func TestGenuineLogs(t *testing.T) {
	const ids = `proxy_set_header X-Request-Id $request_id; add_header X-Request-Id $request_id always;`
	rows := []struct {
		name  string
		ids   bool // it makes request ids
		start func(testing.TB, string, servers.Values) *servers.Server
		conf  string
	}{
		{"nginx, combined", true, servers.NGINX, `server { listen {{listen}}; access_log {{log}} combined; location /own { ` + ids + ` return 403; } location / { ` + ids + ` proxy_pass http://{{upstream}}; } }`},
		{"nginx, JSON", true, servers.NGINX, `log_format j escape=json '{"time":"$time_iso8601","request":"$request","status":$status,"upstream_status":"$upstream_status","http_user_agent":"$http_user_agent","request_id":"$request_id"}';
server { listen {{listen}}; access_log {{log}} j; location /own { ` + ids + ` return 403; } location / { ` + ids + ` proxy_pass http://{{upstream}}; } }`},
		{"Apache", false, servers.Apache, "LogFormat \"%h %l %u %t \\\"%r\\\" %>s %O \\\"%{Referer}i\\\" \\\"%{User-Agent}i\\\"\" c\nCustomLog {{log}} c\n<Location /own>\nRequire all denied\n</Location>\nProxyPass /own !\nProxyPass / http://{{upstream}}/"},
		{"Caddy", false, servers.Caddy, "http://{{listen}} {\n\tlog {\n\t\toutput file {{log}}\n\t}\n\thandle /own {\n\t\trespond 403\n\t}\n\thandle {\n\t\treverse_proxy {{upstream}}\n\t}\n}\n"},
		{"HAProxy", false, servers.HAProxy, "listen site\n\tlog stdout format raw daemon\n\toption httplog\n\tbind {{listen}}\n\thttp-request deny if { path /own }\n\tserver app {{upstream}}\n"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, folder := range []string{dir, filepath.Dir(dir)} { // servers drop their rights
				if err := os.Chmod(folder, 0o777); err != nil {
					t.Fatal(err)
				}
			}
			appLog, err := os.Create(filepath.Join(dir, "app.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			defer appLog.Close()
			app := httptest.NewServer(&loggingApp{log: appLog})
			defer app.Close()
			access := filepath.Join(dir, "access.log")
			server := row.start(t, row.conf, servers.Values{"upstream": app.Listener.Addr().String(), "log": access})

			c := captured(visit(t, server.URL+"/first"), visit(t, server.URL+"/api/orders?page=1"), visit(t, server.URL+"/own"), visit(t, server.URL+"/last"))
			fetch := func() {}
			if row.name == "HAProxy" { // it writes no files
				fetch = func() {
					if err := os.WriteFile(access, []byte(server.Log()), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			refused := waitFor(t, c, []Source{{Name: appLog.Name()}, {Name: access}}, fetch)
			if got := refused.Logs[0].Layer; got != Proxy {
				t.Errorf("the proxy's log is taken for that of %q", got)
			}
			if got := refused.Logs[1].Layer; got != App {
				t.Errorf("the app's log is taken for that of %q", got)
			}
			if row.ids {
				if s := refused.Of(1).In[1]; len(s.Lines) != 2 || s.Lines[0].How != ByID {
					t.Errorf("the app's lines were not joined by id: %+v", s)
				}
				d := scenarios.DiagnoseLogged(compared(c.Exchanges[1]), moved(refused.Logged(), 1))
				if len(d.Findings) == 0 || d.Findings[0].Cause.ID != "expired-token" || d.Answerer.Layer != "app" {
					t.Errorf("the log's words are no cause: %+v", d)
				}
			}
			d := scenarios.DiagnoseLogged(compared(c.Exchanges[2]), moved(refused.Logged(), 2))
			if d.Answerer.Layer == "app" {
				t.Errorf("the app did not answer: %+v", d.Answerer)
			}
		})
	}
}

// waitFor reads the logs until the proxy's has what was asked last: servers
// write when they like. Each time, fetch brings the log.
func waitFor(t *testing.T, c *traffic.Capture, logs []Source, fetch func()) *Trails {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		fetch()
		trails, err := Find(c, []int{1, 2, 3}, logs, Options{})
		if err == nil && len(trails.Logs) == 2 && len(trails.Of(3).In[0].Lines) > 0 && len(trails.Of(2).In[0].Lines) > 0 && len(trails.Of(1).In[0].Lines) > 0 {
			return trails
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(logs[1].Name)
			t.Fatalf("%v: %+v\n%s", err, trails, text)
		}
	}
}

func compared(x *traffic.Exchange) *diff.Comparison {
	lone := *x
	lone.Index = 0
	return diff.Compare(&traffic.Capture{}, &traffic.Capture{File: "bad.har", Exchanges: []*traffic.Exchange{&lone}}, diff.Options{})
}

// moved is what logs tell of one entry, as that of a capture of it alone.
func moved(all map[int]scenarios.Logged, entry int) map[int]scenarios.Logged {
	return map[int]scenarios.Logged{0: all[entry]}
}
