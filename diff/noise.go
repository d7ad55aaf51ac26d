package diff

import "strings"

// A Noise is the reason why a difference does not matter; "" means that it
// does. Noise hides differences from a report, never from the diff.
type Noise string

// The reasons. A field that carries authority has none: credentials, session
// cookies, CSRF values, Host, Origin, Forwarded and its kin.
const (
	noiseNegotiation Noise = "negotiation"      // what the client would like: Accept, compression, priority
	noiseClient      Noise = "client version"   // which program asked
	noiseHint        Noise = "client hint"      // how its screen and network are
	noiseFetch       Noise = "fetch metadata"   // what the answer was wanted for
	noiseValidator   Noise = "cache validator"  // whether it is fresh
	noiseCache       Noise = "cache"            // where and how long it was kept
	noiseTracing     Noise = "tracing id"       // how the request is called in logs
	noiseTiming      Noise = "timing"           // how long it took
	noiseFraming     Noise = "framing"          // how the bytes were cut
	noiseClock       Noise = "clock"            // when it was
	noisePolicy      Noise = "page policy"      // what a page may do, once it is there
	noiseNode        Noise = "node drift"       // which of equal servers it was
	noiseAnalytics   Noise = "analytics"        // who counts visitors
	noiseConsent     Noise = "consent"          // what was clicked in a banner
	noiseBot         Noise = "bot management"   // what a CDN thinks of the client
	noiseBuster      Noise = "cache-buster"     // a number that makes a URL new
	noiseBuild       Noise = "build hash"       // which build a file is of
	noiseVolatile    Noise = "volatile id"      // a random value for a random value of the same form
	noiseOnce        Noise = "one-time value"   // good for one use: nonce, state
	noiseReferer     Noise = "query of Referer" // the page is the same
)

// words splits a name into its lower-case words: "X-CSRF-Token", "csrf_token"
// and "csrfToken" are csrf and token. Names are judged by whole words, as
// "author" is no "auth".
func words(name string) []string {
	var out []string
	start := 0
	flush := func(end int) {
		if end > start {
			out = append(out, strings.ToLower(name[start:end]))
		}
		start = end
	}
	for i := range len(name) {
		switch c := name[i]; {
		case !isLetter(c) && !isDigit(c):
			flush(i)
			start = i + 1
		case isUpper(c) && i > start && (isLower(name[i-1]) || isDigit(name[i-1])):
			flush(i)
		case isUpper(c) && i > start && i+1 < len(name) && isLower(name[i+1]) && isUpper(name[i-1]):
			flush(i) // the T of "CSRFToken"
		}
	}
	flush(len(name))
	return out
}

// authorityWords are words of names whose values open doors.
var authorityWords = map[string]bool{
	"auth": true, "authorization": true, "authentication": true, "oauth": true, "token": true, "jwt": true,
	"csrf": true, "xsrf": true, "csrftoken": true, "xsrftoken": true, "csrfmiddlewaretoken": true,
	"requestverificationtoken": true, "antiforgery": true, "authenticity": true,
	"key": true, "apikey": true, "appid": true, "appkey": true, "secret": true, "password": true, "passwd": true, "pwd": true,
	"pin": true, "otp": true, "session": true, "sessionid": true, "sid": true, "sess": true, "jsessionid": true, "phpsessid": true,
	"signature": true, "sig": true, "hmac": true, "credential": true, "credentials": true,
	"assertion": true, "dpop": true, "cert": true, "ticket": true, "license": true,
	"exp": true, "expires": true, "expiry": true, "expiration": true, "nbf": true,
	"user": true, "username": true, "account": true, "tenant": true, "audience": true, "aud": true, "issuer": true, "iss": true,
	"scope": true, "role": true, "roles": true, "client": true,
}

// CarriesAuthority tells whether a name has a word that says so.
func CarriesAuthority(name string) bool {
	for _, w := range words(name) {
		if authorityWords[w] {
			return true
		}
	}
	return false
}

// hasAnyPrefix tells whether a name begins with one of the prefixes.
func hasAnyPrefix(name string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}
