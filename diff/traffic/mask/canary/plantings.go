package canary

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// Plantings are all that are known.
func Plantings() []Planting { return plantings }

var plantings = []Planting{
	{"a bearer token", inHeader("request", "Authorization", "Bearer §"), nil},
	{"a token without its scheme", inHeader("request", "authorization", "§"), nil},
	{"a Basic password", func(l, e object, s string) {
		inHeader("request", "Authorization", "Basic §")(l, e, based("ada:§")(s))
	}, nil},
	{"for a proxy", inHeader("request", "Proxy-Authorization", "Bearer §"), nil},
	{"an API key", inHeader("request", "X-Api-Key", "§"), nil},
	{"a key of a vendor", inHeader("request", "Ocp-Apim-Subscription-Key", "§"), nil},
	{"a key by the words of its name", inHeader("request", "X-Acme-Access-Token", "§"), nil},
	{"a CSRF token", inHeader("request", "X-XSRF-TOKEN", "§"), nil},
	{"a vault token", inHeader("request", "X-Vault-Token", "§"), nil},
	{"a webhook's signature", inHeader("request", "X-Hub-Signature-256", "sha256=§"), nil},
	{"a token among subprotocols", inHeader("request", "Sec-WebSocket-Protocol", "graphql-ws, §"), nil},
	{"a cookie", inHeader("request", "Cookie", "theme=dark; sid=§; b=2"), nil},
	{"a cookie of a plain name", inHeader("request", "Cookie", "flavour=§"), nil},
	{"an address that led here", inHeader("request", "Referer", "https://a.test/cb?code=§&x=1"), nil},
	{"an address that led here, with a fragment", inHeader("request", "Referer", "https://a.test/cb#id_token=§"), nil},
	{"a handed out cookie", inHeader("response", "Set-Cookie", "sid=§; Path=/; HttpOnly"), nil},
	{"two cookies in a field", inHeader("response", "Set-Cookie", "a=1; Path=/\nrefresh=§; Path=/; Secure"), nil},
	{"a redirect", inHeader("response", "Location", "https://a.test/cb?access_token=§"), nil},
	{"a redirect that carries another", inHeader("response", "Location", "/login?next=%2Fcb%3Ftoken%3D§"), nil},
	{"a nonce of Digest", inHeader("response", "WWW-Authenticate", `Digest realm="a", nonce="§", qop="auth"`), nil},
	{"a refreshed token", inHeader("response", "X-Refresh-Token", "§"), nil},
	{"a link", inHeader("response", "Link", "<https://a.test/next?api_key=§>; rel=next"), nil},
	{"a query", inURL("https://a.test/x?page=2&access_token=§"), nil},
	{"a query encoded twice", inURL("https://a.test/x?next=%252Fcb%253Ftoken%253D§"), nil},
	{"a key under any name", inURL("https://a.test/x?appid=§"), func(s string) string { return s + "9Zk2" }},
	{"a fragment", inURL("https://a.test/x#access_token=§&token_type=bearer"), nil},
	{"a route in a fragment", inURL("https://a.test/#/cb?token=§"), nil},
	{"userinfo", inURL("https://ada:§@a.test/"), nil},
	{"a path segment", inURL("https://a.test/reset-password/§"), nil},
	{"a path parameter", inURL("https://a.test/orders;jsessionid=§"), nil},
	{"a signed URL", inURL("https://a.test/f?X-Amz-Signature=§&X-Amz-Expires=900"), nil},
	{"a SAS", inURL("https://a.test/f?se=2026-01-01&sig=§"), nil},
	{"JSON in a query", inURL("https://a.test/x?filter=%7B%22token%22%3A%22§%22%7D"), nil},
	{"a form", inPost("application/x-www-form-urlencoded", "user=ada&password=§"), nil},
	{"a grant", inPost("application/x-www-form-urlencoded", "grant_type=refresh_token&refresh_token=§"), nil},
	{"a nested form field", inPost("application/x-www-form-urlencoded", "user%5Bpassword%5D=§"), nil},
	{"a form that its recorder took apart", func(_, e object, s string) {
		request(e)["postData"] = object{"mimeType": "application/x-www-form-urlencoded", "params": []object{{"name": "client_secret", "value": s}}}
	}, nil},
	{"JSON", inPost("application/json", `{"user": "ada", "auth": {"password": "§"}}`), nil},
	{"JSON without a media type", inPost("", `{"clientSecret":"§"}`), nil},
	{"JSON in a string of JSON", inPost("application/json", `{"payload": "{\"api_key\": \"§\"}"}`), nil},
	{"JSON twice in a string", inPost("application/json", `{"a": "{\"b\": \"{\\\"token\\\": \\\"§\\\"}\"}"}`), nil},
	{"an array of tokens", inPost("application/json", `{"tokens": ["§"]}`), nil},
	{"broken JSON", inPost("application/json", `{"a": 1, "password": "§", "b": `), nil},
	{"lines of JSON", inPost("application/x-ndjson", "{\"a\":1}\n{\"secret\":\"§\"}\n"), nil},
	{"Base64 in JSON", func(l, e object, s string) {
		inPost("application/json", `{"blob": "§"}`)(l, e, based(`{"password": "§"}`)(s))
	}, nil},
	{"compressed, in Base64, in JSON", func(l, e object, s string) {
		inPost("application/json", `{"blob": "§"}`)(l, e, base64.StdEncoding.EncodeToString([]byte(gzipped(fill(`{"password": "§"}`, s)))))
	}, nil},
	{"GraphQL variables", inPost("application/json", `{"query":"mutation L($p:String!){login(p:$p){id}}","variables":{"password":"§"}}`), nil},
	{"GraphQL arguments", inPost("application/json", `{"query":"mutation { login(user: \"ada\", password: \"§\") { id } }"}`), nil},
	{"XML elements", inPost("application/xml", "<login><user>ada</user><password>§</password></login>"), nil},
	{"XML attributes", inPost("text/xml", `<login user="ada" password="§"/>`), nil},
	{"SOAP", inPost("application/soap+xml", `<s:Header><wsse:Password Type="t">§</wsse:Password></s:Header>`), nil},
	{"a multipart field", inPost("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n§\r\n--b--\r\n"), nil},
	{"JSON in a multipart part", inPost("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"token\":\"§\"}\r\n--b--\r\n"), nil},
	{"plain text", inPost("text/plain", "hello, my password=§ bye"), nil},
	{"issued tokens", inAnswer("application/json", `{"access_token":"§","token_type":"Bearer","expires_in":3600}`), nil},
	{"a hidden field of a form", inAnswer("text/html", `<form><input type="hidden" name="csrf_token" value="§"></form>`), nil},
	{"a meta tag", inAnswer("text/html", `<meta name="csrf-token" content="§">`), nil},
	{"a script in a page", inAnswer("text/html", `<script>window.__STATE__ = {"accessToken": "§"}</script>`), nil},
	{"a script", inAnswer("application/javascript", `const apiKey = "§";`), nil},
	{"an error that repeats the request", inAnswer("text/plain", "denied: Authorization: Bearer §"), nil},
	{"an answer in Base64", inPacked("identity", `{"refresh_token":"§"}`, func(s string) string { return s }), nil},
	{"gzip", inPacked("gzip", `{"refresh_token":"§"}`, gzipped), nil},
	{"gzip twice", inPacked("gzip, gzip", `{"refresh_token":"§"}`, func(s string) string { return gzipped(gzipped(s)) }), nil},
	{"brotli", inPacked("br", `{"refresh_token":"§"}`, brotlied), nil},
	{"zstd", inPacked("zstd", `{"refresh_token":"§"}`, zstded), nil},
	{"redirectURL", func(_, e object, s string) { response(e)["redirectURL"] = "https://a.test/cb?code=" + s }, nil},
	{"a cookie that no header has", func(_, e object, s string) {
		response(e)["cookies"] = []object{{"name": "sid", "value": s}}
	}, nil},
	{"a query that the URL has not", func(_, e object, s string) {
		request(e)["queryString"] = []object{{"name": "token", "value": s}}
	}, nil},
	{"a comment", func(_, e object, s string) { e["comment"] = "logged in with password=" + s }, nil},
	{"a comment of a header", func(_, e object, s string) {
		request(e)["headers"] = append(request(e)["headers"].([]object), object{"name": "X-A", "value": "1", "comment": "token=" + s})
	}, nil},
	{"the client's error", func(_, e object, s string) { response(e)["_error"] = "failed: https://a.test/?token=" + s }, nil},
	{"a message of a WebSocket", inUnknown("_webSocketMessages", func(s string) any {
		return []object{{"type": "send", "time": 1.5, "opcode": 1, "data": `{"type":"connection_init","payload":{"authToken":"` + s + `"}}`}}
	}), nil},
	{"a message of Socket.IO", inUnknown("_webSocketMessages", func(s string) any {
		return []object{{"type": "send", "time": 1.5, "opcode": 1, "data": `42["auth",{"token":"` + s + `"}]`}}
	}), nil},
	{"a binary message", inUnknown("_webSocketMessages", func(s string) any {
		return []object{{"type": "send", "time": 1.5, "opcode": 2, "data": based(`{"authToken":"§"}`)(s)}}
	}), nil},
	{"who began it", inUnknown("_initiator", func(s string) any {
		return object{"type": "script", "stack": object{"callFrames": []object{{"url": "https://a.test/app.js?token=" + s, "lineNumber": 1}}}}
	}), nil},
	{"a field of a recorder", inUnknown("_auth", func(s string) any { return object{"password": s} }), nil},
	{"the title of a page", func(l, _ object, s string) {
		l["pages"] = append(l["pages"].([]object), object{"id": "p" + strconv.Itoa(len(l["pages"].([]object))), "startedDateTime": "2026-01-01T00:00:00Z", "title": "https://a.test/cb?code=" + s, "pageTimings": object{}})
	}, nil},
	{"a comment of the capture", func(l, _ object, s string) { l["comment"] = "use api_key=" + s }, nil},
	{"a field of the capture", func(l, _ object, s string) { l["_session"] = object{"sessionToken": s} }, nil},
	{"a JWT's signature", inHeader("request", "X-Whatever", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhIn0.§"), func(s string) string { return s + s + "Q" }},
	{"a JWT's claims", func(l, e object, s string) {
		claims := base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"a","sub":"` + s + `"}`))
		inHeader("request", "Authorization", "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."+claims+".c2lnbmF0dXJl")(l, e, "")
	}, nil},
	{"a key of AWS in a text", inAnswer("text/plain", "use § with it"), func(s string) string { return "AKIA" + strings.ToUpper(s)[:16] }},
	{"a token of GitHub in a text", inAnswer("text/plain", "use § with it"), func(s string) string { return "ghp_" + (s + s)[:36] }},
	{"a token of Slack in a path", inURL("https://hooks.slack.com/services/§"), nil},
	{"a key of Stripe", inAnswer("application/javascript", "Stripe('§')"), func(s string) string { return "sk_live_" + s }},
	{"a private key", inAnswer("application/json", `{"k": "-----BEGIN PRIVATE KEY-----\n§\n-----END PRIVATE KEY-----\n"}`), nil},
	{"a connection string", inAnswer("text/plain", "Endpoint=sb://a.test/;SharedAccessKey=§;x=1"), nil},
	{"one with what JSON and URLs escape", inPost("application/json", `{"password":"§"}`), func(s string) string { return s[:9] + "/+=&ü" + s[9:] }},
	// Captures in other clothes.
	{"an event stream", inAnswer("text/event-stream", "event: hello\ndata: {\"access_token\":\"§\"}\n\ndata: [DONE]\n\n"), nil},
	{"Socket.IO with a namespace", inUnknown("_webSocketMessages", func(s string) any {
		return []object{{"type": "send", "time": 1.5, "opcode": 1, "data": `40/admin,{"token":"` + s + `"}`}}
	}), nil},
	{"STOMP", inUnknown("_webSocketMessages", func(s string) any {
		return []object{{"type": "send", "time": 1.5, "opcode": 1, "data": "CONNECT\nlogin:ada\npasscode:" + s + "\n\n\x00"}}
	}), nil},
	{"gRPC-web text", func(l, e object, s string) {
		token := "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhIn0." + s
		inAnswer("application/grpc-web-text", base64.StdEncoding.EncodeToString([]byte("\x00\x00\x00\x00"+string(rune(len(token)+2))+"\x0a"+string(rune(len(token)))+token)))(l, e, "")
	}, func(s string) string { return s + s }},
	{"GraphQL variables in a query", inURL("https://a.test/graphql?query=q&variables=%7B%22input%22%3A%7B%22password%22%3A%22§%22%7D%7D"), nil},
	{"a batch of GraphQL", inPost("application/json", `[{"operationName":"L","variables":{"input":{"currentPassword":"§"}},"query":"mutation L{x}"}]`), nil},
	{"nested JSON in a multipart string", inPost("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{\"a\":\"{\\\"client_secret\\\":\\\"§\\\"}\"}\r\n--b--\r\n"), nil},
	{"a redirect_uri encoded twice, with a fragment", inURL("https://a.test/authorize?client_id=web&redirect_uri=https%253A%252F%252Fb.test%252Fcb%2523access_token%253D§"), nil},
	{"a page's configuration", inAnswer("text/html", `<html><script>var CONFIG={apiBase:"/v1",apiToken:'§',debug:false};</script></html>`), nil},
	{"data attributes", inAnswer("text/html", `<div id="app" data-user="ada" data-csrf-token="§"></div>`), nil},
	{"JSON in an attribute", inAnswer("text/html", `<div data-props="{&quot;token&quot;:&quot;§&quot;}"></div>`), nil},
	{"a source map", inAnswer("application/json", `{"version":3,"sources":["a.js"],"sourcesContent":["const apiSecret = \"§\";\nexport default 1;\n"],"mappings":"AAAA"}`), nil},
	{"userinfo in a Referer", inHeader("request", "Referer", "https://ada:§@a.test/page"), nil},
	{"a list of tokens", inHeader("request", "X-Auth-Token", "first-1234567890abcd, §"), nil},
	{"a Forwarded identity", inHeader("request", "X-Forwarded-Access-Token", "§"), nil},
	{"a signed cookie of Rails", inHeader("request", "Cookie", "_app_session=§--0123456789abcdef0123456789abcdef01234567"), nil},
	{"JSON in Base64 in a cookie", func(l, e object, s string) {
		inHeader("request", "Cookie", "state=§")(l, e, based(`{"t":"§","n":1}`)(s))
	}, nil},
	{"an echo of the request's headers", inAnswer("application/json", `{"headers":{"Authorization":"Bearer §","Accept":"*/*"},"url":"https://a.test/"}`), nil},
	{"an echo of headers as pairs", inAnswer("application/json", `{"headers":[["X-Api-Key","§"],["Accept","*/*"]]}`), nil},
	{"headers by name and value", inAnswer("application/json", `{"headers":[{"name":"X-Api-Key","value":"§"}]}`), nil},
	{"a curl line", inAnswer("text/plain", `curl -H 'Authorization: Bearer §' https://a.test/`), nil},
	{"a user of curl", inAnswer("text/plain", `curl -u ada:§ https://a.test/`), nil},
	{"a file of the environment", inAnswer("text/plain", "PORT=8080\nDB_PASSWORD=§\nDEBUG=1\n"), nil},
	{"YAML", inAnswer("application/yaml", "auth:\n  user: ada\n  password: §\n"), nil},
	{"TOML", inAnswer("application/toml", "[auth]\nclient_secret = \"§\"\n"), nil},
	{"a database's URL", inAnswer("text/plain", "postgres://app:§@db.test:5432/app?sslmode=require"), nil},
	{"a Java stack", inAnswer("text/plain", "java.lang.IllegalStateException: bad LoginRequest(user=ada, password=§)\n\tat a.B.c(B.java:1)"), nil},
	{"a Python dict", inAnswer("text/plain", "KeyError: {'user': 'ada', 'password': '§'}"), nil},
	{"a Ruby hash", inAnswer("text/plain", `Parameters: {"user"=>"ada", "password"=>"§"}`), nil},
	{"a PHP array", inAnswer("text/plain", "Array\n(\n    [user] => ada\n    [password] => §\n)"), nil},
	{"a Go struct", inAnswer("text/plain", "&{User:ada Password:§ N:1}"), nil},
	{"XML namespaces", inPost("application/xml", `<a:req xmlns:a="urn:a"><a:clientSecret xsi:type="s">§</a:clientSecret></a:req>`), nil},
	{"CDATA", inPost("application/xml", "<login><password><![CDATA[§]]></password></login>"), nil},
	{"XML of names and values", inPost("application/xml", `<params><param name="password" value="§"/></params>`), nil},
	{"a plist", inPost("application/xml", "<dict><key>password</key><string>§</string></dict>"), nil},
	{"XML-RPC", inPost("text/xml", "<member><name>password</name><value><string>§</string></value></member>"), nil},
	{"SAML in a form", func(l, e object, s string) {
		inPost("application/x-www-form-urlencoded", "RelayState=%2Fhome&SAMLResponse=§")(l, e, based("<saml:Assertion><ds:SignatureValue>§</ds:SignatureValue></saml:Assertion>")(s))
	}, nil},
	{"JSON-RPC parameters", inPost("application/json", `{"jsonrpc":"2.0","method":"login","params":{"user":"ada","passwd":"§"},"id":1}`), nil},
	{"a list of names and values", inPost("application/json", `{"fields":[{"key":"password","value":"§"},{"key":"lang","value":"en"}]}`), nil},
	{"AWS headers", inHeader("request", "X-Amz-Security-Token", "§"), nil},
	{"a signature of AWS", inHeader("request", "Authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=§"), nil},
	{"a Digest answer", inHeader("request", "Authorization", `Digest username="ada", realm="a", nonce="n", uri="/", response="§"`), nil},
	{"an OAuth 1 signature", inHeader("request", "Authorization", `OAuth oauth_consumer_key="ck", oauth_token="§", oauth_signature_method="HMAC-SHA1"`), nil},
	{"a DPoP proof", inHeader("request", "DPoP", "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2In0.eyJodG0iOiJHRVQifQ.§"), func(s string) string { return s + s }},
	{"a client certificate", inHeader("request", "X-Forwarded-Client-Cert", `Hash=§;Subject="CN=ada"`), nil},
	{"a key of a CDN", inHeader("request", "Cf-Access-Client-Secret", "§"), nil},
	{"a signature with its input", inHeader("request", "Signature", "sig1=:§:"), nil},
	{"an authentication info", inHeader("response", "Authentication-Info", `nextnonce="§", qop=auth`), nil},
	{"a magic link", inAnswer("text/html", `<a href="https://a.test/magic/§">sign in</a>`), nil},
	{"an invitation in a mail", inAnswer("text/plain", "Join: https://a.test/invite?invite_code=§ before noon"), nil},
	{"a webhook's address", inPost("application/json", `{"webhook_url":"https://hooks.slack.com/services/T00000000/B00000000/§"}`), nil},
	{"a key in a Location's fragment", inHeader("response", "Location", "/cb#state=1&access_token=§&token_type=bearer"), nil},
	{"a refresh", inHeader("response", "Refresh", "0; url=/cb?token=§"), nil},
	{"a Content-Disposition", inHeader("response", "Content-Disposition", `attachment; filename="x?token=§"`), nil},
	{"a policy report", inPost("application/csp-report", `{"csp-report":{"document-uri":"https://a.test/?access_token=§"}}`), nil},
	{"analytics", inURL("https://a.test/collect?v=1&dl=https%3A%2F%2Fa.test%2Fcb%3Fcode%3D§%26state%3D1"), nil},
	{"a matrix of form fields", inPost("application/x-www-form-urlencoded", "users[0][email]=a%40a.test&users[0][password]=§"), nil},
	{"a number as a password", inPost("application/json", `{"user":"ada","otp":§}`), func(s string) string { return "7" + digits(s) }},
	{"a JWE", inHeader("request", "Authorization", "Bearer eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.§.aXY.Y2lwaGVy.dGFn"), func(s string) string { return s + s }},
	{"Fernet", inAnswer("text/plain", "use § with it"), func(s string) string { return "gAAAAAB" + s + s + s }},
	{"a PEM of an EC key", inAnswer("text/plain", "-----BEGIN EC PRIVATE KEY-----\n§\n-----END EC PRIVATE KEY-----"), nil},
	{"an OpenSSH key", inAnswer("text/plain", "-----BEGIN OPENSSH PRIVATE KEY-----\n§\n-----END OPENSSH PRIVATE KEY-----"), nil},
	{"an encrypted PEM", inAnswer("text/plain", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n§\n-----END ENCRYPTED PRIVATE KEY-----"), nil},
	{"a PGP key", inAnswer("text/plain", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n§\n-----END PGP PRIVATE KEY BLOCK-----"), nil},
	{"a key of Azure storage", inAnswer("application/json", `{"conn":"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=§==;EndpointSuffix=core.windows.net"}`), nil},
	{"a SAS in JSON", inAnswer("application/json", `{"uploadUrl":"https://a.blob.test/c/f?sv=2024-01-01&se=2026-01-01&sr=b&sp=r&sig=§%3D"}`), nil},
	{"a CloudFront signature", inURL("https://a.test/v.mp4?Expires=1&Key-Pair-Id=KABC&Signature=§__"), nil},
	{"a signed value of Django", inPost("application/json", `{"cursor":"ZGF0YQ:1tAbCd:§"}`), func(s string) string { return s + s }},
	{"a token of Google", inAnswer("text/plain", "use § with it"), func(s string) string { return "ya29." + s + s }},
	{"a key of Google", inAnswer("application/javascript", `init({k:"§"})`), func(s string) string { return "AIza" + (s + s)[:35] }},
	{"a key of OpenAI", inAnswer("text/plain", "use § with it"), func(s string) string { return "sk-proj-" + s + s }},
	{"a token of npm", inAnswer("text/plain", "//registry.test/:_authToken=§"), func(s string) string { return "npm_" + (s + s)[:36] }},
	{"a token of GitLab", inAnswer("text/plain", "use § with it"), func(s string) string { return "glpat-" + s }},
	{"a key of SendGrid", inAnswer("text/plain", "use § with it"), func(s string) string { return "SG." + s + "." + s + s }},
	{"a key of Twilio", inAnswer("text/plain", "use § with it"), func(s string) string { return "SK" + hexed(s)[:32] }},
	{"a token of Shopify", inAnswer("text/plain", "use § with it"), func(s string) string { return "shpat_" + hexed(s)[:32] }},
	{"a key in the neighbourhood of its name", inAnswer("text/plain", "your secret is § keep it"), func(s string) string { return s + "Q7" }},
	{"a name split by a dash in text", inAnswer("text/plain", "api-key § was refused"), func(s string) string { return s + "Q7" }},
	{"a value that its recorder percent-encoded", inPost("application/x-www-form-urlencoded", "pass%77ord=§"), nil},
	{"JSON with escaped names", inPost("application/json", "{\"pass\\u0077ord\":\"§\"}"), nil},
	{"UTF-16", func(l, e object, s string) {
		wide := "\xff\xfe"
		for _, c := range []byte(`{"password":"` + s + `"}`) {
			wide += string([]byte{c, 0})
		}
		response(e)["content"] = object{"size": -1, "mimeType": "application/json; charset=utf-16", "encoding": "base64", "text": base64.StdEncoding.EncodeToString([]byte(wide))}
	}, nil},
	{"JSON behind a guard", inAnswer("application/json", ")]}',\n{\"access_token\":\"§\"}"), nil},
	{"JSONP", inAnswer("application/javascript", `cb({"access_token":"§"});`), nil},
	{"a URL in a string of a log", inAnswer("text/plain", `"GET /cb?code=§&state=x HTTP/1.1" 302`), nil},
	{"a zip of cookies", inUnknown("_cookies", func(s string) any { return []object{{"name": "sid", "value": s, "domain": "a.test"}} }), nil},
	{"storage", inUnknown("_storage", func(s string) any {
		return object{"localStorage": []object{{"name": "auth", "value": `{"accessToken":"` + s + `"}`}}}
	}), nil},
	{"a page's comment", func(l, _ object, s string) {
		l["pages"] = append(l["pages"].([]object), object{"id": "q" + strconv.Itoa(len(l["pages"].([]object))), "startedDateTime": "2026-01-01T00:00:00Z", "title": "x", "comment": "token=" + s, "pageTimings": object{}})
	}, nil},
}

func hexed(s string) string { return hex.EncodeToString([]byte(s)) }

func digits(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte('0' + s[i]%10)
	}
	return b.String()
}
