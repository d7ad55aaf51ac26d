package diff

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
)

// drawnFlow draws captures out of few words, so that everything repeats.
func drawnFlow() *rapid.Generator[*traffic.Capture] {
	line := rapid.Custom(func(t *rapid.T) string {
		method := rapid.SampledFrom([]string{"GET", "GET", "POST", "OPTIONS", "CONNECT"}).Draw(t, "method")
		origin := rapid.SampledFrom([]string{"https://a.test", "https://api.a.test", "http://b.example:81", ""}).Draw(t, "origin")
		path := rapid.SampledFrom([]string{"", "/", "/orders", "/orders/1", "/orders/2", "/api/orders/3", "//x", "/v1/x/", "/v2/x",
			"/users/ann/list", "/users/bob/list", "/a.1f2e3d.js", "/a.4f2e3d.js", "data:,x"}).Draw(t, "path")
		query := rapid.SampledFrom([]string{"", "", "?a=1&b=2", "?b=2&a=1", "?a=3", "?_=1793511897750"}).Draw(t, "query")
		status := rapid.SampledFrom([]string{"200", "200", "302", "401", "503", "0", "-"}).Draw(t, "status")
		more := rapid.SampledFrom([]string{"", "", " for=GET", " for=POST"}).Draw(t, "more")
		if method == "GET" {
			more = ""
		}
		return fmt.Sprintf("%s \"%s\" %s%s", method, origin+path+query, status, more)
	})
	return rapid.Custom(func(t *rapid.T) *traffic.Capture {
		lines := rapid.SliceOfN(line, 0, 24).Draw(t, "lines")
		c := &traffic.Capture{}
		for i, l := range lines {
			x, err := exchange(strings.Fields(l))
			if err != nil {
				panic(err)
			}
			x.Index = i
			c.Exchanges = append(c.Exchanges, x)
		}
		return c
	})
}

func TestAlignCoversEachIndexOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ok, bad := drawnFlow().Draw(t, "ok"), drawnFlow().Draw(t, "bad")
		a := Align(ok, bad)
		checkAlignment(t, a, len(ok.Exchanges), len(bad.Exchanges))
		if diff := cmp.Diff(a, Align(ok, bad)); diff != "" {
			t.Fatalf("not deterministic:\n%s", diff)
		}
		if first := FirstDivergence(ok, bad, a); first < -1 || first >= len(a.Pairs) {
			t.Fatalf("first divergence %d of %d pairs", first, len(a.Pairs))
		}
	})
}

func TestAlignWithItselfIsIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawnFlow().Draw(t, "capture")
		a := Align(c, c)
		for n, p := range a.Pairs {
			if p != (Pair{n, n, Exact}) {
				t.Fatalf("pair %d is %v", n, p)
			}
		}
		if len(a.Pairs) != len(c.Exchanges) {
			t.Fatalf("%d of %d are paired", len(a.Pairs), len(c.Exchanges))
		}
		if n := FirstDivergence(c, c, a); n != -1 {
			t.Fatalf("diverges from itself at %d", n)
		}
	})
}

// TestAlignIsSymmetric holds for what keys pair; stand-ins look at bad alone.
func TestAlignIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ok, bad := drawnFlow().Draw(t, "ok"), drawnFlow().Draw(t, "bad")
		for _, c := range []*traffic.Capture{ok, bad} {
			for _, x := range c.Exchanges {
				x.Response = &traffic.Response{Status: 200}
			}
		}
		there, back := Align(ok, bad), Align(bad, ok)
		if len(there.Pairs) != len(back.Pairs) {
			t.Fatalf("%d pairs there, %d back\n%v\n%v", len(there.Pairs), len(back.Pairs), there, back)
		}
		for i := range back.Pairs {
			back.Pairs[i].OK, back.Pairs[i].Bad = back.Pairs[i].Bad, back.Pairs[i].OK
		}
		slices.SortFunc(back.Pairs, func(p, q Pair) int { return p.Bad - q.Bad })
		exact := func(a Alignment) []Pair {
			return slices.DeleteFunc(slices.Clone(a.Pairs), func(p Pair) bool { return p.How != Exact })
		}
		if diff := cmp.Diff(exact(there), exact(back)); diff != "" {
			t.Fatalf("there and back differ:\n%s", diff)
		}
	})
}

// TestAlignSurvivesShuffling shuffles a flow of unlike requests: each finds
// itself, wherever it stands.
func TestAlignSurvivesShuffling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		seed := rapid.Int64().Draw(t, "seed")
		ok, bad := &traffic.Capture{}, &traffic.Capture{}
		order := rand.New(rand.NewSource(seed)).Perm(n)
		for i := range n {
			x := func(i int) *traffic.Exchange {
				return &traffic.Exchange{Request: traffic.Request{Method: "GET", URL: fmt.Sprintf("https://a.test/r%d/%d", i%5, i)}}
			}
			ok.Exchanges = append(ok.Exchanges, x(i))
			bad.Exchanges = append(bad.Exchanges, x(order[i]))
		}
		for _, p := range Align(ok, bad).Pairs {
			if p.How != Exact || p.OK != order[p.Bad] {
				t.Fatalf("%v, want %d", p, order[p.Bad])
			}
		}
	})
}

func FuzzAlign(f *testing.F) {
	for _, tt := range alignTests {
		f.Add(urls(f, tt.ok), urls(f, tt.bad))
	}
	f.Add("http://[::1]:80/%zz?&&=;=\n://\n:\n//\nhttp://", "http://a:b@c@d:99999999/../.;x/%\nCONNECT\n?\n#")
	f.Fuzz(func(t *testing.T, ok, bad string) {
		x, y := listed(ok), listed(bad)
		a := Align(x, y)
		checkAlignment(t, a, len(x.Exchanges), len(y.Exchanges))
		FirstDivergence(x, y, a)
		for n, p := range Align(x, x).Pairs {
			if p != (Pair{n, n, Exact}) {
				t.Fatalf("identity: pair %d is %v", n, p)
			}
		}
	})
}

func urls(t testing.TB, text string) string {
	var b strings.Builder
	for _, x := range flow(t, text).Exchanges {
		b.WriteString(x.Request.URL + "\n")
	}
	return b.String()
}

// listed is a capture of those URLs; every third is a failed preflight.
func listed(text string) *traffic.Capture {
	c := &traffic.Capture{}
	for u := range strings.SplitSeq(text, "\n") {
		x := &traffic.Exchange{Index: len(c.Exchanges), Request: traffic.Request{Method: "GET", URL: u}}
		switch len(c.Exchanges) % 3 {
		case 0:
			x.Response = &traffic.Response{Status: 302, Location: u}
		case 1:
			x.Request.Method = "POST"
			x.Request.Body = traffic.NewBody("application/json", []byte(u))
			x.Response = &traffic.Response{Status: 401}
		case 2:
			x.Request.Method = "OPTIONS"
			x.Request.Header = traffic.Header{{Name: "Access-Control-Request-Method", Value: "POST"}}
		}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

func TestShape(t *testing.T) {
	for _, tt := range []struct{ segment, want, reason string }{
		{"12", "{}", "a number"},
		{"2026-11-23", "{}", "a date"},
		{"v1", "{v}", "a version"},
		{"2.0", "{v}", "a version without v"},
		{"v1beta1", "{v}", "a version of an unfinished API"},
		{"video", "video", "a word with v"},
		{"orders", "orders", "a word"},
		{"Orders", "orders", "case is levelled"},
		{"getOrderByIDs", "getorderbyids", "camel case is no token"},
		{"facade", "facade", "hex by chance, too short"},
		{"defaced", "defaced", "hex letters alone"},
		{"oauth2", "oauth2", "a digit in a name"},
		{"s3", "s3", "a digit in a short name"},
		{"base64", "base64", "digits at the end"},
		{"a@b.test", "{}", "an address"},
		{"order-12345", "order-{}", "the prefix stays"},
		{"cus_9s6XKzkNRiz8i3", "cus_{}", "the prefix stays"},
		{"route-5.a651f4bd.js", "route-5.{}.js", "the hash of a bundle"},
		{"index-BxK3f9aQ.js", "index-{}.js", "Base64 of a bundle"},
		{"img-20.f221f4b5.png", "img-20.{}.png", "not a token as a whole"},
		{"x%41b;y=1", "xab", "escapes and parameters"},
		{"e3b0c44298fc1c149afbf4c8996fb924", "{}", "MD5"},
		{"my-first-post", "my-first-post", "a slug is a name, until nothing else fits"},
		{"S_QUBXB297gafoECT1UblstKC55G29aPI37-dfIw4Fr", "{}", "a token of Base64url"},
	} {
		if got := string(appendShape(nil, tt.segment)); got != tt.want {
			t.Errorf("appendShape(%q) = %q, want %q: %s", tt.segment, got, tt.want, tt.reason)
		}
	}
}

func TestSplitURL(t *testing.T) {
	for _, tt := range []struct {
		url    string
		want   urlParts
		reason string
	}{
		{"https://u:p@A.test:8443/x?y#z", urlParts{"https", "A.test:8443", "/x", "y", false}, "user information and fragment go"},
		{"http://[::1]:80", urlParts{"http", "[::1]:80", "", "", false}, "an address with colons"},
		{"//a.test/x", urlParts{"", "a.test", "/x", "", false}, "scheme-relative"},
		{"/x?y=/z", urlParts{"", "", "/x", "y=/z", false}, "path only"},
		{"localhost:8080/x", urlParts{"", "localhost:8080", "/x", "", false}, "as typed for curl"},
		{"a.test/x", urlParts{"", "a.test", "/x", "", false}, "without a scheme"},
		{"data:text/plain,a?b", urlParts{"data", "", "text/plain,a?b", "", true}, "no hierarchy"},
		{"about:blank", urlParts{"about", "", "blank", "", true}, "no hierarchy"},
		{"", urlParts{opaque: true}, "no URL"},
	} {
		if got := splitURL(tt.url, false); got != tt.want {
			t.Errorf("splitURL(%q) = %+v, want %+v: %s", tt.url, got, tt.want, tt.reason)
		}
	}
	if got, want := splitURL("a.test:443", true), (urlParts{authority: "a.test:443"}); got != want {
		t.Errorf("authority form: %+v, want %+v", got, want)
	}
}
