package shop_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/examples/shop"
)

// The way of a customer through the pages.
func TestPages(t *testing.T) {
	c := open(t, shop.Config{}).customer()

	if a := c.get("/account"); a.Status != 303 || a.Header.Get("Location") != "/login" {
		t.Fatalf("account before login: %d to %q", a.Status, a.Header.Get("Location"))
	}
	page := c.get("/login?next=/cart")
	before := c.session()
	if page.Status != 200 || before == "" || page.CSRF() == "" || !strings.Contains(page.Body, `name="next" value="/cart"`) {
		t.Fatalf("login page: %d, session %q\n%s", page.Status, before, page.Body)
	}
	form := url.Values{"csrf_token": {page.CSRF()}, "username": {"ada"}, "password": {"earl-grey-at-five"}, "next": {"/cart"}}
	in := c.post("/login", form)
	if in.Status != 303 || in.Header.Get("Location") != "/cart" {
		t.Fatalf("login: %d to %q", in.Status, in.Header.Get("Location"))
	}
	cookie := in.Cookie("session")
	if cookie == nil || cookie.Value == before || !cookie.HttpOnly || cookie.Path != "/" || cookie.Secure || cookie.MaxAge != 0 {
		t.Fatalf("cookie after login: %v", cookie)
	}

	account := c.get("/account")
	for _, want := range []string{"Hello ada", "Last seen: 12 November 2026", "<time datetime=", `<meta name="csrf-token"`} {
		if !strings.Contains(account.Body, want) {
			t.Errorf("account page lacks %q", want)
		}
	}
	nonce, _, _ := strings.Cut(account.Header.Get("Content-Security-Policy"), "'; script-src")
	_, nonce, _ = strings.Cut(nonce, "style-src 'nonce-")
	if nonce == "" || !strings.Contains(account.Body, `<script nonce="`+nonce+`">`) {
		t.Errorf("nonce %q of the policy is not on the page's script", nonce)
	}

	token := account.CSRF()
	if a := c.post("/cart", url.Values{"csrf_token": {token}, "sku": {"sencha-100"}, "quantity": {"2"}}); a.Status != 303 || a.Header.Get("Location") != "/cart" {
		t.Errorf("form to the cart: %d", a.Status)
	}
	if a := c.postJSON("/cart", map[string]any{"sku": "assam-250", "quantity": 1}, "X-CSRF-Token", token); a.Status != 200 || a.JSON()["total"] != "24.50" {
		t.Errorf("JSON to the cart: %d %s", a.Status, a.Body)
	}
	if a := c.get("/cart"); !strings.Contains(a.Body, "Sencha") || !strings.Contains(a.Body, "24.50") {
		t.Errorf("cart page: %s", a.Body)
	}
	placed := c.post("/orders", url.Values{"csrf_token": {token}})
	where := placed.Header.Get("Location")
	if placed.Status != 201 || !strings.HasPrefix(where, "/orders/ord-") {
		t.Fatalf("order: %d at %q", placed.Status, where)
	}
	if a := c.postJSON("/orders", struct{}{}, "X-CSRF-Token", token); a.Status != 409 {
		t.Errorf("order of an empty cart: %d", a.Status)
	}
	order := c.get(where)
	if order.Status != 200 || !strings.Contains(order.Body, "24.50") || order.Header.Get("ETag") == "" {
		t.Errorf("order page: %d, %v", order.Status, order.Header)
	}
	if a := c.get(where, "If-None-Match", order.Header.Get("ETag")); a.Status != 304 || a.Body != "" {
		t.Errorf("order page again: %d", a.Status)
	}

	if a := c.post("/logout", url.Values{"csrf_token": {token}}); a.Status != 303 || c.session() != "" {
		t.Errorf("logout: %d, session %q", a.Status, c.session())
	}
	if a := c.get("/account"); a.Status != 303 {
		t.Errorf("account after logout: %d", a.Status)
	}
}

// The way of a program through the API.
func TestAPI(t *testing.T) {
	s := open(t, shop.Config{})
	c := s.customer()
	grant := c.post("/api/token", url.Values{"grant_type": {"password"}, "username": {"ada"}, "password": {"earl-grey-at-five"}})
	access, _ := grant.JSON()["access_token"].(string)
	next, _ := grant.JSON()["refresh_token"].(string)
	if grant.Status != 200 || access == "" || next == "" || grant.JSON()["expires_in"] != 300.0 {
		t.Fatalf("grant: %d %s", grant.Status, grant.Body)
	}
	if a := c.get("/api/me", "Authorization", "Bearer "+access); a.JSON()["name"] != "ada" {
		t.Errorf("me: %d %s", a.Status, a.Body)
	}
	placed := c.postJSON("/api/orders", map[string]any{"items": []map[string]any{{"sku": "assam-250", "quantity": 2}}},
		"Authorization", "bearer "+access)
	if placed.Status != 201 || placed.JSON()["total"] != "17.80" {
		t.Errorf("order: %d %s", placed.Status, placed.Body)
	}
	where := placed.Header.Get("Location")
	if a := c.get(where, "Authorization", "Bearer "+access); a.Status != 200 {
		t.Errorf("order %s: %d", where, a.Status)
	}
	if a := c.get("/api/orders", "Authorization", "Bearer "+access); len(a.JSON()["orders"].([]any)) != 3 {
		t.Errorf("orders: %s", a.Body)
	}

	s.clock.Wait(6 * time.Minute)
	if a := c.get("/api/me", "Authorization", "Bearer "+access); a.Status != 401 ||
		a.Header.Get("WWW-Authenticate") != `Bearer realm="shop", error="invalid_token", error_description="The token expired"` {
		t.Errorf("expired token: %d %q", a.Status, a.Header.Get("WWW-Authenticate"))
	}
	again := c.post("/api/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {next}})
	if again.Status != 200 || again.JSON()["refresh_token"] == next {
		t.Fatalf("refresh: %d %s", again.Status, again.Body)
	}
	if a := c.get("/api/me", "Authorization", "Bearer "+again.JSON()["access_token"].(string)); a.Status != 200 {
		t.Errorf("refreshed token: %d", a.Status)
	}
	if a := c.get("/api/stock", "api_key", shop.DemoAPIKey); a.Status != 200 {
		t.Errorf("stock with a key: %d", a.Status)
	}
	if a := c.get("/health"); a.Status != 200 || a.JSON()["status"] != "ok" {
		t.Errorf("health: %d %s", a.Status, a.Body)
	}
}

// A session gets a new id at every fifth page, and both ids are good for a
// moment.
func TestRotation(t *testing.T) {
	s := open(t, shop.Config{})
	c := s.ada()
	first := c.session()
	for i := range 4 {
		if c.get("/account"); c.session() != first {
			t.Fatalf("another id at page %d", i+1)
		}
	}
	if c.get("/account"); c.session() == first {
		t.Fatal("the same id after five pages")
	}
	old := s.customer()
	if a := old.get("/account", "Cookie", "session="+first); a.Status != 200 {
		t.Errorf("the former id at once: %d", a.Status)
	}
	s.clock.Wait(11 * time.Second)
	if a := old.get("/account", "Cookie", "session="+first); a.Status != 303 {
		t.Errorf("the former id after 11 seconds: %d", a.Status)
	}
	if a := c.get("/account"); a.Status != 200 {
		t.Errorf("the new id after 11 seconds: %d", a.Status)
	}
}

// The cookie is for all hosts of the domain, Secure where the browser used
// HTTPS, which the proxy says.
func TestCookieByConfig(t *testing.T) {
	tests := []struct {
		reason string
		config shop.Config
		proto  string
		want   string // attributes
	}{
		{"plain HTTP", shop.Config{}, "", "Path=/; HttpOnly; SameSite=Lax"},
		{"a proxy that is not trusted", shop.Config{}, "https", "Path=/; HttpOnly; SameSite=Lax"},
		{"a proxy that is", shop.Config{TrustProxy: true}, "https", "Path=/; HttpOnly; Secure; SameSite=Lax"},
		{"a proxy that says http", shop.Config{TrustProxy: true}, "http", "Path=/; HttpOnly; SameSite=Lax"},
		{"always", shop.Config{Secure: shop.Always, CookieName: "__Host-session"}, "", "Path=/; HttpOnly; Secure; SameSite=Lax"},
		{"never", shop.Config{Secure: shop.Never, TrustProxy: true}, "https", "Path=/; HttpOnly; SameSite=Lax"},
		{"subdomains", shop.Config{CookieDomain: "shop.test"}, "", "Path=/; Domain=shop.test; HttpOnly; SameSite=Lax"},
	}
	for _, test := range tests {
		c := open(t, test.config).customer()
		a := c.get("/login", "X-Forwarded-Proto", test.proto)
		if _, got, _ := strings.Cut(a.Header.Get("Set-Cookie"), "; "); got != test.want {
			t.Errorf("%s: %q, not %q", test.reason, got, test.want)
		}
	}
}

// A mistake in the configuration is told with what to do, all of them at once.
func TestConfigProblems(t *testing.T) {
	_, err := shop.New(shop.Config{
		CookieName: "__Host-session", Origins: []string{"app.shop.test"}, Faults: []shop.Fault{"exp-not-cheked"}, Secure: "sometimes",
	})
	if err == nil {
		t.Fatal("no error")
	}
	want := strings.Join([]string{
		`cookie name "__Host-session" needs Secure on every answer: set it to always`,
		`secure is "sometimes": always, never, or nothing for automatic`,
		`origin "app.shop.test" is no origin: scheme://host[:port], as in http://app.shop.test`,
		`fault "exp-not-cheked" is unknown; the nearest is exp-not-checked`,
	}, "\n")
	if err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
