package hostile

import (
	"bytes"
	"io"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/settings"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/challenge"
	"github.com/replaydiff/replay/scenarios/suite"
)

// A reader reads one kind of input as the program does. What it says is the
// messages that people get to see, beside the error.
type reader struct {
	name string
	read func(input []byte) (said []string, err error)
}

// Readers of files.
var (
	capture  = reader{"capture", readCapture}
	partial  = reader{"capture with --partial", readPartial}
	suites   = reader{"suite", func(b []byte) ([]string, error) { _, err := suite.Read(bytes.NewReader(b), "in"); return nil, err }}
	setting  = reader{"settings", func(b []byte) ([]string, error) { _, err := settings.Read("in", b); return nil, err }}
	baseline = reader{"baseline", func(b []byte) ([]string, error) {
		_, err := results.ReadBaseline(bytes.NewReader(b), "in")
		return nil, err
	}}
	passage = reader{"passage baseline", func(b []byte) ([]string, error) {
		_, err := results.ReadPassageBaseline(bytes.NewReader(b), "in")
		return nil, err
	}}
	reports = reader{"report", readReport}

	yamls = []reader{capture, suites, setting, baseline, passage}
	files = append([]reader{partial, reports}, yamls...)
)

// Readers of fields and flags, which never fail but where they return an error.
var (
	jwt        = quiet("JWT", func(s string) { scenarios.ParseJWT(s) })
	challenges = quiet("challenge", func(s string) { challenge.Format(challenge.Parse(s, s)) })
	setCookie  = quiet("Set-Cookie", storeCookie)
	cookies    = quiet("Cookie", func(s string) {
		browser.WriteCookie(browser.ParseCookie(s))
		(&traffic.Request{Header: traffic.Header{{Name: "Cookie", Value: s}}}).CookiePairs()
	})
	dates = quiet("date", func(s string) {
		browser.ParseCookieDate(s, browser.Chromium)
		browser.ParseCookieDate(s, browser.Standard)
	})
	cors   = quiet("CORS", decideCORS)
	urls   = quiet("URL", readURL)
	masked = quiet("mask", maskAll)
	fields = []reader{jwt, challenges, setCookie, cookies, dates, cors, urls, masked}

	ignore  = reader{"ignore", readIgnore}
	target  = reader{"mapping", func(b []byte) ([]string, error) { _, err := harness.ParseMapping(string(b)); return nil, err }}
	set     = reader{"setting", func(b []byte) ([]string, error) { _, err := harness.ParseSetting(string(b)); return nil, err }}
	auth    = reader{"auth", func(b []byte) ([]string, error) { _, err := credential.Parse(string(b), noenv); return nil, err }}
	shard   = reader{"shard", func(b []byte) ([]string, error) { _, err := harness.ParseShard(string(b)); return nil, err }}
	methods = reader{"unsafe", func(b []byte) ([]string, error) { _, err := harness.ParseUnsafe(string(b)); return nil, err }}
	flags   = []reader{ignore, target, set, auth, shard, methods}
)

func noenv(string) string { return "" }

// quiet is a reader that always has a result.
func quiet(name string, read func(string)) reader {
	return reader{name, func(input []byte) ([]string, error) {
		read(string(input))
		return nil, nil
	}}
}

func readCapture(input []byte) ([]string, error) { return readAs(input, traffic.Options{}) }

func readPartial(input []byte) ([]string, error) {
	return readAs(input, traffic.Options{Partial: true})
}

// readAs reads a capture, all its bodies, and writes it in every format.
func readAs(input []byte, o traffic.Options) (said []string, err error) {
	c, err := traffic.Read(bytes.NewReader(input), "in", o)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	for _, w := range c.Warnings {
		said = append(said, w.Text)
	}
	tell := func(err error) {
		if err != nil {
			said = append(said, err.Error())
		}
	}
	for _, x := range c.Exchanges {
		_, err := x.Request.Body.Text(0)
		tell(err)
		if x.Response != nil {
			_, err := x.Response.Body.Text(0)
			tell(err)
		}
	}
	for _, format := range []traffic.Format{traffic.HAR, traffic.CassetteV1, traffic.CassetteV2, traffic.Curl} {
		tell(traffic.Write(io.Discard, c, format))
	}
	return said, nil
}

// readReport reads a report and merges it with itself.
func readReport(input []byte) ([]string, error) {
	r, err := results.Read(bytes.NewReader(input), "in")
	if err != nil {
		return nil, err
	}
	_, err = results.Merge([]*results.Report{r, r})
	var said []string
	if err != nil {
		said = append(said, err.Error())
	}
	return said, results.Write(io.Discard, r)
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func storeCookie(line string) {
	browser.ParseSetCookie(line)
	jar := &browser.Jar{}
	ctx := browser.CookieContext{URL: "https://a.test/", Time: noon}
	jar.Set(line, ctx)
	_ = jar.Why("a", ctx).String()
	scenarios.SetCookieLines(&traffic.Response{Header: traffic.Header{{Name: "Set-Cookie", Value: line}}})
}

// decideCORS has the input in every field that a server answers.
func decideCORS(s string) {
	origin, _ := browser.OriginOf("https://a.test")
	answer := browser.CORSAnswer{Status: 200, Header: browser.Fields{
		{Name: "Access-Control-Allow-Origin", Value: s}, {Name: "Access-Control-Allow-Methods", Value: s},
		{Name: "Access-Control-Allow-Headers", Value: s}, {Name: "Access-Control-Expose-Headers", Value: s},
		{Name: "Access-Control-Max-Age", Value: s}, {Name: "Vary", Value: s}, {Name: "Location", Value: s},
	}}
	passing := browser.CORSAnswer{Status: 200, Header: append(browser.Fields{{Name: "Access-Control-Allow-Origin", Value: "*"}}, answer.Header[1:]...)}
	for _, a := range []browser.CORSAnswer{answer, passing} {
		r := browser.CORSRequest{Origin: origin, Method: "PUT", URL: "https://b.test/", Header: browser.Fields{{Name: "x-one", Value: s}, {Name: "x-two", Value: "2"}}}
		v := browser.Decide(r, []browser.CORSHop{{Preflight: &a, Answer: a}}, browser.Chromium)
		_ = v.Sentence()
		browser.VisibleHeaders(a.Header, browser.CredentialsSameOrigin)
		browser.MaxAge(a.Header, browser.Chromium)
	}
}

func readURL(s string) {
	browser.SiteOf(s)
	_, _ = browser.OriginOf(s)
	_, _ = browser.CanonicalHost(s)
	browser.RegistrableDomain(s)
	diff.PathTemplate(s)
	x := &traffic.Exchange{Request: traffic.Request{Method: "GET", URL: "https://a.test/" + s}}
	y := &traffic.Exchange{Request: traffic.Request{Method: "GET", URL: s}}
	x.Where("in")
	diff.Between(x, y)
	diff.Align(captureOf(x), captureOf(y))
}

func captureOf(exchanges ...*traffic.Exchange) *traffic.Capture {
	for i, x := range exchanges {
		x.Index = i
	}
	return &traffic.Capture{File: "in", Exchanges: exchanges}
}

// maskAll has the input in every place that a masker knows.
func maskAll(s string) {
	var m mask.Masker
	m.URL(s)
	m.Text(s)
	for _, name := range []string{"Authorization", "Cookie", "Set-Cookie", "Location", "X-Api-Key", "WWW-Authenticate", "X-Other"} {
		m.Header(name, s)
	}
	for _, mediaType := range []string{"", "application/json", "application/x-www-form-urlencoded", "text/html", "multipart/form-data; boundary=b"} {
		m.Body(mediaType, []byte(s))
	}
	mask.Visible(s)
}

func readIgnore(b []byte) ([]string, error) {
	patterns := diff.Ignore{string(b)}
	if err := patterns.Check(); err != nil {
		return nil, err
	}
	patterns.Match("request.header.x-" + strings.Repeat("a", 4096))
	return nil, nil
}
