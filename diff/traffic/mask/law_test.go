package mask

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
)

// A place is somewhere a secret can stand, and the door that prints it.
type place struct {
	door, name string
	format     func(secret string) string
}

func verbatim(s string) string { return s }

func around(before, after string) func(string) string {
	return func(s string) string { return before + s + after }
}

func quoted(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(out)
}

var places = []place{
	{"header", "Authorization", around("Bearer ", "")},
	{"header", "Authorization", verbatim},
	{"header", "Authorization", func(s string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte("ops:"+s))
	}},
	{"header", "Authorization", around("ApiKey ", "")},
	{"header", "Cookie", around("a=1; sid=", "; b=2")},
	{"header", "Set-Cookie", around("sid=", "; Path=/; HttpOnly")},
	{"header", "Set-Cookie", around("a=1; Path=/, sid=", "; HttpOnly")},
	{"header", "X-Api-Key", verbatim},
	{"header", "X-Acme-Access-Token", verbatim},
	{"header", "Location", around("https://a.test/cb#access_token=", "&x=1")},
	{"header", "Referer", around("/x?token=", "")},
	{"cookie", "a", verbatim},
	{"query", "access_token", verbatim},
	{"form", "client_secret", verbatim},
	{"json", "refreshToken", verbatim},
	{"claim", "jti", verbatim},
	{"url", "", around("https://ops:", "@a.test/")},
	{"url", "", around("?a=1&api_key=", "")},
	{"url", "", around("?a=1;api_key=", "#x")},
	{"url", "", around("/x?next=%2Fy%3Ftoken%3D", "")},
	{"text", "", around("x password=", " y")},
	{"text", "", around(`{"secret": "`, `"`)},
	{"text", "", around("Cookie: sid=", "")},
	{"body", "application/json", func(s string) string { return `{"a":[{"token":` + quoted(s) + `}]}` }},
	{"body", "application/json", func(s string) string { return `{"a":` + quoted(`{"token":`+quoted(s)+`}`) + `}` }},
	{"body", "application/json", func(s string) string { return `{"token":` + quoted(s) }},
	{"body", "application/json", func(s string) string { return `{"u":` + quoted("/x?token="+url.QueryEscape(s)) + `}` }},
	{"body", "application/x-www-form-urlencoded", func(s string) string { return "a=1&password=" + url.QueryEscape(s) }},
	{"body", "text/xml", around("<a><password>", "</password></a>")},
	{"body", "text/html", around(`<input value="`, `" name=csrf_token>`)},
	{"body", "multipart/form-data; boundary=b", around("--b\r\nContent-Disposition: form-data; name=token\r\n\r\n", "\r\n--b--")},
	{"body", "", around("secret=", "")},
	{"body", "text/csv", around("id,access_token\n1,", "\n")},
	{"body", "text/csv", around("id;\"api_key\"\r\n1;\"", "\"\r\n")},
	{"body", "application/jwk+json", around(`{"d":"abc123456789`, `","kty":"EC"}`)},
	{"body", "application/yaml", around("db:\n  - password: ", " # of the old one\n")},
}

// elsewhere are texts that name no secret: only what was learnt is found.
var elsewhere = []place{
	{"text", "", verbatim},
	{"text", "", around("order", "x is unknown")},
	{"text", "", func(s string) string { return "at " + url.QueryEscape(s) + "." }},
	{"text", "", func(s string) string { return base64.StdEncoding.EncodeToString([]byte("ops:" + s)) }},
	{"header", "X-Note", around("see ", "")},
	{"url", "", around("https://", ".test/")},
	{"url", "", around("/files/x", "/y?q=1")},
	{"json", "note", around("it was ", " I think")},
	{"claim", "aud", verbatim},
	{"body", "application/json", around(`{"`, `":1}`)},
	{"body", "text/plain", around("see\n", "\n")},
	{"body", "text/html", around("<p>", "</p>")},
}

// secrets draws values that hold letters and digits, as generated ones do.
var secrets = rapid.Custom(func(t *rapid.T) string {
	return rapid.StringMatching(`[A-Za-z][0-9][A-Za-z0-9_-]{8,60}[0-9][a-z]{2}[0-9]`).Draw(t, "secret")
})

func TestNoSecretSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := secrets.Draw(t, "value")
		var m Masker
		for _, p := range places {
			leak(t, &m, p, secret)
			leak(t, &Masker{}, p, secret)
		}
		m.Learn(secret, kindToken)
		for _, p := range elsewhere {
			leak(t, &m, p, secret)
		}
	})
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func leak(t fataler, m *Masker, p place, secret string) {
	t.Helper()
	out := through(m, p.door, p.name, p.format(secret))
	if strings.Contains(out, secret) {
		t.Fatalf("%s %q shows the secret: %s", p.door, p.name, out)
	}
	if !strings.Contains(out, opening) {
		t.Fatalf("%s %q has no mask: %s", p.door, p.name, out)
	}
	if again := through(m, p.door, p.name, out); again != out {
		t.Fatalf("%s %q masked twice\n was %s\n now %s", p.door, p.name, out, again)
	}
}

func TestEqualStaysEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := secrets.Draw(t, "a"), secrets.Draw(t, "b")
		if strings.HasPrefix(a, b) || strings.HasPrefix(b, a) || strings.Contains(a, b) || strings.Contains(b, a) {
			t.Skip("one holds the other")
		}
		var m Masker
		for _, p := range places {
			first := through(&m, p.door, p.name, p.format(a))
			other := through(&m, p.door, p.name, p.format(b))
			if again := through(&m, p.door, p.name, p.format(a)); again != first {
				t.Fatalf("%s %q: the same secret has two masks: %s and %s", p.door, p.name, first, again)
			}
			if first == other {
				t.Fatalf("%s %q: two secrets have one mask: %s", p.door, p.name, first)
			}
		}
	})
}

func TestPlacesShareTheMask(t *testing.T) {
	var m Masker
	want := m.Cookie("XSRF-TOKEN", "abc123+/==")
	if got := m.Header("X-XSRF-TOKEN", "abc123+/=="); got != want {
		t.Errorf("header shows %s, cookie %s", got, want)
	}
	if got, want := m.Cookie("XSRF-TOKEN", "abc123%2B%2F%3D%3D"), "‹csrf 1, percent-encoded›"; got != want {
		t.Errorf("encoded cookie shows %s, want %s", got, want)
	}
}

func TestCutOffToken(t *testing.T) {
	var m Masker
	m.Learn(jwt[:60], kindToken)
	m.Learn(jwt, kindToken)
	if got, want := m.Header("Authorization", "Bearer "+jwt[:60]), "Bearer ‹jwt 1, first 60 bytes›"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := m.Header("Authorization", "Bearer "+jwt), "Bearer ‹jwt 1›"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestForgedPlaceholderHidesNothing(t *testing.T) {
	for _, forged := range []string{"‹jwt 1›abcdefgh1", "‹jwt 1, abcdefgh1›", "‹abcdefgh1 1›", "‹token 1, first abcdefgh1 bytes›"} {
		var m Masker
		if got := m.Header("X-Api-Key", forged); strings.Contains(got, "abcdefgh1") {
			t.Errorf("%s passed as %s", forged, got)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	var m Masker
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 50 {
				m.Header("X-Api-Key", fmt.Sprintf("abcdefgh%d", i*j))
				m.Text("abcdefgh7")
			}
		})
	}
	wait.Wait()
	if a, b := m.Text("abcdefgh7"), m.Form("token", "abcdefgh7"); a != b {
		t.Errorf("text shows %s, form %s", a, b)
	}
}

func TestVisible(t *testing.T) {
	for _, r := range []struct{ reason, in, want string }{
		{"ASCII stays", "GET /x?y=1 \\x1b", "GET /x?y=1 \\x1b"},
		{"letters of all tongues stay", "Grüße 東京 ✓ ‹jwt 1›", "Grüße 東京 ✓ ‹jwt 1›"},
		{"line ends", "a\r\n\tb", "a␍␊⇥b"},
		{"CSI", "\x1b[31mred", `\x1b[31mred`},
		{"OSC 52 writes the clipboard", "\x1b]52;c;aGk=\a", `\x1b]52;c;aGk=\x07`},
		{"C1 is CSI in one rune", "\u009b31m", `\u009b31m`},
		{"C1 as a lone byte", "\x9b31m", `\x9b31m`},
		{"bidi override", "a\u202eb", `a\u202eb`},
		{"zero width", "a\u200bb\ufeff", `a\u200bb\ufeff`},
		{"blank that is no space", "a\u00a0b\u3164", `a\u00a0b\u3164`},
		{"tags hide text", "\U000e0041", `\U000e0041`},
		{"NUL and DEL", "\x00\x7f", `\x00\x7f`},
		{"cut off rune", "\xe2\x80", `\xe2\x80`},
		{"a variation selector can carry a byte and draws nothing", "a\ufe0f\U000e0101", `a\ufe0f\U000e0101`},
		{"fillers of scripts draw nothing", "\u034f\u17b4\u180b", `\u034f\u17b4\u180b`},
		{"marks stand on a letter", "e\u0301 \u05d1\u05bc\u05b0", "e\u0301 \u05d1\u05bc\u05b0"},
		{"marks do not stand on what is before the text", "\u0301e", `\u0301e`},
		{"a flood of marks covers other lines", "e" + strings.Repeat("\u0301", 8), "e" + strings.Repeat("\u0301", 6) + `\u0301\u0301`},
		{"a command of GitHub", "::error::x", `:\x3aerror::x`},
		{"in any case, with properties that hold a colon", " ::Set-Output name=a:b::x", ` :\x3aSet-Output name=a:b::x`},
		{"closed by another value of the line", "::warning file=x", `:\x3awarning file=x`},
		{"one after the other, for a long word is broken", "x::error::group::", `x:\x3aerror:\x3agroup::`},
		{"three colons", ":::error::", `::\x3aerror::`},
		{"no command", "http://[::1]/ a::b std::errors", "http://[::1]/ a::b std::errors"},
		{"commands of Azure, TeamCity and older ones of GitHub", "##vso[a]##[b]##TeamCity[c]", `#\x23vso[a]#\x23[b]#\x23TeamCity[c]`},
		{"no command either", "## a [b]", "## a [b]"},
	} {
		if got := Visible(r.in); got != r.want {
			t.Errorf("%s: got %q, want %q", r.reason, got, r.want)
		}
	}
}

func safe(t *testing.T, s string, lines bool) {
	t.Helper()
	show := Visible
	if lines {
		show = traffic.VisibleLines
	}
	if show(s) != s {
		t.Fatalf("not safe to print: %q", s)
	}
}

func FuzzVisible(f *testing.F) {
	for _, r := range rows {
		f.Add(r.value)
	}
	f.Add("\x1b]0;x\a\u202e\xff")
	f.Add("::error::group::##vso[e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\ufe0f")
	f.Fuzz(func(t *testing.T, s string) { safe(t, Visible(s), false) })
}

const canary = "c4NaRy7x9Qz2"

func FuzzURL(f *testing.F) {
	for _, r := range rows {
		if r.door == "url" {
			f.Add(r.value)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		var m Masker
		safe(t, m.URL(s), false)
		if out := (&Masker{}).URL(s + "?token=" + canary); strings.Contains(out, canary) && !strings.Contains(s, canary) {
			t.Fatalf("the secret survives: %q", out)
		}
		if out := (&Masker{}).URL("?token=" + canary + "&" + s); strings.Contains(out, canary) {
			t.Fatalf("the secret survives: %q", out)
		}
	})
}

func FuzzHeader(f *testing.F) {
	for _, r := range rows {
		if r.door == "header" {
			f.Add(r.name, r.value)
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		var m Masker
		safe(t, m.Header(name, value), false)
		for _, h := range []string{"Authorization", "Cookie", "X-Api-Key"} {
			if strings.Contains(value, "=") {
				continue // realm=… and the like are shown
			}
			if out := (&Masker{}).Header(h, value+" "+canary); strings.Contains(out, canary) {
				t.Fatalf("%s: the secret survives: %q", h, out)
			}
		}
		m.Learn(canary, kindToken)
		if out := m.Header(name, value+canary); strings.Contains(out, canary) {
			t.Fatalf("the learnt secret survives: %q", out)
		}
	})
}

func FuzzBody(f *testing.F) {
	for _, r := range rows {
		if r.door == "body" {
			f.Add(r.name, r.value)
		}
	}
	f.Fuzz(func(t *testing.T, mediaType, content string) {
		var m Masker
		safe(t, m.Body(mediaType, []byte(content)), true)
		m.Learn(canary, kindToken)
		if out := m.Body(mediaType, []byte(content+canary)); strings.Contains(out, canary) {
			t.Fatalf("the learnt secret survives: %q", out)
		}
		if json.Valid([]byte(content)) {
			out := (&Masker{}).Body("application/json", []byte(`[`+content+`,{"token":"`+canary+`"}]`))
			if strings.Contains(out, canary) && !strings.Contains(content, canary) {
				t.Fatalf("the secret survives: %q", out)
			}
		}
	})
}
