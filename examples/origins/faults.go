package origins

// A Fault is the name of a mistake that an app can be told to make.
type Fault string

// A Mistake says what a fault does, in a sentence.
type Mistake struct {
	Fault Fault
	Does  string
}

// The faults of preflights.
const (
	OptionsBehindLogin  Fault = "options-behind-login"
	OptionsNotRouted    Fault = "options-not-routed"
	PreflightRedirected Fault = "preflight-redirected"
	MethodsMissing      Fault = "allow-methods-missing"
	HeadersMissing      Fault = "allow-headers-missing"
	HeadersStar         Fault = "allow-headers-star"
)

// The faults of the list of origins.
const (
	OriginReflected     Fault = "origin-reflected"
	OriginByPrefix      Fault = "origin-by-prefix"
	OriginBySuffix      Fault = "origin-by-suffix"
	OriginByPattern     Fault = "origin-by-pattern"
	OriginNull          Fault = "origin-null"
	OriginSchemeIgnored Fault = "origin-scheme-ignored"
)

// The faults of what the answer says.
const (
	OriginStar          Fault = "origin-star-with-credentials"
	OriginWithSlash     Fault = "origin-with-slash"
	OriginTwice         Fault = "origin-twice"
	OriginList          Fault = "origin-list"
	CredentialsMissing  Fault = "allow-credentials-missing"
	CredentialsWord     Fault = "allow-credentials-in-capitals"
	VaryMissing         Fault = "vary-missing"
	ExposeMissing       Fault = "expose-headers-missing"
	CORSMissingOnErrors Fault = "cors-missing-on-errors"
)

// The faults of the session.
const (
	SameSiteLax        Fault = "samesite-lax"
	CookieInsecure     Fault = "cookie-not-secure"
	CookieReadable     Fault = "cookie-not-httponly"
	CSRFNotChecked     Fault = "csrf-not-checked"
	CSRFMissingPasses  Fault = "csrf-missing-passes"
	CSRFAnyPasses      Fault = "csrf-any-passes"
	LogoutKeepsSession Fault = "logout-keeps-session"
	NotesOpen          Fault = "notes-open"
)

// Faults lists every fault, in the order of the constants.
func Faults() []Mistake {
	return []Mistake{
		{OptionsBehindLogin, "the login is asked of preflights too, which never carry cookies"},
		{OptionsNotRouted, "no route for OPTIONS: 405"},
		{PreflightRedirected, "preflights are redirected to the address with a slash, which browsers do not follow"},
		{MethodsMissing, "Access-Control-Allow-Methods does not name PUT"},
		{HeadersMissing, "Access-Control-Allow-Headers does not name X-CSRF-Token"},
		{HeadersStar, "Access-Control-Allow-Headers is *, which stands for nothing where cookies go along"},

		{OriginReflected, "whatever Origin says is allowed"},
		{OriginByPrefix, "strings.HasPrefix(origin, ours): https://app.example.net.evil.example is allowed"},
		{OriginBySuffix, `strings.HasSuffix(origin, "example.net"): https://evilexample.net is allowed`},
		{OriginByPattern, "a regular expression whose dots are not escaped: https://app-example.net is allowed"},
		{OriginNull, "null is allowed, as which sandboxed frames of anybody ask"},
		{OriginSchemeIgnored, "http://app.example.net is allowed, which anybody in the same café can be"},

		{OriginStar, "Access-Control-Allow-Origin is *, which browsers refuse with cookies"},
		{OriginWithSlash, "the origin of the configuration ends with a slash"},
		{OriginTwice, "app and proxy both add Access-Control-Allow-Origin"},
		{OriginList, "Access-Control-Allow-Origin lists two origins"},
		{CredentialsMissing, "no Access-Control-Allow-Credentials"},
		{CredentialsWord, "Access-Control-Allow-Credentials: True, as str(True) writes it"},
		{VaryMissing, "Vary does not name Origin, so a cache gives one page the answer to another"},
		{ExposeMissing, "scripts can't read X-Total-Count"},
		{CORSMissingOnErrors, "errors have no CORS headers, so the page sees a network error and no 401"},

		{SameSiteLax, "the cookie says SameSite=Lax, so it does not go along from another site"},
		{CookieInsecure, "the cookie says SameSite=None without Secure, so browsers drop it"},
		{CookieReadable, "scripts can read the cookie"},
		{CSRFNotChecked, "no CSRF token is asked for"},
		{CSRFMissingPasses, "if token != \"\" && token != ours: a request without a token passes"},
		{CSRFAnyPasses, "it is looked at whether there is a CSRF token, not which"},
		{LogoutKeepsSession, "logout deletes the cookie but not the session"},
		{NotesOpen, "who reads is not asked for a session"},
	}
}
