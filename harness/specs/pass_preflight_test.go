package specs

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// preflightHandler answers OPTIONS well, or with one mistake below each path.
func preflightHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/login-first", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.WriteHeader(http.StatusUnauthorized)
	})
	mux.HandleFunc("/get-only", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Methods", "GET")
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
	})
	mux.HandleFunc("/star", func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range []string{"Origin", "Methods", "Headers"} {
			w.Header().Set("Access-Control-Allow-"+name, "*")
		}
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/star", http.StatusFound) })
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		h := r.Header
		if h.Get("Cookie")+h.Get("Authorization") != "" || r.Method != http.MethodOptions {
			w.WriteHeader(http.StatusTeapot) // no browser asks so
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", h.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Methods", h.Get("Access-Control-Request-Method"))
		w.Header().Set("Access-Control-Allow-Headers", h.Get("Access-Control-Request-Headers"))
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func preflightServer(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(preflightHandler())
	t.Cleanup(server.Close)
	return server
}

func TestPassPreflight(t *testing.T) {
	server := preflightServer(t)
	secure := httptest.NewTLSServer(preflightHandler())
	t.Cleanup(secure.Close)
	parsed, err := url.Parse(server.URL + "/echo")
	if err != nil {
		t.Fatal(err)
	}
	const page = "https://app.test"
	recorded := &traffic.Exchange{
		Request:  traffic.Request{Method: "OPTIONS", URL: "https://api.test/x", Header: traffic.Header{{Name: "Origin", Value: page}, {Name: "Access-Control-Request-Method", Value: "PUT"}}},
		Response: &traffic.Response{Status: 204, Header: traffic.Header{{Name: "Access-Control-Allow-Origin", Value: page}, {Name: "Access-Control-Allow-Methods", Value: "PUT"}}},
	}
	for name, row := range map[string]struct {
		actual  any
		matcher *PassPreflightMatcher
		passes  bool
	}{
		"a URL":                         {server.URL + "/echo", PassPreflight(page, "PUT", "Authorization", "Content-Type"), true},
		"a parsed URL":                  {parsed, PassPreflight(page, "PATCH"), true},
		"a handler":                     {preflightHandler(), PassPreflight(page, "PUT").At("https://api.test/echo"), true},
		"https":                         {secure.URL + "/echo", PassPreflight(page, "PUT").Trusting(secure.Client().Transport.(*http.Transport).TLSClientConfig), true},
		"an exchange":                   {recorded, PassPreflight(page, "PUT"), true},
		"behind a login":                {server.URL + "/login-first", PassPreflight(page, "PUT"), false},
		"a redirect is not followed":    {server.URL + "/moved", PassPreflight(page, "PUT"), false},
		"with cookies":                  {server.URL + "/echo", PassPreflight(page, "PUT").WithCredentials(), true},
		"a star is none with cookies":   {server.URL + "/star", PassPreflight(page, "PUT").WithCredentials(), false},
		"Authorization and *, Chromium": {server.URL + "/star", PassPreflight(page, "GET", "Authorization"), true},
		"Authorization and *, the text": {server.URL + "/star", PassPreflight(page, "GET", "Authorization").In(browser.Standard), false},
		"a value that asks":             {server.URL + "/get-only", PassPreflight(page, "POST", "Content-Type: application/json"), true},
		"an opaque origin":              {server.URL + "/echo", PassPreflight("null", "PUT"), true},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := row.matcher.Match(row.actual); err != nil || got != row.passes {
				t.Errorf("passes: %t, want %t; error %v", got, row.passes, err)
			}
		})
	}
}

func TestPassPreflightErrors(t *testing.T) {
	server := preflightServer(t)
	gone := httptest.NewServer(nil)
	gone.Close()
	answer := &http.Response{StatusCode: 200, Request: httptest.NewRequest("GET", "https://api.test/x", nil)}
	for name, row := range map[string]struct {
		actual  any
		matcher *PassPreflightMatcher
		want    string
	}{
		"not asked for":        {server.URL, PassPreflight("https://app.test", "GET", "Accept: text/html"), "without asking"},
		"its own origin":       {server.URL, PassPreflight(server.URL+"/page", "PUT"), "no preflight is sent there"},
		"no origin":            {server.URL, PassPreflight("app.test", "PUT"), `write "https://app.example.com"`},
		"no URL":               {preflightHandler(), PassPreflight("https://app.test", "PUT"), ".At("},
		"no answer to OPTIONS": {answer, PassPreflight("https://app.test", "PUT"), "a preflight is an OPTIONS"},
		"a relative URL":       {"/orders", PassPreflight("https://app.test", "PUT"), "absolute"},
		"something else":       {7, PassPreflight("https://app.test", "PUT"), "int"},
		"nobody listens":       {gone.URL, PassPreflight("https://app.test", "PUT"), "got no answer"},
		"a nil response":       {(*http.Response)(nil), PassPreflight("https://app.test", "PUT"), "nil"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := row.matcher.Match(row.actual); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want one with %q", err, row.want)
			}
		})
	}
}

// Eventually asks a server again, and does not wait for an answer to become
// another.
func TestPassPreflightMayChange(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 2 {
			preflightHandler().ServeHTTP(w, httptest.NewRequest(r.Method, "/star", nil))
		}
	}))
	defer server.Close()
	gomega.NewWithT(t).Eventually(server.URL).WithTimeout(time.Minute).Should(PassPreflight("https://app.test", "PUT"))
}
