package mask

import (
	"encoding/base64"
	"strings"
	"testing"
)

// Built at run time, so that no file of this repository holds what looks like
// a key.
var (
	b64     = base64.RawURLEncoding.EncodeToString
	jwt     = b64([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + b64([]byte(`{"sub":"u1","exp":1794383525}`)) + "." + strings.Repeat("Sg5_", 10) + "abc"
	jwt2    = b64([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + b64([]byte(`{"sub":"u2","exp":1794383525}`)) + "." + strings.Repeat("Zz9-", 10) + "abc"
	github  = "gh" + "p_" + strings.Repeat("aB3", 12)
	stripe  = "sk_" + "live_" + strings.Repeat("x9", 8)
	amazon  = "AKIA" + "LABEXAMPLE000001"
	google  = "AI" + "za" + strings.Repeat("Ab3_x", 7)
	private = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow" + strings.Repeat("Zm9v", 12) + "\n-----END RSA " + "PRIVATE KEY-----"
	basic   = base64.StdEncoding.EncodeToString([]byte("ops:winter26"))
)

// A door is one of the doors of a Masker by name.
func through(m *Masker, door, name, value string) string {
	switch door {
	case "header":
		return m.Header(name, value)
	case "cookie":
		return m.Cookie(name, value)
	case "query":
		return m.Query(name, value)
	case "form":
		return m.Form(name, value)
	case "json":
		return m.JSON(name, value)
	case "claim":
		return m.Claim(name, value)
	case "url":
		return m.URL(value)
	case "text":
		return m.Text(value)
	}
	return m.Body(name, []byte(value))
}

type row struct {
	reason      string
	door, name  string
	value, want string
}

var rows = []row{
	{"a scheme stays", "header", "Authorization", "Bearer " + jwt, "Bearer ‹jwt 1›"},
	{"a bare token shows that its scheme is gone", "header", "authorization", jwt, "‹jwt 1›"},
	{"an opaque token", "header", "Authorization", "Bearer 2YotnFZFEjr1zCsicMWpAA", "Bearer ‹token 1›"},
	{"scheme in another case stays so", "header", "Authorization", "bearer abcdefgh1", "bearer ‹token 1›"},
	{"doubled scheme", "header", "Authorization", "Bearer Bearer abcdefgh1", "Bearer Bearer ‹token 1›"},
	{"scheme with a colon", "header", "Authorization", "Bearer: abcdefgh1", "Bearer: ‹token 1›"},
	{"two blanks", "header", "Authorization", "Bearer  abcdefgh1", "Bearer ␠‹token 1›"},
	{"scheme alone", "header", "Authorization", "Bearer", "Bearer"},
	{"scheme and blank", "header", "Authorization", "Bearer ", "Bearer "},
	{"empty stays empty", "header", "Authorization", "", ""},
	{"unset variable", "header", "Authorization", "Bearer undefined", "Bearer undefined"},
	{"null", "header", "Authorization", "Bearer null", "Bearer null"},
	{"a promise", "header", "Authorization", "Bearer [object Promise]", "Bearer [object Promise]"},
	{"shell template", "header", "Authorization", "Bearer ${ACCESS_TOKEN}", "Bearer ${ACCESS_TOKEN}"},
	{"bare shell variable", "header", "Authorization", "Bearer $TOKEN", "Bearer $TOKEN"},
	{"mustache template", "header", "Authorization", "Bearer {{token}}", "Bearer {{token}}"},
	{"cmd template", "header", "Authorization", "Bearer %TOKEN%", "Bearer %TOKEN%"},
	{"placeholder of the docs", "header", "Authorization", "Bearer <token>", "Bearer <token>"},
	{"quotes", "header", "Authorization", `Bearer "` + jwt + `"`, `Bearer "‹jwt 1›"`},
	{"trailing newline", "header", "Authorization", "Bearer " + jwt + "\n", "Bearer ‹jwt 1›␊"},
	{"trailing blank and tab", "header", "Authorization", "Bearer " + jwt + " \t", "Bearer ‹jwt 1›␠⇥"},
	{"newline inside", "header", "Authorization", "Bearer abcdefgh\nijklmnop1", "Bearer ‹token 1, line break inside›"},
	{"zero-width inside", "header", "Authorization", "Bearer abcdefgh\u200bijklmnop1", "Bearer ‹token 1, hidden character inside›"},
	{"a JWT without its end", "header", "Authorization", "Bearer " + jwt[:strings.LastIndexByte(jwt, '.')], "Bearer ‹jwt 1, 2 of 3 parts›"},
	{"basic in its parts", "header", "Authorization", "Basic " + basic, "Basic ‹user 1›:‹password 1›"},
	{"basic of a proxy", "header", "Proxy-Authorization", "Basic " + basic, "Basic ‹user 1›:‹password 1›"},
	{"basic without colon", "header", "Authorization", "Basic b3Bzd2ludGVyMjY=", "Basic ‹basic 1, no colon›"},
	{"basic that is no Base64", "header", "Authorization", "Basic ops:winter26", "Basic ‹basic 1, not base64›"},
	{"empty password", "header", "Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("ops:")), "Basic ‹user 1›:"},
	{"two joined credentials", "header", "Authorization", "Bearer abcdefgh1, Basic " + basic, "Bearer ‹token 1›, Basic ‹user 1›:‹password 1›"},
	{"digest keeps what it is about", "header", "Authorization",
		`Digest username="ops", realm="lab", nonce="dcd98b7102dd2f0e", uri="/orders?page=2", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9", algorithm=MD5`,
		`Digest username="‹user 1›", realm="lab", nonce="‹nonce 1›", uri="/orders?page=2", qop=auth, nc=00000001, cnonce="‹nonce 2›", response="‹signature 1›", opaque="‹nonce 3›", algorithm=MD5`},
	{"AWS keeps its scope", "header", "Authorization",
		"AWS4-HMAC-SHA256 Credential=" + amazon + "/20261123/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024",
		"AWS4-HMAC-SHA256 Credential=‹key 1›/20261123/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=‹signature 1›"},
	{"parameters of a token scheme", "header", "Authorization", `Token token="abcdefgh1"`, `Token token="‹token 1›"`},
	{"OAuth 1", "header", "Authorization", `OAuth oauth_consumer_key="dpf43f3p2l4k3l03", oauth_signature_method="HMAC-SHA1", oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D"`,
		`OAuth oauth_consumer_key="‹key 1›", oauth_signature_method="HMAC-SHA1", oauth_signature="‹signature 1, percent-encoded›"`},
	{"unknown scheme", "header", "Authorization", "Acme abcdefgh1", "Acme ‹token 1›"},
	{"cookies by name", "header", "Cookie", "a=1x; b=2y; c=1x", "a=‹cookie 1›; b=‹cookie 2›; c=‹cookie 1›"},
	{"an empty cookie", "header", "Cookie", "a=; b=2y", "a=; b=‹cookie 1›"},
	{"a cookie without name", "header", "Cookie", "abcdefgh1", "‹cookie 1›"},
	{"session cookies say so", "header", "Cookie", "JSESSIONID=abcdefgh1; csrftoken=ijklmnop2", "JSESSIONID=‹session 1›; csrftoken=‹csrf 1›"},
	{"quoted cookie", "header", "Cookie", `a="abcdefgh1"`, `a="‹cookie 1›"`},
	{"attributes stay", "header", "Set-Cookie", "id=abc123; Path=/app; Domain=shop.test; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure; HttpOnly; SameSite=None",
		"id=‹cookie 1›; Path=/app; Domain=shop.test; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure; HttpOnly; SameSite=None"},
	{"two cookies in a line", "header", "Set-Cookie", "a=abc123; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=def456; Path=/", "a=‹cookie 1›; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=‹cookie 2›; Path=/"},
	{"cookies joined by newline", "header", "Set-Cookie", "a=abc123\nb=def456; Path=/", "a=‹cookie 1›␊b=‹cookie 2›; Path=/"},
	{"a deleted cookie", "header", "Set-Cookie", "a=deleted; Max-Age=0", "a=deleted; Max-Age=0"},
	{"challenge stays", "header", "WWW-Authenticate", `Bearer realm="api", error="invalid_token", error_description="The token expired at '11/23/2026'", scope="orders:read"`,
		`Bearer realm="api", error="invalid_token", error_description="The token expired at '11/23/2026'", scope="orders:read"`},
	{"digest challenge", "header", "WWW-Authenticate", `Digest realm="lab", qop="auth,auth-int", nonce="dcd98b7102dd2f0e", opaque="5ccc069c403ebaf9", stale=TRUE`,
		`Digest realm="lab", qop="auth,auth-int", nonce="‹nonce 1›", opaque="‹nonce 2›", stale=TRUE`},
	{"token68 in a challenge", "header", "WWW-Authenticate", "NTLM TlRMTVNTUAAC==", "NTLM ‹token 1›"},
	{"three schemes", "header", "WWW-Authenticate", `Negotiate, NTLM, Basic realm="x"`, `Negotiate, NTLM, Basic realm="x"`},
	{"next nonce", "header", "Authentication-Info", `nextnonce="47364c23432d2e13", qop=auth`, `nextnonce="‹nonce 1›", qop=auth`},
	{"key by words", "header", "X-Acme-Api-Key", "abcdefgh1", "‹key 1›"},
	{"no word", "header", "X-Acme-Monkey", "abcdefgh1", "abcdefgh1"},
	{"csrf header", "header", "X-CSRFToken", "abcdefgh1", "‹csrf 1›"},
	{"webhook signature keeps its algorithm", "header", "X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "sha256=‹signature 1›"},
	{"webhook signature keeps its time", "header", "Stripe-Signature", "t=1492774577,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd", "t=1492774577,v1=‹signature 1›"},
	{"an idempotency key is an id", "header", "Idempotency-Key", "8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"},
	{"a request id is an id", "header", "X-Request-Id", "8e03978e40d543e8bc936894a57f9324", "8e03978e40d543e8bc936894a57f9324"},
	{"CORS list names headers", "header", "Access-Control-Allow-Headers", "authorization, x-api-key", "authorization, x-api-key"},
	{"CORS switch", "header", "Access-Control-Allow-Credentials", "true", "true"},
	{"websocket handshake", "header", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="},
	{"token among protocols", "header", "Sec-WebSocket-Protocol", "graphql-ws, " + jwt, "graphql-ws, ‹jwt 1›"},
	{"location", "header", "Location", "https://app.test/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj", "https://app.test/cb?code=‹code 1›&state=‹state 1›"},
	{"a login redirect stays", "header", "Location", "/login?next=%2Forders%3Fpage%3D2", "/login?next=%2Forders%3Fpage%3D2"},
	{"referer", "header", "Referer", "https://app.test/#access_token=abcdefgh1&expires_in=3600", "https://app.test/#access_token=‹token 1›&expires_in=3600"},

	{"camel case", "json", "accessToken", "abcdefgh1", "‹token 1›"},
	{"kebab case", "json", "access-token", "abcdefgh1", "‹token 1›"},
	{"upper case", "json", "ACCESS_TOKEN", "abcdefgh1", "‹token 1›"},
	{"confirmation of a password", "json", "password_confirmation", "hunter2", "‹password 1›"},
	{"numbered", "form", "password2", "hunter2", "‹password 1›"},
	{"short password", "form", "password", "x1", "‹password 1›"},
	{"numeric password", "form", "password", "1234", "‹password 1›"},
	{"one-time code", "form", "otp", "123456", "‹otp 1›"},
	{"author is not auth", "json", "author", "b5d4045c3f466fa91fe2cc6a", "b5d4045c3f466fa91fe2cc6a"},
	{"keyboard is no key", "json", "keyboard", "qwertz-105-de", "qwertz-105-de"},
	{"type of a token", "json", "token_type", "Bearer", "Bearer"},
	{"number of tokens", "json", "tokens_used", "3", "3"},
	{"small number", "json", "tokens", "4096", "4096"},
	{"lifetime", "json", "expires_in", "3600", "3600"},
	{"switch", "json", "csrf_enabled", "true", "true"},
	{"boolean under a secret name", "json", "password", "true", "true"},
	{"null under a secret name", "json", "token", "null", "null"},
	{"a remark about a password", "json", "password", "must be at least 8 characters", "must be at least 8 characters"},
	{"an error code", "json", "code", "invalid_token", "invalid_token"},
	{"random letters with a digit at the end", "json", "state", "YePMbQOGAUYqYVkQIzy8", "‹state 1›"},
	{"a name with a number", "json", "state", "AwaitingPayment2", "AwaitingPayment2"},
	{"a numbered error code", "json", "code", "AADSTS7000215", "AADSTS7000215"},
	{"an authorization code", "form", "code", "4/0AX4XfWjYZ1a2b3c", "‹code 1›"},
	{"a sort key", "query", "key", "created_at", "created_at"},
	{"a state filter", "query", "state", "open", "open"},
	{"when a token expires", "json", "accessTokenExpiresAt", "1794383525123", "1794383525123"},
	{"endpoint of tokens", "json", "token_endpoint", "https://login.test/oauth/token", "https://login.test/oauth/token"},
	{"an echoed header", "json", "Authorization", "Bearer abcdefgh1", "Bearer ‹token 1›"},

	{"claim to be read", "claim", "aud", "https://api.test", "https://api.test"},
	{"expiry", "claim", "exp", "1794383525", "1794383525"},
	{"subject", "claim", "sub", "auth0|64f0c2dd1b3c4f", "‹user 1›"},
	{"other claim", "claim", "email", "ada@shop.test", "‹claim 1›"},

	{"userinfo", "url", "", "https://ops:winter26@db.test/x", "https://‹user 1›:‹password 1›@db.test/x"},
	{"at sign in a password", "url", "", "https://ops:win@ter26@db.test/x", "https://‹user 1›:‹password 1›@db.test/x"},
	{"slash in a password", "url", "", "https://ops:win/ter26@db.test/x", "https://‹user 1›:‹password 1›@db.test/x"},
	{"port and at sign", "url", "", "https://db.test:8080/@ada/x", "https://db.test:8080/@ada/x"},
	{"signed URL", "url", "", "https://s3.test/b/k?X-Amz-Expires=900&X-Amz-Credential=" + amazon + "%2F20261123%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Signature=fe5f80f77d5fa3be",
		"https://s3.test/b/k?X-Amz-Expires=900&X-Amz-Credential=‹key 1›%2F20261123%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Signature=‹signature 1›"},
	{"SAS", "url", "", "https://a.test/c?sv=2024-01-01&se=2026-11-23&sp=r&sig=abc%2Bdef1%3D", "https://a.test/c?sv=2024-01-01&se=2026-11-23&sp=r&sig=‹signature 1, percent-encoded›"},
	{"relative", "url", "", "?token=abcdefgh1", "?token=‹token 1›"},
	{"broken", "url", "", "http://[::1/%zz?token=abcdefgh1", "http://[::1/%zz?token=‹token 1›"},
	{"path parameter", "url", "", "/orders;jsessionid=ABCDEF0123?x=1", "/orders;jsessionid=‹session 1›?x=1"},
	{"reset link", "url", "", "https://app.test/reset/Zk3v9Qm1xT7", "https://app.test/reset/‹token 1›"},
	{"ids in paths", "url", "", "/v1/orders/42/8e03978e-40d5-43e8-bc93-6894a57f9324/64f0c2dd1b3c4f0011223344", "/v1/orders/42/8e03978e-40d5-43e8-bc93-6894a57f9324/64f0c2dd1b3c4f0011223344"},
	{"hash of a file", "url", "", "/assets/main.3f2a9c81d04be67f5512aa9012cd34ef.js", "/assets/main.3f2a9c81d04be67f5512aa9012cd34ef.js"},
	{"token in a path", "url", "", "/d/" + jwt, "/d/‹jwt 1›"},
	{"URL in a URL", "url", "", "/login?redirect_uri=https%3A%2F%2Fapp.test%2Fcb%3Ftoken%3Dabcdefgh1", "/login?redirect_uri=https%3A%2F%2Fapp.test%2Fcb%3Ftoken%3D‹token 1›"},
	{"a route with a query", "url", "", "https://app.test/#/cb?token=abcdefgh1", "https://app.test/#/cb?token=‹token 1›"},

	{"JWT in a text", "text", "", "jwt " + jwt + " expired", "jwt ‹jwt 1› expired"},
	{"two of them", "text", "", jwt + "," + jwt2 + "," + jwt, "‹jwt 1›,‹jwt 2›,‹jwt 1›"},
	{"GitHub", "text", "", "use " + github, "use ‹token 1›"},
	{"Stripe", "text", "", "key=" + stripe + " ok", "key=‹key 1› ok"},
	{"AWS", "text", "", "key " + amazon + ".", "key ‹key 1›."},
	{"Google", "text", "", "<" + google + ">", "<‹key 1›>"},
	{"private key", "text", "", "x " + private + " y", "x -----BEGIN RSA PRIVATE KEY-----\n‹key 1›\n-----END RSA PRIVATE KEY----- y"},
	{"bearer in a log", "text", "", "sent Bearer 2YotnFZFEjr1zCsicMWpAA ok", "sent Bearer ‹token 1› ok"},
	{"bearer in prose", "text", "", "Bearer authentication is required", "Bearer authentication is required"},
	{"basic in prose", "text", "", "Basic authentication failed", "Basic authentication failed"},
	{"a header dump", "text", "", "GET / HTTP/1.1\r\nAuthorization: Bearer abcdefgh1\r\nHost: x", "GET / HTTP/1.1␍\nAuthorization: Bearer ‹token 1›␍\nHost: x"},
	{"prose with a colon", "text", "", "Invalid token: signature mismatch", "Invalid token: signature mismatch"},
	{"JSON in a text", "text", "", `data: {"access_token":"abcdefgh1","n":1}`, `data: {"access_token":"‹token 1›","n":1}`},
	{"JSON in a string", "text", "", `"{\"password\":\"hunter2\"}"`, `"{\"password\":\"‹password 1›\"}"`},
	{"an id in a text", "text", "", "order 64f0c2dd1b3c4f0011223344 not found", "order 64f0c2dd1b3c4f0011223344 not found"},

	{"JSON body", "body", "application/json", `{"access_token": "abcdefgh1", "token_type":"Bearer","expires_in":3600, "user":{"id":42}}`,
		`{"access_token": "‹token 1›", "token_type":"Bearer","expires_in":3600, "user":{"id":42}}`},
	{"number as a secret", "body", "application/json", `{"otp":123456,"n":1}`, `{"otp":"‹otp 1›","n":1}`},
	{"list of secrets", "body", "application/json", `{"tokens":["abcdefgh1","ijklmnop2"]}`, `{"tokens":["‹token 1›","‹token 2›"]}`},
	{"value below a secret name", "body", "application/json", `{"password":{"value":"hunter2"}}`, `{"password":{"value":"‹password 1›"}}`},
	{"named value", "body", "application/json", `[{"name":"X-Api-Key","value":"abcdefgh1"}]`, `[{"name":"X-Api-Key","value":"‹key 1›"}]`},
	{"half a document", "body", "application/json", `{"a":1,"access_token":"abcdefgh1","b":`, `{"a":1,"access_token":"‹token 1›","b":`},
	{"JSON behind a guard", "body", "application/json", ")]}',\n" + `{"token":"abcdefgh1"}`, ")]}',\n" + `{"token":"‹token 1›"}`},
	{"OAuth error stays", "body", "application/json", `{"error":"invalid_grant","error_description":"Token is not active"}`, `{"error":"invalid_grant","error_description":"Token is not active"}`},
	{"form body", "body", "application/x-www-form-urlencoded", "grant_type=password&username=ada&password=hunter2&client_id=web", "grant_type=password&username=ada&password=‹password 1›&client_id=web"},
	{"multipart", "body", "multipart/form-data; boundary=xYz", "--xYz\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhunter2\r\n--xYz--\r\n",
		"--xYz␍\nContent-Disposition: form-data; name=\"password\"␍\n␍\n‹password 1›␍\n--xYz--␍\n"},
	{"XML", "body", "text/xml", `<s:Body><wsse:Password Type="text">hunter2</wsse:Password><n>4</n></s:Body>`, `<s:Body><wsse:Password Type="text">‹password 1›</wsse:Password><n>4</n></s:Body>`},
	{"CDATA", "body", "application/xml", `<password><![CDATA[hunter2]]></password>`, `<password><![CDATA[‹password 1›]]></password>`},
	{"hidden field", "body", "text/html", `<input type="hidden" name="csrf_token" value="abcdefgh1">`, `<input type="hidden" name="csrf_token" value="‹csrf 1›">`},
	{"page without secrets", "body", "text/html", `<html><h1>401 Authorization Required</h1><hr><center>nginx</center></html>`, `<html><h1>401 Authorization Required</h1><hr><center>nginx</center></html>`},
	{"no media type", "body", "", "token=abcdefgh1&a=b", "token=‹token 1›&a=b"},
}

func TestDoors(t *testing.T) {
	for _, r := range rows {
		t.Run(r.reason, func(t *testing.T) {
			var m Masker
			got := through(&m, r.door, r.name, r.value)
			if got != r.want {
				t.Errorf("%s(%q)\n got %s\nwant %s", r.door, r.name, got, r.want)
			}
			if again := through(&m, r.door, r.name, got); again != got {
				t.Errorf("masking twice\n got %s\nwant %s", again, got)
			}
			if shown := through(&Masker{Show: true}, r.door, r.name, r.value); Visible(shown) != Visible(r.value) {
				t.Errorf("Show changed the value to %s", shown)
			}
		})
	}
}

// TestNameOverShape: what is known by its shape alone gets its kind from the
// name that it stands under, whatever was read first; once shown it keeps it.
func TestNameOverShape(t *testing.T) {
	const value = "kQ7zP2mX9vB4nL6tR8wY"
	var m Masker
	m.Learn(value, "token")
	if got := m.Form("csrf_token", value) + m.Text(value); got != "‹csrf 1›‹csrf 1›" {
		t.Errorf("got %s", got)
	}
	var shown Masker
	shown.Learn(value, "token")
	if got := shown.Text(value) + shown.Form("csrf_token", value); got != "‹token 1›‹token 1›" {
		t.Errorf("got %s", got)
	}
}
