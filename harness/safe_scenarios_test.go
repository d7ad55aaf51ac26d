package harness

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/damage"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/through"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/suite"
)

// recording is a capture of all requests, with answers, that is full of secrets.
func (p *planted) recording(file string) *traffic.Capture {
	c := &traffic.Capture{File: file}
	p.request(c)
	for _, x := range c.Exchanges {
		status, h, body := p.answer(x.Request.ParsedURL().Path)
		x.Response = &traffic.Response{Status: status, Header: fields(h), Body: traffic.NewBody(h.Get("Content-Type"), []byte(body))}
	}
	return c
}

// app answers with secrets, and repeats what it was asked, as debug pages do.
func (p *planted) app(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Isolated") != "" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	p.Lock()
	defer p.Unlock()
	status, h, body := p.answer(r.URL.Path)
	for name, values := range h {
		w.Header()[name] = values
	}
	if r.Method != http.MethodHead && strings.HasPrefix(body, "{") {
		body = strings.TrimSuffix(body, "}") + fmt.Sprintf(`,"headers":{"authorization":%q,"cookie":%q}}`, r.Header.Get("Authorization"), r.Header.Get("Cookie"))
	}
	w.Header().Set("X-Asked-With", r.Header.Get("Authorization")+" "+r.URL.RawQuery)
	w.WriteHeader(status)
	io.WriteString(w, body)
}

// TestNoSecretIsToldOfScenarios: none of the recordings and of the live answers
// is in a report of scenarios, of an isolation or of a passage.
func TestNoSecretIsToldOfScenarios(t *testing.T) {
	recorded, failing, live := &planted{when: "recorded"}, &planted{when: "failing"}, &planted{when: "live"}
	ok, bad := recorded.recording("ok.har"), failing.recording("bad.har")
	options := PlanOptions{Target: Target{Base: serve(t, http.HandlerFunc(live.app))}, Unsafe: Unsafe{All: true}}
	shown := map[string]string{}

	var list []suite.Scenario
	for i, c := range scenarios.Catalogue() {
		for k := i % 6; k < len(ok.Exchanges); k += 6 { // each cause somewhere, and something everywhere
			r := &ok.Exchanges[k].Request
			list = append(list, suite.Scenario{Cause: c.ID, Routes: []string{r.Method + " " + r.ParsedURL().Path}})
		}
	}
	g := &Guard{Capture: ok, Options: options}
	defer g.Close()
	done, err := g.Run(t.Context(), (&suite.Suite{Scenarios: list}).Cases())
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, c := range done.Cases {
		if c.Verdict != results.CaseNotTestable {
			tried++
		}
	}
	for format, text := range everyFormat(t, done) {
		shown["test, "+format] = text
	}
	for i := range done.Cases {
		var b bytes.Buffer
		_ = report.Case(&b, &done.Cases[i], report.CaseOptions{All: true})
		shown["case "+done.Cases[i].Name] = b.String()
	}
	isolateEach(t, ok, bad, options, shown)
	shown["through"] = passed(t, ok)
	places := 0
	for _, p := range []*planted{recorded, failing, live} {
		places += len(p.list)
		for secret, place := range p.list {
			for _, spelling := range spellings(secret) {
				for where, text := range shown {
					if i := strings.Index(text, spelling); i >= 0 {
						t.Errorf("%s is in %s: …%s…", place, where, text[max(0, i-60):min(len(text), i+40)])
						break
					}
				}
			}
		}
	}
	t.Logf("%d secrets in %d texts, %d scenarios tried", places, len(shown), tried)
	if places < 100 || tried < 30 || len(shown["through"]) < 500 {
		t.Error("the test looks at too little")
	}
}

// isolateEach isolates one change in each request, of many that differ.
func isolateEach(t *testing.T, ok, bad *traffic.Capture, options PlanOptions, shown map[string]string) {
	for i := range ok.Exchanges {
		one := *bad.Exchanges[i]
		one.Request.Header = append(traffic.Header{{Name: "X-Isolated", Value: "1"}}, one.Request.Header...)
		one.Response = &traffic.Response{Status: http.StatusForbidden}
		failing := &traffic.Capture{File: bad.File, Exchanges: append([]*traffic.Exchange(nil), ok.Exchanges...)}
		failing.Exchanges[i] = &one
		done, err := (&Runner{}).Isolate(t.Context(), plan(t, ok, options), plan(t, failing, options), IsolateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		_ = report.Isolation(&b, done.Report, report.RunOptions{All: true})
		_ = report.IsolationJSON(&b, done.Report)
		_ = WriteCurlPair(&b, done.Report)
		shown[fmt.Sprintf("isolation of entry %d", i)] = b.String()
	}
}

// passed is all that is told of a proxy that loses and rewrites much.
func passed(t *testing.T, ok *traffic.Capture) string {
	stand, err := through.Listen("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer stand.Close()
	proxy, err := damage.Listen(stand.URL, damage.Options{Damage: []scenarios.Damage{
		{Do: scenarios.DropRequestField, Name: "authorization"}, {Do: scenarios.SetRequestField, Name: "cookie", Value: "a=1"},
		{Do: scenarios.DropResponseField, Name: "set-cookie"}, {Do: scenarios.DropResponseField, Name: "location"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	found, err := Through(t.Context(), plan(t, ok, PlanOptions{Target: Target{Base: proxy.URL}, Unsafe: Unsafe{All: true}}), stand)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_ = report.Passage(&b, found, report.RunOptions{All: true})
	_ = report.PassageJSON(&b, found)
	_ = report.PassageMarkdown(&b, found)
	_ = report.PassageJUnit(&b, found)
	_ = results.WritePassageBaseline(&b, found)
	return b.String()
}
