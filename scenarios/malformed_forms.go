package scenarios

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// statusOf is the status of an answer as a place.
func statusOf(x *traffic.Exchange) diff.Edit {
	return seen(diff.Response, diff.Status, "", statusText(x.Response.Status))
}

func statusText(status int) string {
	return string([]byte{byte('0' + status/100%10), byte('0' + status/10%10), byte('0' + status%10)})
}

var (
	// What a language prints for nothing, or for something that is no text.
	nothingPrinted = regexp.MustCompile(`(?i)^(undefined|null|nil|none|nan|true|false|\[object [a-z]+\]|promise ?\{.{0,80}|<promise.{0,80}|` +
		`function\b.{0,200}|async .{0,200}|\(\) ?=>.{0,200}|<(function|coroutine|bound method|generator)\b.{0,200}|optional\(.{0,200}\))$`)

	// A template that nobody filled in: shell, Postman, ERB, cmd.exe, a manual.
	unfilled = regexp.MustCompile(`\$\{[^}]{0,80}\}?|\{\{[^}]{0,80}\}\}|^\{[A-Za-z_][\w.-]{0,60}\}$|#\{[^}]{0,80}\}|<%.{0,80}%>|\$\([^)]{0,120}\)|^\$[A-Za-z_]\w{0,60}$|` +
		`%[A-Za-z_]{2,40}%|^<[A-Za-z][\w -]{0,60}>$|^@?[A-Z]+(_[A-Z]+)*_(TOKEN|KEY|SECRET|JWT|PASSWORD)$|(?i)^(<|\[)?(your|my|insert|paste|put|replace)[-_ ]\w{1,40}|^process\.env\.`)

	twoCredentials = regexp.MustCompile(`(?i),\s*(bearer|basic|token|dpop|digest|negotiate|apikey)\s+\S`)
	gluedScheme    = regexp.MustCompile(`(?i)^(bearer|basic|token)([:=]\s*\S|eyJ)`)
	headerInValue  = regexp.MustCompile(`(?i)^(proxy-)?authorization\s*[:=]`)
)

// brokenHeader names what is wrong with a whole Authorization value; "" where
// it has the form that RFC 9110 section 11.4 wants.
func brokenHeader(raw string) string {
	value := strings.Trim(raw, " ")
	first, rest, _ := strings.Cut(value, " ")
	second, third, _ := strings.Cut(strings.TrimSpace(rest), " ")
	switch {
	case value == "":
		return "the Authorization header is empty"
	case isMasked(value):
		return ""
	case strings.ContainsFunc(value, isInvisible):
		return "invisible characters stand in the header: a line break, a tab or a special space"
	case headerInValue.MatchString(value):
		return "the name of the header is repeated in its value"
	case isLoneScheme(value):
		return "nothing follows the scheme"
	case strings.EqualFold(first, second) && isScheme(first):
		return "the scheme is doubled"
	case third != "" && isLoneScheme(first) && isLoneScheme(second):
		return "two schemes stand in front of the credential"
	case twoCredentials.MatchString(value):
		return "two credentials stand in one header"
	case gluedScheme.MatchString(value):
		return "no space parts the scheme from the token"
	}
	return ""
}

// isInvisible knows what no header may hold (RFC 9110 section 5.5) or no eye
// can see.
func isInvisible(r rune) bool {
	switch r {
	case 0x00a0, 0x200b, 0x200c, 0x200d, 0x2060, 0x2028, 0x2029, 0xfeff:
		return true
	}
	return r < 0x20 || r == 0x7f || r != ' ' && unicode.IsSpace(r)
}

func isScheme(word string) bool {
	return word != "" && len(word) <= 32 && isToken68(word) && !strings.ContainsAny(word, "/+.~=")
}

// isLoneScheme knows the schemes that are nothing without credentials.
func isLoneScheme(word string) bool {
	switch strings.ToLower(word) {
	case "bearer", "basic", "digest", "dpop", "token", "negotiate", "apikey", "api-key", "jwt":
		return true
	}
	return false
}

// brokenCredential names what is wrong with the part behind the scheme.
func brokenCredential(c Credential) string {
	if isMasked(c.Value) {
		return ""
	}
	token := c.Value
	switch {
	case nothingPrinted.MatchString(token):
		return "the value is what a program prints for nothing, not a token"
	case unfilled.MatchString(token):
		return "a template stands there that nobody filled in"
	case isQuoted(token):
		return "quotes stand around the token"
	case strings.EqualFold(c.Scheme, "basic"):
		return brokenBasic(token)
	case strings.HasPrefix(token, "eyJ") && takesBareToken(c.Scheme+"-"):
		return brokenJWT(token)
	}
	return ""
}

func isQuoted(token string) bool {
	return len(token) >= 2 && (strings.ContainsRune(`"'`, rune(token[0])) || strings.ContainsRune(`"'`, rune(token[len(token)-1]))) && !strings.Contains(token, "=\"")
}

// decodeBasic returns user:password; "" where it is no base64.
func decodeBasic(token string) string {
	token = strings.TrimRight(token, "=")
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if plain, err := encoding.DecodeString(token); err == nil {
			return string(plain)
		}
	}
	return ""
}

func brokenBasic(token string) string {
	plain := decodeBasic(token)
	user, password, colon := strings.Cut(plain, ":")
	switch {
	case plain == "" && strings.Contains(token, ":"):
		return "user and password are not base64-encoded"
	case plain == "":
		return "the Basic credentials are not base64"
	case !colon:
		return "the Basic credentials hold no colon"
	case strings.HasSuffix(plain, "\n"):
		return "the password ends in a line break"
	case nothingPrinted.MatchString(user) || nothingPrinted.MatchString(password) && !strings.EqualFold(password, "none"):
		return "user or password is what a program prints for nothing"
	case unfilled.MatchString(user) || unfilled.MatchString(password):
		return "user or password is a template that nobody filled in"
	}
	return ""
}

// brokenJWT names what keeps a token that begins like a JWT from being one
// (RFC 7515 section 7.1; five parts are a JWE).
func brokenJWT(token string) string {
	parts := strings.Split(token, ".")
	switch {
	case len(parts) != 3 && len(parts) != 5:
		return "the token begins like a JWT and lacks a part"
	case strings.ContainsAny(token, "+/="):
		return "the token is in plain base64 with padding where a JWT has base64url"
	case !isToken68(token):
		return "the token holds characters that no JWT has"
	case len(parts) == 3 && cutSignature(parts[0], parts[2]):
		return "the signature of the token is cut off"
	}
	return ""
}

var algOf = regexp.MustCompile(`"alg"\s*:\s*"(\w{2,10})"`)

// cutSignature tells a signature that is shorter than its algorithm makes it
// (RFC 7518 section 3.1). A placeholder or none is no cut.
func cutSignature(header, signature string) bool {
	plain, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil || len(signature) < 8 || isBlackened(signature) {
		return false
	}
	alg := algOf.FindSubmatch(plain)
	if alg == nil {
		return false
	}
	length := map[string]int{"HS256": 43, "HS384": 64, "HS512": 86, "ES256": 86, "ES384": 128, "ES512": 176, "EdDSA": 86}[string(alg[1])]
	if strings.HasPrefix(string(alg[1]), "RS") || strings.HasPrefix(string(alg[1]), "PS") {
		length = 171 // 1024 bits; keys are longer, never shorter
	}
	return len(signature) < length
}
