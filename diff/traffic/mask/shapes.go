package mask

import (
	"encoding/base64"
	"strings"
)

// A shape is a secret that is known by how it looks, wherever it stands
// .
type shape struct {
	prefix string
	kind   string
	min    int             // bytes of body after the prefix
	body   func(byte) bool // what the body consists of
	glued  bool            // also in the middle of a word: the prefix is telling enough
	keep   bool            // the prefix says where the secret stands and is shown
}

var shapes = []shape{
	{"AKIA", kindKey, 16, upperDigit, false, false}, // AWS
	{"ASIA", kindKey, 16, upperDigit, false, false},
	{"AROA", kindKey, 16, upperDigit, false, false},
	{"ghp_", kindToken, 36, word, true, false}, // GitHub
	{"gho_", kindToken, 36, word, true, false},
	{"ghu_", kindToken, 36, word, true, false},
	{"ghs_", kindToken, 36, word, true, false},
	{"ghr_", kindToken, 36, word, true, false},
	{"github_pat_", kindToken, 22, word, true, false},
	{"glpat-", kindToken, 20, wordDash, true, false}, // GitLab
	{"xoxa-", kindToken, 8, wordDash, true, false},   // Slack
	{"xoxb-", kindToken, 8, wordDash, true, false},
	{"xoxe-", kindToken, 8, wordDash, true, false},
	{"xoxp-", kindToken, 8, wordDash, true, false},
	{"xoxr-", kindToken, 8, wordDash, true, false},
	{"xoxs-", kindToken, 8, wordDash, true, false},
	{"hooks.slack.com/services/", kindToken, 8, wordSlash, true, true},
	{"hooks.slack.com/workflows/", kindToken, 8, wordSlash, true, true},
	{"sk_live_", kindKey, 8, word, true, false}, // Stripe
	{"sk_test_", kindKey, 8, word, true, false},
	{"rk_live_", kindKey, 8, word, true, false},
	{"rk_test_", kindKey, 8, word, true, false},
	{"pk_live_", kindKey, 8, word, true, false},
	{"pk_test_", kindKey, 8, word, true, false},
	{"whsec_", kindKey, 8, base64Byte, true, false},
	{"AIza", kindKey, 35, wordDash, true, false}, // Google
	{"ya29.", kindToken, 8, wordDash, true, false},
	{"1//", kindToken, 20, wordDash, false, false},
	{"GOCSPX-", kindSecret, 8, wordDash, true, false},
	{"sk-", kindKey, 20, wordDash, false, false}, // OpenAI, Anthropic
	{"SG.", kindKey, 20, wordDot, false, false},  // SendGrid
	{"npm_", kindToken, 36, word, true, false},
	{"pypi-", kindToken, 16, wordDash, false, false},
	{"hf_", kindToken, 20, word, false, false},
	{"SK", kindKey, 32, hexByte, false, false}, // Twilio
	{"shpat_", kindToken, 16, hexByte, true, false},
	{"shpca_", kindToken, 16, hexByte, true, false},
	{"shppa_", kindToken, 16, hexByte, true, false},
	{"shpss_", kindToken, 16, hexByte, true, false},
	{"gAAAAA", kindToken, 40, wordDash, false, false}, // Fernet
	{"AccountKey=", kindKey, 8, base64Byte, true, true},
	{"SharedAccessKey=", kindKey, 8, base64Byte, true, true},
	{"xapp-", kindToken, 20, wordDash, false, false},     // Slack, of apps
	{"GR1348941", kindToken, 20, wordDash, false, false}, // GitLab runners
	{"glrt-", kindToken, 20, wordDash, false, false},
	{"gldt-", kindToken, 20, wordDash, false, false},
	{"dop_v1_", kindToken, 32, hexByte, false, false}, // DigitalOcean
	{"doo_v1_", kindToken, 32, hexByte, false, false},
	{"dor_v1_", kindToken, 32, hexByte, false, false},
	{"lin_api_", kindKey, 32, word, false, false}, // Linear
	{"ntn_", kindToken, 40, word, false, false},   // Notion
	{"figd_", kindToken, 32, wordDash, false, false},
	{"sntrys_", kindToken, 32, base64Byte, false, false}, // Sentry
	{"sntryu_", kindToken, 32, hexByte, false, false},
	{"dapi", kindToken, 32, hexByte, false, false},     // Databricks
	{"key-", kindKey, 32, hexByte, false, false},       // Mailgun
	{"sq0atp-", kindToken, 22, wordDash, false, false}, // Square
	{"sq0csp-", kindSecret, 22, wordDash, false, false},
	{"ATATT3", kindToken, 40, base64Dash, false, false}, // Atlassian
	{"pscale_", kindToken, 32, wordDot, false, false},   // PlanetScale
	{"dp.pt.", kindToken, 40, word, false, false},       // Doppler
	{"dp.st.", kindToken, 40, wordDot, false, false},
	{"NRAK-", kindKey, 27, upperDigit, false, false}, // New Relic
	{"glsa_", kindToken, 32, word, false, false},     // Grafana
	{"glc_", kindToken, 32, base64Byte, false, false},
	{"hvs.", kindToken, 24, wordDash, false, false}, // Vault
	{"hvb.", kindToken, 24, wordDash, false, false},
	{"pul-", kindToken, 40, hexByte, false, false},
	{"AGE-SECRET-KEY-1", kindKey, 50, upperDigit, false, false},
	{"PMAK-", kindKey, 40, wordDash, false, false},          // Postman
	{"api/webhooks/", kindToken, 60, wordSlash, true, true}, // Discord
	{"--", kindSignature, 40, hexByte, true, true},          // signed values of Rails
}

// shapesBy is shapes by their first byte.
var shapesBy = func() (index [256][]shape) {
	for _, s := range shapes {
		index[s.prefix[0]] = append(index[s.prefix[0]], s)
	}
	return index
}()

func word(c byte) bool       { return alnum(c) || c == '_' }
func wordDash(c byte) bool   { return word(c) || c == '-' }
func wordDot(c byte) bool    { return wordDash(c) || c == '.' }
func wordSlash(c byte) bool  { return wordDash(c) || c == '/' }
func upperDigit(c byte) bool { return upper(c) || digit(c) }
func base64Byte(c byte) bool { return wordSlash(c) || c == '+' || c == '=' }
func base64Dash(c byte) bool { return base64Byte(c) || c == '-' }
func hexByte(c byte) bool {
	return digit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// run counts the leading bytes of s that are of the class.
func run(s string, class func(byte) bool) int {
	i := 0
	for i < len(s) && class(s[i]) {
		i++
	}
	return i
}

// shapeAt returns where a secret stands in s that takes shape at i: from 0
// to 0 where there is none.
func shapeAt(s string, i int) (kind string, from, to int) {
	for _, sh := range shapesBy[s[i]] {
		if !strings.HasPrefix(s[i:], sh.prefix) || !sh.glued && !boundary(s, i) {
			continue
		}
		body := i + len(sh.prefix)
		n := run(s[body:], sh.body)
		switch {
		case n < sh.min:
		case sh.keep:
			return sh.kind, body, body + n
		default:
			return sh.kind, i, body + n
		}
	}
	switch s[i] {
	case ':':
		if n := stampedAt(s[i:]); n > 0 {
			return kindSignature, i + stampLength, i + n
		}
		if n := botAt(s, i); n > 0 {
			return kindToken, i + 1, i + n
		}
	case 'B', 'e':
		if n := jwtAt(s[i:]); n > 0 {
			return kindJWT, i, i + n
		}
		if n := signedAt(s, i); n > 0 {
			return kindSession, i, i + n
		}
	case 'p':
		if n := airtableAt(s[i:]); n > 0 && boundary(s, i) {
			return kindToken, i, i + n
		}
	}
	return "", 0, 0
}

// boundary tells whether a word begins at i. The second half of an escape
// (%22, \n) is no part of a word.
func boundary(s string, i int) bool {
	if i == 0 || !word(s[i-1]) {
		return true
	}
	if i >= 3 && s[i-3] == '%' && hexByte(s[i-2]) && hexByte(s[i-1]) {
		return true
	}
	return i >= 2 && s[i-2] == '\\' && (s[i-1] == 'n' || s[i-1] == 't' || s[i-1] == 'r')
}

// jwtAt returns the length of the JWT or JWE that s begins with: parts in
// Base64url, the first one JSON (RFC 7519 section 3, RFC 7516 section 3.1).
// The end of one that was cut off counts too.
func jwtAt(s string) int {
	if !strings.HasPrefix(s, "eyJ") {
		return 0
	}
	sure := beginsJWT(s)
	end := run(s[:min(len(s), maxJWTHead)], wordDash)
	if !sure && (end < 12 || end == len(s) || s[end] != '.') {
		return 0
	}
	end += run(s[end:], wordDash)
	parts := 1
	for parts < 5 && end < len(s) && s[end] == '.' {
		n := run(s[end+1:], wordDash)
		if n == 0 && parts == 1 {
			break
		}
		end += 1 + n
		parts++
	}
	if !sure && parts < 3 {
		return 0
	}
	return end
}

// maxJWTHead bounds the header of what is taken for a JWT although it does
// not begin as one.
const maxJWTHead = 1 << 10

// beginsJWT tells whether a value begins as a JWT does: a JSON object that
// names an algorithm or a type, in Base64url.
func beginsJWT(s string) bool {
	if !strings.HasPrefix(s, "eyJ") {
		return false
	}
	n := run(s[:min(len(s), 400)], wordDash) &^ 3
	if n < 12 {
		return false
	}
	head, err := base64.RawURLEncoding.DecodeString(s[:n])
	if err != nil {
		return false
	}
	text := string(head)
	return strings.Contains(text, `"alg"`) || strings.Contains(text, `"typ"`) || strings.Contains(text, `"kid"`) || strings.Contains(text, `"enc"`)
}

// jwtParts notes a JWT that has lost parts.
func jwtParts(core string) string {
	if n := strings.Count(core, "."); beginsJWT(core) && n < 2 {
		return string(rune('1'+n)) + " of 3 parts"
	}
	return ""
}

// decodeBasic decodes user:password (RFC 7617 section 2) in either alphabet,
// padded or not.
func decodeBasic(s string) (string, bool) {
	s = strings.TrimRight(s, "=")
	enc := base64.RawStdEncoding
	if strings.ContainsAny(s, "-_") {
		enc = base64.RawURLEncoding
	}
	out, err := enc.DecodeString(s)
	return string(out), err == nil
}
