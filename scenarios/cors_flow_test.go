package scenarios

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A talked is one exchange of a page's script as a row of a table has it.
type talked struct {
	ask    string   // method and URL
	send   []string // "name: value"
	status int
	answer []string
	failed string // the browser's own error
	body   string
}

// A recorder is who wrote a capture.
type recorder string

const (
	networkTab recorder = "WebInspector"
	firefox    recorder = "Firefox"
	playwrite  recorder = "Playwright"
	aProxy     recorder = "mitmproxy"
	aGoProgram recorder = ""
)

func (r recorder) captured(talk ...talked) *traffic.Capture {
	c := &traffic.Capture{File: string(r) + ".har", Format: traffic.HAR, Creator: traffic.Product{Name: string(r), Version: "1"}}
	if r == aGoProgram {
		c.Format = traffic.CassetteV2
	}
	for i, k := range talk {
		x := &traffic.Exchange{Index: i, Response: &traffic.Response{Status: k.status, Header: fieldLines(k.answer), Error: k.failed}}
		x.Request.Method, x.Request.URL, _ = strings.Cut(k.ask, " ")
		x.Request.Header = fieldLines(k.send)
		if !x.Request.Header.Has("user-agent") {
			x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "User-Agent", Value: "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) Version/1"})
		}
		if k.body != "" {
			x.Response.Body = traffic.NewBody("text/plain", []byte(k.body))
		}
		if r == networkTab || r == playwrite {
			x.Unknown = traffic.Fields{{Pointer: "/_resourceType", Value: []byte(`"fetch"`)}}
		}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

func fieldLines(lines []string) traffic.Header {
	var h traffic.Header
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h = append(h, traffic.HeaderField{Name: name, Value: value})
	}
	return h
}

// The page of the tables and its server.
const (
	board = "https://board.elm.example"
	depot = "https://depot.elm.example/v3"
)

// fromBoard are the headers of a script's request across origins.
func fromBoard(more ...string) []string {
	return append([]string{"Host: depot.elm.example", "Origin: " + board, "Referer: " + board + "/", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-site"}, more...)
}

func forBoard(more ...string) []string {
	return append([]string{"Access-Control-Allow-Origin: " + board, "Vary: Origin", "Content-Type: application/json"}, more...)
}

func leaveFor(method, headers string) []string {
	return fromBoard("Access-Control-Request-Method: "+method, "Access-Control-Request-Headers: "+headers)
}

const seat = "Cookie: seat=k3J9fQ2mZx7LpW4vR8tB1nYc"

// A corsRow is a pair of captures and what is to be said of it.
type corsRow struct {
	name, reason string
	recorder     recorder
	ok, bad      []talked // ok empty: a capture alone
	want         string   // the best finding; "" none of CORS
	sure         float64  // at least
}

func checkCORSRows(t *testing.T, rows []corsRow) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			ok := &traffic.Capture{}
			if len(row.ok) > 0 {
				ok = row.recorder.captured(row.ok...)
			}
			d := Diagnose(diff.Compare(ok, row.recorder.captured(row.bad...), diff.Options{}))
			best, sure := "", 0.0
			if len(d.Findings) > 0 {
				best, sure = d.Findings[0].Cause.ID, d.Findings[0].Confidence
			}
			ofCORS := false
			for _, c := range corsCauses() {
				ofCORS = ofCORS || c.ID == best
			}
			if row.want == "" && ofCORS || row.want != "" && (best != row.want || sure < row.sure) {
				t.Errorf("said %q (%.2f), want %q (%.2f): %s", best, sure, row.want, row.sure, row.reason)
			}
		})
	}
}

func TestCORSFate(t *testing.T) {
	read := talked{ask: "GET " + depot + "/bins", send: fromBoard(), status: 200, answer: []string{"Content-Type: application/json"}, body: "{}"}
	with := func(k talked, edit func(*talked)) []talked { edit(&k); return []talked{k} }
	for _, row := range []struct {
		reason   string
		recorder recorder
		talk     []talked
		known    bool
		cross    bool
		allowed  bool
		certain  bool
		rule     browser.CORSRule
	}{
		{"a proxy sees the answer: its headers decide", aProxy, []talked{read}, true, true, false, true, browser.RuleOriginMissing},
		{"the recorder marks what was blocked, and this is not", networkTab, []talked{read}, true, true, true, true, ""},
		{"marked, with the real status", networkTab, with(read, func(k *talked) { k.failed, k.body = "net::ERR_FAILED", "" }), true, true, false, true, browser.RuleOriginMissing},
		{"no connection is no CORS", networkTab, with(read, func(k *talked) { k.status, k.failed = 0, "net::ERR_CONNECTION_REFUSED" }), true, true, true, false, ""},
		{"Playwright has no answer to judge", playwrite, with(read, func(k *talked) { k.status, k.failed, k.answer = -1, "net::ERR_FAILED", nil }), true, true, false, false, ""},
		{"same origin", firefox, with(read, func(k *talked) {
			k.send = []string{"Origin: https://depot.elm.example", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin"}
		}), true, false, false, false, ""},
		{"a navigation", firefox, with(read, func(k *talked) { k.send = []string{"Sec-Fetch-Mode: navigate", "Referer: " + board + "/"} }), true, false, false, false, ""},
		{"an image", firefox, with(read, func(k *talked) { k.send = []string{"Sec-Fetch-Mode: no-cors", "Origin: " + board} }), true, false, false, false, ""},
		{"Go enforces nothing", aGoProgram, []talked{read}, false, false, false, false, ""},
		{"Node sends Sec-Fetch-Mode too", aProxy, with(read, func(k *talked) { k.send = []string{"Sec-Fetch-Mode: cors", "User-Agent: node"} }), false, false, false, false, ""},
		{"a form posts across origins without asking", aProxy, with(read, func(k *talked) {
			k.ask, k.send = "POST "+depot+"/bins", []string{"Origin: " + board, "Content-Type: application/x-www-form-urlencoded"}
		}), true, false, false, false, ""},
		{"an extension has its own permissions", aProxy, with(read, func(k *talked) {
			k.send = []string{"Origin: chrome-extension://abcdefgh", "Sec-Fetch-Mode: cors"}
		}), false, false, false, false, ""},
		{"an app of a web view has an origin like any page", aProxy, with(read, func(k *talked) {
			k.send, k.answer = []string{"Origin: capacitor://localhost", "Sec-Fetch-Mode: cors"}, []string{"Access-Control-Allow-Origin: capacitor://localhost"}
		}), true, true, true, false, ""},
		{"a 304 is checked by what was kept", aProxy, with(read, func(k *talked) { k.status = 304 }), true, true, true, false, ""},
		{"a star and no credentials", firefox, with(read, func(k *talked) { k.answer = []string{"Access-Control-Allow-Origin: *"} }), true, true, true, false, ""},
		{"a star and cookies", firefox, with(read, func(k *talked) {
			k.send, k.answer = fromBoard(seat), []string{"Access-Control-Allow-Origin: *"}
		}), true, true, false, true, browser.RuleOriginWildcard},
		{"a hop of a redirect is checked as well", aProxy, with(read, func(k *talked) { k.status, k.answer = 302, []string{"Location: /v4/bins"} }), true, true, false, true, browser.RuleOriginMissing},
	} {
		c := row.recorder.captured(row.talk...)
		v := &View{Comparison: diff.Compare(&traffic.Capture{}, c, diff.Options{}), Decisive: -1, Failed: c.Exchanges[0]}
		fate, known := v.CORS(Bad)
		if known != row.known || fate.Cross != row.cross || fate.Cross && (fate.Allowed != row.allowed || fate.Certain != row.certain || fate.Rule != string(row.rule)) {
			t.Errorf("%s: known %v, %+v", row.reason, known, fate)
		}
	}
}
