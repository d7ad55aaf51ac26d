package mask

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/replaydiff/replay/diff/traffic"
)

type object = map[string]any

// A planted secret stands in one place of one entry of a capture.
type planted struct {
	reason string
	plant  func(log, entry object, secret string)
	secret func(core string) string // its shape; nil: letters and digits
}

func request(entry object) object  { return entry["request"].(object) }
func response(entry object) object { return entry["response"].(object) }

func inHeader(side, name, format string) func(object, object, string) {
	return func(_, entry object, s string) {
		message := entry[side].(object)
		message["headers"] = append(message["headers"].([]object), object{"name": name, "value": fill(format, s)})
	}
}

func inURL(format string) func(object, object, string) {
	return func(_, entry object, s string) { request(entry)["url"] = fill(format, s) }
}

func inPost(mediaType, format string) func(object, object, string) {
	return func(_, entry object, s string) {
		request(entry)["postData"] = object{"mimeType": mediaType, "text": fill(format, s)}
	}
}

func inAnswer(mediaType, format string) func(object, object, string) {
	return func(_, entry object, s string) {
		response(entry)["content"] = object{"size": -1, "mimeType": mediaType, "text": fill(format, s)}
	}
}

// inPacked has an answer in Base64, below a content coding.
func inPacked(encoding string, format string, pack func(string) string) func(object, object, string) {
	return func(log, entry object, s string) {
		inHeader("response", "Content-Encoding", encoding)(log, entry, "")
		response(entry)["content"] = object{"size": -1, "mimeType": "application/json", "encoding": "base64", "text": base64.StdEncoding.EncodeToString([]byte(pack(fill(format, s))))}
	}
}

func inUnknown(name string, value func(s string) any) func(object, object, string) {
	return func(_, entry object, s string) { entry[name] = value(s) }
}

func fill(format, s string) string { return strings.ReplaceAll(format, "§", s) }

func based(format string) func(string) string {
	return func(s string) string { return base64.StdEncoding.EncodeToString([]byte(fill(format, s))) }
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.String()
}

func brotlied(s string) string {
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.String()
}

func zstded(s string) string {
	w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	return string(w.EncodeAll([]byte(s), nil))
}

var plantings = []planted{
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
}

// canaryHAR is a capture with one planted secret an entry.
func canaryHAR(t *testing.T) (har []byte, secrets []string) {
	t.Helper()
	log := object{"version": "1.2", "creator": object{"name": "c", "version": "1"}, "pages": []object{}}
	var entries []object
	for i, p := range plantings {
		secret := fmt.Sprintf("S%02dQx7Zk2Lm9Vw8Tb4%02dR", i, 99-i)
		if p.secret != nil {
			secret = p.secret(secret)
		}
		entry := object{
			"startedDateTime": "2026-01-01T00:00:00Z", "time": 1, "cache": object{}, "timings": object{"send": 0, "wait": 1, "receive": 0},
			"request":  object{"method": "POST", "url": "https://a.test/", "httpVersion": "HTTP/1.1", "headers": []object{}, "cookies": []object{}, "queryString": []object{}, "headersSize": -1, "bodySize": -1},
			"response": object{"status": 401, "statusText": "Unauthorized", "httpVersion": "HTTP/1.1", "headers": []object{}, "cookies": []object{}, "content": object{"size": 0, "mimeType": ""}, "redirectURL": "", "headersSize": -1, "bodySize": -1},
		}
		p.plant(log, entry, secret)
		entries, secrets = append(entries, entry), append(secrets, secret)
	}
	log["entries"] = entries
	har, err := json.Marshal(object{"log": log})
	if err != nil {
		t.Fatal(err)
	}
	return har, secrets
}

var (
	base64Runs = regexp.MustCompile(`[A-Za-z0-9+/_-]{12,}={0,2}`)
	jsonTexts  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// readings are a text and all that can be read out of it: unquoted, unescaped,
// out of Base64, unpacked.
func readings(text string, depth int) []string {
	all := []string{text}
	if depth == 0 {
		return all
	}
	for _, s := range jsonTexts.FindAllString(text, -1) {
		var plain string
		if json.Unmarshal([]byte(s), &plain) == nil && plain != s[1:len(s)-1] {
			all = append(all, readings(plain, depth-1)...)
		}
	}
	if plain, err := url.QueryUnescape(text); err == nil && plain != text {
		all = append(all, readings(plain, depth-1)...)
	}
	for _, s := range base64Runs.FindAllString(text, -1) {
		if plain, ok := decodeBasic(s); ok {
			all = append(all, readings(plain, depth-1)...)
		}
	}
	if c, plain, err := unpack(text, []string{"br"}); err == nil && c != nil {
		all = append(all, readings(plain, depth-1)...)
	}
	return all
}

func rewritten(t *testing.T, r *Redactor, har []byte) []byte {
	t.Helper()
	c, err := traffic.Read(bytes.NewReader(har), "canary.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	redacted, err := r.Capture(c)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := traffic.Write(&out, redacted, traffic.HAR); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestNoPlantedSecretIsLeft: in none of the ways that a file can be read; and
// what is redacted stays as it is.
func TestNoPlantedSecretIsLeft(t *testing.T) {
	har, secrets := canaryHAR(t)
	once := rewritten(t, &Redactor{Key: []byte("k")}, har)
	all := readings(string(once), 5)
	before := strings.Join(readings(string(har), 5), "\x00")
	for i, secret := range secrets {
		if !strings.Contains(before, secret) {
			t.Errorf("%s: the test does not see its own secret", plantings[i].reason)
		}
		for _, text := range all {
			if strings.Contains(text, secret) {
				at := strings.Index(text, secret)
				t.Errorf("%s: left in …%.160s", plantings[i].reason, text[max(0, at-60):])
				break
			}
		}
	}
	if twice := rewritten(t, &Redactor{Key: []byte("another")}, once); !bytes.Equal(once, twice) {
		t.Error("redacting again changes the file")
	}
	t.Logf("%d secrets", len(secrets))
}
