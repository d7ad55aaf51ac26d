package through

import (
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
)

// passing is a request that came, and was answered, as it was sent.
func passing() *passed {
	asked := &wire.Request{Method: "POST", Scheme: "http", Addr: "127.0.0.1:80", Target: "/api/orders%20a?page=1&q=a%20b", Host: "shop.example",
		Header: traffic.Header{{Name: "Authorization", Value: "Bearer not-a-token"}, {Name: "Cookie", Value: "sid=1; theme=dark"}, {Name: "Origin", Value: "http://shop.example"},
			{Name: "X-Build", Value: "17"}, {Name: "X-Build", Value: "18"}, {Name: "Content-Type", Value: "text/plain"}},
		Body: []byte("tea")}
	gave := &wire.Answer{Status: 200, Header: traffic.Header{{Name: "Content-Type", Value: "text/plain"}, {Name: "Location", Value: "/orders/1"}, {Name: "ETag", Value: `"a"`},
		{Name: "Set-Cookie", Value: "sid=2; Path=/; HttpOnly"}, {Name: "Access-Control-Allow-Origin", Value: "*"}, {Name: "WWW-Authenticate", Value: `Bearer realm="shop"`}}, Body: []byte("ok")}
	came := *gave
	came.Header = slices.Clone(gave.Header)
	q := &rawserver.Request{Method: asked.Method, Target: asked.Target, Proto: "HTTP/1.1", Body: []byte("tea")}
	q.Header = append(traffic.Header{{Name: "Host", Value: asked.Host}}, asked.Header...)
	q.Header = append(q.Header, traffic.HeaderField{Name: Correlation, Value: "a-1"}, traffic.HeaderField{Name: "Content-Length", Value: "3"})
	a := &arrival{Request: q, answer: gave}
	return &passed{sent: asked, order: []*arrival{a}, main: a, answer: &came}
}

func set(h *traffic.Header, name, value string) {
	for i := range *h {
		if strings.EqualFold((*h)[i].Name, name) {
			(*h)[i].Value = value
			return
		}
	}
	*h = append(*h, traffic.HeaderField{Name: name, Value: value})
}

func drop(h *traffic.Header, name string) {
	*h = slices.DeleteFunc(*h, func(f traffic.HeaderField) bool { return strings.EqualFold(f.Name, name) })
}

// Each thing that a proxy does is told by its kind, as expected or not, and with
// the cause that it is where it breaks something.
func TestAlterations(t *testing.T) {
	type does func(p *passed, q *traffic.Header, a *traffic.Header)
	field := func(name, value string) does {
		return func(_ *passed, q, _ *traffic.Header) { set(q, name, value) }
	}
	lost := func(name string) does { return func(_ *passed, q, _ *traffic.Header) { drop(q, name) } }
	target := func(to string) does { return func(p *passed, _, _ *traffic.Header) { p.main.Target = to } }
	back := func(name, value string) does {
		return func(_ *passed, _, a *traffic.Header) { set(a, name, value) }
	}
	backLost := func(name string) does { return func(_ *passed, _, a *traffic.Header) { drop(a, name) } }
	both := func(list ...does) does {
		return func(p *passed, q, a *traffic.Header) {
			for _, d := range list {
				d(p, q, a)
			}
		}
	}
	const same, told = "", "told"
	for _, tt := range []struct {
		does   does
		want   []string // "side kind field", in any order
		cause  string   // told: shown and no finding; same: expected
		reason string
	}{
		{func(*passed, *traffic.Header, *traffic.Header) {}, nil, same, "nothing was done"},
		{lost("Authorization"), []string{"request dropped authorization"}, "authorization-dropped-by-proxy", "the app sees no credential"},
		{field("Authorization", "Basic eDp5"), []string{"request rewritten authorization"}, "authorization-dropped-by-proxy", "the proxy's own in its place"},
		{both(lost("Authorization"), field("X-Forwarded-Authorization", "Bearer not-a-token")), []string{"request renamed authorization", "request added x-forwarded-authorization"}, "authorization-dropped-by-proxy", "under another name the app does not look"},
		{func(_ *passed, q, _ *traffic.Header) {
			*q = append(*q, traffic.HeaderField{Name: "Authorization", Value: "Bearer not-a-token"})
		}, []string{"request duplicated authorization"}, "authorization-dropped-by-proxy", "two are refused"},
		{lost("Cookie"), []string{"request dropped cookie"}, "cookie-stripped-by-proxy", "the app sees no session"},
		{field("Cookie", "theme=dark"), []string{"request dropped cookie sid"}, "cookie-stripped-by-proxy", "one of two is lost"},
		{field("Cookie", "theme=dark; sid=1"), nil, same, "order means nothing"},
		{field("Cookie", "sid=1; theme=dark; SRV=a"), []string{"request added cookie srv"}, told, "a cookie of the proxy's own"},
		{lost("Origin"), []string{"request dropped origin"}, "proxy-rewrite", "checks of the origin go by it"},
		{lost("X-Build"), []string{"request dropped x-build"}, told, "nobody knows what it is for"},
		{func(_ *passed, q, _ *traffic.Header) { drop(q, "X-Build"); set(q, "X-Build", "17, 18") }, []string{"request spelt anew x-build"}, same, "a list in one field (RFC 9110 section 5.3)"},
		{field("X-Forwarded-For", "192.0.2.1"), []string{"request added x-forwarded-for"}, same, "what proxies do"},
		{field("Via", "1.1 edge"), []string{"request hop-by-hop via"}, same, "what proxies must do (RFC 9110 section 7.6.3)"},
		{field("Connection", "close"), []string{"request hop-by-hop connection"}, same, "of one connection"},
		{field("X-Tenant", "acme"), []string{"request added x-tenant"}, told, "worth knowing"},
		{both(lost("Content-Length"), field("Transfer-Encoding", "chunked")), []string{"request hop-by-hop transfer-encoding"}, same, "another framing of the same body"},
		{field("Host", "10.0.0.7:8080"), []string{"request rewritten host"}, "forwarded-headers-missing", "the app does not know its own name"},
		{both(field("Host", "10.0.0.7:8080"), field("X-Forwarded-Host", "shop.example")), []string{"request rewritten host", "request added x-forwarded-host"}, same, "it is told beside"},
		{both(field("Host", "app"), field("Forwarded", `for=192.0.2.1;host="shop.example";proto=http`)), []string{"request rewritten host", "request added forwarded"}, same, "it is told beside (RFC 7239 section 5.3)"},
		{field("Host", "shop.example:80"), []string{"request rewritten host"}, same, "the default port"},
		{field("host", "shop.example"), nil, same, "the same"},
		{target("/orders%20a?page=1&q=a%20b"), []string{"request path rewritten path"}, "proxy-rewrite", "a prefix is lost"},
		{both(target("/orders%20a?page=1&q=a%20b"), field("X-Forwarded-Prefix", "/api")), []string{"request path rewritten path", "request added x-forwarded-prefix"}, same, "the app is told of the prefix"},
		{target("/api/orders%20a?q=a%20b"), []string{"request dropped query page"}, "proxy-rewrite", "a parameter is lost"},
		{target("/api/orders%20a?page=1&q=a+b"), []string{"request re-encoded query q"}, told, "the same value in other words"},
		{target("http://shop.example/api/orders%20a?page=1&q=a%20b"), nil, same, "a target as for a forward proxy (RFC 9112 section 3.2.2)"},
		{func(p *passed, _, _ *traffic.Header) { p.main.Method = "GET" }, []string{"request method changed method"}, "proxy-rewrite", "another method"},
		{func(p *passed, _, _ *traffic.Header) { p.main.Body = nil }, []string{"request body changed body"}, "proxy-rewrite", "the body is lost"},
		{func(p *passed, _, _ *traffic.Header) { p.order = append(p.order, p.main) }, []string{"request duplicated request"}, same, "a second try, or a mirror"},

		{backLost("Set-Cookie"), []string{"response dropped set-cookie sid"}, "cookie-stripped-by-proxy", "the client never gets it"},
		{back("Set-Cookie", "sid=2; Path=/shop; HttpOnly"), []string{"response rewritten set-cookie sid path"}, "cookie-stripped-by-proxy", "sent elsewhere"},
		{back("Set-Cookie", "sid=2; Path=/; HttpOnly; Domain=10.0.0.7"), []string{"response added set-cookie sid domain"}, "cookie-stripped-by-proxy", "refused by the browser"},
		{back("Set-Cookie", "sid=2; Path=/; HttpOnly; SameSite=Lax"), []string{"response added set-cookie sid samesite"}, same, "stricter"},
		{back("Set-Cookie", "sid=2; Path=/; HttpOnly; Secure"), []string{"response added set-cookie sid secure"}, "cookie-stripped-by-proxy", "over http a browser refuses it"},
		{back("Set-Cookie", "sid=2; Path=/"), []string{"response dropped set-cookie sid httponly"}, "cookie-stripped-by-proxy", "a protection is lost"},
		{back("Location", "http://shop.example/orders/1"), []string{"response rewritten location"}, same, "made absolute"},
		{back("Location", "http://10.0.0.7/orders/1"), []string{"response rewritten location"}, "proxy-rewrite", "another place"},
		{back("ETag", `W/"a"`), []string{"response rewritten etag"}, same, "weak, for it is compressed"},
		{back("Server", "nginx"), []string{"response added server"}, same, "the proxy names itself"},
		{back("X-Frame-Options", "DENY"), []string{"response added x-frame-options"}, same, "stricter"},
		{func(_ *passed, _, a *traffic.Header) {
			*a = append(*a, traffic.HeaderField{Name: "Access-Control-Allow-Origin", Value: "*"})
		}, []string{"response duplicated access-control-allow-origin"}, "cors-origin-not-allowed", "a browser refuses two"},
		{func(p *passed, _, _ *traffic.Header) { p.answer.Cut, p.answer.Body = io.ErrUnexpectedEOF, []byte("o") }, []string{"response body changed body"}, "proxy-rewrite", "broken off"},
		{func(p *passed, _, _ *traffic.Header) { p.main.Method, p.main.Body = "GET", nil }, []string{"request body changed body", "request method changed method"}, "proxy-rewrite", "the body goes with the method"},
		{backLost("WWW-Authenticate"), []string{"response dropped www-authenticate"}, "proxy-rewrite", "the client can't know what is asked"},
		{func(p *passed, _, _ *traffic.Header) { p.answer.Status = 502 }, []string{"response status changed status"}, "proxy-rewrite", "its own page in the place of the app's"},
		{func(p *passed, _, _ *traffic.Header) { p.answer.Status = 401 }, []string{"response status changed status"}, "proxy-auth-denied", "its own challenge in the place of the app's answer"},
		{func(p *passed, _, _ *traffic.Header) { p.answer.Body = []byte("minified") }, []string{"response body changed body"}, told, "answers may be minified"},
	} {
		p := passing()
		tt.does(p, &p.main.Header, &p.answer.Header)
		var got []string
		causes, unexpected := "", false
		for _, a := range p.alterations() {
			if a.kind == results.SpeltAnew && a.name == "field names, order" {
				continue
			}
			got = append(got, strings.TrimSpace(string(a.side)+" "+string(a.kind)+" "+strings.ToLower(a.field())))
			if a.fault != nil {
				causes = a.fault.cause
			}
			unexpected = unexpected || a.expected == "" && a.fault == nil
		}
		if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(tt.want))) {
			t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
		}
		switch tt.cause {
		case same:
			if causes != "" || unexpected {
				t.Errorf("%s: cause %q, unexpected %v", tt.reason, causes, unexpected)
			}
		case told:
			if causes != "" || !unexpected {
				t.Errorf("%s: cause %q, unexpected %v", tt.reason, causes, unexpected)
			}
		default:
			if causes != tt.cause {
				t.Errorf("%s: cause %q, want %q", tt.reason, causes, tt.cause)
			}
		}
	}
}

func TestPaths(t *testing.T) {
	for _, tt := range []struct{ old, new, does, reason string }{
		{"/a%2Fb", "/a/b", slashDecoded, "a segment more"},
		{"/a%2fb", "/a%2Fb", "", "the case of an escape means nothing (RFC 3986 section 6.2.2.1)"},
		{"/%7Ea", "/~a", "", "an unreserved character (RFC 3986 section 6.2.2.2)"},
		{"/a%20b", "/a%20b%20", pathReplaced, "another path"},
		{"/a%3Bb", "/a;b", pathDecoded, "a reserved character is decoded"},
		{"/a//b", "/a/b", slashesMerged, "two slashes are a segment"},
		{"/a/../b", "/b", "", "dot segments are taken out"},
		{"/a/b", "/v2/a/b", pathReplaced, "a prefix is added"},
		{"/a%", "/a%25", pathDecoded, "a broken escape is mended"},
	} {
		p := passing()
		p.sent.Target, p.main.Target = tt.old, tt.new
		list := p.alterations()
		does := ""
		for _, a := range list {
			if a.fault != nil {
				does = a.fault.does
			}
		}
		if does != tt.does {
			t.Errorf("%s → %s: %q, want %q: %s", tt.old, tt.new, does, tt.does, tt.reason)
		}
	}
}

func TestSchemeTold(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		want        bool
	}{
		{"X-Forwarded-Proto", "https", true}, {"X-Forwarded-Proto", "https, http", true}, {"X-Forwarded-Proto", "http, https", false},
		{"X-Forwarded-Ssl", "on", true}, {"Front-End-Https", "off", false}, {"Forwarded", `for=a;proto="https"`, true}, {"Forwarded", "proto=http", false},
		{"X-Forwarded-Proto", "", false}, {"X-ARR-SSL", "2048|256|CN=a", true}, {"X-Proto", "https", false},
	} {
		p := passing()
		p.sent.Scheme = "https"
		set(&p.main.Header, tt.name, tt.value)
		told := !slices.ContainsFunc(p.alterations(), func(a alteration) bool { return a.fault != nil && a.fault.cause == "tls-termination" })
		if told != tt.want {
			t.Errorf("%s: %s tells %v", tt.name, tt.value, told)
		}
	}
}

// Whatever one field of a request becomes, it is told, and only it; and what is
// passed on as it came is silent.
func TestAlterationsLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := passing()
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`X-[A-Z][a-z]{2,8}`), 1, 5, strings.ToLower).Draw(t, "names")
		for _, name := range names {
			f := traffic.HeaderField{Name: name, Value: rapid.StringMatching(`[a-z]{5,9}[0-9]{3}`).Draw(t, "value")}
			p.sent.Header = append(p.sent.Header, f)
			p.main.Header = append(p.main.Header, f)
		}
		if list := p.alterations(); len(list) > 0 {
			t.Fatalf("nothing was done: %s %s", list[0].kind, list[0].field())
		}
		which := rapid.SampledFrom(names).Draw(t, "which")
		if rapid.Bool().Draw(t, "drop") {
			drop(&p.main.Header, which)
		} else {
			set(&p.main.Header, which, "other")
		}
		list := p.alterations()
		if len(list) != 1 || list[0].name != strings.ToLower(which) {
			t.Fatalf("%s was changed, and %d changes are told", which, len(list))
		}
	})
}

// TestCookieNotes: a cookie that lost an attribute is not told as one that was
// dropped.
func TestCookieNotes(t *testing.T) {
	for _, tt := range []struct{ reason, line, want string }{
		{"an attribute", "sid=2; Path=/", "sid: HttpOnly is dropped"},
		{"one that is added", "sid=2; Path=/; HttpOnly; Domain=10.0.0.7", "sid: Domain is added"},
		{"another value of one", "sid=2; Path=/shop; HttpOnly", "sid: Path / comes as /shop"},
		{"the cookie itself", "", "sid is dropped"},
	} {
		p := passing()
		p.answer.Header = slices.DeleteFunc(p.answer.Header, func(f traffic.HeaderField) bool { return f.Name == "Set-Cookie" })
		if tt.line != "" {
			p.answer.Header = append(p.answer.Header, traffic.HeaderField{Name: "Set-Cookie", Value: tt.line})
		}
		notes := ""
		for _, a := range p.alterations() {
			if a.fault != nil {
				notes += a.note(&tally{masker: &mask.Masker{}})
			}
		}
		if notes != tt.want {
			t.Errorf("%s: %q, want %q", tt.reason, notes, tt.want)
		}
	}
}
