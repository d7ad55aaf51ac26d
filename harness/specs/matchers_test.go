package specs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

func open(t *testing.T, file string) *traffic.Capture {
	t.Helper()
	c, err := traffic.Open(file, traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// failureOf is the message of an assertion, "" where it holds.
func failureOf(t *testing.T, actual any, m types.GomegaMatcher, negated bool) string {
	t.Helper()
	var failures []string
	g := gomega.NewGomega(func(message string, _ ...int) { failures = append(failures, message) })
	if negated {
		g.Expect(actual).NotTo(m)
	} else {
		g.Expect(actual).To(m)
	}
	return strings.Join(failures, "\n")
}

// libraryServer answers as the library of testdata does; mistake changes it.
func libraryServer(t *testing.T, mistake func(w http.ResponseWriter, r *http.Request) bool) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Date", "Mon, 02 Mar 2026 12:00:00 GMT") // messages say how long ago things were
		if mistake != nil && mistake(w, r) {
			return
		}
		if r.URL.Path == "/login" {
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "another-session-of-today-77", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
			fmt.Fprint(w, `{"ok":true}`)
			return
		}
		fmt.Fprint(w, `{"loans":[{"book":"Emma","due":"soon"}]}`)
	}))
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, url string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+tokenOf(t))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

// tokenOf is the token of the working capture.
func tokenOf(t *testing.T) string {
	t.Helper()
	return strings.TrimPrefix(open(t, "testdata/ok.har").Exchanges[1].Request.Header.Get("Authorization"), "Bearer ")
}

// refused answers 401 as servers do that find a token over.
func refused(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("WWW-Authenticate", `Bearer realm="library", error="invalid_token", error_description="The access token expired"`)
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprint(w, `{"error":"invalid_token","you-sent":"`+r.Header.Get("Authorization")+`"}`)
	return true
}

func TestMatchers(t *testing.T) {
	ok, bad := open(t, "testdata/ok.har"), open(t, "testdata/bad.har")
	healthy, broken := libraryServer(t, nil), libraryServer(t, refused)
	jar := &browser.Jar{}
	set := func(line, url string) { jar.Set(line, browser.CookieContext{URL: url}) }
	set("sid=v; Domain=library.test; Path=/api; Secure; SameSite=Lax", "https://library.test/login")
	set("theme=dark; Path=/", "https://library.test/login")
	comparison := diff.Compare(ok, bad, diff.Options{})

	for name, row := range map[string]struct {
		actual  any
		matcher types.GomegaMatcher
		matches bool
	}{
		"captures differ":                    {bad, DifferFrom(ok), true},
		"a capture and itself do not":        {"testdata/ok.har", DifferFrom(ok), false},
		"only where it is said":              {bad.Exchanges[1], DifferFrom(ok.Exchanges[1]).OnlyIn("request.header.authorization", "response"), true},
		"one exchange finds its counterpart": {bad.Exchanges[1], DifferFrom("testdata/ok.har").OnlyIn("request.header.authorization.**", "response"), true},
		"not where it is not":                {bad, DifferFrom(ok).OnlyIn("response"), false},
		"a prefix of a name is no place":     {bad, DifferFrom(ok).OnlyIn("request.header.author", "response"), false},
		"ignored":                            {bad, DifferFrom(ok).Ignoring("**"), false},
		"composed":                           {bad, gomega.And(DifferFrom(ok), gomega.Not(HaveCause("missing-bearer-prefix").Against(ok))), true},
		"cause":                              {bad, HaveCause("expired-token").Against(ok), true},
		"cause of a file":                    {"testdata/bad.har", HaveCause("expired-token").Against("testdata/ok.har"), true},
		"cause of one exchange":              {bad.Exchanges[1], HaveCause("expired-token").Against(ok), true},
		"cause of a failing capture alone":   {bad, HaveCause("expired-token"), true},
		"cause of a comparison":              {comparison, HaveCause("expired-token"), true},
		"cause of a diagnosis":               {scenarios.Diagnose(comparison), HaveCause("expired-token"), true},
		"another cause":                      {bad, HaveCause("revoked-token").Against(ok), false},
		"no cause where nothing fails":       {ok, HaveCause("expired-token"), false},
		"cause of a live answer":             {get(t, broken.URL+"/api/loans"), HaveCause("expired-token").Against(ok), true},
		"a live answer is as recorded":       {get(t, healthy.URL+"/api/loans"), ReplayLike(ok), true},
		"a refusal is not":                   {get(t, broken.URL+"/api/loans"), ReplayLike(ok.Exchanges[1]), false},
		"a capture is like itself":           {ok, ReplayLike("testdata/ok.har"), true},
		"and not like one that failed":       {bad, ReplayLike(ok), false},
		"what is ignored does not count":     {get(t, broken.URL+"/api/loans"), ReplayLike(ok).Ignoring("response.**"), true},
		"challenge":                          {get(t, broken.URL+"/x"), Challenge("bearer"), true},
		"challenge with a parameter":         {get(t, broken.URL+"/x"), Challenge("Bearer").With("error", "invalid_token").With("realm", expect.Present()), true},
		"challenge with a matcher":           {bad.Exchanges[1], Challenge("Bearer").With("error_description", gomega.ContainSubstring("expired")), true},
		"challenge with another parameter":   {bad.Exchanges[1], Challenge("Bearer").With("error", "insufficient_scope"), false},
		"no challenge of that scheme":        {bad.Exchanges[1].Response, Challenge("Basic"), false},
		"no challenge at all":                {http.Header{}, Challenge("Basic"), false},
		"challenge of a header":              {traffic.Header{{Name: "www-authenticate", Value: `Digest realm="x", Basic realm="y"`}}, Challenge("Basic").With("realm", "y"), true},
		"parameters of one challenge":        {http.Header{"Www-Authenticate": {`Bearer realm="a"`, `Bearer error="b"`}}, Challenge("Bearer").With("realm", "a").With("error", "b"), false},
		"cookie that is typed":               {jar, SendCookie("sid").To("https://library.test/api/loans"), true},
		"cookie from a page of the site":     {jar, SendCookie("sid").To("https://library.test/api/loans").From("https://www.library.test/"), true},
		"cookie by a link of another site":   {jar, SendCookie("sid").To("https://library.test/api/loans").From("https://news.test/").ByLink(), true},
		"no cookie to a script of that":      {jar, SendCookie("sid").To("https://library.test/api/loans").From("https://news.test/"), false},
		"no cookie elsewhere":                {jar, SendCookie("sid").To("https://library.test/help"), false},
		"no cookie that nobody set":          {jar, SendCookie("SID").To("https://library.test/api/loans"), false},
		"cookie of a capture":                {ok, SendCookie("sid").To("https://library.test/api/loans"), true},
		"cookie of one answer":               {ok.Exchanges[0], SendCookie("sid").To("https://library.test/api/loans"), true},
		"a POST form of another site":        {ok, SendCookie("sid").To("https://library.test/api/loans").From("https://news.test/").ByLink().WithMethod("POST"), false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := row.matcher.Match(row.actual)
			if err != nil || got != row.matches {
				t.Errorf("matches: %t, want %t; error %v", got, row.matches, err)
			}
			if err == nil {
				text := failureOf(t, row.actual, row.matcher, got)
				if text == "" {
					t.Error("an assertion that does not hold has no message")
				}
				unmasked(t, text)
			}
		})
	}
}

// unmasked fails where a text shows a secret of testdata.
func unmasked(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{planted.token, planted.cookie, planted.password, "YS1zaWduYXR1cmUtdGhhdC1pcy1tYWRlLXVwLTY5", "another-session-of-today-77"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is shown in\n%s", secret, text)
		}
	}
}
