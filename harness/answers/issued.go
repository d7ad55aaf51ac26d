package answers

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/tree"
)

// minMade is the length in bytes from which a value can be known for a
// machine's by its looks.
const minMade = 16

// opaque tells a value that may be random: long enough, in the alphabet of
// tokens, neither a number nor made of words. Addresses have a rule of their
// own: that of a machine has digits enough to look random.
func opaque(s string) bool {
	if strings.Contains(s, "://") {
		return false
	}
	s = strings.TrimRight(escapedBase64.Replace(s), "=")
	return len(s) >= minMade && strings.Trim(s, tokenBytes) == "" && strings.Trim(s, "0123456789-_.,+ ") != "" && !spelled(s)
}

// machineMade tells a random value from words, however it is encoded. Each sign
// fails for some values by chance, all of them hardly ever.
func machineMade(s string) bool {
	if !opaque(s) {
		return false
	}
	s = strings.TrimRight(escapedBase64.Replace(s), "=")
	return diff.IsID(s) || diff.IsRandom(s) || digitRuns(s) >= 3 || 10*inWords(s) < 6*len(s)
}

const tokenBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~+"

// escapedBase64 makes one alphabet of Base64, Base64url and both escaped.
var escapedBase64 = strings.NewReplacer("/", "_", "%2B", "_", "%2F", "_", "%3D", "", "%2b", "_", "%2f", "_", "%3d", "", ":", "_", "|", "_")

// spelled tells a value of which a third and more are words between separators:
// "order-17-2026-summary", "INSUFFICIENT_SCOPE".
func spelled(s string) bool {
	n := 0
	for piece := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("-_.~+", r) }) {
		if len(piece) >= 4 && (strings.Trim(piece, "abcdefghijklmnopqrstuvwxyz") == "" || strings.Trim(piece, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "") {
			n += len(piece)
		}
	}
	return 3*n >= len(s)
}

// inWords counts the letters of a value that stand in humps of four and more, as
// those of "getOrderByIdAndBranch" do.
func inWords(s string) int {
	n := 0
	for i := 0; i < len(s); {
		start := i
		for i < len(s) && 'A' <= s[i] && s[i] <= 'Z' {
			i++
		}
		if i-start <= 1 {
			for i < len(s) && 'a' <= s[i] && s[i] <= 'z' {
				i++
			}
		}
		if i-start >= 4 && pronounceable(s[start:i]) {
			n += i - start
		}
		if i == start {
			i++
		}
	}
	return n
}

// pronounceable tells letters that have a vowel among any five.
func pronounceable(letters string) bool {
	consonants := 0
	for i := range len(letters) {
		if strings.IndexByte("aeiouyAEIOUY", letters[i]) >= 0 {
			consonants = 0
		} else if consonants++; consonants >= 5 {
			return false
		}
	}
	return consonants < len(letters)
}

func digitRuns(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) && (i == 0 || !isDigit(s[i-1])) {
			n++
		}
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// fitsRedacted tells whether a value is one that was redacted in the capture:
// it is the recorded one but for its placeholders ("Bearer ‹jwt 1›").
func fitsRedacted(old, new string) bool {
	const opening, closing = "‹", "›"
	if !strings.Contains(old, opening) {
		return false
	}
	for first := true; ; first = false {
		literal, rest, more := strings.Cut(old, opening)
		at := strings.Index(new, literal)
		switch {
		case at < 0 || first && at > 0:
			return false
		case !more:
			return strings.HasSuffix(new, literal)
		}
		new = new[at+len(literal):]
		_, old, more = strings.Cut(rest, closing)
		if !more || new == "" {
			return false
		}
	}
}

// issuedNoise compares values that open doors: another one of the same form was
// issued today. What a JWT says still counts.
func (p *pair) issuedNoise(old, new string) diff.Noise {
	a, okOld := tree.Token{}.Split(old)
	b, okNew := tree.Token{}.Split(new)
	switch {
	case okOld != okNew:
		return ""
	case okOld:
		for _, e := range tree.Between(a, b) {
			if p.tokenNoise(e) == "" {
				return ""
			}
		}
		return issuedAgain
	case sameForm(old, new):
		return issuedAgain
	}
	return ""
}

// sameForm tells two random values of about the same length. Of two that are as
// long as each other it is enough to know one: the other may look like a word
// by chance.
func sameForm(old, new string) bool {
	if len(old) == len(new) {
		switch {
		case opaque(old) && opaque(new) && (machineMade(old) || machineMade(new)):
			return true
		case machineMade(old) && gibberish(new), gibberish(old) && machineMade(new):
			return true
		}
		if len(old) >= minMixed && mixed(old) && mixed(new) {
			return true
		}
	}
	shorter, longer := min(len(old), len(new)), max(len(old), len(new))
	return longer-shorter <= max(4, longer/4) && machineMade(old) && machineMade(new)
}

// minMixed is the length of 96 bits in Base64.
const minMixed = 16

// mixed tells a value of small and capital letters and digits, as Base64 of
// random bytes nearly always is: some of it may be read as words by chance.
func mixed(s string) bool {
	return strings.Trim(s, tokenBytes) == "" && strings.ContainsAny(s, "0123456789") &&
		strings.ToLower(s) != s && strings.ToUpper(s) != s
}

// gibberish tells letters alone that nobody can speak: a token in Base32 that
// has no digit by chance. Some words are no better, so it proves nothing alone.
func gibberish(s string) bool {
	return len(s) >= minMade && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && !pronounceable(s)
}

func (p *pair) tokenNoise(e tree.Edit) diff.Noise {
	switch {
	case e.Op == tree.Reorder, e.Op == tree.Layout:
		return spelling
	case len(e.Keys) == 1 && e.Keys[0] == "signature":
		return issuedAgain
	case len(e.Keys) == 2 && e.Keys[0] == "claims" && e.Op == tree.Replace:
		return p.claimNoise(e.Keys[1], e.Old, e.New)
	case len(e.Keys) == 2 && e.Keys[1] == "kid" && e.Op == tree.Replace:
		return issuedAgain // keys rotate
	}
	return ""
}

// claimNoise judges a claim of a token that was issued again (RFC 7519 section
// 4.1, OpenID Connect Core section 2).
func (p *pair) claimNoise(claim, old, new string) diff.Noise {
	switch claim {
	case "iat", "nbf", "auth_time":
		return clock
	case "exp":
		if p.clockNoise(old, new, true) {
			return lifetime
		}
		return ""
	case "jti", "sid", "nonce", "at_hash", "c_hash", "s_hash", "session_state":
		return issuedAgain
	case "iss", "aud", "azp", "client_id", "scope", "scp":
		// Who may use it, and for what: random or not, another one is another.
		if x, ok := jsonString(old); ok {
			if y, ok := jsonString(new); ok && p.translated(x) == y {
				return carriedOn
			}
		}
		return ""
	}
	x, okOld := jsonString(old)
	y, okNew := jsonString(new)
	if okOld && okNew && (p.translated(x) == y || !diff.CarriesAuthority(claim) && sameForm(x, y)) {
		return issuedAgain
	}
	return ""
}

// numbered tells a word with a number of three digits and more: "R-2026-0043",
// "INV0043". A shorter one may be a version or a size.
func numbered(s string) bool {
	if strings.Trim(s, tokenBytes) != "" {
		return false
	}
	return strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) && longestNumber(s) >= 3
}

func longestNumber(s string) int {
	longest, run := 0, 0
	for i := range len(s) {
		if run++; !isDigit(s[i]) {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// originOf is the beginning of an address up to its path, "" of anything else.
func originOf(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// sameKindOfID tells two names of things of one kind: both numbers, or both
// made alike.
func sameKindOfID(old, new string) bool {
	switch {
	case old == "" || new == "" || originOf(old) != originOf(new):
		return false
	case allDigits(old) || allDigits(new):
		return allDigits(old) && allDigits(new)
	}
	return diff.IsID(old) && diff.IsID(new) || old != "/" && diff.PathTemplate(old) == diff.PathTemplate(new) || numbered(old) && numbered(new) && levelNumbers(old) == levelNumbers(new)
}
