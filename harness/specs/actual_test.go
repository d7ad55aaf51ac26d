package specs

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/types"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

func TestWrongValues(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	ok := open(t, "testdata/ok.har")
	stranger := alone(&traffic.Exchange{Request: traffic.Request{Method: "GET", URL: "https://elsewhere.test/unheard/of"}, Response: &traffic.Response{Status: 200}}, "stranger")
	recorder := httptest.NewRecorder()
	for name, row := range map[string]struct {
		actual  any
		matcher types.GomegaMatcher
		want    string
	}{
		"a number":                    {7, DifferFrom(ok), "int"},
		"nil":                         {nil, ReplayLike(ok), "nil"},
		"a nil answer":                {(*http.Response)(nil), ReplayLike(ok), "was the error of the client looked at?"},
		"a nil exchange":              {(*traffic.Exchange)(nil), HaveCause("expired-token"), "nil"},
		"no such file":                {"no.har", DifferFrom(ok), "the path begins at the folder of the test"},
		"no such expected file":       {ok, DifferFrom("no.har"), "no.har"},
		"a bad pattern":               {ok, DifferFrom(ok).Ignoring("header.x"), "malformed pattern"},
		"a bad place":                 {ok, DifferFrom(ok).OnlyIn("answer.status"), "malformed pattern"},
		"no counterpart":              {stranger, ReplayLike(ok), "no request like"},
		"a recorder beside a flow":    {recorder, ReplayLike(ok), "which request"},
		"an unknown cause":            {ok, HaveCause("expred-token"), "did you mean expired-token?"},
		"a comparison and Against":    {diff.Compare(ok, ok, diff.Options{}), HaveCause("expired-token").Against(ok), "leave out Against"},
		"a nil comparison":            {(*diff.Comparison)(nil), HaveCause("expired-token"), "nil"},
		"no scheme":                   {http.Header{}, Challenge(""), "Bearer"},
		"no answer":                   {&traffic.Exchange{}, Challenge("Bearer"), "no answer"},
		"a parameter of another type": {http.Header{"Www-Authenticate": {"Bearer"}}, Challenge("Bearer").With("error", 7), "int"},
		"no URL to send to":           {&browser.Jar{}, SendCookie("sid"), ".To("},
		"a jar that forgets":          {jar, SendCookie("sid").To("https://a.test/"), "&browser.Jar{}"},
		"a recorder has no URL":       {recorder, SendCookie("sid").To("https://a.test/"), "URL"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := row.matcher.Match(row.actual)
			if got || err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("matches %t, error %v; want one with %q", got, err, row.want)
			}
			if err != nil {
				unmasked(t, err.Error())
			}
			_ = fmt.Sprint(row.matcher) // String before anything was matched
		})
	}
}

// A live answer can be read after any number of matchers looked at it.
func TestBodyStaysReadable(t *testing.T) {
	server := libraryServer(t, nil)
	response := get(t, server.URL+"/api/loans")
	for range 3 {
		if text := failureOf(t, response, ReplayLike("testdata/ok.har"), false); text != "" {
			t.Fatal(text)
		}
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != `{"loans":[{"book":"Emma","due":"soon"}]}` {
		t.Errorf("%q, %v", body, err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}

	gone := get(t, server.URL+"/api/loans")
	if _, err := io.Copy(io.Discard, gone.Body); err != nil {
		t.Fatal(err)
	}
	if _, err := ReplayLike("testdata/ok.har").Match(gone); err == nil || !strings.Contains(err.Error(), "read before") {
		t.Errorf("an answer whose body is gone: %v", err)
	}
	if ok, err := Challenge("Bearer").Match(gone); ok || err != nil {
		t.Errorf("a header is there all the same: %t, %v", ok, err)
	}
	if ok, err := SendCookie("sid").To(server.URL + "/").Match(gone); ok || err != nil {
		t.Errorf("a header is there all the same: %t, %v", ok, err)
	}
}

func TestCompressedAnswer(t *testing.T) {
	server := libraryServer(t, func(w http.ResponseWriter, r *http.Request) bool {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		fmt.Fprint(z, `{"loans":[{"book":"Emma","due":"soon"}]}`)
		z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(b.Bytes())
		return true
	})
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	response, err := client.Get(server.URL + "/api/loans")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text := failureOf(t, response, ReplayLike("testdata/ok.har").Ignoring("response.header.content-encoding"), false); text != "" {
		t.Error(text)
	}
}

// What a handler of the test answers, without a server.
func TestRecorder(t *testing.T) {
	ok := open(t, "testdata/ok.har")
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"loans":[{"book":"Emma","due":"soon"}]}`)
	if text := failureOf(t, w, ReplayLike(ok.Exchanges[1]), false); text != "" {
		t.Error(text)
	}
	refusal := httptest.NewRecorder()
	refused(refusal, httptest.NewRequest("GET", "/api/loans", nil))
	if text := failureOf(t, refusal, gomega.And(Challenge("Bearer"), gomega.Not(ReplayLike(ok.Exchanges[1]))), false); text != "" {
		t.Error(text)
	}
}

// Gomega prints values and matchers itself where matchers are put together.
func TestCombinedMessages(t *testing.T) {
	ok, bad := open(t, "testdata/ok.har"), open(t, "testdata/bad.har")
	either := gomega.Or(HaveCause("revoked-token").Against(ok), DifferFrom(ok).OnlyIn("response"))
	text := failureOf(t, bad, either, false)
	for _, want := range []string{"HaveCause revoked-token: the cause is expired-token", "request.header.authorization"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing of %q in\n%s", want, text)
		}
	}
	unmasked(t, text)
	unmasked(t, failureOf(t, bad.Exchanges[1], gomega.Or(HaveCause("revoked-token"), Challenge("Basic")), false))
	unmasked(t, failureOf(t, bad, gomega.And(DifferFrom(ok), HaveCause("expired-token")), true))
	jar := &browser.Jar{}
	jar.Set("sid="+planted.cookie, browser.CookieContext{URL: "https://library.test/"})
	unmasked(t, failureOf(t, jar, gomega.Or(SendCookie("a").To("https://library.test/"), SendCookie("b").To("https://library.test/")), false))
	unmasked(t, format.Object(bad.Exchanges[1].Request.Header, 1)+format.Object(bad.Exchanges[1].Response, 1)+format.Object(&bad.Exchanges[0].Request, 1))
}

func TestFormat(t *testing.T) {
	server := libraryServer(t, refused)
	response := get(t, server.URL+"/api/loans")
	key := format.RegisterCustomFormatter(Format)
	defer format.UnregisterCustomFormatter(key)
	text := failureOf(t, response, gomega.Or(Challenge("Basic"), ReplayLike("testdata/ok.har")), false)
	if !strings.Contains(text, "answer 401 to GET "+server.URL) {
		t.Error(text)
	}
	unmasked(t, text)
	unmasked(t, format.Object(response.Request, 1)+format.Object(response.Request.Header, 1))
	for _, nothing := range []any{nil, 7, (*http.Response)(nil), (*http.Request)(nil), (*httptest.ResponseRecorder)(nil)} {
		if text, is := Format(nothing); is {
			t.Errorf("%T: %q", nothing, text)
		}
	}
}

// What can't become another is not asked for again.
func TestMayChange(t *testing.T) {
	ok := open(t, "testdata/ok.har")
	for name, row := range map[string]struct {
		matcher types.GomegaMatcher
		actual  any
		may     bool
	}{
		"a file":      {DifferFrom(ok), "testdata/ok.har", true},
		"a capture":   {DifferFrom(ok), ok, false},
		"a cause":     {HaveCause("expired-token").Against(ok), ok, false},
		"cause, file": {HaveCause("expired-token").Against("testdata/ok.har"), ok, true},
		"a replay":    {ReplayLike(ok), ok, false},
		"a header":    {Challenge("Bearer"), http.Header{}, false},
		"a recorder":  {Challenge("Bearer"), httptest.NewRecorder(), true},
		"a jar":       {SendCookie("a").To("https://a.test/"), &browser.Jar{}, true},
		"an exchange": {SendCookie("a").To("https://a.test/"), ok.Exchanges[0], false},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := row.matcher.Match(row.actual); err != nil {
				t.Fatal(err)
			}
			if got := types.MatchMayChangeInTheFuture(row.matcher, row.actual); got != row.may {
				t.Errorf("may change: %t", got)
			}
		})
	}
}
