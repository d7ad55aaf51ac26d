package harness

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/suite"
)

// guardCapture is a flow of n requests with a token and a session, of 20 routes.
func guardCapture(t testing.TB, n int) *traffic.Capture {
	c := benchCapture(t, n)
	for i, x := range c.Exchanges {
		x.Request.URL = fmt.Sprintf("%s/shelf%c/items?page=%d", recordedOrigin, 'a'+i%20, i)
		x.Request.Header = append(x.Request.Header,
			traffic.HeaderField{Name: "Authorization", Value: "Bearer 4fQz81kLmW0cTdYvR6sHbNeJ2"},
			traffic.HeaderField{Name: "Cookie", Value: "sid=7f3a9c01d2e4b5f60718293a"})
	}
	return c
}

// guarding answers with a page to who has the token, and 401 to others.
var guarding = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer 4fQz81kLmW0cTdYvR6sHbNeJ2" {
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	benchHandler(w, r)
})

// twoHundred are ten scenarios on each of 20 routes.
func twoHundred() []suite.Case {
	var s suite.Suite
	for i := range 20 {
		route := fmt.Sprintf("GET /shelf%c/items", 'a'+i)
		s.Scenarios = append(s.Scenarios,
			suite.MissingCredentials().On(route), suite.MissingBearerPrefix().On(route), suite.WrongAuthScheme("Token").On(route),
			suite.MalformedAuthorization(suite.Truncated).On(route), suite.MalformedAuthorization(suite.Undefined).On(route), suite.MalformedAuthorization(suite.Alone).On(route),
			suite.NoDifference().On(route), suite.SessionCookieMissing().On(route), suite.MalformedAuthorization(suite.Quoted).On(route), suite.WrongMethod("GET").On(route))
	}
	return s.Cases()
}

// BenchmarkGuard200 runs 200 scenarios of captures of some lengths.
func BenchmarkGuard200(b *testing.B) {
	for _, n := range []int{20, 200, 2000} {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			capture := guardCapture(b, n)
			server := httptest.NewServer(guarding)
			defer server.Close()
			cases := twoHundred()
			b.ReportAllocs()
			for b.Loop() {
				g := &Guard{Capture: capture, Options: PlanOptions{Target: Target{Base: server.URL}}}
				report, err := g.Run(context.Background(), cases)
				if err != nil || len(report.Cases) != len(cases) {
					b.Fatal(err)
				}
				g.Close()
				counts := map[string]int{}
				for _, c := range report.Cases {
					name, _, _ := strings.Cut(c.Name, " on ")
					counts[string(c.Verdict)+" "+name]++
				}
				if testing.Verbose() {
					b.Log(counts)
				}
			}
		})
	}
}
