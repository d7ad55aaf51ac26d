package harness

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A scene is a working flow that causes are put into: lines of requests, and what
// each was answered.
type scene struct {
	name   string
	steps  []step
	target int
}

// A step is a request line with fields and a body below it, and its answer.
type step struct{ asked, answered string }

func compact(header, claims map[string]any) string {
	part := func(v any) string {
		text, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return part(header) + "." + part(claims) + ".c2lnbmVkLWZvci10aGUtdGVzdHM"
}

var recordedAt = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)

func accessToken() string {
	return compact(map[string]any{"alg": "RS256", "typ": "at+jwt", "kid": "k1"}, map[string]any{
		"iss": "https://id.larch.example/", "aud": "https://api.larch.example", "sub": "ada", "scope": "orders:read orders:write", "acr": "2", "auth_time": recordedAt.Add(-time.Minute).Unix(),
		"iat": recordedAt.Add(-time.Minute).Unix(), "nbf": recordedAt.Add(-time.Minute).Unix(), "exp": recordedAt.Add(59 * time.Minute).Unix(),
	})
}

// scenes are flows of all kinds of credentials.
func scenes() []scene {
	const json200 = "200\nContent-Type: application/json\n\n{\"orders\":[{\"id\":7001,\"total\":\"12.40\"}],\"page\":1}"
	const signed = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260504/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=5f1d9e7c3b2a4860718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8"
	proof := compact(map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": map[string]any{"kty": "EC", "crv": "P-256", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}},
		map[string]any{"htm": "GET", "htu": "https://api.larch.example/v1/orders", "iat": recordedAt.Unix(), "jti": "e1j3V_bKic8-LAEB"})
	return []scene{
		{"token", []step{
			{"GET https://api.larch.example/v1/me?fields=all\nAuthorization: Bearer " + accessToken(), "200\nContent-Type: application/json\n\n{\"name\":\"Ada\"}"},
			{"GET https://api.larch.example/v1/orders?limit=20&page=1\nAuthorization: Bearer " + accessToken() + "\nAccept: application/json", json200},
		}, 1},
		{"password", []step{{"GET https://api.larch.example/v1/orders?limit=20&page=1\nAuthorization: Basic YWRhOmVhcmwtZ3JleS1hdC1maXZl\nAccept: application/json", json200}}, 0},
		{"key", []step{{"POST https://api.larch.example/v1/orders?limit=20&page=1\nX-Api-Key: key_live_7f3a9c01d2e4b5f60718293a\nContent-Type: application/json\n\n{\"sku\":\"assam\",\"quantity\":2}", json200}}, 0},
		{"key in query", []step{{"GET https://api.larch.example/v1/orders?api_key=7f3a9c01d2e4b5f60718293a4b5c6d7e&limit=20\nAccept: application/json", json200}}, 0},
		{"signature", []step{{"GET https://files.larch.example/reports/may.pdf?part=1\nAuthorization: " + signed + "\nX-Amz-Date: 20260504T080000Z\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD", "200\nContent-Type: application/pdf\n\n%PDF"}}, 0},
		{"signed link", []step{{"GET https://files.larch.example/reports/may.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260504%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260504T080000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=5f1d9e7c3b2a4860718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8\nAccept: */*", "200\nContent-Type: application/pdf\n\n%PDF"}}, 0},
		{"proof", []step{{"GET https://api.larch.example/v1/orders?limit=20&page=1\nAuthorization: DPoP " + accessToken() + "\nDPoP: " + proof, json200}}, 0},
		{"grant", []step{
			{"GET https://id.larch.example/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fapp.larch.example%2Fcallback&state=b7c1d2e3f40516273849&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
				"302\nLocation: https://app.larch.example/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=b7c1d2e3f40516273849\nSet-Cookie: login_state=b7c1d2e3f40516273849; Path=/"},
			{"POST https://id.larch.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=https%3A%2F%2Fapp.larch.example%2Fcallback&client_id=shop&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
				"200\nContent-Type: application/json\n\n{\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\",\"token_type\":\"Bearer\",\"expires_in\":3600}"},
		}, 1},
		{"session", []step{
			{"GET https://app.larch.example/login", "200\nContent-Type: text/html\nSet-Cookie: session=b1946ac92492d2347c6235b4d2611184; Path=/; HttpOnly\n\n<form method=post><input type=hidden name=csrf_token value=9f3a1c77e2b04d5d8a6b></form>"},
			{"GET https://app.larch.example/account?tab=orders\nCookie: session=b1946ac92492d2347c6235b4d2611184; theme=dark", "200\nContent-Type: text/html\n\n<meta name=csrf-token content=9f3a1c77e2b04d5d8a6b><p>Hello"},
			{"POST https://app.larch.example/cart?list=1\nCookie: session=b1946ac92492d2347c6235b4d2611184; theme=dark\nOrigin: https://app.larch.example\nX-CSRF-Token: 9f3a1c77e2b04d5d8a6b\nContent-Type: application/json\n\n{\"sku\":\"assam\",\"quantity\":2}", "200\nContent-Type: application/json\n\n{\"items\":1}"},
		}, 2},
		{"callback", []step{
			{"GET https://app.larch.example/signin", "302\nLocation: https://id.larch.example/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fapp.larch.example%2Fcallback&state=b7c1d2e3f40516273849\nSet-Cookie: oauth_state=b7c1d2e3f40516273849; Path=/; HttpOnly"},
			{"GET https://id.larch.example/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fapp.larch.example%2Fcallback&state=b7c1d2e3f40516273849", "302\nLocation: https://app.larch.example/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=b7c1d2e3f40516273849"},
			{"GET https://app.larch.example/callback?code=SplxlOBeZQQYbYS6WxSbIA&state=b7c1d2e3f40516273849\nCookie: oauth_state=b7c1d2e3f40516273849", "302\nLocation: /home\nSet-Cookie: session=b1946ac92492d2347c6235b4d2611184; Path=/"},
		}, 2},
		{"page", []step{
			{"POST https://api.larch.example/login\nOrigin: https://app.larch.example\nReferer: https://app.larch.example/\nContent-Type: text/plain\n\nada", "200\nSet-Cookie: session=b1946ac92492d2347c6235b4d2611184; Path=/; Secure; SameSite=None\nAccess-Control-Allow-Origin: https://app.larch.example\nAccess-Control-Allow-Credentials: true"},
			{"GET https://api.larch.example/v1/me?fields=all\nOrigin: https://app.larch.example\nReferer: https://app.larch.example/\nSec-Fetch-Mode: cors\nSec-Fetch-Site: same-site\nCookie: session=b1946ac92492d2347c6235b4d2611184", "200\nContent-Type: application/json\nAccess-Control-Allow-Origin: https://app.larch.example\nAccess-Control-Allow-Credentials: true\n\n{\"name\":\"Ada\"}"},
		}, 1},
	}
}

// capture records a scene. Each request says which one it is, so that a server
// knows it whatever was done to it.
func (s scene) capture(t testing.TB) *traffic.Capture {
	c := &traffic.Capture{File: "ok.har", Format: traffic.HAR, Version: "1.2", Creator: traffic.Product{Name: "tester"}}
	for i, st := range s.steps {
		at := recordedAt.Add(time.Duration(i) * time.Second)
		head, body, hasBody := strings.Cut(st.asked, "\n\n")
		lines := strings.Split(head, "\n")
		method, address, _ := strings.Cut(lines[0], " ")
		x := &traffic.Exchange{Index: i, Request: traffic.Request{Method: method, URL: address, Proto: "HTTP/1.1", Header: headerOf(lines[1:])}}
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "User-Agent", Value: "Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0.0.0"},
			traffic.HeaderField{Name: "Accept-Language", Value: "en"}, traffic.HeaderField{Name: entryField, Value: strconv.Itoa(i)})
		if hasBody {
			x.Request.Body = traffic.NewBody(x.Request.Header.Get("Content-Type"), []byte(body))
		}
		head, body, hasBody = strings.Cut(st.answered, "\n\n")
		lines = strings.Split(head, "\n")
		status, err := strconv.Atoi(lines[0])
		if err != nil {
			t.Fatal(err)
		}
		x.Response = &traffic.Response{Status: status, Proto: "HTTP/1.1", Header: headerOf(lines[1:])}
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: "Date", Value: at.Format("Mon, 02 Jan 2006 15:04:05 GMT")})
		if hasBody {
			x.Response.Body = traffic.NewBody(x.Response.Header.Get("Content-Type"), []byte(body))
		}
		x.Recorded.Started, x.Recorded.Millis = traffic.Timestamp{Time: at, Text: at.Format(time.RFC3339)}, 5
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

const entryField = "X-Entry"

func headerOf(lines []string) traffic.Header {
	var h traffic.Header
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h = append(h, traffic.HeaderField{Name: name, Value: value})
	}
	return h
}
