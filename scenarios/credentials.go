package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A CredentialKind is what a credential is for.
type CredentialKind string

// The kinds of credentials.
const (
	Authorization      CredentialKind = "authorization"
	ProxyAuthorization CredentialKind = "proxy-authorization"
	SessionCookie      CredentialKind = "session cookie"
	APIKey             CredentialKind = "api key"
	RequestSignature   CredentialKind = "request signature"
	CSRFToken          CredentialKind = "csrf token"
	Proof              CredentialKind = "proof of possession" // DPoP
	LoginForm          CredentialKind = "login form"
)

// A Credential is one thing in a request that grants access.
type Credential struct {
	Kind   CredentialKind
	Part   diff.Part // Header, Cookie, Query or Body
	Name   string    // field, cookie, parameter or member; fields in lower case
	Scheme string    // of Authorization, as sent; "" where the value has none
	Value  string    // as sent, without the scheme
}

// CredentialsOf returns the credentials of a request in the order of header,
// cookies, query, body. Bodies above 64 KiB are not searched.
func CredentialsOf(r *traffic.Request) []Credential {
	list := headerCredentials(nil, r.Header)
	for _, c := range r.CookiePairs() {
		switch {
		case isCSRFName(c.Name):
			list = append(list, Credential{Kind: CSRFToken, Part: diff.Cookie, Name: c.Name, Value: c.Value})
		case isFlag(c.Value) || isTrackingCookie(c.Name):
		case isSessionName(c.Name) || looksRandom(c.Value):
			list = append(list, Credential{Kind: SessionCookie, Part: diff.Cookie, Name: c.Name, Value: c.Value})
		}
	}
	if u := r.ParsedURL(); u != nil {
		list = parameterCredentials(list, diff.Query, u.RawQuery)
	}
	return bodyCredentials(list, r)
}

func headerCredentials(list []Credential, h traffic.Header) []Credential {
	for _, f := range h {
		name := strings.ToLower(f.Name)
		c := Credential{Part: diff.Header, Name: name, Value: f.Value}
		switch {
		case name == "authorization" || name == "proxy-authorization":
			c.Kind = CredentialKind(name)
			c.Scheme, c.Value = cutScheme(f.Value)
		case name == "dpop":
			c.Kind = Proof
		case isCSRFName(name):
			c.Kind = CSRFToken
		case name == "signature" || strings.HasSuffix(name, "-signature") || strings.HasPrefix(name, "x-hub-signature"):
			c.Kind = RequestSignature
		case isKeyHeader(name):
			c.Kind = APIKey
		default:
			continue
		}
		list = append(list, c)
	}
	return list
}

// isFlag tells values that say yes or no: logged_in=yes opens no door.
func isFlag(value string) bool {
	switch strings.ToLower(value) {
	case "", "0", "1", "true", "false", "yes", "no", "on", "off", "null", "deleted":
		return true
	}
	return false
}

// isPlausible doubts values under names that are words of every day: ?key=name
// sorts a list.
func isPlausible(name, value string) bool {
	switch strings.ToLower(name) {
	case "key", "token", "auth", "appid":
		return len(value) >= 8 && !strings.ContainsAny(value, " /,") && (strings.ContainsAny(value, "0123456789") || len(value) >= 20 || isMasked(value))
	}
	return true
}

// cutScheme splits Authorization into scheme and credentials (RFC 9110 section
// 11.4). A lone word is the credentials.
func cutScheme(value string) (scheme, credentials string) {
	value = strings.TrimSpace(value)
	if strings.HasPrefix(value, "‹") { // a masked token, whose name may hold a space
		return "", value
	}
	scheme, rest, ok := strings.Cut(value, " ")
	if !ok {
		return "", value
	}
	return scheme, strings.TrimSpace(rest)
}

func parameterCredentials(list []Credential, part diff.Part, query string) []Credential {
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, value = unescape(name), unescape(value)
		c := Credential{Part: part, Name: name, Value: value}
		switch {
		case value == "":
			continue
		case isCSRFName(name):
			c.Kind = CSRFToken
		case isSignatureName(name):
			c.Kind = RequestSignature
		case isKeyName(name) && isPlausible(name, value):
			c.Kind = APIKey
		default:
			continue
		}
		list = append(list, c)
	}
	return list
}
