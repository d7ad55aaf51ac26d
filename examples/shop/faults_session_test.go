package shop_test

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/replaydiff/replay/examples/shop"
)

// intoCart posts a form to the cart with that CSRF token.
func intoCart(c *customer, token string, header ...string) string {
	a := c.post("/cart", url.Values{"csrf_token": {token}, "sku": {"assam-250"}, "quantity": {"1"}}, header...)
	return strconv.Itoa(a.Status)
}

// asking is the status of the account page for who has that session id.
func asking(s *stand, id string) string {
	return strconv.Itoa(s.customer().get("/account", "Cookie", "session="+id).Status)
}

func sessionProbes() []probe {
	return []probe{
		{fault: shop.CSRFNotChecked, healthy: "403 403 303", faulty: "303 303 303", run: func(s *stand) string {
			c := s.ada()
			return intoCart(c, "") + " " + intoCart(c, c.csrf(), "Origin", "http://evil.test") + " " + intoCart(c, c.csrf(), "Origin", s.url)
		}},
		{fault: shop.CSRFNotBound, healthy: "403", faulty: "303", run: func(s *stand) string {
			return intoCart(s.ada(), s.in("bob", "green-with-mint").csrf())
		}},
		{fault: shop.SessionFixation, healthy: "another id, 303", faulty: "the same id, 200", run: func(s *stand) string {
			c := s.customer()
			c.get("/login")
			before := c.session()
			c.login("ada", "earl-grey-at-five")
			if c.session() == before {
				return "the same id, " + asking(s, before)
			}
			return "another id, " + asking(s, before)
		}},
		{fault: shop.NoRotation, healthy: "true", faulty: "false", run: func(s *stand) string {
			c := s.ada()
			first := c.session()
			for range 20 {
				c.get("/account")
			}
			return strconv.FormatBool(c.session() != first)
		}},
		{fault: shop.OldSessionStays, healthy: "303", faulty: "200", run: func(s *stand) string {
			c := s.ada()
			first := c.session()
			for range 5 {
				c.get("/account")
			}
			s.clock.Wait(time.Minute)
			return asking(s, first)
		}},
		{fault: shop.SessionNeverEnds, healthy: "303", faulty: "200", run: func(s *stand) string {
			c := s.ada()
			s.clock.Wait(31 * time.Minute)
			return strconv.Itoa(c.get("/account").Status)
		}},
		{fault: shop.LogoutKeepsSession, healthy: "303", faulty: "200", run: func(s *stand) string {
			c := s.ada()
			id := c.session()
			c.post("/logout", url.Values{"csrf_token": {c.csrf()}})
			return asking(s, id)
		}},
		{fault: shop.LoginNeverLocks, healthy: "429 Retry-After 900", faulty: "303 Retry-After ", run: func(s *stand) string {
			for range 5 {
				s.customer().login("ada", "guessed")
			}
			a := s.customer().login("ada", "earl-grey-at-five")
			return fmt.Sprintf("%d Retry-After %s", a.Status, a.Header.Get("Retry-After"))
		}},
		{fault: shop.LoginNamesUsers, healthy: "Name or password is wrong", faulty: "There is no customer of this name", run: func(s *stand) string {
			a := s.customer().post("/api/token", url.Values{"grant_type": {"password"}, "username": {"eve"}, "password": {"guessed"}})
			text, _ := a.JSON()["error_description"].(string)
			return text[:len(text)-1]
		}},
		{fault: shop.OpenRedirect, healthy: "/account /account /account", faulty: `https://evil.test //evil.test /\evil.test`, run: func(s *stand) string {
			where := func(next string) string {
				c := s.customer()
				return c.post("/login", url.Values{
					"csrf_token": {c.get("/login").CSRF()}, "username": {"ada"}, "password": {"earl-grey-at-five"}, "next": {next},
				}).Header.Get("Location")
			}
			return where("https://evil.test") + " " + where("//evil.test") + " " + where(`/\evil.test`)
		}},
		{fault: shop.OwnerNotChecked, healthy: "404", faulty: "200", run: func(s *stand) string {
			where := s.ada().order()
			return strconv.Itoa(s.in("bob", "green-with-mint").get(where).Status)
		}},
		{fault: shop.ETagIgnoresUser, healthy: "304 404", faulty: "304 304", run: func(s *stand) string {
			ada := s.ada()
			where := ada.order()
			tag := ada.get(where).Header.Get("ETag")
			bob := s.in("bob", "green-with-mint")
			return strconv.Itoa(ada.get(where, "If-None-Match", "W/"+tag).Status) + " " + strconv.Itoa(bob.get(where, "If-None-Match", tag).Status)
		}},
		{fault: shop.PagesCacheable, healthy: "no-store", faulty: "public, max-age=300", run: func(s *stand) string {
			return s.ada().get("/account").Header.Get("Cache-Control")
		}},
	}
}
