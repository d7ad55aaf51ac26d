package browser

import "testing"

var hostRows = []struct{ host, canonical, registrable, reason string }{
	{"app.shop.test", "app.shop.test", "shop.test", "an unlisted top-level domain is a suffix"},
	{"APP.Shop.TEST", "app.shop.test", "shop.test", "case"},
	{"shop.test", "shop.test", "shop.test", "the registrable domain itself"},
	{"test", "test", "", "a suffix"},
	{"www.shop.co.uk", "www.shop.co.uk", "shop.co.uk", "a suffix of two labels"},
	{"x.a.github.io", "x.a.github.io", "a.github.io", "the private section"},
	{"github.io", "github.io", "", "a private suffix"},
	{"www.city.kawasaki.jp", "www.city.kawasaki.jp", "city.kawasaki.jp", "an exception from a wildcard"},
	{"y.x.kawasaki.jp", "y.x.kawasaki.jp", "y.x.kawasaki.jp", "a wildcard"},
	{"x.kawasaki.jp", "x.kawasaki.jp", "", "a suffix by wildcard"},
	{"kawasaki.jp", "kawasaki.jp", "", "its parent, in browsers"},
	{"app.shop.test.", "app.shop.test.", "shop.test.", "a trailing dot makes another host"},
	{"bücher.test", "xn--bcher-kva.test", "xn--bcher-kva.test", "punycode"},
	{"b%C3%BCcher.test", "xn--bcher-kva.test", "xn--bcher-kva.test", "percent-encoded"},
	{"shop。test", "shop.test", "shop.test", "an ideographic full stop"},
	{"under_score.shop.test", "under_score.shop.test", "shop.test", "an underscore is no obstacle"},
	{"127.0.0.1", "127.0.0.1", "", "an address"},
	{"127.1", "127.0.0.1", "", "a short address"},
	{"0x7f000001", "127.0.0.1", "", "a hexadecimal address"},
	{"[0:0::1]", "[::1]", "", "IPv6"},
	{"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "", "IPv4 in IPv6"},
	{"1.2.3.4.5", "", "", "ends in a number but is no address"},
	{"a b", "", "", "a space"},
	{"a%00b", "", "", "a control character"},
	{"\xff", "", "", "not UTF-8"},
	{"", "", "", "nothing"},
}

func TestHosts(t *testing.T) {
	for _, row := range hostRows {
		got, err := CanonicalHost(row.host)
		if got != row.canonical || (err == nil) != (row.canonical != "" || row.host == "") {
			t.Errorf("%q: %q, %v, want %q (%s)", row.host, got, err, row.canonical, row.reason)
		}
		if r := RegistrableDomain(got); r != row.registrable {
			t.Errorf("%q: registrable domain %q, want %q (%s)", row.host, r, row.registrable, row.reason)
		}
		checkCanonicalHost(t, row.host)
	}
}

func TestSites(t *testing.T) {
	for _, row := range []struct {
		a, b   string
		same   bool
		reason string
	}{
		{"https://www.shop.test/", "https://api.shop.test:8443/x", true, "ports do not count"},
		{"https://www.shop.test/", "http://www.shop.test/", false, "schemes do"},
		{"https://a.github.io/", "https://b.github.io/", false, "different owners"},
		{"wss://www.shop.test/", "https://shop.test/", true, "a WebSocket is of the site of its https page"},
		{"http://127.0.0.1/", "http://127.0.0.1:3000/", true, "an address is its own site"},
		{"http://localhost/", "http://foo.localhost/", false, "localhost is a suffix"},
		{"null", "null", false, "opaque"},
		{"data:text/html,x", "data:text/html,x", false, "opaque"},
		{"https://shop.test/", "https://shop.test./", false, "a trailing dot makes another host"},
	} {
		if got := SiteOf(row.a).SameSite(SiteOf(row.b)); got != row.same {
			t.Errorf("%s and %s: %v (%s)", row.a, row.b, got, row.reason)
		}
	}
}

func TestDefaultPathOfURL(t *testing.T) {
	for _, row := range []struct{ url, path, reason string }{
		{"https://shop.test", "/", "no path"},
		{"https://shop.test?x=/a/b", "/", "only a query"},
		{"https://shop.test/a/../b/c", "/b", "dot segments are resolved first"},
		{"https://shop.test/a/%2E%2e/b/c", "/b", "also when they are encoded"},
		{`https://shop.test/a\b\c`, "/a/b", "backslashes are slashes"},
		{"https://shop.test//a", "/", "the last slash ends it"},
		{"https://shop.test/a b/c", "/a%20b", "a space is encoded"},
		{"https://shop.test/é/c", "/%C3%A9", "so is UTF-8"},
		{"https://shop.test/a%2Fb/c", "/a%2Fb", "what is encoded stays so"},
		{"https://shop.test/a|b/c", "/a%7Cb", "Chromium encodes the bar"},
	} {
		c, v := Store("a=1", CookieContext{URL: row.url, Time: cookieTime}, Chromium)
		if !v.Allowed || c.Path != row.path {
			t.Errorf("%s: %q, %v, want %q (%s)", row.url, c.Path, v, row.path, row.reason)
		}
	}
}
