package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/replaydiff/replay/harness/results"
)

// The reports below are invented, a name each; testdata/run holds what is
// written of them.
func inventedReports() map[string]*results.Report {
	return map[string]*results.Report{
		"same":       sameReport(),
		"noise":      noiseReport(),
		"regression": regressionReport(),
		"everywhere": everywhereReport(),
		"compare":    compareReport(),
		"pair":       pairReport(),
		"pair-fixed": pairFixedReport(),
		"skipped":    skippedReport(),
		"unanswered": unansweredReport(),
		"stopped":    stoppedReport(),
		"baseline":   baselineReport(),
		"many":       manyReport(),
		"long":       longReport(),
		"hostile":    hostileReport(),
		"test":       testReport(),
		"test-holds": testHoldsReport(),
		"empty":      {Version: results.Version, Kind: results.Run, Captures: []string{"empty.har"}},
	}
}

func text(s string) *string { return &s }

// base is a report of a run in which n requests were sent and answered alike.
func base(n int) *results.Report {
	return &results.Report{
		Version: results.Version, Kind: results.Run,
		Captures: []string{"shop.har"},
		Targets:  []results.Target{{Role: "target", From: "https://api.shop.test", To: "http://127.0.0.1:8080"}},
		Started:  time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC), Seconds: 1.84,
		Counts: results.Counts{Recorded: n, Sent: n, Same: n},
	}
}

func differ(r *results.Report, n int, groups ...results.Group) *results.Report {
	r.Counts.Same -= n
	r.Counts.Different += n
	r.Groups = append(r.Groups, groups...)
	return r
}

func group(template, field string, kind results.Change, old, new *string, count, of int) results.Group {
	method, path, _ := strings.Cut(template, " ")
	url := "http://127.0.0.1:8080" + strings.ReplaceAll(path, "{}", "17")
	curl := "curl " + url + " -H 'Cookie: sid=‹session 1›'"
	if method != "GET" {
		curl += " -X " + method
	}
	return results.Group{
		Template: template, Field: field, Kind: kind, Old: old, New: new, Count: count, Of: of,
		Example: results.Example{Entry: 12, URL: url, Old: old, New: new, Curl: curl},
	}
}

func worse(g results.Group, f *results.Finding) results.Group {
	g.Regression, g.Finding = true, f
	return g
}

func sameReport() *results.Report {
	r := base(120)
	r.Templates = []results.Template{{Template: "GET /account/{}", Answers: 41, Seconds: 0.7}, {Template: "GET /orders", Answers: 79, Seconds: 0.9}}
	return r
}

func noiseReport() *results.Report {
	r := base(2)
	r.Noise = []results.NoiseCount{
		{Template: "GET /account/{}", Field: "response.header.date", Reason: "a clock", Count: 2},
		{Template: "GET /account/{}", Field: "response.body/served_at", Reason: "differs from itself in 3 of 3 repeats", Count: 1},
	}
	return r
}

func tlsFinding() *results.Finding {
	return &results.Finding{
		Cause: "tls-termination", Title: "The app behind the proxy believes that the request came over plain HTTP.", Confidence: 0.86,
		Because: []string{"response set-cookie sid: Secure is gone", "request x-forwarded-proto is not among what the app received"},
		Fix: []results.Advice{
			{Where: "proxy", Text: "Tell the app the scheme of the client.", Snippet: "proxy_set_header X-Forwarded-Proto $scheme;"},
			{Where: "app", Text: "Trust the proxy's header, from its address alone."},
		},
	}
}

func regressionReport() *results.Report {
	r := base(120)
	r.Counts.Recorded, r.Counts.Skipped = 140, 20
	lost := worse(group("GET /account/{}", "response.set-cookie.sid.secure", results.Lost, text(""), nil, 41, 41), tlsFinding())
	location := worse(group("GET /account/{}", "response.location", results.Changed,
		text("https://api.shop.test/account/17/"), text("http://api.shop.test/account/17/"), 41, 41), tlsFinding())
	status := worse(group("POST /login", "response.status", results.Changed, text("302"), text("403"), 1, 1), nil)
	status.Example.Curl = `curl http://127.0.0.1:8080/login -X POST -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)' ` +
		`-H 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' -H 'Content-Type: application/x-www-form-urlencoded' --data-raw 'user=ada&password=‹password 1›&_csrf=‹csrf 1›'`
	cache := group("GET /account/{}", "response.header.cache-control", results.Changed, text("no-store"), text("public, max-age=60"), 3, 41)
	differ(r, 42, lost, location, status, cache)
	r.Templates = []results.Template{
		{Template: "POST /login", Answers: 1, Different: 1, Seconds: 0.1},
		{Template: "GET /account/{}", Answers: 41, Different: 41, Seconds: 0.7},
		{Template: "GET /orders", Answers: 78, Seconds: 0.9},
	}
	r.Noise = []results.NoiseCount{
		{Template: "GET /account/{}", Field: "response.header.date", Reason: "a clock", Count: 41},
		{Template: "GET /orders", Field: "response.header.date", Reason: "a clock", Count: 78},
		{Template: "GET /orders", Field: "response.body/served_at", Reason: "differs from itself in 3 of 3 repeats", Count: 78},
	}
	r.Skipped = []results.Skip{{Reason: "unsafe-method", Text: "DELETE and PUT may change data; --allow-unsafe=DELETE,PUT sends them", Count: 20, Entry: 4}}
	r.Warnings = []string{"shop.har: the export has no cookies; export it with sensitive data"}
	r.Exchanges = []results.Exchange{
		{Entry: 2, Method: "POST", Recorded: "https://api.shop.test/login", Sent: "http://127.0.0.1:8080/login", Old: "302", New: "403", Verdict: results.Different,
			Fields: []results.Field{{Path: "response.status", Kind: results.Changed, Old: text("302"), New: text("403")}}},
		{Entry: 12, Method: "GET", Recorded: "https://api.shop.test/account/17", Sent: "http://127.0.0.1:8080/account/17", Old: "200", New: "200", Verdict: results.Different},
	}
	return r
}

// everywhereReport is what a proxy does that adds a header to all answers.
func everywhereReport() *results.Report {
	r := base(60)
	for _, path := range []string{"/", "/account/{}", "/orders", "/orders/{}/items", "/search"} {
		for _, g := range []results.Group{
			group("GET "+path, "response.header.server", results.Changed, text("nginx/1.22.1"), text("envoy"), 12, 12),
			group("GET "+path, "response.header.x-envoy-upstream-service-time", results.Gained, nil, nil, 12, 12),
		} {
			if g.Kind == results.Gained {
				g.Varies, g.Example.New = true, text("3")
			}
			r.Groups = append(r.Groups, g)
		}
	}
	return differ(r, 60)
}

func compareReport() *results.Report {
	r := base(80)
	r.Kind = results.Compare
	r.Targets = []results.Target{
		{Role: "before", From: "https://api.shop.test", To: "http://127.0.0.1:8080"},
		{Role: "after", From: "https://api.shop.test", To: "http://127.0.0.1:9090"},
	}
	return differ(r, 1, group("GET /search", "response.header.vary", results.Moved, text("Origin, Accept"), text("Accept, Origin"), 1, 20))
}

func pairReport() *results.Report {
	r := base(24)
	entry := 3
	r.Kind, r.Captures, r.Seconds = results.Pair, []string{"ok.har", "bad.har"}, 0.41
	r.Live = &results.Live{
		OKWorks: true, BadFails: true, Entry: &entry, Request: "GET http://127.0.0.1:8080/account",
		Sentence:   "The pair still shows the failure that it recorded: it can be kept as a regression check.",
		Curl:       "curl http://127.0.0.1:8080/account -H 'Authorization: ‹token 1›'",
		Difference: []results.Field{{Path: "response.status", Kind: results.Changed, Old: text("200"), New: text("401")}, {Path: "response.header.www-authenticate", Kind: results.Gained, New: text(`Bearer realm="api"`)}},
		Finding: &results.Finding{Cause: "missing-bearer-prefix", Title: "The Authorization header holds the bare token, without a scheme.", Confidence: 0.97,
			Because: []string{"request authorization Bearer ‹token 1› → ‹token 1›: the same token, its scheme gone"},
			Fix:     []results.Advice{{Where: "client", Text: "Send the scheme.", Snippet: `headers.Authorization = "Bearer " + token`}}},
	}
	return r
}

func pairFixedReport() *results.Report {
	r := pairReport()
	*r.Live = results.Live{OKWorks: true, Sentence: "The cause is gone: keep the working capture as a check."}
	g := group("GET /account", "response.status", results.Changed, text("401"), text("200"), 1, 1)
	g.Flow = results.Bad
	return differ(r, 1, g)
}

func skippedReport() *results.Report {
	r := base(0)
	r.Counts = results.Counts{Recorded: 5, Skipped: 5}
	r.Seconds = 0
	r.Skipped = []results.Skip{
		{Reason: "unsafe-method", Text: "POST may change data; --allow-unsafe=POST sends it", Count: 4, Entry: 0},
		{Reason: "other-origin", Text: "https://cdn.shop.test has no target; --map https://cdn.shop.test=URL gives it one", Count: 1, Entry: 3},
	}
	return r
}

func unansweredReport() *results.Report {
	r := base(40)
	r.Counts = results.Counts{Recorded: 40, Sent: 40, Same: 33, Unanswered: 7}
	r.Errors = []results.ErrorCount{
		{Text: "read from 127.0.0.1:8080: connection reset by peer", Count: 6, Entry: 4},
		{Text: "no answer within 10s; --timeout gives more", Count: 1, Entry: 31},
	}
	r.Templates = []results.Template{{Template: "GET /slow", Unanswered: 7}, {Template: "GET /orders", Answers: 33, Seconds: 0.5}}
	return r
}

func stoppedReport() *results.Report {
	r := base(9)
	r.Counts.Recorded, r.Counts.Unsent = 120, 111
	r.Stopped = &results.Stop{Reason: results.Refusals, Text: "5 answers in a row were 401: the credentials have expired; give new ones with --auth"}
	return differ(r, 5, worse(group("GET /account/{}", "response.status", results.Changed, text("200"), text("401"), 5, 7), nil))
}

func baselineReport() *results.Report {
	r := base(30)
	r.Accepted = []results.Group{
		group("GET /orders", "response.header.server", results.Changed, text("nginx"), text("envoy"), 10, 10),
		group("GET /account/{}", "response.header.server", results.Changed, text("nginx"), text("envoy"), 20, 20),
	}
	r.Vanished = []results.Acceptance{
		{Template: "GET /orders", Field: "response.header.x-cache", Kind: results.Gained},
		{Template: "GET /orders", Field: "response.status", Kind: results.Changed, Old: text("200"), New: text("304"), Reason: "the new cache"},
	}
	return r
}

func manyReport() *results.Report {
	r := base(5000)
	for i := range 1000 {
		g := group(fmt.Sprintf("GET /api/v%d/things/{}", i), fmt.Sprintf("response.body/field_%d", i), results.Changed, text(fmt.Sprint(i)), text(fmt.Sprint(i+1)), 1+i%3, 5)
		g.Regression = i < 30
		g.Example.Entry = i
		r.Groups = append(r.Groups, g)
	}
	return differ(r, 3000)
}

func longReport() *results.Report {
	r := base(3)
	policy := "default-src 'self'; " + strings.Repeat("img-src https://images.shop.test https://cdn.shop.test; ", 6)
	csp := group("GET /a-rather-long-path/with-many-segments/that-goes-on-and-on/{}/until-it-ends/somewhere", "response.header.content-security-policy",
		results.Changed, text(policy+"frame-ancestors 'none'"), text(policy+"frame-ancestors *"), 3, 3)
	lost := worse(group("GET /", "response.body/customers/{}/addresses/{}/postal_code/of/a/very/deep/place/in/a/document", results.Lost, text(strings.Repeat("x", 500)), nil, 1, 3), nil)
	wide := group("GET /", "response.body/名前", results.Changed, text("山田太郎"+strings.Repeat("漢字", 60)), text("山田花子"+strings.Repeat("漢字", 60)), 1, 3)
	wide.Example.Curl = "curl 'http://127.0.0.1:8080/" + strings.Repeat("very-long-segment/", 12) + "' -H 'Cookie: sid=‹session 1›'"
	return differ(r, 3, csp, lost, wide)
}

// hostileReport holds what each format could take for its own markup.
func hostileReport() *results.Report {
	r := base(3)
	r.Captures = []string{"<script>\x1b[31m@octocat`.har"}
	g := worse(group("GET /</failure>]]>/@everyone/#12/{}", "response.header.x-`|\u202e\r\n::error::x", results.Changed,
		text("a``` b\n```\n<img src=x onerror=alert(1)>\x00\x1b]0;t\x07"), text("##[add-mask]x ::set-output name=a::b 100%\r\n::warning::y, [z](javascript:1)"), 3, 3),
		&results.Finding{Cause: "x--><b>", Title: "**bold** @octocat closes #1\n# heading", Confidence: 1, Because: []string{"```\n</details>"}, Fix: []results.Advice{{Where: "`", Text: "<details>", Snippet: "```\n@octocat\n````"}}})
	g.Example.URL = "http://127.0.0.1:8080/<b>\u2066"
	g.Example.Curl = "curl $'http://127.0.0.1:8080/\\'; rm -rf ~ #' -H 'X: ```'"
	differ(r, 2, g)
	r.Errors = []results.ErrorCount{{Text: "\x9b31m@octocat </error>]]> \ufffe\uffff", Count: 1, Entry: 2}}
	r.Counts.Same, r.Counts.Unanswered = 0, 1
	r.Warnings = []string{"@octocat <b> #12 http://evil.test [x](y) _a_ *b* ~~c~~ :tada: \u2028 ::error::z"}
	r.Skipped = []results.Skip{{Reason: "\"><x", Text: "::stop-commands::z @octocat", Count: 1}}
	r.Stopped = &results.Stop{Reason: results.Interrupted, Text: "%0A::error::x\n::error::y"}
	return r
}
