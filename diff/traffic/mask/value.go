package mask

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/replaydiff/replay/diff/traffic"
)

// edges cuts white space, quotes and runes that draw nothing off both ends.
func edges(value string) (lead, core, trail string) {
	core = value
	for core != "" {
		r, size := utf8.DecodeRuneInString(core)
		if !edge(r, size) {
			break
		}
		core = core[size:]
	}
	lead = value[:len(value)-len(core)]
	end := len(core)
	for end > 0 {
		r, size := utf8.DecodeLastRuneInString(core[:end])
		if !edge(r, size) {
			break
		}
		end -= size
	}
	return lead, core[:end], core[end:]
}

func edge(r rune, size int) bool {
	switch r {
	case '"', '\'', '`', ' ', '␊', '␍', '␠', '⇥', '“', '”', '‘', '’':
		return true
	case utf8.RuneError:
		return false
	}
	return size > 0 && !traffic.Drawn(r)
}

// edge makes the blanks of an edge visible; [Visible] does the rest. In a file
// they stay what they are.
func (m *Masker) edge(edge string) string {
	if m.file != nil {
		return edge
	}
	return strings.ReplaceAll(edge, " ", "␠")
}

// templates are variables that nobody filled in. The bare forms hold letters
// only, for they could be a password otherwise.
var templates = regexp.MustCompile(`^(?:\$\{\{?[ ]?[A-Za-z_][\w.-]{0,63}[ ]?\}?\}|\{\{[ ]?[.$]?[A-Za-z_][\w.-]{0,63}[ ]?\}\}|` +
	`\$[A-Z]+(?:_[A-Z]+)*|\$[a-z]+(?:_[a-z]+)+|%[A-Za-z]+(?:_[A-Za-z]+)*%|<[A-Za-z]+(?:[ _-][A-Za-z]+)*>|\{[A-Za-z]+(?:[_-][A-Za-z]+)*\}|` +
	`\[object [A-Za-z]{1,32}\]|Promise \{ <?[a-z]+>? \}|function ?\w{0,32}\(.{0,32}|\$\([^()]{0,64}\))$`)

// harmless tells whether a value is no secret under any name: see
// harmlessWords and templates.
func harmless(core string) bool {
	if harmlessWords[core] {
		return true
	}
	if len(core) > 128 || core == "" {
		return core == ""
	}
	if strings.Trim(core, "*•·.x") == "" && !alnum(core[0]) || strings.Trim(core, "xX") == "" {
		return true
	}
	switch core[0] {
	case '$', '{', '%', '<', '[', 'P', 'f':
		return templates.MatchString(core)
	}
	return false
}

// smallNumber tells whether a value is a number too short to be a secret.
func smallNumber(core string) bool {
	if len(core) > 7 {
		return false
	}
	return strings.Trim(core, "0123456789.-") == ""
}

// remark tells whether a value is a sentence about the secret.
func remark(core string) bool {
	if len(core) > 200 {
		return false
	}
	fields := strings.Fields(core)
	if len(fields) < 2 {
		return false
	}
	about := false
	for _, f := range fields {
		f = strings.ToLower(strings.Trim(f, ".,;:!?'\"()"))
		if len(f) > 16 || strings.ContainsAny(f, "0123456789") && len(f) > 3 {
			return false
		}
		about = about || verdicts[f]
	}
	return about
}

// looksSecret tells whether a value under a name that may be secret is: words,
// sentences, small numbers, and plain keys such as OPS-1234 are not.
func looksSecret(core string) bool {
	if len(core) < 6 || harmless(core) || smallNumber(core) || remark(core) {
		return false
	}
	var digits, turns, run, longest int
	for i := range len(core) {
		switch c := core[i]; {
		case digit(c):
			digits, run = digits+1, run+1
		case lower(c) || upper(c):
			run++
			if i > 0 && lower(core[i-1]) && upper(c) {
				turns++
			}
		case c == ' ':
			return false
		default:
			run = 0
		}
		longest = max(longest, run)
	}
	if digits == 0 {
		return !worded(core) && (longest >= 24 || turns >= 2 && longest >= 8)
	}
	return !issueKey(core) && !worded(core) && longest >= 4
}

// maxWorded is the length in bytes of the longest name of several words.
const maxWorded = 256

// worded tells names of several words and short numbers from generated text:
// min-12-chars, images/2026/11/lake-23.jpg, useAuthState.ts.
func worded(core string) bool {
	if len(core) > maxWorded {
		return false
	}
	pieces, numbers, named := 0, 0, false
	for rest := core; rest != ""; {
		n := run(rest, func(c byte) bool { return strings.IndexByte("-_./:", c) < 0 })
		piece := rest[:n]
		if rest = rest[min(n+1, len(rest)):]; piece == "" {
			continue
		}
		pieces++
		switch {
		case n <= 4 && run(piece, digit) == n:
			numbers++
		case run(piece, lower) == n:
			named = named || n > 2 && strings.ContainsAny(piece, "aeiouy")
		case !camelCase(piece):
			return false
		default:
			named = true
		}
	}
	return named && numbers < 4 && (pieces > 1 || camelCase(core))
}

// camelCase tells names such as RequestTimeTooSkewed from generated letters: its
// words are four letters long in the mean, and none is shorter than two.
func camelCase(core string) bool {
	words, length := 0, 0
	for i := range len(core) {
		switch c := core[i]; {
		case upper(c):
			if words > 0 && length < 2 {
				return false
			}
			words, length = words+1, 1
		case lower(c):
			if words == 0 {
				words = 1
			}
			length++
		default:
			return false
		}
	}
	return words > 0 && length >= 2 && len(core) >= 4*words
}

var issueKeys = regexp.MustCompile(`^(?:[A-Z]{2,10}-\d{1,6}|[A-Za-z]+[_-]?\d{1,3}|[A-Z]+[_-]?\d{1,7}|[A-Z]+(?:_[A-Z]+)+(?:_?[A-Z]*\d{1,4})?|v?\d+(?:\.\d+){1,3}|\d{4}-\d\d-\d\d(?:[T ][\d:.]+Z?)?|[a-z]+(?:[_.-][a-z]+)*[_.-]?\d{0,3}|[a-z]{2}_[A-Z]{2})$`)

// issueKey tells plain keys and names with a number. Letters of both cases
// without words, and a digit at the end by chance, are a token.
func issueKey(core string) bool {
	if len(core) > 64 || !issueKeys.MatchString(core) {
		return false
	}
	name := strings.TrimRight(core, "0123456789_-")
	mixed := strings.ToLower(name) != name && strings.ToUpper(name) != name
	return len(name) < 12 || !mixed || strings.ContainsAny(name, "_-.:0123456789") || camelCase(name)
}

// random tells whether a value has the look of generated text: letters and
// digits mixed over some length.
func random(core string) bool {
	if len(core) < 16 {
		return false
	}
	var digits, letters int
	var seen [256]bool
	distinct := 0
	for i := range len(core) {
		c := core[i]
		switch {
		case digit(c):
			digits++
		case alnum(c):
			letters++
		case c == ' ' || c == '<' || c == '{':
			return false
		}
		if !seen[c] {
			seen[c] = true
			distinct++
		}
	}
	return digits >= 2 && letters >= 4 && distinct >= 10
}

// learnable tells whether a masked value shall be masked everywhere: long
// enough, and for cookies (all of them are masked in their place) and users
// not a word, a place or a sentence that other texts hold too.
func learnable(kind, canon string) bool {
	if len(canon) < MinLearnt || kind == kindUser || kind == kindClaim || commonText(canon) {
		return false
	}
	if kind == kindCookie {
		return random(canon) && !strings.Contains(canon, "://")
	}
	return true
}

// commonText tells whether a value is a word of the protocols themselves.
// Masking it everywhere would hide names, not secrets.
func commonText(canon string) bool {
	c := classify(canon)
	return c.level != plain && len(canon) < 24 && strings.Trim(strings.ToLower(canon), "abcdefghijklmnopqrstuvwxyz_-") == ""
}

// punctuation tells whether nothing in a piece between placeholders could be
// part of a secret.
func punctuation(piece string) bool {
	for i := range len(piece) {
		if alnum(piece[i]) {
			return false
		}
	}
	return true
}

// nextPlaceholder returns where the first placeholder of s stands, len(s)
// twice where there is none.
func nextPlaceholder(s string) (from, to int) {
	for at := 0; ; {
		i := strings.Index(s[at:], opening)
		if i < 0 {
			return len(s), len(s)
		}
		if n := placeholderAt(s[at+i:]); n > 0 {
			return at + i, at + i + n
		}
		at += i + len(opening)
	}
}

// placeholderAt returns the length of the placeholder that s begins with.
func placeholderAt(s string) int {
	if !strings.HasPrefix(s, opening) {
		return 0
	}
	end := strings.Index(s[:min(len(s), 160)], closing)
	if end < 0 {
		return 0
	}
	kind, rest, ok := strings.Cut(s[len(opening):end], " ")
	number, notes, _ := strings.Cut(rest, ",")
	if !ok || kind == "" || strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz") != "" ||
		number == "" || len(number) > 9 || strings.Trim(number, "0123456789") != "" {
		return 0
	}
	for _, note := range strings.Split(notes, ",") {
		if note != "" && !knownNote(strings.TrimPrefix(note, " ")) {
			return 0
		}
	}
	return end + len(closing)
}

// knownNote keeps a forged placeholder from carrying a secret in its note.
func knownNote(note string) bool {
	for _, e := range encodings {
		if note == e.note {
			return true
		}
	}
	return notes.MatchString(note)
}

var notes = regexp.MustCompile(`^(?:first \d{1,9} bytes|\d of 3 parts|no colon|not base64|line break inside|blank inside|hidden character inside|doubled)$`)
