package browser

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

// seedLines are the lines of the recorded cases and of http-state.
func seedLines(f *testing.F) {
	for _, c := range readSuite(f, "testdata/cookies/chromium.jsonl") {
		for _, line := range c.Set.SetCookie {
			f.Add(bytesOf(line), bytesOf(c.Set.URL), bytesOf(c.Send.URL), byte(len(c.Set.How)))
		}
	}
	data, err := os.ReadFile("testdata/cookies/http-state.json")
	if err != nil {
		f.Fatal(err)
	}
	var cases []httpStateCase
	if err := json.Unmarshal(data, &cases); err != nil {
		f.Fatal(err)
	}
	for _, c := range cases {
		for _, line := range c.Received {
			f.Add(line, "http://home.example.org:8888/cookie-parser", c.SentTo, byte(0))
		}
	}
}

// FuzzCookie: no line, no URL and no situation panics, lines read back, and a
// jar sends only where it may.
func FuzzCookie(f *testing.F) {
	seedLines(f)
	f.Fuzz(func(t *testing.T, line, set, send string, kind byte) {
		checkReadBack(t, line)
		for _, p := range []Profile{Chromium, Standard, Firefox} {
			jar := &Jar{Profile: p}
			ctx := CookieContext{URL: set, Time: cookieTime, Kind: RequestKind(kind % 4), Initiator: send}
			jar.Set(line, ctx)
			ctx.URL, ctx.Initiator = send, set
			checkSent(t, jar, ctx)
			_ = jar.Why(ParseSetCookie(line).Name, ctx).String()
		}
	})
}

// FuzzCookieDate: no date panics, and what is read is a date in UTC.
func FuzzCookieDate(f *testing.F) {
	for _, row := range dateRows {
		f.Add(row.date)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range []Profile{Chromium, Standard} {
			if at, ok := ParseCookieDate(s, p); ok && at.Location() != time.UTC {
				t.Errorf("%v %q is %v", p, s, at)
			}
		}
	})
}

// FuzzSite: the host parser is idempotent and no URL panics.
func FuzzSite(f *testing.F) {
	for _, row := range hostRows {
		f.Add(row.host)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkCanonicalHost(t, s)
		if site := SiteOf(s); !site.Opaque() && !site.SameSite(SiteOf(site.String())) {
			t.Errorf("%q has the site %v, which has another one", s, site)
		}
	})
}
