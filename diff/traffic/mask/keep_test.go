package mask_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// kept are captures in several clothes, and the values in them that a diagnosis
// or its reader needs: they are between brackets, ⟦so⟧.
var kept = []struct{ reason, har string }{
	{"a JSON API behind a proxy", exchangeHAR(
		"⟦GET⟧", "https://⟦api.shop.test⟧/⟦v1⟧/⟦orders⟧/⟦9001⟧/⟦items⟧?⟦page⟧=⟦2⟧&⟦limit⟧=⟦50⟧&⟦sort⟧=⟦created_at⟧&⟦status⟧=⟦open⟧&⟦fields⟧=⟦id,total⟧",
		`⟦Host⟧: ⟦api.shop.test⟧
⟦Accept⟧: ⟦application/json⟧
⟦Accept-Encoding⟧: ⟦gzip, deflate, br⟧
⟦Accept-Language⟧: ⟦en-GB,en;q=0.9⟧
⟦Origin⟧: ⟦https://app.shop.test⟧
⟦Referer⟧: ⟦https://app.shop.test/orders?page=2⟧
⟦User-Agent⟧: ⟦Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36⟧
⟦Sec-Fetch-Mode⟧: ⟦cors⟧
⟦Sec-Fetch-Site⟧: ⟦same-site⟧
⟦Sec-CH-UA-Platform⟧: ⟦"Linux"⟧
⟦X-Requested-With⟧: ⟦XMLHttpRequest⟧
⟦X-Forwarded-Proto⟧: ⟦https⟧
⟦X-Forwarded-Host⟧: ⟦api.shop.test⟧
⟦X-Request-Id⟧: ⟦417a2211-1056-4aba-acf6-fc36f918b3c5⟧
⟦Traceparent⟧: ⟦00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01⟧
⟦X-Amzn-Trace-Id⟧: ⟦Root=1-67891233-abcdef012345678912345678⟧
⟦If-None-Match⟧: ⟦W/"1a1-A84CLQe9Vm6GMSbU6d2ZKXfDRqg"⟧
⟦Authorization⟧: ⟦Bearer⟧ s3cr3tTokenOfSomebody1234
⟦Cookie⟧: ⟦sid⟧=s3cr3tSessionOfSomebody12; ⟦theme⟧=dark`,
		401, `⟦WWW-Authenticate⟧: ⟦Bearer realm="shop", error="invalid_token", error_description="The access token expired"⟧
⟦Content-Type⟧: ⟦application/json; charset=utf-8⟧
⟦Server⟧: ⟦nginx/1.27.1⟧
⟦Via⟧: ⟦1.1 varnish⟧
⟦Date⟧: ⟦Thu, 22 Oct 2026 20:58:17 GMT⟧
⟦ETag⟧: ⟦"33a64df551425fcc55e4d42a148795d9f25f89d4"⟧
⟦Cache-Control⟧: ⟦no-store, max-age=0⟧
⟦Vary⟧: ⟦Origin, Accept-Encoding⟧
⟦Age⟧: ⟦17⟧
⟦CF-Ray⟧: ⟦8f2c1e0b5d7a1234-FRA⟧
⟦X-Cache⟧: ⟦MISS⟧
⟦Retry-After⟧: ⟦120⟧
⟦X-RateLimit-Remaining⟧: ⟦0⟧
⟦Strict-Transport-Security⟧: ⟦max-age=31536000; includeSubDomains⟧
⟦Set-Cookie⟧: ⟦sid⟧=s3cr3tNewSession123456789; ⟦Path=/; Domain=shop.test; Expires=Thu, 29 Oct 2026 20:58:17 GMT; Max-Age=604800; Secure; HttpOnly; SameSite=None⟧`,
		"application/json", `{"⟦error⟧":"⟦token_expired⟧","⟦code⟧":"⟦AUTH-4011⟧","⟦message⟧":"⟦The token expired 2 hours ago⟧","⟦status⟧":⟦401⟧,"⟦timestamp⟧":"⟦2026-10-22T20:58:17Z⟧","⟦path⟧":"⟦/v1/orders/9001/items⟧","⟦trace_id⟧":"⟦4bf92f3577b34da6a3ce929d0e0e4736⟧","⟦docs⟧":"⟦https://docs.shop.test/errors#token_expired⟧"}`)},
	{"OAuth", exchangeHAR(
		"⟦POST⟧", "https://⟦login.shop.test⟧/⟦oauth2⟧/⟦token⟧",
		`⟦Content-Type⟧: ⟦application/x-www-form-urlencoded⟧
⟦Accept⟧: ⟦*/*⟧`,
		400, `⟦Content-Type⟧: ⟦application/json⟧
⟦Pragma⟧: ⟦no-cache⟧
⟦X-Powered-By⟧: ⟦Express⟧`,
		"application/json", `{"⟦error⟧":"⟦invalid_grant⟧","⟦error_description⟧":"⟦Refresh token is expired or revoked⟧","⟦token_type⟧":"⟦Bearer⟧","⟦expires_in⟧":⟦3600⟧,"⟦scope⟧":"⟦openid profile orders:read⟧","⟦grant_types_supported⟧":["⟦authorization_code⟧","⟦refresh_token⟧"],"⟦token_endpoint⟧":"⟦https://login.shop.test/oauth2/token⟧","⟦issuer⟧":"⟦https://login.shop.test⟧","⟦jwks_uri⟧":"⟦https://login.shop.test/.well-known/jwks.json⟧","⟦session_timeout⟧":⟦1800⟧,"⟦password_policy⟧":"⟦strong⟧","⟦token_expired⟧":⟦true⟧,"⟦requires_password⟧":⟦false⟧}`)},
	{"an authorization that redirects", exchangeHAR(
		"⟦GET⟧", "https://⟦login.shop.test⟧/⟦authorize⟧?⟦response_type⟧=⟦code⟧&⟦client_id⟧=⟦web-app⟧&⟦redirect_uri⟧=⟦https%3A%2F%2Fapp.shop.test%2Fcb⟧&⟦scope⟧=⟦openid%20profile⟧&⟦code_challenge_method⟧=⟦S256⟧&⟦prompt⟧=⟦login⟧&⟦state⟧=s3cr3tStateOfSomebody12",
		`⟦Accept⟧: ⟦text/html,application/xhtml+xml⟧
⟦Upgrade-Insecure-Requests⟧: ⟦1⟧
⟦Sec-Fetch-Dest⟧: ⟦document⟧`,
		302, `⟦Location⟧: ⟦https://app.shop.test/cb?error=login_required&error_description=no+session⟧
⟦Content-Length⟧: ⟦0⟧`, "", "")},
	{"CORS", exchangeHAR(
		"⟦OPTIONS⟧", "https://⟦api.shop.test⟧/⟦v1⟧/⟦orders⟧",
		`⟦Origin⟧: ⟦http://localhost:3000⟧
⟦Access-Control-Request-Method⟧: ⟦PUT⟧
⟦Access-Control-Request-Headers⟧: ⟦authorization,content-type,x-csrf-token⟧`,
		204, `⟦Access-Control-Allow-Origin⟧: ⟦https://app.shop.test⟧
⟦Access-Control-Allow-Methods⟧: ⟦GET, POST, PUT⟧
⟦Access-Control-Allow-Headers⟧: ⟦authorization, content-type⟧
⟦Access-Control-Allow-Credentials⟧: ⟦true⟧
⟦Access-Control-Expose-Headers⟧: ⟦x-request-id, x-auth-token⟧
⟦Access-Control-Max-Age⟧: ⟦600⟧`, "", "")},
	{"names that look like secrets", exchangeHAR(
		"⟦POST⟧", "https://⟦api.shop.test⟧/⟦search⟧?⟦author⟧=⟦ada.lovelace⟧&⟦keyword⟧=⟦passwordless-login⟧&⟦key_type⟧=⟦primary⟧",
		`⟦Content-Type⟧: ⟦application/json⟧
⟦X-Author⟧: ⟦Ada Lovelace 1815⟧
⟦X-Tokenizer⟧: ⟦standard-v2-2026⟧
⟦X-Keyboard-Layout⟧: ⟦qwertz-de-2026⟧
⟦Idempotency-Key⟧: ⟦7f9c2ba4-e88f-427d-9748-2f7d3a1c9b1e⟧
⟦Sec-WebSocket-Version⟧: ⟦13⟧
⟦X-Session-Replay⟧: ⟦enabled-2026-v1⟧`,
		200, `⟦Surrogate-Key⟧: ⟦orders-list-v2026 page-2⟧
⟦Content-Type⟧: ⟦application/json⟧
⟦Content-Disposition⟧: ⟦attachment; filename="report-2026-10.csv"⟧
⟦Content-Security-Policy⟧: ⟦default-src 'self'; script-src 'nonce-none'⟧`,
		"application/json", `{"⟦author⟧":"⟦ada-lovelace-1815-byron⟧","⟦tokenizer⟧":"⟦standard-v2-lowercase-2026⟧","⟦passenger⟧":"⟦seat-27-window-a-2026⟧","⟦keyboard⟧":"⟦qwertz-layout-105-keys⟧","⟦monkey⟧":"⟦capuchin-3-white-faced⟧","⟦secretary⟧":"⟦grace-hopper-1906-navy⟧","⟦design⟧":"⟦material-3-dark-2026-10⟧","⟦assignment⟧":"⟦team-a-sprint-2026-42⟧","⟦compass⟧":"⟦north-by-northwest-337⟧","⟦sort_key⟧":"⟦created_at_2026_desc⟧","⟦primary_key⟧":"⟦order_id_number_9001⟧","⟦country_code⟧":"⟦DE⟧","⟦currency_code⟧":"⟦EUR⟧","⟦zip_code⟧":"⟦10115⟧","⟦error_code⟧":"⟦E_VALIDATION_4102⟧","⟦public_key⟧":"⟦ed25519-public-2026⟧","⟦password⟧":"⟦must be at least 8 characters⟧","⟦token_count⟧":⟦1815⟧,"⟦max_tokens⟧":⟦4096⟧,"⟦id⟧":"⟦550e8400-e29b-41d4-a716-446655440000⟧","⟦sha⟧":"⟦da39a3ee5e6b4b0d3255bfef95601890afd80709⟧","⟦version⟧":"⟦2.14.0-rc.1+build.4711⟧","⟦created⟧":"⟦2026-10-22T20:58:17.123Z⟧","⟦color⟧":"⟦#ff8800⟧","⟦image⟧":"⟦/static/img/hero-4f2a9c.webp⟧"}`)},
	{"SOAP", exchangeHAR(
		"⟦POST⟧", "http://⟦erp.shop.test⟧:⟦8080⟧/⟦services⟧/⟦OrderService.svc⟧",
		`⟦SOAPAction⟧: ⟦"urn:orders/GetOrder"⟧
⟦Content-Type⟧: ⟦text/xml; charset=utf-8⟧`,
		500, `⟦X-AspNet-Version⟧: ⟦4.0.30319⟧
⟦Content-Type⟧: ⟦text/xml⟧`,
		"text/xml", `<s:Envelope xmlns:s="⟦http://schemas.xmlsoap.org/soap/envelope/⟧"><s:Body><s:Fault><⟦faultcode⟧>⟦s:Client.Authentication⟧</faultcode><faultstring>⟦The security token could not be authenticated⟧</faultstring></s:Fault></s:Body></s:Envelope>`)},
	{"a page that asks for a login", exchangeHAR(
		"⟦GET⟧", "https://⟦shop.test⟧/⟦account⟧/⟦settings.html⟧#⟦profile⟧",
		`⟦Accept⟧: ⟦text/html⟧`, 403,
		`⟦Content-Type⟧: ⟦text/html; charset=utf-8⟧
⟦Last-Modified⟧: ⟦Wed, 21 Oct 2026 07:28:00 GMT⟧
⟦Link⟧: ⟦</app.3f9a1c.css>; rel=preload; as=style⟧`,
		"text/html", `<html lang="⟦en⟧"><title>⟦403 Forbidden⟧</title><h1>⟦Please log in⟧</h1><form action="⟦/login⟧" method="⟦post⟧"><input type="⟦password⟧" name="⟦password⟧" placeholder="⟦Your password⟧"><input name="⟦username⟧" autocomplete="⟦username⟧"></form><script src="⟦/assets/app-5d41402abc4b.js⟧"></script><!-- ⟦build 2026.10.22⟧ --></html>`)},
	{"a JWT", exchangeHAR("⟦GET⟧", "https://⟦api.shop.test⟧/⟦me⟧",
		"⟦Authorization⟧: ⟦Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2EudGVzdCIsImF1ZCI6Im9yZGVycyIsImV4cCI6MTc5MzE4MTAwMCwic2NvcGUiOiJvcmRlcnM6cmVhZCJ9⟧.c2lnbmF0dXJlT2ZTb21lYm9keTEyMw",
		403, `⟦WWW-Authenticate⟧: ⟦DPoP algs="ES256 PS256", error="insufficient_scope", scope="orders:write"⟧`,
		"application/problem+json", `{"⟦type⟧":"⟦https://docs.shop.test/problems/forbidden⟧","⟦title⟧":"⟦Forbidden⟧","⟦detail⟧":"⟦scope orders:write is missing⟧","⟦instance⟧":"⟦/me⟧"}`)},
}

// exchangeHAR is a capture of one exchange; headers are lines.
func exchangeHAR(method, url, request string, status int, response, mediaType, body string) string {
	x := &traffic.Exchange{
		Request:  traffic.Request{Method: method, URL: url, Proto: "HTTP/1.1", Header: fields(request)},
		Response: &traffic.Response{Status: status, Header: fields(response), Body: traffic.NewBody(mediaType, []byte(body))},
	}
	var out bytes.Buffer
	if err := traffic.Write(&out, &traffic.Capture{Exchanges: []*traffic.Exchange{x}}, traffic.HAR); err != nil {
		panic(err) // it is written to memory
	}
	return out.String()
}

func fields(lines string) (h traffic.Header) {
	for line := range strings.Lines(lines) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		h = append(h, traffic.HeaderField{Name: name, Value: value})
	}
	return h
}

// TestWhatIsNoSecretStays: of the values that a diagnosis needs, 95 in a hundred
// and more are in the redacted capture as they were.
func TestWhatIsNoSecretStays(t *testing.T) {
	stayed, n := 0, 0
	for _, row := range kept {
		unmarked := strings.NewReplacer("⟦", "", "⟧", "").Replace(row.har)
		text := string(rewritten(t, &mask.Redactor{Key: []byte("k")}, []byte(unmarked)))
		if strings.Contains(text, "s3cr3t") {
			t.Errorf("%s: a secret was kept", row.reason)
		}
		at := 0
		for rest := row.har; ; {
			_, after, ok := strings.Cut(rest, "⟦")
			if !ok {
				break
			}
			value, tail, _ := strings.Cut(after, "⟧")
			rest = tail
			n++
			if i := strings.Index(text[at:], value); i >= 0 {
				stayed++
				at += i + len(value)
				continue
			}
			t.Logf("%s: %s is gone", row.reason, value)
		}
	}
	t.Logf("%d of %d values stay (%.1f %%)", stayed, n, 100*float64(stayed)/float64(n))
	if n < 150 || stayed*100 < n*95 {
		t.Errorf("%d of %d values stay", stayed, n)
	}
}
