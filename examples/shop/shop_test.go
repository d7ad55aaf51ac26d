package shop_test

import (
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/replaydiff/replay/examples/recorder"
	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/examples/shop/walk"
)

// A stand is a shop that is open, and its clock.
type stand struct {
	t     *testing.T
	url   string
	clock *recorder.Clock
	shop.Config
}

func open(t *testing.T, c shop.Config) *stand {
	t.Helper()
	s := &stand{t: t, clock: recorder.NewClock(), Config: c}
	c.Now = s.clock.Now
	c.Random = rand.NewChaCha8([32]byte{1})
	handler, err := shop.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// customer is somebody at the door.
func (s *stand) customer() *customer { return &customer{s.t, walk.New(s.url, nil)} }

// ada has logged in.
func (s *stand) ada() *customer { return s.in("ada", "earl-grey-at-five") }

func (s *stand) in(name, password string) *customer {
	s.t.Helper()
	c := s.customer()
	if a := c.login(name, password); a.Status != 303 {
		s.t.Fatalf("login of %s: %d", name, a.Status)
	}
	return c
}

// A customer is a client whose network always works.
type customer struct {
	t *testing.T
	*walk.Client
}

func (c *customer) must(a *walk.Answer, err error) *walk.Answer {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func (c *customer) login(name, password string) *walk.Answer {
	c.t.Helper()
	return c.must(c.Client.Login(name, password))
}

func (c *customer) get(path string, header ...string) *walk.Answer {
	c.t.Helper()
	return c.must(c.Client.Get(path, header...))
}

func (c *customer) post(path string, form url.Values, header ...string) *walk.Answer {
	c.t.Helper()
	return c.must(c.Client.Post(path, form, header...))
}

func (c *customer) postJSON(path string, value any, header ...string) *walk.Answer {
	c.t.Helper()
	return c.must(c.Client.PostJSON(path, value, header...))
}

// csrf is a token of the account page.
func (c *customer) csrf() string {
	c.t.Helper()
	return c.get("/account").CSRF()
}

// session is the id that the jar holds.
func (c *customer) session() string {
	u, err := url.Parse(c.Base)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, cookie := range c.Jar.Cookies(u) {
		if cookie.Name == "session" {
			return cookie.Value
		}
	}
	return ""
}

// order buys something and returns where it is.
func (c *customer) order() string {
	c.t.Helper()
	token := c.csrf()
	c.postJSON("/cart", map[string]any{"sku": "assam-250", "quantity": 1}, "X-CSRF-Token", token)
	a := c.postJSON("/orders", struct{}{}, "X-CSRF-Token", token)
	if a.Status != 201 {
		c.t.Fatalf("order: %d", a.Status)
	}
	return a.Header.Get("Location")
}
