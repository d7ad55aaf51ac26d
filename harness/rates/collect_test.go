package rates

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/accesslog"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func collect(t interface{ Fatal(...any) }, o Options, events []Event) *Report {
	c, err := NewCollector(o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		if err := c.Add(&events[i]); err != nil {
			t.Fatal(err)
		}
	}
	return c.Report()
}

func drawEvents(t *rapid.T) []Event {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Event {
		e := Event{Status: rapid.SampledFrom([]int{200, 401, 403, 404, 407, 503}).Draw(t, "status")}
		if rapid.IntRange(0, 9).Draw(t, "timed") > 0 {
			e.Unix = noon.Unix() + rapid.Int64Range(-100_000, 100_000).Draw(t, "at")
		}
		e.Keys[Route] = "GET /" + rapid.StringMatching(`(a|b|[a-z]{3})(/(x|[a-z]{2}))?`).Draw(t, "path")
		e.Keys[Host] = rapid.SampledFrom([]string{"", "a.test", "b.test", "odd\x1fhost"}).Draw(t, "host")
		e.Keys[Network] = fmt.Sprintf("192.0.%d.0/24", rapid.IntRange(0, 99).Draw(t, "network"))
		return e
	}), 0, 600).Draw(t, "events")
}

// The rows of a table and its other row sum up to the total, by status and by
// window, whatever had to be pruned, learnt or made coarser on the way; a row
// lacks no more than the table says.
func TestSumsAreRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawEvents(t)
		o := Options{By: []Breakdown{{Route}, {Host}, {Network}, {Route, Host}}, Capacity: rapid.IntRange(1, 8).Draw(t, "capacity")}
		r := collect(t, o, events)
		if r.Total.Requests != int64(len(events)) {
			t.Fatalf("%d of %d requests", r.Total.Requests, len(events))
		}
		for _, table := range r.Tables {
			sum := Row{Key: []string{}, Watched: make([]int64, 3), Seen: make([]int64, len(r.Windows)), Refusals: make([]int64, len(r.Windows))}
			for i := range table.Rows {
				sum.join(&table.Rows[i])
			}
			if table.Other != nil {
				sum.join(table.Other)
			}
			if d := cmp.Diff(r.Total, sum); d != "" {
				t.Fatalf("%v: total (-) and sum (+) differ\n%s", table.By, d)
			}
		}
		networks := map[string]int64{}
		for _, e := range events {
			networks[e.Keys[Network]]++
		}
		table := r.Tables[2]
		if table.Missed > int64(len(events)/o.Capacity) {
			t.Fatalf("the table misses up to %d of %d events with %d rows", table.Missed, len(events), o.Capacity)
		}
		rows := map[string]int64{}
		for _, row := range table.Rows {
			rows[row.Key[0]] = row.Requests
		}
		for network, n := range networks {
			if got := rows[network]; got > n || got < n-table.Missed {
				t.Fatalf("%s had %d requests, its row has %d and lacks %d at most", network, n, got, table.Missed)
			}
		}
	})
}

// Files may overlap and be named in any order: while all keys have room, the
// order of events changes nothing.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawEvents(t)
		o := Options{By: []Breakdown{{Host}, {Network}}}
		mixed := rapid.Permutation(events).Draw(t, "mixed")
		if d := cmp.Diff(collect(t, o, events), collect(t, o, mixed)); d != "" {
			t.Fatal(d)
		}
	})
}

func TestRoutesAreLearnt(t *testing.T) {
	var events []Event
	for i := range 3000 {
		for _, path := range []string{"/articles/how-to-bake-" + word(i), "/users/" + word(i) + "/cart", "/articles/search", "/login", "/api/orders/4711/items/17", "/api/" + word(i%30)} {
			events = append(events, Event{Unix: noon.Unix(), Status: 200, Keys: [dimensions]string{Route: "GET " + template(path)}})
		}
	}
	r := collect(t, Options{By: []Breakdown{{Route}}}, events)
	got := map[string]int64{}
	for _, row := range r.Tables[0].Rows {
		if !strings.HasPrefix(row.Key[0], "GET /api/"+word(0)[:1]) {
			got[row.Key[0]] = row.Requests
		}
	}
	for route, n := range map[string]int64{"GET /articles/{}": 3000, "GET /users/{}/cart": 3000, "GET /articles/search": 3000, "GET /login": 3000, "GET /api/orders/{}/items/{}": 3000, "GET /api/" + word(7): 100} {
		if got[route] != n {
			t.Errorf("%s has %d requests, want %d", route, got[route], n)
		}
	}
	if n := len(r.Tables[0].Rows); n != 35 {
		t.Errorf("%d routes: %v", n, got)
	}
}

// word is a name that no rule knows as one.
func word(i int) string {
	s := []byte("aaaa")
	for at := range s {
		s[at] += byte(i % 26)
		i /= 26
	}
	return string(s)
}

// The tree stays small whatever it is fed.
func TestRoutesAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tree tree
		for range 50 {
			path := rapid.StringMatching(`(/[a-z]{1,3}){1,20}`).Draw(t, "path")
			l, _ := tree.learn(path)
			l.node.events++
			again, _ := tree.learn(path)
			if again.path != l.path {
				t.Fatalf("%s is %s, then %s", path, l.path, again.path)
			}
			if strings.Count(l.path, "/") > maxSegments {
				t.Fatalf("%s has too many segments", l.path)
			}
		}
	})
	var tree tree
	for i := range 300_000 {
		tree.learn("/" + word(i) + "/" + word(i*7) + "/" + word(i*13))
	}
	if tree.nodes > maxNodes+maxSegments*maxWords {
		t.Errorf("%d nodes", tree.nodes)
	}
}

func TestKeys(t *testing.T) {
	for _, tt := range []struct {
		record accesslog.Record
		want   [dimensions]string
		reason string
	}{
		{accesslog.Record{Status: 401, Method: "GET", Target: "/a/17?token=x", Host: "A.test:443", Client: "192.0.2.77", UserAgent: "curl/8.5.0", Country: "de", Answered: accesslog.ByApp},
			[dimensions]string{"GET /a/{}", "a.test", "curl", "curl 8", "192.0.2.0/24", "DE", "app"}, "all of it"},
		{accesslog.Record{Status: 400}, [dimensions]string{Route: noRequest}, "nothing but a status"},
		{accesslog.Record{Status: 200, Method: "GET", Target: "/reset/summer/x", Client: "2001:db8:1:2::7", Host: "[::1]:80"},
			[dimensions]string{Route: "GET /reset/{}/x", Network: "2001:db8:1::/48", Host: "[::1]"}, "behind a word that announces a secret"},
		{accesslog.Record{Status: 200, Method: "GET", Target: "/", Client: "::ffff:192.0.2.1", UserAgent: "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"},
			[dimensions]string{Route: "GET /", Network: "192.0.2.0/24", Agent: "Edge", Browser: "Edge 141"}, "IPv4 in IPv6; Edge says Chrome, too"},
		{accesslog.Record{Status: 200, Method: "GET", Target: "/", Client: "client.example", UserAgent: "mystery"}, [dimensions]string{Route: "GET /", Agent: "other", Browser: "other"}, "a name in place of an address"},
		{accesslog.Record{Status: 200, Method: "GET", Target: "/", Client: "1.2.3.999"}, [dimensions]string{Route: "GET /"}, "no address"},
	} {
		var r Reader
		for range 2 { // the second time from the cache
			var e Event
			if !r.Event(&tt.record, &e) {
				t.Errorf("%s: no event", tt.reason)
			}
			if d := cmp.Diff(tt.want, e.Keys); d != "" {
				t.Errorf("%s:\n%s", tt.reason, d)
			}
		}
	}
	if new(Reader).Event(&accesslog.Record{Message: "started"}, new(Event)) {
		t.Error("a line without a status is counted")
	}
}

func TestFromExchange(t *testing.T) {
	x := &traffic.Exchange{Request: traffic.Request{Method: "GET", URL: "https://API.test:8443/orders/17?key=1", Header: traffic.Header{{Name: "User-Agent", Value: "curl/8"}, {Name: "CF-IPCountry", Value: "de"}}},
		Response: &traffic.Response{Status: 401}, Recorded: traffic.Recorded{Started: traffic.Timestamp{Time: noon}}}
	e, ok := FromExchange(x)
	want := Event{Unix: noon.Unix(), Status: 401, Keys: [dimensions]string{Route: "GET /orders/{}", Host: "api.test", Agent: "curl", Browser: "curl 8", Country: "DE"}}
	if d := cmp.Diff(want, e); d != "" || !ok {
		t.Error(ok, d)
	}
	x.Response.Status = 0
	if _, ok := FromExchange(x); ok {
		t.Error("an exchange without an answer is counted")
	}
}

func TestTimes(t *testing.T) {
	at := func(s int64) Event {
		return Event{Unix: s, Status: 401, Keys: [dimensions]string{Route: "GET /"}}
	}
	var hour []Event
	for s := range int64(3600) {
		hour = append(hour, at(noon.Unix()+s))
	}
	r := collect(t, Options{}, append(hour, at(0), at(86400), at(noon.Unix()+86400*3650)))
	if r.Window != 60 || len(r.Windows) != 60 || r.Strays != 2 || r.Untimed != 1 || r.Total.Requests != 3603 {
		t.Errorf("windows of %d s, %d of them, %d strays, %d without a time, %d requests", r.Window, len(r.Windows), r.Strays, r.Untimed, r.Total.Requests)
	}
	r = collect(t, Options{Window: 90 * time.Second, Since: noon, Until: noon.Add(30 * time.Minute)}, hour)
	if r.Window != 90 || len(r.Windows) != 20 || r.Outside != 1800 {
		t.Errorf("windows of %d s, %d of them, %d outside", r.Window, len(r.Windows), r.Outside)
	}
	var years []Event
	for i := range int64(5000) {
		years = append(years, at(1+i*86400))
	}
	if r := collect(t, Options{}, years); len(r.Windows) > maxShown || r.Strays != 0 {
		t.Errorf("%d windows of %d s", len(r.Windows), r.Window)
	}
	c, err := NewCollector(Options{Window: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	for i := range years {
		if err = c.Add(&years[i]); err != nil {
			break
		}
	}
	if err != ErrWindows {
		t.Errorf("windows of a second in ten years: %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{Status: []int{}}, {Status: []int{1}}, {Status: []int{401, 402, 403, 404, 405, 406, 407}}, {Window: -1}, {Window: time.Millisecond}, {Since: noon, Until: noon}} {
		if _, err := NewCollector(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	for _, s := range []string{"", "route,", "way", "route,route", "route+route", "host+"} {
		if by, err := ParseBreakdowns(s); err == nil {
			t.Errorf("%q is %v", s, by)
		}
	}
	by, err := ParseBreakdowns("route, host+agent")
	if fmt.Sprint(by) != "[route host+agent]" || err != nil {
		t.Error(by, err)
	}
}
