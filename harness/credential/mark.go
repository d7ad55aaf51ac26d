package credential

import (
	"regexp"
	"strings"
)

// A Mark is what stands where a credential was.
type Mark string

// The marks. Variable and Empty are found in honest captures, too: of a client
// whose bug they are.
const (
	NoMark      Mark = ""
	Placeholder Mark = "a placeholder of this program" // ‹jwt 1› of a screen, masked-token-17 of a file (mask.Redactor)
	Painted     Mark = "a word for what was taken out" // [REDACTED]
	Stars       Mark = "stars"                         // ***, xxxx, ••••
	CutOff      Mark = "a value that was cut short"    // eyJhbGciOi…
	Variable    Mark = "a variable"                    // $TOKEN, {{token}}, YOUR_API_KEY
	Empty       Mark = "nothing"
)

// certain tells marks that no client sends.
func (m Mark) certain() bool { return m == Placeholder || m == Painted || m == Stars || m == CutOff }

var placeholder = regexp.MustCompile(`‹[a-z]+ \d{1,9}(?:,[^‹›]{0,80})?›|\bmasked-[a-z]+-\d{1,9}\b`)

// maskedBasic is what Basic credentials begin with whose user is a mark.
const maskedBasic = "bWFza2VkL" // "masked-"

// markOf tells what a value is that stands where a credential should, without
// its scheme.
func markOf(value string) Mark {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return Empty
	case placeholder.MatchString(value), strings.HasPrefix(value, maskedBasic):
		return Placeholder
	case isVariableMark(value):
		return Variable
	case isPainted(value):
		return Painted
	case isStars(value):
		return Stars
	case strings.Contains(value, "…") || len(value) < 80 && (strings.HasSuffix(value, "...") || strings.Contains(value, "....")):
		return CutOff
	}
	return NoMark
}

// isPainted knows words that redaction tools write: [REDACTED], <token removed>,
// __FILTERED__, REDACTED_SECRET_1. All words must be of that trade, one of them
// must say that something was taken out.
func isPainted(value string) bool {
	if len(value) > 64 {
		return false
	}
	out := false
	for word := range strings.FieldsFuncSeq(strings.ToLower(value), func(r rune) bool { return r < 'a' || 'z' < r }) {
		switch word {
		case "redacted", "sanitized", "sanitised", "scrubbed", "masked", "filtered", "censored", "anonymized", "anonymised", "stripped", "obfuscated", "hidden", "removed", "omitted":
			out = true
		case "token", "secret", "value", "password", "credential", "credentials", "cookie", "cookies", "header", "auth", "authorization", "key", "api", "session",
			"sensitive", "data", "content", "access", "bearer", "by", "for", "privacy", "security", "reasons", "from", "the", "was", "jwt", "id", "user", "pii", "x":
		default:
			return false
		}
	}
	return out
}

// isStars knows values that were painted over, whole or but for their ends.
func isStars(value string) bool {
	core := strings.Trim(value, `[]<>(){}"' `)
	if len(core) >= 4 && strings.Trim(strings.ToLower(core), "x") == "" {
		return true
	}
	run := 0
	for _, r := range core {
		switch r {
		case '*', '•', '●', '█', '▒', '▓', '＊':
			run++
		default:
			run = 0
		}
		if run >= 4 {
			return true
		}
	}
	return run == 3 && strings.Trim(core, "*•●█") == ""
}

// isVariableMark knows what stands for a value that somebody has to fill in:
// $TOKEN, ${TOKEN}, {{token}}, <your-token>, %TOKEN%, YOUR_API_KEY.
func isVariableMark(value string) bool {
	if _, ok := unfilled(value); ok {
		return true
	}
	if len(value) > 80 || strings.IndexByte("$<{%yYiIeE", value[0]) < 0 {
		return false // what most values are, told without the expression
	}
	return variable.MatchString(value)
}

var variable = regexp.MustCompile(`^(?:\$\{\{?[^{}]{1,64}\}?\}|\{\{[^{}]{1,64}\}\}|<(?i:your|insert|enter|my)?[-_ ]?(?i:[a-z]+[-_ ])*(?i:token|key|secret|password|jwt|credentials?|api[-_ ]?key|session|cookie)(?i:[-_ ]here)?>|` +
	`%[A-Z][A-Z_]{1,40}%|(?i:your|insert|enter)[-_](?i:[a-z]+[-_])*(?i:token|key|secret|password|jwt|session|here))$`)
