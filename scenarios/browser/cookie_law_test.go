package browser

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var (
	anyLine = rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "=", ";", " ", "\t", "1", "Domain=", "shop.test", "Path=/", "/x", "Secure",
			"__Host-", "SameSite=None", "Max-Age=60", "Expires=01 Jan 2027 10:10:10", "Partitioned", "\"", ",", "é"}), 0, 12).Draw(t, "parts")
		return strings.Join(parts, "")
	}))
	anyURL = rapid.SampledFrom([]string{"https://app.shop.test/x/y", "http://app.shop.test/", "https://shop.test/", "https://evil.test/",
		"https://a.github.io/", "http://127.0.0.1/", "http://localhost/", "https://app.shop.test./", "http://[::1]/x"})
	anyProfile = rapid.SampledFrom([]Profile{Chromium, Standard, Firefox})
)

func anyContext(t *rapid.T, label string) CookieContext {
	return CookieContext{
		URL:         anyURL.Draw(t, label+" url"),
		Time:        cookieTime.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, label+" s")) * time.Second),
		Kind:        RequestKind(rapid.IntRange(0, 3).Draw(t, label+" kind")),
		Method:      rapid.SampledFrom([]string{"", "GET", "POST"}).Draw(t, label+" method"),
		Initiator:   rapid.SampledFrom([]string{"", "null", "https://app.shop.test", "https://evil.test", "http://shop.test"}).Draw(t, label+" initiator"),
		Credentials: Credentials(rapid.IntRange(0, 2).Draw(t, label+" credentials")),
	}
}

// A line that was written is read back as it was, and written the same again.
func TestSetCookieReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkReadBack(t, anyLine.Draw(t, "line")) })
}

func checkReadBack(t interface{ Errorf(string, ...any) }, line string) {
	set := ParseSetCookie(line)
	if diff := cmp.Diff(set, ParseSetCookie(set.String())); diff != "" {
		t.Errorf("%q written as %q (-read +read back):\n%s", line, set.String(), diff)
	}
	pairs := ParseCookie(line)
	if diff := cmp.Diff(pairs, ParseCookie(WriteCookie(pairs))); diff != "" {
		t.Errorf("%q written as %q (-read +read back):\n%s", line, WriteCookie(pairs), diff)
	}
}

// A jar never sends a cookie to a host outside of its domain, nor over http if
// it is Secure, nor one that a script may not see; and it sends in order.
func TestJarSendsOnlyWhereItMay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		jar := &Jar{Profile: anyProfile.Draw(t, "profile")}
		for range rapid.IntRange(0, 8).Draw(t, "cookies") {
			jar.Set(anyLine.Draw(t, "line"), anyContext(t, "set"))
		}
		checkSent(t, jar, anyContext(t, "send"))
	})
}

func checkSent(t interface{ Errorf(string, ...any) }, jar *Jar, ctx CookieContext) {
	target, err := parseTarget(ctx.URL)
	sent := jar.Send(ctx)
	if err != nil && len(sent) > 0 {
		t.Errorf("sent to %q", ctx.URL)
	}
	for _, c := range sent {
		inDomain := target.host == c.Domain || !c.HostOnly && strings.HasSuffix(target.host, "."+c.Domain)
		switch {
		case !inDomain:
			t.Errorf("cookie of %q (host-only %v) sent to %q", c.Domain, c.HostOnly, target.host)
		case c.Secure && !target.secure() && !target.loopback():
			t.Errorf("Secure cookie sent to %q", ctx.URL)
		case c.HTTPOnly && ctx.Kind == Script:
			t.Errorf("HttpOnly cookie shown to a script")
		case c.Expired(ctx.Time):
			t.Errorf("expired cookie sent")
		case !strings.HasPrefix(target.path, c.Path):
			t.Errorf("cookie of %q sent to %q", c.Path, target.path)
		}
		if v := Send(c, ctx, jar.Profile); !v.Allowed {
			t.Errorf("sent, but %v", v)
		}
	}
	if !slices.IsSortedFunc(sent, func(a, b Cookie) int { return sendingOrder(&a, &b) }) {
		t.Errorf("out of order")
	}
}

// What is refused stays out, and what is stored is found again.
func TestStoreAndJarAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, line, ctx := anyProfile.Draw(t, "profile"), anyLine.Draw(t, "line"), anyContext(t, "set")
		want, v := Store(line, ctx, p)
		jar := &Jar{Profile: p}
		if _, w := jar.Set(line, ctx); cmp.Diff(v, w) != "" {
			t.Errorf("Store says %v, an empty jar %v", v, w)
		}
		all := jar.All()
		if kept := v.Allowed && !want.Expired(ctx.Time); kept != (len(all) == 1) {
			t.Errorf("verdict %v, %d cookies in the jar", v, len(all))
		}
	})
}

// The host parser is idempotent: what it returns is its own canonical form.
func checkCanonicalHost(t interface{ Errorf(string, ...any) }, host string) {
	once, err := CanonicalHost(host)
	if err != nil {
		return
	}
	if twice, err := CanonicalHost(once); err != nil || twice != once {
		t.Errorf("%q is %q, then %q, %v", host, once, twice, err)
	}
	if r := RegistrableDomain(once); r != "" && !strings.HasSuffix(once, r) {
		t.Errorf("%q is not below %q", once, r)
	}
}
