package browser

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

var originRows = []struct{ url, want, reason string }{
	{"https://app.shop.test/a?b#c", "https://app.shop.test", "path, query and fragment are no part"},
	{"https://app.shop.test:443/", "https://app.shop.test", "default port"},
	{"http://app.shop.test:443/", "http://app.shop.test:443", "default of another scheme"},
	{"HTTPS://APP.Shop.Test", "https://app.shop.test", "scheme and host are lower case"},
	{"https://user:pw@app.shop.test/", "https://app.shop.test", "userinfo"},
	{"https://bücher.test", "https://xn--bcher-kva.test", "IDN becomes punycode"},
	{"https://XN--a", "https://xn--a", "Chromium does not look into punycode"},
	{"https://faß.test", "https://xn--fa-hia.test", "nontransitional: ß stays a letter"},
	{"https://a%2Eb.test", "https://a.b.test", "percent-encoded host"},
	{"https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443", "IPv6"},
	{"https://[::ffff:1.2.3.4]/", "https://[::ffff:102:304]", "IPv4 in IPv6 is written in hexadecimal"},
	{"http://0x7f.1/", "http://127.0.0.1", "IPv4 in odd notation"},
	{"http://017700000001/", "http://127.0.0.1", "octal IPv4"},
	{"https:\\\\app.shop.test\\x", "https://app.shop.test", "backslashes are slashes"},
	{"  https://app.shop.test\n", "https://app.shop.test", "white space around"},
	{"https://app.\tshop.test", "https://app.shop.test", "tabs are dropped"},
	{"https:app.shop.test", "https://app.shop.test", "slashes are optional without a base"},
	{"https:///app.shop.test", "https://app.shop.test", "and there may be more"},
	{"https://app.shop.test.", "https://app.shop.test.", "a trailing dot is another host"},
	{"blob:https://app.shop.test/9f1c", "https://app.shop.test", "blob: has the origin of the inner URL"},
	{"blob:file:///x", "null", "but not of file:"},
	{"data:text/html,x", "null", "data: is opaque"},
	{"file:///home/x.html", "null", "file: is opaque"},
	{"about:blank", "null", "about:"},
	{"mailto:a@b.test", "null", "unknown scheme"},
	{"ws://app.shop.test", "ws://app.shop.test", "ws"},
}

func TestOriginOf(t *testing.T) {
	for _, row := range originRows {
		got, err := OriginOf(row.url)
		if err != nil {
			t.Errorf("OriginOf(%q): %v", row.url, err)
			continue
		}
		if got.String() != row.want {
			t.Errorf("OriginOf(%q) = %s, want %s: %s", row.url, got, row.want, row.reason)
		}
	}
	for _, bad := range []string{"", "/x", "app.shop.test", "https://", "https://:80", "https://a:x", "https://a:65536", "https://[::1", "https://a<b", "https://1.2.3.256", "https://\xff", "//a", "https://a|b"} {
		if o, err := OriginOf(bad); err == nil {
			t.Errorf("OriginOf(%q) = %s, want an error", bad, o)
		}
	}
}

func TestParseOrigin(t *testing.T) {
	for _, good := range []string{"https://app.shop.test", "http://localhost:3000", "null", "https://[::1]:8443", "https://xn--bcher-kva.test"} {
		o, err := ParseOrigin(good)
		if err != nil || o.String() != good || !o.serializesAs(good) {
			t.Errorf("ParseOrigin(%q) = %s, %v", good, o, err)
		}
	}
	for _, bad := range []string{"", "https://app.shop.test/", "https://app.shop.test:443", "HTTPS://app.shop.test", "https://APP.shop.test", "app.shop.test", "https://u@a.test", "*", "data:,x", "https://bücher.test"} {
		if o, err := ParseOrigin(bad); err == nil {
			t.Errorf("ParseOrigin(%q) = %s, want an error", bad, o)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	a, b := Origin{"https", "a.test", 443}, Origin{"https", "a.test", 8443}
	if !a.SameOrigin(a) || a.SameOrigin(b) {
		t.Error("scheme, host and port decide")
	}
	if (Origin{}).SameOrigin(Origin{}) {
		t.Error("two opaque origins are two origins")
	}
}

func TestResolveURL(t *testing.T) {
	base, err := parseURL("https://a.test:8443/x/y/z?q#f", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	want := map[string]string{
		"": "https://a.test:8443/x/y/z?q", "#g": "https://a.test:8443/x/y/z?q#g", "?r": "https://a.test:8443/x/y/z?r",
		"w": "https://a.test:8443/x/y/w", "./w": "https://a.test:8443/x/y/w", "../w": "https://a.test:8443/x/w",
		"../../../w": "https://a.test:8443/w", "/w": "https://a.test:8443/w", "//b.test/w": "https://b.test/w",
		"https:w": "https://a.test:8443/x/y/w", "http:w": "http://w/", "\\w": "https://a.test:8443/w",
		"/a b?c d#e f": "https://a.test:8443/a%20b?c%20d#e%20f", "/%2e%2E/w/..": "https://a.test:8443/",
		"about:blank": "about:blank", "foo://h:1/p": "foo://h:1/p", "file:///x": "file:///x", "https://b.test": "https://b.test/",
	}
	for ref := range want {
		u, err := parseURL(ref, &base)
		if err != nil {
			t.Errorf("%q: %v", ref, err)
			continue
		}
		got[ref] = u.String()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzOrigin: what is parsed once is parsed again to the same.
func FuzzOrigin(f *testing.F) {
	for _, row := range originRows {
		f.Add(row.url)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		o, err := OriginOf(raw)
		if err != nil {
			return
		}
		again, err := ParseOrigin(o.String())
		if err != nil || again != o {
			t.Errorf("OriginOf(%q) = %q, read again %q, %v", raw, o, again, err)
		}
		if !o.serializesAs(o.String()) {
			t.Errorf("%q does not serialize as itself", o)
		}
	})
}
