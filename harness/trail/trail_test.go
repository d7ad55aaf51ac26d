package trail

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
)

var noon = time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)

const agent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/147.0"

// exchanged is one at so many seconds past noon, by the recorder's clock, which
// is also the server's.
func exchanged(second float64, method, path string, status int, fields ...string) *traffic.Exchange {
	at := noon.Add(time.Duration(second * float64(time.Second)))
	x := &traffic.Exchange{
		Request:  traffic.Request{Method: method, URL: "https://api.shop.test" + path, Header: traffic.Header{{Name: "User-Agent", Value: agent}}},
		Response: &traffic.Response{Status: status, Header: traffic.Header{{Name: "Date", Value: at.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}}},
		Recorded: traffic.Recorded{Started: traffic.Timestamp{Time: at}, Millis: 40},
	}
	for i := 0; i+1 < len(fields); i += 2 {
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	return x
}

func captured(list ...*traffic.Exchange) *traffic.Capture {
	c := &traffic.Capture{File: "bad.har"}
	for i, x := range list {
		x.Index = i
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

// combined is a line of nginx, at so many seconds past noon.
func combined(second int, method, path string, status int) string {
	return combinedBy(second, method, path, status, agent)
}

func combinedBy(second int, method, path string, status int, agent string) string {
	at := noon.Add(time.Duration(second) * time.Second).Format("02/Jan/2006:15:04:05 -0700")
	return fmt.Sprintf(`203.0.113.9 - - [%s] "%s %s HTTP/1.1" %d 17 "-" "%s"`, at, method, path, status, agent)
}

func written(t testing.TB, name string, lines ...string) Source {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return Source{Name: file}
}

// found is a sighting in a few words: "12 15", "12? 13?" of lines that may be,
// "missing", "unknown".
func found(s Sighting) string {
	switch {
	case s.Missing():
		return "missing"
	case len(s.Lines) == 0:
		return "unknown"
	}
	var list []string
	for _, line := range s.Lines {
		mark := ""
		if s.Ambiguous {
			mark = "?"
		}
		list = append(list, fmt.Sprint(line.Record.Line, mark))
	}
	return strings.Join(list, " ")
}

// around puts a log's begin and end around lines.
func around(lines ...string) []string {
	return append(append([]string{combined(-600, "GET", "/health", 200)}, lines...), combined(600, "GET", "/health", 200))
}

func TestJoins(t *testing.T) {
	ray := []string{"CF-Ray", "7d1f2a3b4c5d6e7f-FRA"}
	rows := []struct {
		reason   string
		exchange *traffic.Exchange
		others   []*traffic.Exchange
		lines    []string
		want     string
	}{
		{"time, method and path", exchanged(5, "GET", "/orders", 401), nil, around(combined(5, "GET", "/orders", 401)), "2"},
		{"a second later, for logs note the end", exchanged(5, "GET", "/orders", 401), nil, around(combined(6, "GET", "/orders", 401)), "2"},
		{"another method", exchanged(5, "GET", "/orders", 401), nil, around(combined(5, "POST", "/orders", 401)), "missing"},
		{"another path", exchanged(5, "GET", "/orders", 401), nil, around(combined(5, "GET", "/orders/1", 401)), "missing"},
		{"another browser", exchanged(5, "GET", "/orders", 401), nil, around(combinedBy(5, "GET", "/orders", 401, "curl/8.5.0")), "missing"},
		{"another query", exchanged(5, "GET", "/orders?page=1", 401), nil, around(combined(5, "GET", "/orders?page=2", 401)), "missing"},
		{"a query that was redacted", exchanged(5, "GET", "/orders?page=1&key=s3cr3t", 401), nil, around(combined(5, "GET", "/orders?page=1&key=[FILTERED]", 401)), "2"},
		{"a minute off", exchanged(5, "GET", "/orders", 401), nil, around(combined(65, "GET", "/orders", 401), combined(66, "GET", "/orders", 401)), "missing"},
		{"two clients at once, one with the status", exchanged(5, "GET", "/orders", 401), nil, around(combined(5, "GET", "/orders", 200), combined(5, "GET", "/orders", 401)), "3"},
		{"two clients at once, alike", exchanged(5, "GET", "/orders", 401), nil, around(combined(5, "GET", "/orders", 401), combined(6, "GET", "/orders", 401)), "2? 3?"},
		{"a retry is the other exchange's", exchanged(5, "GET", "/orders", 401), []*traffic.Exchange{exchanged(7, "GET", "/orders", 401)}, around(combined(5, "GET", "/orders", 401), combined(7, "GET", "/orders", 401)), "2"},
		{"a proxy takes a prefix", exchanged(5, "GET", "/api/v1/orders", 401), nil, around(combined(5, "GET", "/v1/orders", 401)), "2"},
		{"an id, at any time", exchanged(5, "GET", "/orders", 401, "X-Request-Id", "0A1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"), nil, around(`{"time":"2026-03-09T12:00:05Z","level":"warn","msg":"jwt expired","request_id":"0a1b2c3d4e5f60718293a4b5c6d7e8f9"}`), "2"},
		{"a ray without the airport", exchanged(5, "GET", "/orders", 401, ray...), nil, around(`{"EdgeStartTimestamp":"2026-03-09T12:00:05Z","ClientRequestMethod":"GET","ClientRequestURI":"/orders","EdgeResponseStatus":401,"RayID":"7d1f2a3b4c5d6e7f"}`), "2"},
		{"an id in plain words", exchanged(5, "GET", "/orders", 401, "X-Request-Id", "req-8f3c1d22"), nil, around(`2026-03-09 12:00:05 ERROR [req-8f3c1d22] auth: token expired`), "2"},
		{"a trace is of a page: the path tells", exchanged(5, "GET", "/orders", 401, "Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
			[]*traffic.Exchange{exchanged(5, "GET", "/me", 200, "Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01")},
			around(`{"time":"2026-03-09T12:00:05Z","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","method":"GET","path":"/me","status":200}`, `{"time":"2026-03-09T12:00:05Z","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","method":"GET","path":"/orders","status":401}`), "3"},
		{"another client's, by its status", exchanged(5, "GET", "/orders", 401), nil, around(combined(5, "GET", "/orders", 200)), "2?"},
		{"another host of a log that names the right one", exchanged(5, "GET", "/orders", 401), nil, around("api.shop.test "+combined(-60, "GET", "/orders", 200), "admin.shop.test "+combined(5, "GET", "/orders", 401)), "missing"},
		{"the only host that a log behind the proxy has", exchanged(5, "GET", "/orders", 401), nil, around("orders.internal " + combined(5, "GET", "/orders", 401)), "2"},
		{"a proxy puts a path in front: which one is not known", exchanged(5, "GET", "/orders", 401), nil, around(combined(5, "GET", "/shop/orders", 401)), "unknown"},
		{"CloudFront asks under its own name", exchanged(5, "GET", "/orders", 401), nil, around(combinedBy(5, "GET", "/orders", 401, "Amazon CloudFront")), "2"},
		{"another request of the trace is not this one, and its path may have been rewritten", exchanged(5, "GET", "/orders", 401, "Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), nil,
			around(`{"time":"2026-03-09T12:00:05Z","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","method":"GET","path":"/me","status":200}`), "unknown"},
		{"whole hours away, twice: the clock of the log may be another zone's", exchanged(5, "GET", "/orders", 401), nil, []string{combined(-7500, "GET", "/", 200), combined(-7195, "GET", "/orders", 401), combined(-4000, "GET", "/orders", 401), combined(600, "GET", "/", 200)}, "unknown"},
		{"the log ends before", exchanged(5, "GET", "/orders", 401), nil, []string{combined(-600, "GET", "/health", 200), combined(-60, "GET", "/health", 200)}, "unknown"},
		{"a log that has no requests misses none", exchanged(5, "GET", "/orders", 401), nil, []string{`{"time":"2026-03-09T11:00:00Z","level":"info","msg":"up"}`, `{"time":"2026-03-09T13:00:00Z","level":"info","msg":"down"}`}, "unknown"},
		{"a log of nothing", exchanged(5, "GET", "/orders", 401), nil, nil, "unknown"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			trails, err := Find(captured(append([]*traffic.Exchange{row.exchange}, row.others...)...), []int{0}, []Source{written(t, "a.log", row.lines...)}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := found(trails.Of(0).In[0]); got != row.want {
				t.Errorf("joined with %s, want %s: %+v", got, row.want, trails.Logs[0])
			}
		})
	}
}

// TestSeveralAtOnce: where one log shows two clients at that time, the only line
// of another log may be either's, unless an id says whose.
func TestSeveralAtOnce(t *testing.T) {
	id := "5f3c1d22aa000001"
	rows := []struct {
		reason string
		line   string
		want   string
	}{
		{"by time", `{"time":"2026-03-09T12:00:05Z","level":"warn","msg":"jwt expired","method":"GET","path":"/orders","status":401}`, "2? 3? / 1?"},
		{"by id", `{"time":"2026-03-09T12:00:05Z","level":"warn","msg":"jwt expired","method":"GET","path":"/orders","status":401,"request_id":"` + id + `"}`, "2? 3? / 1"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			proxy := written(t, "access.log", around(combined(5, "GET", "/orders", 401), combined(5, "GET", "/orders", 401))...)
			trails, err := Find(captured(exchanged(5, "GET", "/orders", 401, "X-Request-Id", id)), []int{0}, []Source{proxy, written(t, "app.jsonl", row.line)}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := found(trails.Of(0).In[0]) + " / " + found(trails.Of(0).In[1]); got != row.want {
				t.Errorf("joined with %s, want %s", got, row.want)
			}
		})
	}
}

// TestSkew: the clock of a log may be anywhere.
func TestSkew(t *testing.T) {
	id := func(n int) string { return fmt.Sprintf("5f3c1d22aa%06d", n) }
	json := func(second, n int, path string) string {
		return fmt.Sprintf(`{"time":"%s","request_id":"%s","method":"GET","path":"%s","status":401}`, noon.Add(time.Duration(second)*time.Second).Format(time.RFC3339), id(n), path)
	}
	zoneless := func(second int, path string) string {
		return fmt.Sprintf(`time="%s" method=GET path=%s status=401`, noon.Add(time.Duration(second)*time.Second).Format("2006-01-02 15:04:05"), path)
	}
	flow := []*traffic.Exchange{
		exchanged(1, "GET", "/a", 401, "X-Request-Id", id(1)), exchanged(30, "GET", "/b", 401), exchanged(60, "GET", "/c", 401, "X-Request-Id", id(3)),
	}
	plain := []*traffic.Exchange{exchanged(1, "GET", "/a", 401), exchanged(30, "GET", "/b", 401), exchanged(60, "GET", "/c", 401)}
	ahead := exchanged(30, "GET", "/b", 401) // of a recorder whose clock is 10 minutes slow
	ahead.Recorded.Started.Time = ahead.Recorded.Started.Time.Add(-10 * time.Minute)
	rows := []struct {
		reason string
		flow   []*traffic.Exchange
		lines  []string
		skew   time.Duration
		from   SkewFrom
		votes  int
		want   string // of the exchange with /b
	}{
		{"ids tell it, and the rest is joined by it", flow, []string{json(-900, 9, "/x"), json(421, 1, "/a"), `{"time":"2026-03-09T12:07:30Z","method":"GET","path":"/b","status":401}`, json(480, 3, "/c"), json(900, 9, "/x")}, 7 * time.Minute, SkewByID, 2, "3"},
		{"requests that are there once agree on it", plain, []string{combined(-3599, "GET", "/a", 401), combined(-3570, "GET", "/b", 401), combined(-3540, "GET", "/c", 401)}, -time.Hour, SkewByUnique, 3, "2"},
		{"one alone that is far off is a coincidence, or a clock: nothing is said", plain, []string{combined(-7200, "GET", "/x", 401), combined(-3570, "GET", "/b", 401), combined(3600, "GET", "/x", 401)}, 0, SkewByDate, 0, "unknown"},
		{"without a zone, the hour is found", plain, []string{zoneless(7201, "/a"), zoneless(7230, "/b"), zoneless(7260, "/c")}, 2 * time.Hour, SkewByUnique, 3, "2"},
		{"without a zone and alone, nothing is said", plain[1:2], []string{zoneless(7000, "/x"), zoneless(7230, "/b"), zoneless(7300, "/b")}, 0, SkewUnknown, 0, "unknown"},
		{"the recorder's clock is slow, by the answers' own Date", []*traffic.Exchange{ahead}, around(combined(30, "GET", "/b", 401), combined(-570, "GET", "/b", 401)), 10 * time.Minute, SkewByDate, 0, "2"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			c := captured(row.flow...)
			entry := min(1, len(row.flow)-1)
			trails, err := Find(c, []int{entry}, []Source{written(t, "a.log", row.lines...)}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			log := trails.Logs[0]
			if d := (log.Skew - row.skew).Abs(); d > 2*time.Second || log.SkewFrom != row.from || log.Votes != row.votes {
				t.Errorf("skew %s by %q of %d, want %s by %q of %d", log.Skew, log.SkewFrom, log.Votes, row.skew, row.from, row.votes)
			}
			if got := found(trails.Of(entry).In[0]); got != row.want {
				t.Errorf("joined with %s, want %s", got, row.want)
			}
		})
	}
}

// TestLayers: whose log it is, and in which order they are told.
func TestLayers(t *testing.T) {
	app := written(t, "one", `{"time":"2026-03-09T12:00:05Z","level":"warn","msg":"no","request_id":"5f3c1d22aa000001","status":401}`)
	proxy := written(t, "two", combined(5, "GET", "/orders", 401))
	given := written(t, "three", combined(5, "GET", "/orders", 401))
	given.Layer = CDN
	words := written(t, "four", "2026-03-09 12:00:05 ERROR [req-8f3c1d22] auth: token expired")
	trails, err := Find(captured(exchanged(5, "GET", "/orders", 401)), []int{0}, []Source{app, proxy, given, words}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, log := range trails.Logs {
		got = append(got, log.Short()+" "+string(log.Layer))
	}
	if d := cmp.Diff([]string{"three cdn", "two proxy", "one app", "four app"}, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// TestNeverAnothersLine is the law: a line of another client, whose id or agent
// is another, is never joined, however near.
func TestNeverAnothersLine(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := captured(exchanged(5, "GET", "/orders", 401, "X-Request-Id", "mine-8f3c1d22"))
		var lines []string
		mine := rapid.IntRange(-1, 20).Draw(r, "mine")
		for i := range rapid.IntRange(1, 20).Draw(r, "lines") {
			if i == mine {
				lines = append(lines, `{"time":"2026-03-09T12:00:05Z","method":"GET","path":"/orders","status":401,"request_id":"mine-8f3c1d22"}`)
			}
			second := rapid.IntRange(-30, 30).Draw(r, "second")
			lines = append(lines, combinedBy(second, "GET", "/orders", 401, "other/1.0"))
		}
		there := mine >= 0 && mine < len(lines) && strings.Contains(strings.Join(lines, ""), "mine-")
		trails, err := Find(c, []int{0}, []Source{written(t, "a.log", lines...)}, Options{})
		if err != nil {
			r.Fatal(err)
		}
		s := trails.Of(0).In[0]
		if s.Seen() != there || there && (len(s.Lines) != 1 || s.Lines[0].How != ByID) || s.Ambiguous {
			r.Fatalf("joined with %s", found(s))
		}
	})
}

// TestRefusals: what can't be opened is told, all of it.
func TestRefusals(t *testing.T) {
	_, err := Find(captured(exchanged(5, "GET", "/", 401)), []int{0}, []Source{{Name: "no-such.log"}, {Name: "no-such.log"}, {Name: t.TempDir()}}, Options{})
	if err == nil || !strings.Contains(err.Error(), "no-such.log") || !strings.Contains(err.Error(), "named twice") || !strings.Contains(err.Error(), "folder") {
		t.Errorf("got %v", err)
	}
}
