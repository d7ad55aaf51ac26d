package browser

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

type httpStateCase struct {
	Test     string   `json:"test"`
	Received []string `json:"received"`
	SentTo   string   `json:"sent-to"`
	Sent     []Pair   `json:"sent"`
}

// newer are the cases in which RFC 6265bis has decided otherwise since: what is
// sent now, and the section that says so.
var newer = map[string]struct {
	sent   string
	reason string
}{
	"0004":                  {"foo", nameless},
	"0021":                  {"a=b; x; c=d", nameless},
	"0023":                  {"foo", namelessKept},
	"0024":                  {"foo", namelessKept},
	"0025":                  {"foo", namelessKept},
	"0026":                  {"foo", namelessKept},
	"0027":                  {"bar", nameless},
	"0028":                  {"foo", namelessKept},
	"CHROMIUM0009":          {"BLAHHH", nameless},
	"CHROMIUM0010":          {`"BLA\"HHH"`, nameless},
	"CHROMIUM0012":          {"ABC", nameless},
	"DISABLED_CHROMIUM0022": {"", "RFC 6265bis §5.6 step 1: a control character refuses the line, it does not end it"},
	"DISABLED_CHROMIUM0023": {"", "RFC 6265bis §5.6 step 1: a control character refuses the line, it does not end it"},
	"DISABLED_PATH0029":     {"", "RFC 6265bis §5.1.4: paths are compared as they are, %6F is not o"},
	"MOZILLA0012":           {`test="fubar! = foo; five`, nameless},
	"MOZILLA0014":           {"six", nameless},
	"MOZILLA0015":           {"seven", nameless},
	"MOZILLA0016":           {"eight", nameless},
	"MOZILLA0017":           {"eight; test=six", nameless},
	"NAME0017":              {"a=bar", nameless},
	"NAME0023":              {"foo", nameless},
	"NAME0025":              {"==a=bar", nameless},
	"NAME0028":              {"a", nameless},
	"NAME0031":              {`"foo`, nameless},
	"NAME0032":              {`"foo\"bar`, nameless},
	"NAME0033":              {"aaa", nameless},
	"OPTIONAL_DOMAIN0042":   {"foo=bar", "RFC 6265bis §5.7 step 7: the last Domain attribute counts, also when it is empty"},
}

const (
	nameless     = "RFC 6265bis §5.6 step 3: a line without a name is a cookie with an empty name"
	namelessKept = nameless + "; §5.7 step 2: an empty line replaces nothing"
)

// deviating are the cases in which a browser deviates from the newer rule.
var deviating = map[string]struct {
	deviation Deviation
	sent      string
}{
	"NAME0017":              {DeviationCookieNameless, ""},
	"NAME0025":              {DeviationCookieNameless, ""},
	"DISABLED_CHROMIUM0023": {DeviationCookieLineEnd, "AAA=BB"},
}

func TestCookiesOfHTTPState(t *testing.T) {
	data, err := os.ReadFile("testdata/cookies/http-state.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []httpStateCase
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, error %v", len(cases), err)
	}
	for _, c := range cases {
		t.Run(c.Test, func(t *testing.T) {
			for _, p := range []Profile{Standard, Chromium, Firefox} {
				t.Run(p.String(), func(t *testing.T) { c.check(t, p) })
			}
		})
	}
}

func (c httpStateCase) check(t *testing.T, p Profile) {
	now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) // dates in the cases mean to be past or future
	const host = "http://home.example.org:8888"
	jar := &Jar{Profile: p}
	for _, line := range c.Received {
		jar.Set(line, CookieContext{URL: host + "/cookie-parser?" + c.Test, Time: now})
	}
	to := c.SentTo
	if to == "" {
		to = "/cookie-parser-result?" + c.Test
	}
	if strings.HasPrefix(to, "/") {
		to = host + to
	}
	want, reason := WriteCookie(c.Sent), "http-state"
	if n, ok := newer[c.Test]; ok {
		want, reason = n.sent, n.reason
	}
	if d, ok := deviating[c.Test]; ok && p.Has(d.deviation) {
		want, reason = d.sent, d.deviation.Doc()
	}
	if got := jar.Header(CookieContext{URL: to, Time: now}); got != want {
		t.Errorf("received %.300q\nsent %.300q, want %.300q (%s)", c.Received, got, want, reason)
	}
}

func TestNewerRulesNameCases(t *testing.T) {
	data, err := os.ReadFile("testdata/cookies/http-state.json")
	if err != nil {
		t.Fatal(err)
	}
	for name := range newer {
		if !strings.Contains(string(data), `"`+name+`"`) {
			t.Errorf("no case %s", name)
		}
	}
}
