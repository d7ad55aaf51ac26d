package diff

import (
	"testing"
	"time"
)

func TestAuthorityIsNeverNoise(t *testing.T) {
	for _, name := range []string{
		"Authorization", "Proxy-Authorization", "Cookie", "Cookie2", "Host", ":authority", "Origin", "Forwarded", "Via",
		"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Real-IP",
		"X-Original-URL", "X-CSRF-Token", "X-CSRFToken", "X-XSRF-TOKEN", "CSRF-Token", "RequestVerificationToken",
		"X-API-Key", "ApiKey", "Ocp-Apim-Subscription-Key", "X-Functions-Key", "X-Goog-Api-Key", "DD-API-Key",
		"X-Auth-Token", "X-Access-Token", "X-Amz-Security-Token", "X-Vault-Token", "Private-Token",
		"DPoP", "Signature", "Signature-Input", "X-Hub-Signature-256", "Stripe-Signature", "X-Amz-Date", "X-Amz-Content-SHA256",
		"SOAPAction", "X-Amz-Target", "X-Requested-With", "X-HTTP-Method-Override", "X-App-Version", "X-Tenant-ID", "X-Session-ID",
		"Client-Cert", "X-Forwarded-Client-Cert", "Content-Type", "Accept-Version", "X-Request-Start-Author",
		"Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-WebSocket-Protocol", "Access-Control-Request-Headers", "Expect",
	} {
		for _, v := range [][2]string{
			{"a", "b"}, {"", "b"}, {"a", ""},
			{"750fb2cb546cf6471dcf7c68eef728e5", "0278e9689dabad965b5e31af95f2bef6"},
			{"018f3c1e-7b1a-7c3d-9e2f-0123456789ab", "118f3c1e-7b1a-4c3d-9e2f-0123456789ac"},
		} {
			if noise := headerNoise(true, name, v[0], v[1]); noise != "" {
				t.Errorf("request header %s (%q to %q) is hidden as %s", name, v[0], v[1], noise)
			}
		}
	}
	for _, name := range []string{
		"Set-Cookie", "WWW-Authenticate", "Proxy-Authenticate", "Location", "Server", "Via", "Content-Type", "Retry-After",
		"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "X-CSRF-Token",
		"Authentication-Info", "DPoP-Nonce", "X-Auth-Token",
	} {
		if noise := headerNoise(false, name, "750fb2cb546cf6471dcf7c68eef728e5", "0278e9689dabad965b5e31af95f2bef6"); noise != "" {
			t.Errorf("response header %s is hidden as %s", name, noise)
		}
	}
}

func TestHeaderNoise(t *testing.T) {
	for _, tt := range []struct {
		request        bool
		name, old, new string
		want           Noise
		reason         string
	}{
		{true, "ACCEPT", "*/*", "text/html", noiseNegotiation, "names have no case"},
		{true, "accept-encoding", "gzip", "", noiseNegotiation, "coming and going too"},
		{true, "User-Agent", "curl/8", "Mozilla/5.0", noiseClient, "which program"},
		{true, "If-None-Match", `"a"`, `"b"`, noiseValidator, "freshness"},
		{true, "Range", "bytes=0-1", "bytes=2-3", noiseValidator, "which part"},
		{true, "Sec-CH-UA-Platform", "a", "b", noiseHint, "a family of hints"},
		{true, "sec-fetch-dest", "empty", "document", noiseFetch, "what for"},
		{true, "traceparent", "a", "b", noiseTracing, "W3C"},
		{true, "X-B3-TraceId", "a", "b", noiseTracing, "Zipkin"},
		{true, "x-datadog-parent-id", "1", "2", noiseTracing, "Datadog"},
		{true, "X-Acme-Request-Id", "a", "b", noiseTracing, "the last two words say it"},
		{true, "Idempotency-Key", "a", "b", noiseTracing, "no key to anything"},
		{true, "Postman-Token", "a", "b", noiseTracing, "an id of the request, whatever its name says"},
		{true, "Content-Length", "1", "2", noiseFraming, "the body says it"},
		{true, "Referer", "https://a.test/x?y=1", "https://a.test/x?y=2", noiseReferer, "its query alone"},
		{true, "Referer", "https://a.test/x", "https://b.test/x", "", "its origin matters"},
		{true, "Referer", "https://a.test/x", "https://a.test/y", "", "its path matters"},
		{true, "Referer", "https://a.test/x", "", "", "its absence matters"},
		{true, "X-Acceptance", "a", "b", "", "not by a part of a name"},
		{true, "Date", "a", "b", "", "signed requests carry it"},
		{false, "Date", "a", "b", noiseClock, "when it was"},
		{false, "ETag", "a", "b", noiseValidator, "freshness"},
		{false, "X-Cache-Hits", "1", "2", noiseCache, "a family"},
		{false, "X-Cache", "HIT", "MISS", noiseCache, "the name itself"},
		{false, "x-amz-cf-pop", "a", "b", noiseCache, "CloudFront"},
		{false, "cf-ray", "a", "b", noiseTracing, "Cloudflare"},
		{false, "Content-Security-Policy", "a", "b", noisePolicy, "nonces"},
		{false, "x-amzn-RequestId", "a", "b", noiseTracing, "AWS"},
		{false, "X-Build", "0278e9689dabad965b5e31af95f2bef6", "750fb2cb546cf6471dcf7c68eef728e5", noiseVolatile, "hash for hash"},
		{false, "X-Build", "0278e9689dabad965b5e31af95f2bef6", "", "", "it is gone"},
		{false, "X-Generated", "2026-11-23T10:00:00Z", "2026-11-24T10:00:00Z", noiseClock, "time for time"},
		{false, "User-Agent", "a", "b", "", "odd in an answer"},
		{false, "X-Powered-By", "Express", "PHP/8", "", "who answered"},
		{false, "X-RateLimit-Remaining", "10", "0", "", "why it was refused"},
		{false, "Cache-Control", "no-store", "public", "", "whose answer is kept"},
	} {
		if got := headerNoise(tt.request, tt.name, tt.old, tt.new); got != tt.want {
			t.Errorf("headerNoise(%v, %s, %q, %q) = %q, want %q: %s", tt.request, tt.name, tt.old, tt.new, got, tt.want, tt.reason)
		}
	}
}

func TestCookieNoise(t *testing.T) {
	for _, tt := range []struct {
		name   string
		want   Noise
		reason string
	}{
		{"_ga", noiseAnalytics, "Google Analytics"},
		{"_ga_ABC123", noiseAnalytics, "its property"},
		{"_gat_UA-1", noiseAnalytics, "its throttle"},
		{"_gate", "", "another name"},
		{"__utmz", noiseAnalytics, "Urchin"},
		{"_hjSessionUser_1", noiseAnalytics, "Hotjar's session is a visit"},
		{"ajs_user_id", noiseAnalytics, "Segment"},
		{"mp_1f2e_mixpanel", noiseAnalytics, "Mixpanel"},
		{"mp_session", "", "a session by another maker"},
		{"intercom-session-abc", noiseAnalytics, "a chat"},
		{"OptanonConsent", noiseConsent, "a banner"},
		{"AWSALB", noiseNode, "stickiness"},
		{"AWSELBAuthSessionCookie-0", "", "a session of the load balancer"},
		{"BIGipServerpool_a", noiseNode, "F5"},
		{"SERVERID", noiseNode, "HAProxy"},
		{"route", noiseNode, "nginx sticky"},
		{"route_token", "", "more than a route"},
		{"__cf_bm", noiseBot, "Cloudflare"},
		{"bm_sv", noiseBot, "Akamai"},
		{"cf_clearance", "", "a pass"},
		{"session", "", "a session"}, {"JSESSIONID", "", "a session"}, {"connect.sid", "", "a session"},
		{"XSRF-TOKEN", "", "CSRF"}, {"__Host-auth", "", "a credential"}, {"_gitlab_session", "", "a session"},
	} {
		if got := cookieNoise(tt.name); got != tt.want {
			t.Errorf("cookieNoise(%s) = %q, want %q: %s", tt.name, got, tt.want, tt.reason)
		}
	}
}

func TestQueryNoise(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		want           Noise
		reason         string
	}{
		{"_", "1793511897750", "1793599006362", noiseBuster, "jQuery's"},
		{"_", "", "1793599006362", noiseBuster, "coming"},
		{"t", "1793511897750", "1793599006362", noiseBuster, "a time"},
		{"t", "eyJhbGciOi", "eyJhbGciOj", "", "perhaps a token"},
		{"v", "1.2.3", "1.2.4", noiseBuster, "a version of a file"},
		{"v", "a1b2c3d4", "99ff0011", noiseBuster, "a hash of a file"},
		{"v", "1", "2", "", "a version of an API"},
		{"appid", "750fb2cb546cf6471dcf7c68eef728e5", "0278e9689dabad965b5e31af95f2bef6", "", "an API key"},
		{"X-Amz-Date", "20261123T082025Z", "20261123T102025Z", "", "a signature's date"},
		{"page", "1", "2", "", "another page"},
		{"q", "", "", "", "nothing differs"},
	} {
		if got := queryNoise(tt.name, tt.old, tt.new); got != tt.want {
			t.Errorf("queryNoise(%s, %q, %q) = %q, want %q: %s", tt.name, tt.old, tt.new, got, tt.want, tt.reason)
		}
	}
}

func TestValueNoise(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		old, new string
		want     Noise
		reason   string
	}{
		{"018f3c1e-7b1a-7c3d-9e2f-0123456789ab", "118F3C1E-7B1A-4C3D-9E2F-0123456789AC", noiseVolatile, "UUIDs"},
		{"01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ", noiseVolatile, "ULIDs"},
		{"0278e9689dabad96", "750fb2cb546cf647", noiseVolatile, "sixteen hex digits"},
		{"0278e9689dabad96", "750fb2cb546cf64712", "", "another length"},
		{"0278e9689dabad9", "750fb2cb546cf64", "", "fifteen hex digits"},
		{"1795428000", "1795428900", noiseClock, "seconds of that day"},
		{"1795428000123", "1795428900123", noiseClock, "milliseconds of that day"},
		{"1795428000", "1805428900", "", "months later"},
		{"1795428000", "1795428900123", "", "seconds and milliseconds"},
		{"4999999999", "4999999998", "", "a number of a thing"},
		{"2026-11-23T10:00:00Z", "2026-11-24T10:00:00.5+01:00", noiseClock, "RFC 3339"},
		{"Mon, 23 Nov 2026 10:00:00 GMT", "Tue, 24 Nov 2026 10:00:00 GMT", noiseClock, "RFC 9110"},
		{"2026-11-23", "2026-11-24", "", "a date may be a choice"},
		{"2026-11-23T10:00:00Z", "never", "", "another form"},
		{"018f3c1e-7b1a-7c3d-9e2f-0123456789ab", "", "", "it is gone"},
		{"alice", "bob", "", "names"},
	} {
		if got := valueNoise(tt.old, tt.new, at); got != tt.want {
			t.Errorf("valueNoise(%q, %q) = %q, want %q: %s", tt.old, tt.new, got, tt.want, tt.reason)
		}
	}
	if got := valueNoise("1795428000", "1805428900", time.Time{}); got != noiseClock {
		t.Errorf("without a time of capture: %q", got)
	}
}

func TestJSONFieldNoise(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	const id, otherID = "018f3c1e-7b1a-7c3d-9e2f-0123456789ab", "118f3c1e-7b1a-4c3d-9e2f-0123456789ac"
	for _, tt := range []struct {
		name, old, new string
		want           Noise
		reason         string
	}{
		{"id", id, otherID, noiseVolatile, "a random id"},
		{"requestId", "a", "b", noiseTracing, "in camel case"},
		{"trace_id", "a", "b", noiseTracing, "in snake case"},
		{"updatedAt", "2026-11-23T10:00:00Z", "2026-11-24T10:00:00Z", noiseClock, "a time"},
		{"nonce", "abcdefgh1", "abcdefgh2", noiseOnce, "good for one use"},
		{"code_challenge", "abcdefgh1", "abcdefgh2", noiseOnce, "good for one use"},
		{"code_verifier", "abcdefgh1", "", "", "its absence is PKCE's failure"},
		{"code", "psWvAqXhNabgjxZtI2aBvlzjxuN", "GVHZj6Uk1hzm4xgp6Mb5Tsmuj7m", noiseOnce, "an authorization code"},
		{"code", "INVALID_TOKEN_X9", "EXPIRED_TOKEN_X9", "", "the code of an error"},
		{"code", "200", "401", "", "the number of an error"},
		{"state", "open", "closed", "", "the state of an order"},
		{"api_key", id, otherID, "", "a credential"},
		{"clientSecret", id, otherID, "", "a credential"},
		{"_csrf", id, otherID, "", "CSRF"},
		{"tenantId", id, otherID, "", "whose data"},
		{"expires_at", "2026-11-23T10:00:00Z", "2026-11-24T10:00:00Z", "", "when it ends matters"},
		{"authorId", id, otherID, noiseVolatile, "author is not auth"},
		{"monkey", id, otherID, noiseVolatile, "monkey is not key"},
		{"name", "alice", "bob", "", "a name"},
	} {
		if got := jsonFieldNoise(tt.name, tt.old, tt.new, at); got != tt.want {
			t.Errorf("jsonFieldNoise(%s, %q, %q) = %q, want %q: %s", tt.name, tt.old, tt.new, got, tt.want, tt.reason)
		}
	}
}
