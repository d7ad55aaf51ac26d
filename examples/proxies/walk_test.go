package proxies_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/replaydiff/replay/examples/proxies"
	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/examples/shop/walk"
	"github.com/replaydiff/replay/harness/servers"
)

const scripts = "http://app.shop.test" // the origin that may call the API

// through opens a shop behind a server with one of the configurations, and
// returns a customer at its door.
func through(t *testing.T, server, name string) *walk.Client {
	t.Helper()
	conf, err := proxies.Read(server, name)
	if err != nil {
		t.Fatal(err)
	}
	open, err := shop.New(shop.Config{TrustProxy: true})
	if err != nil {
		t.Fatal(err)
	}
	app := httptest.NewServer(open)
	t.Cleanup(app.Close)
	values := servers.Values{"upstream": app.Listener.Addr().String()}
	transport := &http.Transport{TLSClientConfig: &tls.Config{}}
	t.Cleanup(transport.CloseIdleConnections)
	if strings.Contains(conf, "{{certificate}}") {
		values["certificate"], transport.TLSClientConfig.RootCAs = servers.Certificate(t)
	}
	return walk.New(starters()[server](t, conf, values).URL, transport)
}

// starters open a server with a configuration.
func starters() map[string]func(testing.TB, string, servers.Values) *servers.Server {
	return map[string]func(testing.TB, string, servers.Values) *servers.Server{
		"nginx": servers.NGINX, "apache": servers.Apache, "haproxy": servers.HAProxy, "caddy": servers.Caddy,
	}
}

// A sight is what a customer sees of the shop, by question.
type sight map[string]string

// look tries everything.
func look(t *testing.T, c *walk.Client) sight {
	t.Helper()
	must := func(a *walk.Answer, err error) *walk.Answer {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	status := func(a *walk.Answer) string { return strconv.Itoa(a.Status) }
	got := sight{}

	page := must(c.Get("/login"))
	_, got["cookie"], _ = strings.Cut(page.Header.Get("Set-Cookie"), "; ")
	_, link, _ := strings.Cut(page.Body, `rel="canonical" href="`)
	got["link"], _, _ = strings.Cut(link, ":")
	got["login"] = status(must(c.Login("ada", "earl-grey-at-five", "Origin", c.Base)))
	account := must(c.Get("/account"))
	got["account"] = status(account)
	got["cart"] = status(must(c.PostJSON("/cart", map[string]any{"sku": "assam-250", "quantity": 1},
		"X-CSRF-Token", account.CSRF(), "Origin", c.Base)))
	placed := must(c.PostJSON("/orders", struct{}{}, "X-CSRF-Token", account.CSRF()))
	order := must(c.Get(placed.Header.Get("Location")))
	got["order"] = status(placed) + " " + status(order) + " " +
		status(must(c.Get(placed.Header.Get("Location"), "If-None-Match", order.Header.Get("ETag"))))

	granted := must(c.Post("/api/token", map[string][]string{"grant_type": {"password"}, "username": {"ada"}, "password": {"earl-grey-at-five"}}))
	got["token"] = status(granted)
	access, _ := granted.JSON()["access_token"].(string)
	stranger := walk.New(c.Base, c.Transport()) // a program, without ada's cookies
	me := must(stranger.Get("/api/me", "Authorization", "Bearer "+access, "Origin", scripts))
	challenge, _, _ := strings.Cut(me.Header.Get("WWW-Authenticate"), ",")
	got["api"] = strings.TrimSpace(status(me) + " " + challenge)
	got["origin"] = strings.Join(me.Header.Values("Access-Control-Allow-Origin"), " and ")
	got["preflight"] = status(must(c.Do("OPTIONS", "/api/me", "", "Origin", scripts,
		"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")))
	got["stock"] = status(must(stranger.Get("/api/stock", "api_key", shop.DemoAPIKey)))
	return got
}
