package specs

import (
	"flag"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

var update = flag.Bool("update", false, "rewrite the messages in testdata")

const messagesFile = "testdata/messages.txtar"

// TestMessages pins what somebody reads who sees a failing test and nothing
// else.
func TestMessages(t *testing.T) {
	got := map[string]string{}
	for name, row := range messageRows(t) {
		text := failureOf(t, row.actual, row.matcher, row.negated)
		if text == "" {
			t.Errorf("%s: the assertion holds", name)
		}
		unmasked(t, text)
		for server, as := range row.servers {
			text = strings.ReplaceAll(text, strings.TrimPrefix(server, "http://"), as)
		}
		got[name] = strings.TrimRight(text, "\n") + "\n"
	}
	if *update {
		var a txtar.Archive
		for _, name := range slices.Sorted(maps.Keys(got)) {
			a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(got[name])})
		}
		if err := os.WriteFile(messagesFile, txtar.Format(&a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, err := txtar.ParseFile(messagesFile)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range a.Files {
		want[f.Name] = string(f.Data)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got (-update rewrites them):\n%s", d)
	}
}

type messageRow struct {
	actual  any
	matcher types.GomegaMatcher
	negated bool
	servers map[string]string
}

func messageRows(t *testing.T) map[string]messageRow {
	ok, bad := open(t, "testdata/ok.har"), open(t, "testdata/bad.har")
	broken := libraryServer(t, refused)
	other := libraryServer(t, func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = w.Write([]byte(`{"loans":[]}`))
		return true
	})
	silent := libraryServer(t, func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
	here := map[string]string{broken.URL: "127.0.0.1:1", other.URL: "127.0.0.1:2", silent.URL: "127.0.0.1:3"}
	jar := &browser.Jar{}
	for _, line := range []string{"sid=v; Path=/api; Secure; SameSite=Lax", "theme=dark; Path=/"} {
		jar.Set(line, browser.CookieContext{URL: "https://library.test/login"})
	}
	preflights := preflightServer(t)
	here[preflights.URL] = "127.0.0.1:4"

	return map[string]messageRow{
		"differ from: no difference":     {"testdata/ok.har", DifferFrom("testdata/ok.har"), false, nil},
		"differ from: elsewhere too":     {bad, DifferFrom(ok).OnlyIn("response.status"), false, nil},
		"differ from: negated":           {bad.Exchanges[1], DifferFrom(ok.Exchanges[1]), true, nil},
		"have cause: another":            {bad, HaveCause("revoked-token").Against(ok), false, nil},
		"have cause: alone":              {bad, HaveCause("missing-bearer-prefix"), false, nil},
		"have cause: nothing fails":      {ok, HaveCause("expired-token").Against(ok), false, nil},
		"have cause: of a diagnosis":     {scenarios.Diagnose(diff.Compare(ok, bad, diff.Options{})), HaveCause("wrong-host"), false, nil},
		"have cause: negated":            {bad, HaveCause("expired-token"), true, nil},
		"replay like: refused":           {get(t, broken.URL+"/api/loans"), ReplayLike("testdata/ok.har"), false, here},
		"replay like: other content":     {get(t, other.URL+"/api/loans"), ReplayLike("testdata/ok.har"), false, here},
		"replay like: not all was asked": {ok.Exchanges[:1][0], gomega.Not(ReplayLike(ok)), false, nil},
		"challenge: no header":           {get(t, silent.URL+"/api/loans?page=2"), Challenge("Bearer"), false, here},
		"challenge: another scheme":      {http.Header{"Www-Authenticate": {`Basic realm="x"`}}, Challenge("Bearer").With("error", "invalid_token"), false, nil},
		"challenge: another parameter":   {bad.Exchanges[1], Challenge("Bearer").With("error", "insufficient_scope").With("scope", gomega.Equal("read")), false, nil},
		"challenge: negated":             {bad.Exchanges[1], Challenge("Bearer"), true, nil},
		"cookie: SameSite":               {jar, SendCookie("sid").To("https://library.test/api/loans").From("https://news.test/today"), false, nil},
		"cookie: path":                   {jar, SendCookie("sid").To("https://library.test/help"), false, nil},
		"cookie: never set":              {jar, SendCookie("session").To("https://library.test/help"), false, nil},
		"cookie: negated":                {jar, SendCookie("theme").To("https://library.test/help"), true, nil},
		"preflight: behind a login":      {preflights.URL + "/login-first", PassPreflight("https://app.test", "PUT", "Authorization"), false, here},
		"preflight: method":              {preflights.URL + "/get-only", PassPreflight("https://app.test", "PUT"), false, here},
		"preflight: header":              {preflights.URL + "/get-only", PassPreflight("https://app.test/page?x=1", "GET", "Authorization", "X-Trace"), false, here},
		"preflight: star with cookies":   {preflights.URL + "/star", PassPreflight("https://app.test", "DELETE").WithCredentials(), false, here},
		"preflight: negated":             {preflights.URL + "/star", PassPreflight("https://app.test", "DELETE"), true, here},
	}
}
