package mask

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
)

// holding puts a secret into the place of an exchange that the place of a door
// is in; false where there is none.
func holding(p place, secret string) (*traffic.Exchange, bool) {
	x := &traffic.Exchange{Request: traffic.Request{Method: "POST", URL: "https://a.test/"}, Response: &traffic.Response{Status: 200}}
	value := p.format(secret)
	switch p.door {
	case "header":
		x.Request.Header = traffic.Header{{Name: p.name, Value: value}}
		x.Response.Header = x.Request.Header
	case "cookie":
		x.Request.Cookies = []traffic.Cookie{{Name: p.name, Value: value}}
	case "query":
		x.Request.Query = []traffic.Param{{Name: p.name, Value: value}}
	case "form":
		x.Request.Body.Params = []traffic.Param{{Name: p.name, Value: value}}
	case "url":
		x.Request.URL = value
		x.Response.Location = value
	case "body":
		x.Request.Body = traffic.NewBody(p.name, []byte(value))
		x.Response.Body = x.Request.Body
	case "text":
		x.Recorded.Comment, x.Response.Error = value, value
	case "json":
		x.Unknown = traffic.Fields{{Pointer: "/_" + p.name, Value: []byte(quoted(value))}}
	default:
		return nil, false
	}
	return x, true
}

// flat is everything in an exchange.
func flat(t fataler, x *traffic.Exchange) string {
	t.Helper()
	request, err := x.Request.Body.Text(0)
	if err != nil {
		t.Fatalf("%v", err)
	}
	response, err := x.Response.Body.Text(0)
	if err != nil {
		t.Fatalf("%v", err)
	}
	head, err := json.Marshal([]any{
		x.Request.URL, x.Request.Header, x.Request.Cookies, x.Request.Query, x.Request.Body.Params, x.Response.Location, x.Response.StatusText, x.Response.Error,
		x.Response.Header, x.Response.Cookies, x.Recorded.Comment, x.Unknown,
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(head) + request + response
}

func redact(t fataler, r *Redactor, x *traffic.Exchange) *traffic.Exchange {
	t.Helper()
	out, err := r.Exchange(x)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return out
}

// TestNoSecretSurvivesRedaction: in none of the places that the doors know, nor
// in another exchange; and redacting twice is redacting once.
func TestNoSecretSurvivesRedaction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := secrets.Draw(t, "value")
		p := rapid.SampledFrom(places).Draw(t, "place")
		x, ok := holding(p, secret)
		if !ok {
			return
		}
		r := Redactor{Key: []byte("k")}
		r.Learn(&traffic.Capture{Exchanges: []*traffic.Exchange{x}})
		once := redact(t, &r, x)
		text := flat(t, once)
		if strings.Contains(text, secret) {
			t.Fatalf("%s %q shows the secret: %s", p.door, p.name, text)
		}
		if strings.Contains(text, opening) {
			t.Fatalf("%s %q has a placeholder of the screen: %s", p.door, p.name, text)
		}
		if again := flat(t, redact(t, &Redactor{Key: []byte("another")}, once)); again != text {
			t.Fatalf("%s %q changes when it is redacted again:\n%s\n%s", p.door, p.name, text, again)
		}
		e := rapid.SampledFrom(elsewhere).Draw(t, "elsewhere")
		r.masker().Learn(secret, kindToken)
		if y, ok := holding(e, secret); ok {
			if text := flat(t, redact(t, &r, y)); strings.Contains(text, secret) {
				t.Fatalf("%s %q shows what %s %q taught: %s", e.door, e.name, p.door, p.name, text)
			}
		}
	})
}

// readable is a text with marks without their numbers, out of Base64.
func readable(s string) string {
	if core, ok := strings.CutPrefix(s, "Basic "); ok {
		if plain, ok := decodeBasic(core); ok {
			s = "Basic " + plain
		}
	}
	return numbers.ReplaceAllString(s, "$1")
}

var numbers = regexp.MustCompile(`(masked-[a-z]+)-[0-9]{1,9}-k[a-z2-7]{5}`)

// TestRedactionKeeps: what is no secret stays byte for byte, and what a secret
// is read by stays readable.
func TestRedactionKeeps(t *testing.T) {
	const header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" // {"alg":"HS256","typ":"JWT"}
	const claims = "eyJpc3MiOiJodHRwczovL2EudGVzdCIsImV4cCI6MTc5MzE4MTAwMH0"
	const signature = "dGhpcyBpcyBhIHNpZ25hdHVyZSBvZiBub2JvZHk"
	rows := []struct{ reason, name, value, want string }{
		{"a JWT keeps header and claims", "Authorization", "Bearer " + header + "." + claims + "." + signature, "Bearer " + header + "." + claims + ".masked-signature"},
		{"one without a signature stays without", "Authorization", "Bearer " + header + "." + claims + ".", "Bearer " + header + "." + claims + "."},
		{"one that lost its signature has two parts", "Authorization", "Bearer " + header + "." + claims, "Bearer " + header + "." + claims},
		{"blanks are what breaks it", "Authorization", "Bearer  " + header + "." + claims + "." + signature + " ", "Bearer  " + header + "." + claims + ".masked-signature "},
		{"a token that is none of those", "Authorization", "Bearer  0123456789abcdef", "Bearer  masked-token"},
		{"Basic stays Basic", "Authorization", "Basic YWRhOmh1bnRlcjI=", "Basic masked-user:masked-password"},
		{"Basic without a colon stays without", "Authorization", "Basic YWRhaHVudGVyMg==", "Basic masked-user"},
		{"what is no Base64 stays none", "Authorization", "Basic ada:hunter2", "Basic masked-basic"},
		{"the bug itself is no secret", "Authorization", "Bearer undefined", "Bearer undefined"},
		{"a challenge", "WWW-Authenticate", `Bearer realm="a", error="invalid_token"`, `Bearer realm="a", error="invalid_token"`},
		{"a cookie's name and attributes", "Set-Cookie", "sid=9d8c7b6a5f4e3d2c; Path=/; SameSite=Lax", "sid=masked-session; Path=/; SameSite=Lax"},
		{"a control character", "X-Note", "a\tb\x1b[31m", "a\tb\x1b[31m"},
		{"a placeholder that somebody else wrote", "X-Note", "‹token 7›", "‹token 7›"},
		{"an address", "Referer", "https://a.test/x?page=2&token=0123456789abcdef#top", "https://a.test/x?page=2&token=masked-token#top"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			x := &traffic.Exchange{Request: traffic.Request{Header: traffic.Header{{Name: row.name, Value: row.value}}}}
			got := redact(t, &Redactor{Key: []byte("k")}, x)
			if diff := cmp.Diff(row.want, readable(got.Request.Header[0].Value)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if x.Request.Header[0].Value != row.value {
				t.Error("the original was changed")
			}
		})
	}
}

// TestLongSecretsStayLong: that a field is too long for a server is a cause.
func TestLongSecretsStayLong(t *testing.T) {
	long := "a1" + strings.Repeat("Zx9Qw7", 1500)
	x := &traffic.Exchange{Request: traffic.Request{Header: traffic.Header{{Name: "Cookie", Value: "sid=" + long}}}}
	r := Redactor{Key: []byte("k")}
	once := redact(t, &r, x)
	value := once.Request.Header[0].Value
	if len(value) != len("sid=")+len(long) || strings.Contains(value, "Zx9Qw7") {
		t.Errorf("%d bytes became %d", len(long), len(value))
	}
	if again := redact(t, &r, once).Request.Header[0].Value; again != value {
		t.Error("it changes when it is redacted again")
	}
}

// TestMarksByKey: with the same key the same secret has the same mark, whatever
// came before it; another secret, or another key, another one.
func TestMarksByKey(t *testing.T) {
	mark := func(key string, values ...string) string {
		r := Redactor{Key: []byte(key)}
		out := ""
		for _, value := range values {
			x := &traffic.Exchange{Request: traffic.Request{Header: traffic.Header{{Name: "X-Api-Key", Value: value}}}}
			out = redact(t, &r, x).Request.Header[0].Value
		}
		return out
	}
	one := mark("k", "0123456789abcdef")
	if other := mark("k", "fedcba9876543210", "0123456789abcdef"); other != one {
		t.Errorf("%s became %s", one, other)
	}
	if mark("k", "fedcba9876543210") == one || mark("l", "0123456789abcdef") == one {
		t.Errorf("%s stands for another", one)
	}
}

func FuzzRedact(f *testing.F) {
	for _, p := range places {
		f.Add(p.name, p.format("s3cr3tQ7x9Zk2LmVw8T"))
	}
	f.Add("Authorization", "Bearer eyJhbGciOiJub25lIn0.e30.x.y.z")
	f.Add("application/json", `{"token":"eyJhbGciOiJub25lIn0.eyJhIjoi4oC5dG9rZW4gMeKAuiJ9.x"}`)
	f.Fuzz(func(t *testing.T, name, value string) {
		x := &traffic.Exchange{
			Request:  traffic.Request{URL: value, Header: traffic.Header{{Name: name, Value: value}}, Body: traffic.NewBody(name, []byte(value))},
			Response: &traffic.Response{Header: traffic.Header{{Name: "Set-Cookie", Value: value}}, Body: traffic.NewBody("", []byte(value))},
		}
		r := Redactor{Key: []byte("k")}
		r.Learn(&traffic.Capture{Exchanges: []*traffic.Exchange{x}})
		redact(t, &r, x)
	})
}
