package harness

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// A clumsy client changes requests before they leave.
type clumsy struct {
	http.RoundTripper
	change func(*http.Request)
}

func (c clumsy) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	c.change(r)
	return c.RoundTripper.RoundTrip(r)
}

// strict wants the scheme of a token, and no header X-Late.
type strict struct{ *app }

func (s strict) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/") && (!strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") || r.Header.Get("X-Late") != "") {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "no token", http.StatusUnauthorized)
		return
	}
	s.app.ServeHTTP(w, r)
}

// recordFailing records visits of a client that changes requests, to an app that
// has just been started.
func recordFailing(t testing.TB, change func(*http.Request), visit ...func(*visitor)) *traffic.Capture {
	r := newRecorder(t, strict{newApp()})
	for _, visit := range visit {
		v := r.visitor()
		v.client.Transport = clumsy{r, change}
		visit(v)
	}
	r.capture.File = "bad.har"
	return r.capture
}

// on changes the requests of a route, with some that do no harm beside them.
func on(route string, change func(*http.Request)) func(*http.Request) {
	return func(r *http.Request) {
		if r.Method+" "+r.URL.Path != route {
			return
		}
		for i := range 10 {
			r.Header.Set("X-Harmless-"+strconv.Itoa(i), "yes")
			q := r.URL.Query()
			q.Set("harmless"+strconv.Itoa(i), "yes")
			r.URL.RawQuery = q.Encode()
		}
		change(r)
	}
}

func setBody(r *http.Request, old, new string) {
	content, _ := io.ReadAll(r.Body)
	changed := strings.Replace(string(content), old, new, 1)
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(changed)), int64(len(changed))
}

// isolated runs an isolation and returns its report with the places of the
// culprits.
func isolated(t testing.TB, ok, bad *traffic.Capture, target http.Handler, o IsolateOptions) (*Isolated, [][]string) {
	t.Helper()
	return isolatedAt(t, ok, bad, Target{Base: serve(t, target)}, o)
}

func isolatedAt(t testing.TB, ok, bad *traffic.Capture, target Target, o IsolateOptions) (*Isolated, [][]string) {
	t.Helper()
	options := PlanOptions{Target: target, Unsafe: Unsafe{All: true}}
	done, err := (&Runner{}).Isolate(t.Context(), plan(t, ok, options), plan(t, bad, options), o)
	if err != nil {
		t.Fatal(err)
	}
	var places [][]string
	for _, c := range done.Report.Culprit {
		list := []string{}
		for _, n := range c.Changes {
			list = append(list, done.Report.Changes[n-1].Place)
		}
		places = append(places, list)
	}
	return done, places
}

func TestIsolate(t *testing.T) {
	bearer := func(header string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "Bearer ", header, 1))
		}
	}
	rows := []struct {
		reason string
		visit  func(*visitor)
		change func(*http.Request)
		want   [][]string
		cause  string
	}{
		{"the scheme is gone, and each flow has its own token", (*visitor).api, on("GET /api/me", bearer("")),
			[][]string{{"header authorization scheme"}}, "missing-bearer-prefix"},
		{"no credentials at all", (*visitor).api, on("GET /api/me", func(r *http.Request) { r.Header.Del("Authorization") }),
			[][]string{{"header authorization"}}, "missing-credentials"},
		{"an old token", (*visitor).api, on("GET /api/me", func(r *http.Request) { r.Header.Set("Authorization", "Bearer 0123456789abcdef0123456789abcdef") }),
			[][]string{{"header authorization credentials"}}, ""},
		{"the session cookie stays at home", (*visitor).account, on("GET /account", func(r *http.Request) { r.Header.Del("Cookie") }),
			[][]string{{"cookie sid"}}, "session-cookie-missing"},
		{"the token of a form is another one", (*visitor).account, on("POST /login", func(r *http.Request) { setBody(r, "csrf_token=", "csrf_token=0") }),
			[][]string{{"body csrf_token"}}, "csrf-token-mismatch"},
		{"a path that is not there", (*visitor).api, on("GET /api/me", func(r *http.Request) { r.URL.Path = "/v2/api/me" }),
			[][]string{{"path"}}, "wrong-path"},
		{"either is enough", (*visitor).api, on("GET /api/me", func(r *http.Request) {
			r.Header.Del("Authorization")
			r.Header.Set("X-Late", "1")
		}), [][]string{{"header authorization"}, {"header x-late"}}, "missing-credentials"},
	}
	for _, row := range rows {
		ok := recordShop(t, row.visit)
		bad := failing(t, row.change, row.visit)
		done, got := isolated(t, ok, bad, strict{newApp()}, IsolateOptions{})
		r := done.Report
		t.Logf("%s: %d trials, %d requests: %s", row.reason, len(r.Trials), r.Requests, r.Sentence)
		if d := cmp.Diff(row.want, got); d != "" || r.Verdict != results.CulpritProved {
			t.Errorf("%s: %s: %s; culprits -want +got:\n%s", row.reason, r.Verdict, r.Sentence, d)
			for _, c := range r.Changes {
				t.Log(c.Number, c.Entry, c.Place, c.With)
			}
			for _, c := range r.Trials {
				t.Log(c)
			}
			t.Log(r.Left)
			continue
		}
		if row.cause != "" && (len(r.Findings) == 0 || r.Findings[0].Cause != row.cause || r.Findings[0].Confidence < 0.9) {
			t.Errorf("%s: %s", row.reason, text(r.Findings))
		}
		if done.OK == nil || done.Bad == nil || r.Curl == nil || r.Curl.OK == r.Curl.Bad {
			t.Errorf("%s: no minimal pair", row.reason)
		}
	}
}

// account logs in and looks at the account, whatever it is answered.
func (v *visitor) account() {
	token := between(v.do("GET", "/login", ""), `value="`, `"`)
	v.do("POST", "/login", "user=ada&csrf_token="+token, "Content-Type", "application/x-www-form-urlencoded")
	v.do("GET", "/account", "")
}

// failing is a flow that fails; the visitor does not mind.
func failing(t testing.TB, change func(*http.Request), visit func(*visitor)) *traffic.Capture {
	return recordFailing(t, change, visit)
}
