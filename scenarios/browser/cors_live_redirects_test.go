package browser

import (
	"fmt"
	"strings"
)

// redirects makes a chain of up to three hops.
func (g *corsLiveGenerator) redirects(c *corsCase) {
	c.Request.Method = g.pick("GET", "GET", "PUT", "POST", "DELETE", "HEAD")
	if c.Request.Method == "POST" || c.Request.Method == "PUT" {
		c.Request.Body = g.randomBody()
	}
	for _, name := range []string{"X-One", "Authorization", "Content-Type", "Content-Language"} {
		if g.chance(20) {
			c.Request.Headers[name] = g.pick("application/json", "x")
		}
	}
	if g.chance(10) && c.Request.Via == "fetch" {
		c.Request.Redirect = g.pick("manual", "error")
	}
	g.permit(c)
	origin := func() string { return g.pick(c.Page, c.Page, "*", "null", "null", "https://x.test") }
	answer := func(status int) corsCaseResponse {
		return corsCaseResponse{status, [][2]string{{"Access-Control-Allow-Origin", origin()}, {"Access-Control-Allow-Credentials", "true"}}}
	}
	preflight := func() *corsCaseResponse {
		a := answer(200)
		a.Headers = append(a.Headers, [2]string{"Access-Control-Allow-Methods", "PUT, DELETE, PATCH"}, [2]string{"Access-Control-Allow-Headers", g.pick("*", "x-one, content-type, authorization, content-language")})
		return &a
	}
	previous := &c.Response
	if g.chance(90) {
		g.replace(previous, "Access-Control-Allow-Origin", g.pick(c.Page, c.Page, "*"))
	}
	for hop := range 1 + g.IntN(3) {
		user := ""
		if g.chance(8) {
			user = g.pick("u:p@", "u@", ":p@", "@", ":@")
		}
		url := fmt.Sprintf("%s/c/%s/h%d", strings.Replace(g.target(), "://", "://"+user, 1), c.ID, hop+1)
		if g.chance(3) {
			url = fmt.Sprintf("http://api.shop.test:%s/c/%s/h%d", g.http, c.ID, hop+1)
		}
		previous.Status = g.status(301, 302, 303, 307, 308)
		previous.Headers = append(previous.Headers, [2]string{"Location", url})
		c.Chain = append(c.Chain, corsCaseHop{URL: url, Preflight: preflight(), Response: answer(g.status(200, 200, 204, 401, 404))})
		previous = &c.Chain[len(c.Chain)-1].Response
	}
}

// location has odd targets, of which the server knows one at most.
func (g *corsLiveGenerator) location(c *corsCase) {
	g.permit(c)
	c.Response.Status = g.status(301, 302, 303, 307, 308)
	if g.chance(30) {
		g.replace(&c.Response, "Access-Control-Allow-Origin")
	}
	self := "/c/" + c.ID + "/h1"
	scheme := c.Request.URL[:strings.IndexByte(c.Request.URL, ':')+1] // of the base, or "c" would be the host
	value := g.pick(self, "", " ", c.ID+"/h1", "./"+c.ID+"/h1", "../c/"+c.ID+"/h1", scheme+self, "\\c\\"+c.ID+"\\h1",
		"about:blank", "data:,x", "javascript:1", "file:///x", "mailto:x", "ftp://a/x", "ws://localhost:"+g.http+self, "foo:bar", "blob:x", "http://[", "https://", "https://a:99999/", "http://localhost:22/", "chrome://x", "intent:x", "//", "https:///api.shop.test:"+g.https+self, self+"#f", "wss://a", "tel:1", "about:srcdoc", "http://localhost:6000/")
	c.Response.Headers = append(c.Response.Headers, [2]string{"Location", value})
	if g.chance(15) {
		c.Response.Headers = append(c.Response.Headers, [2]string{"Location", g.pick(value, self)})
	}
	final := corsCaseResponse{200, [][2]string{{"Access-Control-Allow-Origin", g.pick("*", "null", c.Page)}, {"Access-Control-Allow-Credentials", "true"}}}
	c.Chain = []corsCaseHop{{Preflight: &final, Response: final}}
}
