package scenarios

import (
	"slices"
	"strings"
)

// Names are judged by their words, never by a substring: author is not auth.

// wordsOf splits a name at punctuation and at changes of case, in lower case.
func wordsOf(name string) []string {
	var words []string
	start := 0
	flush := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
		switch {
		case !letter:
			flush(i)
			start = i + 1
		case i > start && isUpper(c) && (!isUpper(name[i-1]) || i+1 < len(name) && isLower(name[i+1])):
			flush(i) // the T of accessToken, and that of CSRFToken
			start = i
		}
	}
	flush(len(name))
	return words
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// hasWord tells whether a name has one of the words; a number behind it does
// not count: token2.
func hasWord(name string, words ...string) bool {
	for _, w := range wordsOf(name) {
		if slices.Contains(words, w) || slices.Contains(words, strings.TrimRight(w, "0123456789")) {
			return true
		}
	}
	return false
}

// joined is a name without punctuation and case: "X-Api-Key" is "xapikey".
func joined(name string) string { return strings.Join(wordsOf(name), "") }

// isKeyName knows names of API keys and of tokens that stand in for them,
// wherever they stand.
func isKeyName(name string) bool {
	if isCSRFName(name) || namesNoKey(name) {
		return false
	}
	switch strings.TrimPrefix(joined(name), "x") {
	case "key", "apikey", "appkey", "appid", "accesskey", "accesstoken", "authtoken", "subscriptionkey", "apitoken", "privatetoken",
		"jobtoken", "clientkey", "clientsecret", "licensekey", "licencekey", "token", "auth", "functionskey", "apisecret", "secretkey", "appsecret",
		"sharedsecret", "consumerkey", "partnerkey", "merchantkey", "developerkey", "sitekey", "projectkey", "masterkey", "adminkey", "usertoken", "userkey":
		return true
	}
	return hasWord(name, "key", "token", "apikey", "secret") && hasWord(name, "api", "apikey", "access", "auth", "subscription", "private", "app", "application",
		"account", "vault", "functions", "service", "secret", "session", "goog", "shopify", "gitlab", "github", "consul", "figma", "plex", "algolia", "dd")
}

// isKeyHeader knows names of header fields that hold a key. What ends in key,
// token or secret there is one far more often than in a query.
func isKeyHeader(name string) bool {
	switch strings.ToLower(name) {
	case "x-amz-security-token", "x-oss-security-token", "x-cos-security-token", "x-obs-security-token", "x-acs-security-token":
		return false // the session of a request signature, another one with each
	}
	if isKeyName(name) {
		return true
	}
	words := wordsOf(name)
	if len(words) == 0 || isCSRFName(name) || namesNoKey(name) {
		return false
	}
	switch words[len(words)-1] {
	case "key", "token", "secret", "apikey", "passphrase", "authorization", "jwt", "assertion":
		return true
	}
	return false
}

// namesNoKey knows the words that make a key or a token something else: of a
// list, a cache, a table, a push service.
func namesNoKey(name string) bool {
	return hasWord(name, "sec", "idempotency", "public", "device", "page", "next", "continuation", "postman", "cache", "surrogate", "partition", "sort", "primary", "row",
		"foreign", "routing", "encryption", "websocket", "dedup", "deduplication", "correlation", "trace", "request", "push", "sync", "cursor", "skip", "translation", "nonce", "etag", "lock", "fencing")
}

// isCSRFName knows names of CSRF tokens in cookies, fields and headers.
func isCSRFName(name string) bool {
	if hasWord(name, "csrf", "xsrf", "csrftoken", "xsrftoken", "csrfmiddlewaretoken", "antiforgery", "forgery", "anticsrf", "authenticity", "wpnonce", "sesskey") {
		return true
	}
	switch strings.ToLower(name) {
	case "_token", "x-wp-nonce", "form_key", "form_token", "formhash":
		return true
	}
	return strings.HasSuffix(joined(name), "requestverificationtoken")
}

// isSignatureName knows parameters that hold a signature over the request.
func isSignatureName(name string) bool {
	switch strings.ToLower(name) {
	case "x-amz-signature", "x-goog-signature", "signature", "sig", "hmac":
		return true
	}
	return false
}

// isSessionName knows names of cookies that carry a session or a login.
func isSessionName(name string) bool {
	lower := strings.ToLower(name)
	for _, prefix := range []string{"__host-http-", "__http-", "__host-", "__secure-"} {
		lower = strings.TrimPrefix(lower, prefix)
	}
	if hasWord(lower, "lang", "language", "locale", "culture", "theme", "timezone", "consent", "currency") || isTrackingCookie(lower) {
		return false
	}
	for _, suffix := range []string{"sid", "sess", "session", "sessionid", "sessid", "session_id"} {
		if strings.HasSuffix(lower, suffix) {
			return true
		}
	}
	if hasWord(name, "token") && !namesNoKey(name) {
		return true
	}
	if hasWord(name, "sid", "session", "sessionid", "sess", "auth", "jwt", "bearer", "remember", "jsessionid", "phpsessid", "cftoken", "castgc", "tgc",
		"aspxauth", "identity", "sso", "okta", "idsrv", "fedauth", "rtfa", "logged", "authn", "authenticated", "login", "credential", "credentials") {
		return true
	}
	for _, prefix := range []string{".aspnetcore.", ".aspnet.", "keycloak_", "ory_", "_oauth2_proxy", "cf_authorization", "aspsession", "jsessionid", "sess", "ssess",
		"awselbauth", "mod_auth_openidc", "next-auth", "simplesaml", "estsauth", "wordpress_logged_in", "wordpress_sec"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return false
}

// isTrackingCookie knows cookies of analytics, advertisement, consent, load
// balancers and bot defences: their values look like a session and are none.
func isTrackingCookie(name string) bool {
	lower := strings.ToLower(name)
	for _, prefix := range []string{"_ga", "_gid", "_gat", "_gcl_", "_fbp", "_fbc", "_uet", "_hj", "__utm", "_clck", "_clsk", "ajs_", "amplitude_", "amp_", "mp_", "optimizely",
		"intercom-id", "optanon", "cookieconsent", "_dd_s", "awsalb", "awselb=", "serverid", "bigipserver", "arraffinity", "__cf_bm", "_cfuvid", "bm_", "ak_bmsc", "_abck",
		"cf_clearance", "datadome", "_px", "visid_incap", "incap_ses", "nlbi_", "_pk_", "_ym_", "hubspotutk", "__hs", "_tt_", "_pin_", "li_", "__qca", "muid", "_scid", "_rdt_", "euconsent"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return false
}

// looksRandom tells generated values from words: 16 and more letters and
// digits, mixed.
func looksRandom(value string) bool {
	if len(value) < 16 {
		return false
	}
	digits, letters := 0, 0
	seen := map[byte]bool{}
	for i := range len(value) {
		c := value[i]
		seen[c] = true
		switch {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			letters++
		case c == ' ' || c == '{' || c == '<':
			return false
		}
	}
	return digits >= 3 && letters >= 4 && len(seen) >= 9
}
