package scenarios_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// A spoken exchange is one with the browser's words on it.
type spoken struct {
	method, url string
	sends       []string // "Name: value"
	status      int
	failed      string
	answers     []string
	notes       *devtools.Notes
}

func (s spoken) exchange(i int) *traffic.Exchange {
	header := func(lines []string) traffic.Header {
		var h traffic.Header
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ": ")
			h = append(h, traffic.HeaderField{Name: name, Value: value})
		}
		return h
	}
	x := &traffic.Exchange{
		Index:    i,
		Request:  traffic.Request{Method: s.method, URL: s.url, Header: append(header(s.sends), traffic.HeaderField{Name: "Host", Value: "api.fern.example"})},
		Response: &traffic.Response{Status: s.status, Error: s.failed, Header: header(s.answers)},
	}
	x.Recorded.Started.Time = time.Date(2026, 3, 1, 12, 0, i, 0, time.UTC)
	if s.notes != nil {
		x.Unknown = traffic.Fields{s.notes.Field()}
	}
	return x
}

func flowOf(list ...spoken) *traffic.Capture {
	c := &traffic.Capture{Format: traffic.HAR, Creator: traffic.Product{Name: "replay"}, Browser: traffic.Product{Name: "Chrome", Version: "156"}}
	for i, s := range list {
		c.Exchanges = append(c.Exchanges, s.exchange(i))
	}
	return c
}

const fern = "https://app.fern.example/"

func notes(change func(*devtools.Notes)) *devtools.Notes {
	n := &devtools.Notes{Request: "1.2", Target: "page", Document: fern}
	if change != nil {
		change(n)
	}
	return n
}

func TestBrowserSays(t *testing.T) {
	const url = "https://api.fern.example/v1/me"
	cors := []string{"Origin: https://app.fern.example", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-site"}
	allows := []string{"Access-Control-Allow-Origin: https://app.fern.example", "Access-Control-Allow-Credentials: true"}
	read := spoken{"GET", url, cors, 200, "", allows, notes(nil)}
	failed := func(name string) spoken {
		return spoken{"GET", url, cors, 200, "net::ERR_FAILED", allows, notes(func(n *devtools.Notes) { n.CORS = &devtools.CORSError{Error: name} })}
	}
	unsent := func(name, reason string) func(*devtools.Notes) {
		return func(n *devtools.Notes) {
			n.Unsent = []devtools.Cookie{{Name: name, Domain: "api.fern.example", Path: "/", Reasons: []string{reason}}}
		}
	}
	me := func(status int, n *devtools.Notes, sends ...string) spoken {
		return spoken{"GET", url, append(slices.Clone(cors), sends...), status, "", allows, n}
	}
	login := func(line string, n *devtools.Notes) spoken {
		return spoken{"POST", "https://api.fern.example/v1/login", cors, 204, "", append(slices.Clone(allows), line), n}
	}
	const sid = "sessionid=Zk3vQ9tR5wXb7NmL2pHs"
	for _, row := range []struct {
		name    string
		ok, bad []spoken
		want    string // the first finding, "" none that is about CORS or cookies
		says    string
		reason  string
	}{
		{"a check", []spoken{read}, []spoken{failed("AllowOriginMismatch")}, "cors-origin-not-allowed", "AllowOriginMismatch", "the headers look fine, and the browser saw others"},
		{"a check of credentials", []spoken{read}, []spoken{failed("WildcardOriginNotAllowed")}, "cors-credentials-not-allowed", "WildcardOriginNotAllowed", "likewise"},
		{"the local network", []spoken{read}, []spoken{failed("LocalNetworkAccessPermissionDenied")}, "local-network-blocked", "LocalNetworkAccessPermissionDenied", "CORS has its name there"},
		{"a check of tomorrow", []spoken{read}, []spoken{failed("SomethingNew")}, "", "", "nothing follows from a word that nobody knows"},
		{"another stop", []spoken{read}, []spoken{{"GET", url, nil, 0, "net::ERR_FAILED", nil, notes(func(n *devtools.Notes) { n.Blocked = "origin"; n.Provisional = true })}}, "", "", "the browser would have named CORS"},
		{"kept back", []spoken{me(200, notes(nil), "Cookie: "+sid)}, []spoken{me(401, notes(unsent("sessionid", "SameSiteStrict")))}, "cookie-samesite-blocked", "SameSiteStrict", "no answer of the recording sets it"},
		{"kept back, alone", nil, []spoken{me(401, notes(unsent("sessionid", "SameSiteLax")))}, "cookie-samesite-blocked", "SameSiteLax", "the name of a session and a 401"},
		{"kept back by another path", nil, []spoken{me(401, notes(unsent("theme", "NotOnPath")))}, "", "", "no session: every site has such cookies"},
		{"kept back in both", []spoken{me(200, notes(unsent("sessionid", "NotOnPath")))}, []spoken{me(401, notes(unsent("sessionid", "NotOnPath")))}, "", "", "the working request does without it"},
		{"all cookies are off", []spoken{me(200, notes(nil), "Cookie: "+sid)}, []spoken{me(401, notes(unsent("sessionid", "UserPreferences")))}, "session-cookie-missing", "UserPreferences", "the page asks its own site: not the rule about third parties"},
		{"third parties", []spoken{me(200, notes(nil), "Cookie: "+sid)}, []spoken{me(401, notes(func(n *devtools.Notes) {
			unsent("sessionid", "UserPreferences")(n)
			n.Document = "https://www.moss.example/"
		}))}, "cookie-samesite-blocked", "UserPreferences", "the page is of another site"},
		{"a reason of tomorrow", []spoken{me(200, notes(nil), "Cookie: "+sid)}, []spoken{me(401, notes(unsent("sessionid", "SomethingNew")))}, "session-cookie-missing", "SomethingNew", "shown as it is"},
		{"refused", []spoken{login("Set-Cookie: "+sid+"; Path=/", notes(nil)), me(200, notes(nil), "Cookie: "+sid)},
			[]spoken{login("Set-Cookie: "+sid+"; Path=/", notes(func(n *devtools.Notes) {
				n.Refused = []devtools.Cookie{{Name: "sessionid", Reasons: []string{"OverwriteSecure"}}}
			})), me(401, notes(nil))}, "cookie-secure-over-http", "OverwriteSecure", "a cookie from before, which no recording shows, is in the way"},
		{"a rule of the book, and the browser's own word", []spoken{login("Set-Cookie: "+sid+"; Path=/", notes(nil)), me(200, notes(nil), "Cookie: "+sid)},
			[]spoken{login("Set-Cookie: "+sid+"; Path=/v2", notes(nil)), me(401, notes(func(n *devtools.Notes) {
				n.Unsent = []devtools.Cookie{{Name: "sessionid", Domain: "api.fern.example", Path: "/v2", Reasons: []string{"NotOnPath"}}}
			}))}, "cookie-path-mismatch", "NotOnPath", "both agree"},
		{"an answer that never came", []spoken{me(200, notes(nil))}, []spoken{me(200, notes(nil)), {"GET", "https://api.fern.example/v1/poll", cors, 0, "", nil, notes(func(n *devtools.Notes) { n.Unfinished = true })}}, "", "", "the recording ended"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := scenarios.DiagnoseOne(flowOf(row.bad...))
			if row.ok != nil {
				d = scenarios.Diagnose(diff.Compare(flowOf(row.ok...), flowOf(row.bad...), diff.Options{}))
			}
			if row.want == "" {
				for _, f := range d.Findings {
					if f.Cause.Group == scenarios.CORS || f.Cause.Group == scenarios.Sessions {
						t.Errorf("blames %s: %s\n%+v", f.Cause.ID, row.reason, f.Evidence)
					}
				}
				return
			}
			if len(d.Findings) == 0 || d.Findings[0].Cause.ID != row.want {
				t.Fatalf("got %+v, want %s (%s)", d.Findings, row.want, row.reason)
			}
			f := d.Findings[0]
			said := slices.ContainsFunc(f.Evidence, func(e scenarios.Evidence) bool {
				return e.Source == scenarios.FromBrowser && e.At.New == row.says
			})
			if !said {
				t.Errorf("the browser's %q is not in the evidence: %+v", row.says, f.Evidence)
			}
			if f.Confidence < 0.85 && row.want != "session-cookie-missing" {
				t.Errorf("confidence %.2f, and the browser said it", f.Confidence)
			}
		})
	}
}
