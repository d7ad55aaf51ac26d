package scenarios

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// jwt makes a token; its signature is as long as one of HS256.
func jwt(t testing.TB, header, claims map[string]any) string {
	t.Helper()
	part := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	if header == nil {
		header = map[string]any{"alg": "HS256", "typ": "JWT"}
	}
	input := part(header) + "." + part(claims)
	return input + "." + hash(input)
}

// exchangeOf makes a request with header fields given as name, value, ….
func exchangeOf(method, url string, fields ...string) *traffic.Exchange {
	x := &traffic.Exchange{Request: traffic.Request{Method: method, URL: url}}
	for i := 0; i+1 < len(fields); i += 2 {
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	return x
}

func TestParseJWT(t *testing.T) {
	good := jwt(t, nil, map[string]any{"sub": "u", "exp": 1.8e9})
	enc := base64.RawURLEncoding.EncodeToString
	for _, row := range []struct {
		reason, value string
		want          bool
	}{
		{"three parts, JSON", good, true},
		{"white space around it is the header's", " " + good + "\t", true},
		{"a redacted signature leaves the claims readable", good[:strings.LastIndexByte(good, '.')] + ".redacted", true},
		{"alg none has no signature", enc([]byte(`{"alg":"none"}`)) + "." + enc([]byte(`{"sub":"u"}`)) + ".", true},
		{"padding is against RFC 7515, yet readable", enc([]byte(`{"alg":"HS256"}`)) + "." + enc([]byte(`{"a":1}`)) + "=.x", true},
		{"five parts are encrypted", enc([]byte(`{"alg":"dir","enc":"A256GCM"}`)) + "..a.b.c", false},
		{"claims are an object, always", enc([]byte(`{"alg":"HS256"}`)) + "." + enc([]byte(`[1]`)) + ".x", false},
		{"null is no object", enc([]byte(`{"alg":"HS256"}`)) + "." + enc([]byte(`null`)) + ".x", false},
		{"a signed cookie of another make has no JOSE header", enc([]byte(`{"user":1}`)) + "." + enc([]byte(`{"a":1}`)) + ".x", false},
		{"two parts", "eyJhbGciOiJIUzI1NiJ9.e30", false},
		{"a version number", "1.2.3", false},
		{"empty", "", false},
	} {
		_, ok := ParseJWT(row.value)
		if ok != row.want {
			t.Errorf("%s: got %v", row.reason, ok)
		}
	}
	if !IsJWE(enc([]byte(`{"alg":"dir","enc":"A256GCM"}`)) + "..a.b.c") {
		t.Error("a JWE is not told")
	}
}

func TestJWTClaims(t *testing.T) {
	token, ok := ParseJWT(jwt(t, nil, map[string]any{
		"exp": 1800000000.5, "iat": 1800000000000, "nbf": "soon", "scope": "a  b", "aud": "one two", "scp": []string{"x", "y"}, "iss": "i",
	}))
	if !ok {
		t.Fatal("no token")
	}
	at := func(claim string) string {
		when, ok := token.Time(claim)
		if !ok {
			return ""
		}
		return when.Format(time.RFC3339Nano)
	}
	got := map[string]any{"exp": at("exp"), "iat": at("iat"), "nbf": at("nbf"), "scope": token.Set("scope"), "aud": token.Set("aud"),
		"scp": token.Set("scp"), "iss": token.Text("iss"), "none": token.Text("none")}
	want := map[string]any{"exp": "2027-01-15T08:00:00.5Z", "iat": "2027-01-15T08:00:00Z", "nbf": "", "scope": []string{"a", "b"},
		"aud": []string{"one two"}, "scp": []string{"x", "y"}, "iss": "i", "none": ""}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTokenOf(t *testing.T) {
	one := jwt(t, nil, map[string]any{"sub": "one"})
	two := jwt(t, nil, map[string]any{"sub": "two"})
	for _, row := range []struct {
		reason string
		x      *traffic.Exchange
		part   diff.Part
		name   string
		sub    string
	}{
		{"Bearer", exchangeOf("GET", "https://a.test/", "Authorization", "Bearer "+one), diff.Header, "authorization", "one"},
		{"without its scheme", exchangeOf("GET", "https://a.test/", "Authorization", one), diff.Header, "authorization", "one"},
		{"Authorization before a cookie", exchangeOf("GET", "https://a.test/", "Cookie", "auth="+two, "Authorization", "Bearer "+one),
			diff.Header, "authorization", "one"},
		{"a header of its own", exchangeOf("GET", "https://a.test/", "X-Auth-Token", one), diff.Header, "x-auth-token", "one"},
		{"a cookie, escaped", exchangeOf("GET", "https://a.test/", "Cookie", "access_token=Bearer%20"+one), diff.Cookie, "access_token", "one"},
		{"the query of a socket", exchangeOf("GET", "https://a.test/ws?access_token="+one), diff.Query, "access_token", "one"},
		{"a proof is none", exchangeOf("GET", "https://a.test/", "DPoP", one), "", "", ""},
		{"a CSRF token is none", exchangeOf("GET", "https://a.test/", "X-CSRF-Token", one), "", "", ""},
		{"one for the proxy is none", exchangeOf("GET", "https://a.test/", "Proxy-Authorization", "Bearer "+one), "", "", ""},
		{"an opaque token is none", exchangeOf("GET", "https://a.test/", "Authorization", "Bearer a1b2c3d4e5f6"), "", "", ""},
	} {
		token, c, ok := TokenOf(row.x)
		if ok != (row.sub != "") || c.Part != row.part || c.Name != row.name {
			t.Errorf("%s: got %v in %s %s", row.reason, ok, c.Part, c.Name)
		} else if ok && token.Text("sub") != row.sub {
			t.Errorf("%s: the other token was taken", row.reason)
		}
	}
}

func TestUse(t *testing.T) {
	for _, row := range []struct {
		reason         string
		header, claims map[string]any
		want           Use
	}{
		{"RFC 9068", map[string]any{"alg": "RS256", "typ": "at+jwt"}, map[string]any{"nonce": "n"}, AccessUse},
		{"Keycloak marks both", nil, map[string]any{"typ": "ID", "scope": "x"}, IDUse},
		{"Cognito", nil, map[string]any{"token_use": "id"}, IDUse},
		{"a scope is of access tokens", nil, map[string]any{"scope": "read", "nonce": "n"}, AccessUse},
		{"at_hash is of ID tokens (OIDC Core 3.1.3.6)", nil, map[string]any{"at_hash": "h"}, IDUse},
		{"a refresh token sent as access token", nil, map[string]any{"token_type": "refresh"}, RefreshUse},
		{"nothing tells", nil, map[string]any{"sub": "u"}, UseUnknown},
	} {
		token, ok := ParseJWT(jwt(t, row.header, row.claims))
		if !ok || token.Use() != row.want {
			t.Errorf("%s: got %q", row.reason, token.Use())
		}
	}
}

func TestCompareJWT(t *testing.T) {
	parse := func(header, claims map[string]any) *JWT {
		token, ok := ParseJWT(jwt(t, header, claims))
		if !ok {
			t.Fatal("no token")
		}
		return token
	}
	a := parse(map[string]any{"alg": "RS256", "kid": "1"}, map[string]any{"iss": "i", "exp": 1, "jti": "a", "scope": "a b", "aud": []string{"x", "y"}})
	b := parse(map[string]any{"alg": "RS256", "kid": "2"}, map[string]any{"iss": "j", "exp": 2, "jti": "b", "scope": "b a", "aud": []string{"y", "x"}, "acr": "1"})
	want := []ClaimChange{{Name: "acr", New: "1"}, {Name: "iss", Old: "i", New: "j"}, {Header: true, Name: "kid", Old: "1", New: "2"}}
	if d := cmp.Diff(want, CompareJWT(a, b)); d != "" {
		t.Error(d)
	}
	if d := CompareJWT(a, a); len(d) > 0 {
		t.Error("a token differs from itself")
	}
}

func FuzzParseJWT(f *testing.F) {
	f.Add(jwt(f, nil, map[string]any{"exp": 1e300, "aud": []string{"a"}}))
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("a.b.c.d.e")
	f.Fuzz(func(t *testing.T, s string) {
		token, ok := ParseJWT(s)
		IsJWE(s)
		if !ok {
			return
		}
		if token.Header == nil || token.Claims == nil || strings.TrimSpace(s) != token.Raw {
			t.Error("a token without its parts")
		}
		token.Use()
		for name := range token.Claims {
			token.Time(name)
			token.Set(name)
		}
		if !strings.HasPrefix(token.Raw, token.signingInput()) {
			t.Error("the signing input is no part of the token")
		}
		if len(CompareJWT(token, token)) > 0 {
			t.Error("differs from itself")
		}
	})
}
