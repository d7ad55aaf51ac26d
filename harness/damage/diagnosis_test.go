package damage_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/damage"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// An app has an API that takes tokens and a page that takes a session, and
// believes what the proxy in front of it says.
func app(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Powered-By", "Express")
	reply := func(status int, content any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(content)
	}
	switch {
	case r.URL.Path == "/login":
		http.SetCookie(w, &http.Cookie{Name: "sessionid", Value: "s3ss10n-9f8e7d6c5b4a39281706", Path: "/", HttpOnly: true, Secure: true})
		reply(200, map[string]any{"user": "ana"})
	case r.URL.Path == "/api/v1/orders":
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
			w.Header().Set("WWW-Authenticate", `Bearer realm="shop"`)
			reply(401, map[string]any{"error": "credentials_required", "message": "No authorization token was found"})
			return
		}
		reply(200, map[string]any{"orders": []int{1, 2}})
	case r.URL.Path == "/account":
		if _, err := r.Cookie("sessionid"); err != nil {
			reply(401, map[string]any{"error": "not_authenticated", "message": "Please log in"})
			return
		}
		if r.Header.Get("X-Forwarded-Proto") == "http" {
			http.Redirect(w, r, "https://"+r.Host+r.RequestURI, http.StatusMovedPermanently)
			return
		}
		reply(200, map[string]any{"name": "Ana"})
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(404)
		fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>Error</title>\n</head>\n<body>\n<pre>Cannot %s %s</pre>\n</body>\n</html>\n", r.Method, r.URL.Path)
	}
}

const shop = "https://api.shop.test"

// requests are those of the flow, as a client makes them.
func requests() []*traffic.Request {
	session := traffic.HeaderField{Name: "Cookie", Value: "sessionid=s3ss10n-9f8e7d6c5b4a39281706"}
	list := []*traffic.Request{
		{Method: "POST", URL: shop + "/login", Header: traffic.Header{{Name: "Content-Type", Value: "application/json"}}, Body: traffic.NewBody("application/json", []byte(`{"user":"ana","password":"none"}`))},
		{Method: "GET", URL: shop + "/api/v1/orders", Header: traffic.Header{{Name: "Authorization", Value: "Bearer dG9rZW4tb2YtYW5hLTEyMzQ1Njc4OTA"}}},
		{Method: "GET", URL: shop + "/account", Header: traffic.Header{session}},
	}
	for _, r := range list {
		r.Proto = "HTTP/1.1"
		r.Header = append(traffic.Header{{Name: "Host", Value: "api.shop.test"}, {Name: "Accept", Value: "application/json"}}, r.Header...)
	}
	return list
}

// play sends the flow through a proxy that damages what is asked for, follows
// its redirects, and returns what a recorder at the client sees.
func play(t *testing.T, server *httptest.Server, damages []scenarios.Damage, target int) *traffic.Capture {
	t.Helper()
	addr := server.Listener.Addr().String()
	client := &wire.Client{Allow: []string{"api.shop.test:80"}, Resolve: map[string]string{"api.shop.test:80": addr}, Timeout: time.Minute}
	defer client.Close()
	flow := &traffic.Capture{File: "flow.har"}
	keep := func(r *traffic.Request, a *wire.Answer, err error) {
		x := &traffic.Exchange{Index: len(flow.Exchanges), Request: *r}
		switch {
		case errors.Is(err, wire.ErrClosed):
			x.Response = &traffic.Response{Error: "net::ERR_EMPTY_RESPONSE"}
		case err != nil:
			t.Fatal(err)
		default:
			x.Response, x.Recorded = a.Response(traffic.Limits{}), a.Recorded()
		}
		flow.Exchanges = append(flow.Exchanges, x)
	}
	for i, r := range requests() {
		p := &damage.Proxy{Next: doFunc(func(ctx context.Context, r *wire.Request) (*wire.Answer, error) {
			plain := *r // the app stands behind the end of TLS
			plain.Scheme, plain.Addr = "http", "api.shop.test:80"
			return client.Do(ctx, &plain)
		})}
		for _, d := range damages {
			if d.Entry == i || d.Entry == scenarios.EveryEntry {
				p.Damage = append(p.Damage, d)
			}
		}
		asked, err := wire.RequestOf(r, 0)
		if err != nil {
			t.Fatal(err)
		}
		a, err := p.Do(t.Context(), asked)
		keep(r, a, err)
		if err != nil || i > target {
			continue
		}
		if next := p.Follow(asked, a); next != nil {
			a, err = p.Do(t.Context(), next)
			again := *r
			u, _ := url.Parse(next.Scheme + "://" + next.Host + next.Target)
			again.URL = u.String()
			again.Header = append(traffic.Header{{Name: "Host", Value: next.Host}}, next.Header...)
			keep(&again, a, err)
		}
	}
	return flow
}

type doFunc func(context.Context, *wire.Request) (*wire.Answer, error)

func (f doFunc) Do(ctx context.Context, r *wire.Request) (*wire.Answer, error) { return f(ctx, r) }

// TestDamageIsDiagnosedAsItsCause keeps law 2 where a proxy does it: what the
// catalogue asks a proxy to do is named by the diagnosis of what then happened.
func TestDamageIsDiagnosedAsItsCause(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(app))
	defer server.Close()
	ok := play(t, server, nil, 0)
	rows := []struct {
		cause  string
		target int
		taken  string // for what it is taken by the client, who can't see behind the proxy
	}{
		{cause: "authorization-dropped-by-proxy", target: 1},
		{cause: "authorization-dropped-on-redirect", target: 1},
		{cause: "proxy-auth-denied", target: 1},
		{cause: "proxy-rewrite", target: 1},
		{cause: "tls-or-network-error", target: 1},
		{cause: "cookie-stripped-by-proxy", target: 2, taken: "session-expired"},
		{cause: "tls-termination", target: 2},
	}
	for _, row := range rows {
		t.Run(row.cause, func(t *testing.T) {
			in := scenarios.NewInjection(ok, row.target, scenarios.Informative, rand.New(rand.NewPCG(1, 2)))
			moves, err := causeOf(t, row.cause).InjectLive(in)
			if err != nil {
				t.Fatal(err)
			}
			if len(moves.Damage) == 0 {
				t.Fatalf("nothing is damaged: %+v", moves)
			}
			bad := play(t, server, moves.Damage, row.target)
			d := scenarios.Diagnose(diff.Compare(ok, bad, diff.Options{}))
			var ids []string
			for _, f := range d.Findings {
				ids = append(ids, fmt.Sprintf("%s %.2f", f.Cause.ID, f.Confidence))
			}
			if len(ids) == 0 || !strings.HasPrefix(ids[0], cmp.Or(row.taken, row.cause)+" ") {
				t.Errorf("it is taken for %v", ids)
			}
		})
	}
}

func causeOf(t *testing.T, id string) *scenarios.Cause {
	for _, c := range scenarios.Catalogue() {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("there is no cause %s", id)
	return nil
}
