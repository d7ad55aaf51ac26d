package browser

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// corsLiveGenerator makes cases of the kinds that the recording has, with
// values that it does not have.
type corsLiveGenerator struct {
	*rand.Rand
	https, http string // ports
	n           int
}

func (g *corsLiveGenerator) pick(from ...string) string { return from[g.IntN(len(from))] }

func (g *corsLiveGenerator) chance(percent int) bool { return g.IntN(100) < percent }

// next makes a case for the page.
func (g *corsLiveGenerator) next(page, kind string) *corsCase {
	g.n++
	c := &corsCase{ID: fmt.Sprintf("l%d", g.n), Page: page, PageKind: kind}
	c.Request = corsCaseRequest{
		Method: "GET", Mode: "cors", Credentials: g.pick("omit", "same-origin", "include"),
		Headers: map[string]string{}, Via: g.pick("fetch", "fetch", "xhr"),
	}
	if c.Request.Via == "xhr" {
		c.Request.Credentials = g.pick("same-origin", "include")
	}
	c.Request.URL = g.target() + "/c/" + c.ID
	kinds := []func(*corsCase){g.allowOrigin, g.allowCredentials, g.allowMethods, g.allowHeaders, g.safelist, g.body, g.method, g.preflightStatus, g.answerStatus, g.expose, g.redirects, g.location, g.mixture}
	kinds[g.IntN(len(kinds))](c)
	if c.Second == nil && g.chance(10) {
		g.again(c)
	}
	return c
}

func (g *corsLiveGenerator) target() string {
	return g.pick("https://api.shop.test:"+g.https, "https://api.partner.test:"+g.https, "https://app.shop.test:"+g.https, "http://localhost:"+g.http)
}

// permit makes answers that let everything pass, which a kind then spoils.
func (g *corsLiveGenerator) permit(c *corsCase) {
	origin := [2]string{"Access-Control-Allow-Origin", c.Page}
	c.Response = corsCaseResponse{200, [][2]string{origin}}
	c.Preflight = &corsCaseResponse{g.status(200, 204, 200), [][2]string{origin, {"Access-Control-Allow-Methods", c.Request.Method + ", PUT, DELETE, PATCH"}}}
	names := []string{"x-one", "content-type", "accept", "authorization"}
	for name := range c.Request.Headers {
		if isToken(corsBytes(name)) {
			names = append(names, name)
		}
	}
	c.Preflight.Headers = append(c.Preflight.Headers, [2]string{"Access-Control-Allow-Headers", strings.Join(names, ", ")})
	if c.Request.Credentials == "include" {
		allow := [2]string{"Access-Control-Allow-Credentials", "true"}
		c.Response.Headers = append(c.Response.Headers, allow)
		c.Preflight.Headers = append(c.Preflight.Headers, allow)
	}
}

func (g *corsLiveGenerator) status(from ...int) int { return from[g.IntN(len(from))] }

// spoil replaces a header of one of the two answers.
func (g *corsLiveGenerator) spoil(c *corsCase, name string, values ...string) {
	r := &c.Response
	if c.Preflight != nil && g.chance(50) {
		r = c.Preflight
	}
	g.replace(r, name, values...)
}

func (g *corsLiveGenerator) replace(r *corsCaseResponse, name string, values ...string) {
	var kept [][2]string
	for _, h := range r.Headers {
		if h[0] != name {
			kept = append(kept, h)
		}
	}
	for _, value := range values {
		kept = append(kept, [2]string{name, value})
	}
	r.Headers = kept
}

// unsafe makes a preflight necessary.
func (g *corsLiveGenerator) unsafe(c *corsCase) {
	c.Request.Method = g.pick("PUT", "DELETE", "PATCH", "GET", "POST")
	c.Request.Headers["X-One"] = "1"
}

func (g *corsLiveGenerator) allowOrigin(c *corsCase) {
	if g.chance(50) {
		g.unsafe(c)
	}
	g.permit(c)
	host := strings.TrimPrefix(strings.TrimPrefix(c.Page, "https://"), "http://")
	values := []string{
		c.Page + "/", c.Page + "/path", strings.ToUpper(c.Page), c.Page + ",", "," + c.Page, c.Page + ", " + c.Page,
		c.Page + " " + c.Page, c.Page + "\t", " " + c.Page + " ", c.Page + ";", c.Page + "\tx", "\"" + c.Page + "\"", "'" + c.Page + "'",
		"*", "**", "* ", "*.shop.test", "https://*", "https://*.shop.test", "http*://" + host, host, "//" + host, "null", "NULL", "none", "",
		"https://", "https:/" + host, "https:" + host, "about:blank", "data:,x", "foo:bar", "x", "/", ".*", "[" + c.Page + "]", "(" + c.Page + ")",
		c.Page + "?x", c.Page + "#x", "https://user:pw@" + host, "https://" + host + ":99999", "https://" + host + ":", c.Page + "0", "https://a|b", "https://a^b",
		"https://a%b", "https://a%41", "https://1.2.3", "https://1.2.3.256", "https://[::1]", "https://[::1", "https://a b", "https://a<b", "https://a\\b",
		"https://b\u00c3\u00bccher.test", "https://b\u00fccher.test", "https://xn--bcher-kva.test", "https://xn--a", "https://-a-", "https://a_b", "https://a..b", "https://.", "https://..", "https://a.", "https://a,b",
		"https://a!b$c&d'e(f)g*h+i;j=k~l`m{n}o", "https://a\"b", "file:///x", "file://host/x", "blob:https://a/x", "javascript:1", "mailto:a@b", "1http://a", "http:///a", "http:\\\\a", "ws://a", "https://\u00a0", "https://a\u0001b", "\u0001", "https://0x7f.1", "https://256.256.256.256", "https://a.0x", "https://1e3", "undefined", "true", "$http_origin", "%{ORIGIN}e",
	}
	chosen := []string{g.pick(values...)}
	switch {
	case g.chance(10):
		chosen = nil
	case g.chance(15):
		chosen = append(chosen, g.pick(c.Page, "*", ""))
	}
	g.spoil(c, "Access-Control-Allow-Origin", chosen...)
}

func (g *corsLiveGenerator) allowCredentials(c *corsCase) {
	if c.Request.Credentials = "include"; g.chance(20) {
		c.Request.Credentials = "same-origin"
	}
	if g.chance(50) {
		g.unsafe(c)
	}
	g.permit(c)
	chosen := []string{g.pick("True", "TRUE", "1", "yes", "true ", " true", "\ttrue", "true;", "true, true", "\"true\"", "", "false", "true,", "tru", "t\u00e9")}
	switch {
	case g.chance(15):
		chosen = nil
	case g.chance(20):
		chosen = []string{"true", g.pick("true", "", "false")}
	}
	g.spoil(c, "Access-Control-Allow-Credentials", chosen...)
}

func (g *corsLiveGenerator) allowMethods(c *corsCase) {
	c.Request.Method = g.pick("PUT", "DELETE", "PATCH", "patch", "put", "Delete", "FOO", "foo", "OPTIONS", "QUERY", "GET", "M-SEARCH", "pOsT", "a.b")
	if g.chance(40) {
		c.Request.Headers["X-One"] = "1"
	}
	g.permit(c)
	m := c.Request.Method
	chosen := []string{g.pick(m, strings.ToUpper(m), strings.ToLower(m), "*", "*, X", m+",", ","+m, m+" ", "GET,,"+m, m+"\tX", "\""+m+"\"", m+" PUT", m+";q=1", m+"/", "@", "", ",", " , ", "GET, POST", "GET\u00e9", "'"+m+"'", "GET, "+m+", (", "\"a, "+m, "!#$%&'*+-.^_`|~")}
	switch {
	case g.chance(15):
		chosen = nil
	case g.chance(20):
		chosen = append(chosen, g.pick(m, "*", "PUT", "a b"))
	}
	g.replace(c.Preflight, "Access-Control-Allow-Methods", chosen...)
}

func (g *corsLiveGenerator) allowHeaders(c *corsCase) {
	c.Request.Method = g.pick("GET", "POST", "PUT")
	for _, name := range []string{"X-One", "x-two", "Authorization", "Zeta", "Alpha", "X-Requested-With", "If-Match", "b", "Cache-Control"} {
		if g.chance(35) {
			c.Request.Headers[name] = "1"
		}
	}
	g.permit(c)
	var names []string
	for name := range c.Request.Headers {
		if g.chance(75) {
			names = append(names, name)
		}
	}
	joined := strings.Join(names, g.pick(",", ", ", " , ", ",,", ",\t"))
	chosen := []string{g.pick(joined, strings.ToUpper(joined), strings.ToLower(joined), joined, "*", "*, authorization", "authorization", joined+", \"x\"", joined+" x", ","+joined+",", "", joined+";")}
	switch {
	case g.chance(8):
		chosen = nil
	case g.chance(15):
		chosen = append(chosen, g.pick("*", "x-one", "a b"))
	}
	g.replace(c.Preflight, "Access-Control-Allow-Headers", chosen...)
}

func (g *corsLiveGenerator) safelist(c *corsCase) {
	if c.Request.Method = g.pick("GET", "POST"); c.Request.Method == "POST" {
		c.Request.Body = &corsCaseBody{Kind: "bytes", Value: "x"}
	}
	bytes := func() string { return string(rune(g.pickInt(1, 255))) }
	for range 1 + g.IntN(2) {
		name := g.pick("Accept", "Accept-Language", "Content-Language", "Content-Type", "Content-Type", "Range", "Range", "DPR", "Save-Data", "Width", "Viewport-Width", "Device-Memory", "Downlink", "ECT", "RTT", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "User-Agent", "Origin", "Cookie", "Sec-Foo", "Proxy-Foo", "Sec", "Date", "DNT", "TE", "Via", "Set-Cookie", "Referer", "Intervention", "Lang", "Access-Control-Request-Private-Network", "Accept-Charset", "Keep-Alive", "Expect", "X-A", "Upgrade", "Accept-Encoding", "Priority", "Purpose", "Last-Event-ID")
		value := g.pick("x", "", "a"+bytes()+"b", bytes(), strings.Repeat("a", 128), strings.Repeat("a", 129), "  a  ", "a, b", "*/*", "de-DE,de;q=0.9")
		switch name {
		case "Content-Type":
			value = g.pick("text/plain", "TEXT/PLAIN", "text/plain;", "text/plain; charset=utf-8", "text/plain ;x", "text/plain,text/html", "text/plain, text/plain", "text/plain charset=x", "text/plain;charset", "text/plain;=x", "text /plain", "text/ plain", "text//plain", "text/plain/x", "text/plainx", "text", "/", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/X-WWW-form-urlencoded; a=b; c", "", ";", "text/plain;a='b'", "text/plain;"+strings.Repeat("a", 117), "text/plain;"+strings.Repeat("a", 118), "text/plain"+bytes(), "text/plain;"+bytes(), bytes()+"text/plain", "application/csp-report", "text/xml", "text/html", "*/*", "text/plain;charset=utf-8;charset=x", "\ttext/plain\t", "text/plain ; ; x", "*", "text/plain;a=\"b\"")
		case "Range":
			value = g.pick("bytes=0-", "bytes=0-1", "bytes=5-3", "bytes=3-3", "bytes=-5", "bytes=0-1,2-3", "bytes= 0-1", "bytes=0 -1", "bytes=00-01", "bytes=+0-1", "bytes=0-+1", "Bytes=0-1", "bytes =0-1", "bytes=0-99999999999999999999", "bytes=99999999999999999999-", "bytes=9223372036854775807-9223372036854775807", "bytes=9223372036854775808-", "items=0-1", "bytes=a-b", "bytes=1", "", "bytes=0-1-2", "bytes=--1", "bytes=0-1;", "bytes=0-,", "bytes=\t0-1", "bytes:0-1", " bytes=0-1 ", "bytes=0x1-2", "bytes=١-2"[:9])
			value = strings.Map(func(r rune) rune { return min(r, 255) }, value)
		case "DPR", "Save-Data", "Width", "Viewport-Width", "Device-Memory", "Downlink", "ECT", "RTT":
			value = g.pick("1", "1.5", "1.", ".5", "a", "", "on", "On", "ON", "off", "4g", "4G", "3g", "slow-2g", "2g", "5g", "-1", "1 ", "1,2", "1e3", "99999999999999999999", "on; x", "unknown", "offline", "1.2.3", "00")
		case "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override":
			value = g.pick("TRACE", "trace", "TRACK", "Connect", "GET", "GET, TRACE", "GET,track ", "\"TRACE\"", "TRACEX", "", "TRACE;", "a b", "\"GET, TRACE\"", "\tTRACE")
		}
		c.Request.Headers[name] = value
	}
	if g.chance(6) {
		c.Request.Headers = map[string]string{}
		for i, name := range []string{"Accept", "Accept-Language", "Content-Language"} {
			c.Request.Headers[name] = strings.Repeat("a", 128-i)
		}
	}
	g.permit(c)
}

func (g *corsLiveGenerator) pickInt(low, high int) int { return low + g.IntN(high-low+1) }

func (g *corsLiveGenerator) randomBody() *corsCaseBody {
	b := &corsCaseBody{Kind: g.pick("text", "urlencoded", "form-data", "bytes", "blob"), Value: "x"}
	if b.Kind == "blob" {
		b.Type = g.pick("", "text/plain", "application/json", "TEXT/Plain", "multipart/form-data", "text/plain;charset=x", "image/png", "text/\u00e9", "x", "text/plain\u0001", "application/x-www-form-urlencoded", " text/plain")
	}
	return b
}

func (g *corsLiveGenerator) body(c *corsCase) {
	c.Request.Method = g.pick("POST", "POST", "PUT", "GET", "DELETE", "HEAD", "OPTIONS", "post")
	c.Request.Body = g.randomBody()
	if g.chance(30) {
		c.Request.Headers["Content-Type"] = g.pick("text/plain", "application/json", "text/plain;charset=latin1", "")
	}
	if c.Request.Via == "xhr" && g.chance(40) {
		c.Request.Upload = true
		if g.chance(40) {
			c.Request.Body = nil
		}
	}
	if g.permit(c); g.chance(30) {
		g.replace(c.Preflight, "Access-Control-Allow-Methods")
	}
}

func (g *corsLiveGenerator) method(c *corsCase) {
	c.Request.Method = g.pick("get", "Head", "pOST", "put", "dElEtE", "oPTIONS", "patch", "PATCH", "Patch", "TRACE", "trace", "CONNECT", "connect", "Track", "A B", "F\u00e9", "QUERY", "query", "X", "PROPFIND", "LINK", "(x)", "GET ", "m!#$%&'*+-.^_`|~")
	g.permit(c)
	if !isToken(c.Request.Method) {
		g.replace(c.Preflight, "Access-Control-Allow-Methods", "*")
	}
}

func (g *corsLiveGenerator) preflightStatus(c *corsCase) {
	g.unsafe(c)
	g.permit(c)
	c.Preflight.Status = g.status(200, 201, 202, 203, 205, 206, 208, 226, 299, 300, 301, 302, 303, 304, 305, 306, 307, 308, 400, 401, 403, 404, 405, 407, 418, 429, 451, 500, 502, 503, 599)
	if g.chance(60) {
		g.replace(c.Preflight, "Location", g.pick("/c/none", "https://api.shop.test:"+g.https+"/c/none", "about:blank", "", "http://[", "mailto:x"))
	}
	if g.chance(30) {
		g.replace(c.Preflight, "Access-Control-Allow-Origin", g.pick("", "https://a", "*"))
	}
}

func (g *corsLiveGenerator) answerStatus(c *corsCase) {
	if g.chance(40) {
		g.unsafe(c)
	}
	if g.chance(30) {
		c.Request.Method = "HEAD"
	}
	g.permit(c)
	c.Response.Status = g.status(200, 201, 202, 204, 205, 206, 300, 301, 302, 303, 304, 305, 306, 307, 308, 400, 401, 403, 404, 405, 406, 407, 409, 410, 418, 421, 425, 429, 451, 500, 501, 502, 503, 504, 511, 599)
	if g.chance(30) {
		g.replace(&c.Response, "Access-Control-Allow-Origin")
	}
	if g.chance(20) {
		c.Response.Headers = append(c.Response.Headers, [2]string{"WWW-Authenticate", "Basic realm=\"x\""})
		c.Request.Credentials = g.pick("omit", "same-origin")
		if c.Request.Via == "xhr" {
			c.Request.Credentials = "same-origin"
		}
	}
}

func (g *corsLiveGenerator) expose(c *corsCase) {
	g.permit(c)
	for _, h := range [][2]string{{"X-One", "1"}, {"x-two", "2"}, {"ETag", "e"}, {"Set-Cookie", "a=b"}, {"Authorization", "x"}, {"Pragma", "x"}, {"Last-Modified", "x"}, {"Expires", "0"}, {"Content-Language", "de"}, {"Content-Type", "text/plain"}, {"Retry-After", "1"}, {"X-One", "3"}, {"WWW-Authenticate", "Basic"}, {"Location", "/x"}, {"Set-Cookie2", "a=b"}, {"X-Empty", ""}, {"Content-Encoding", "identity"}, {"Cache-Control", "no-cache"}} {
		if g.chance(45) {
			c.Response.Headers = append(c.Response.Headers, h)
		}
	}
	if g.chance(85) {
		c.Response.Headers = append(c.Response.Headers, [2]string{"Access-Control-Expose-Headers", g.pick("*", "X-One", "x-one, ETAG", "X-One,, ETag", ", X-One", "X-One,", "X-One ETag", "\"X-One\"", "*, X-One", "X-One, \"", "Set-Cookie", "set-cookie, x-one", "", ",", "X-One;", "* ,", "Authorization, *", "x-one\tetag", "X-One,\u00e9", "Retry-After , WWW-Authenticate")})
		if g.chance(20) {
			c.Response.Headers = append(c.Response.Headers, [2]string{"Access-Control-Expose-Headers", g.pick("ETag", "*", "a b", "")})
		}
	}
}

// mixture varies everything a little.
func (g *corsLiveGenerator) mixture(c *corsCase) {
	c.Request.Method = g.pick("GET", "POST", "HEAD", "PUT", "PATCH", "FOO", "OPTIONS")
	if g.chance(40) && c.Request.Method != "GET" && c.Request.Method != "HEAD" {
		c.Request.Body = g.randomBody()
	}
	if g.chance(50) {
		c.Request.Headers[g.pick("X-One", "Accept", "Authorization", "Content-Type")] = g.pick("1", "a\"b", "text/plain", "application/json")
	}
	g.permit(c)
	if g.chance(30) {
		g.spoil(c, "Access-Control-Allow-Origin", g.pick("*", "null", c.Page+"/", "https://www.other.test"))
	}
	if g.chance(20) {
		g.spoil(c, "Access-Control-Allow-Credentials")
	}
	if g.chance(10) {
		c.Preflight.Status = g.status(401, 404, 500, 302)
	}
	c.Response.Status = g.status(200, 200, 201, 204, 401, 403, 404, 500)
}

// again asks a second time, which is what the preflight cache is for.
func (g *corsLiveGenerator) again(c *corsCase) {
	g.unsafe(c)
	c.Request.Body = nil
	c.Response, c.Chain = corsCaseResponse{}, nil
	g.permit(c)
	c.Preflight.Headers = append(c.Preflight.Headers, [2]string{"Access-Control-Max-Age", g.pick("600", "0", "-1", "+600", "600s", "6e2", "", "600, 600", "300", "\"600\"", "99999999999999999999", " 600 ", "0x10", "600.0", "--1", "+0", "-0", "+-1")})
	if g.chance(30) {
		g.replace(c.Preflight, "Access-Control-Allow-Headers", g.pick("*", "x-one"))
	}
	if g.chance(30) {
		g.replace(c.Preflight, "Access-Control-Allow-Methods", "*", "*")
	}
	second := *c
	second.Request.Headers = map[string]string{}
	if g.chance(70) {
		second.Request.Headers[g.pick("X-One", "X-Two", "Authorization")] = "1"
	}
	if g.chance(30) {
		second.Request.Method = g.pick("GET", "PUT", "FOO", "DELETE")
	}
	if g.chance(30) {
		second.Request.Credentials = g.pick("include", "same-origin")
	}
	if g.chance(20) {
		second.Request.URL += g.pick("#")
	}
	c.Second = &second
	second.AfterMillis = 0
}
