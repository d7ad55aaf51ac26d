package mask

import "strings"

// generated tells whether what stands loosely behind a name (`pass: x`) is no
// word of a sentence.
func generated(c class, bare string) bool {
	return random(bare) || c.level == sure && len(bare) >= MinLearnt && looksSecret(bare)
}

// lineOf tells whether a word is the password of a line of YAML or of an INI
// file: `pwd: butterfly`, with nothing but the two on the line. The sign stands
// at i, the word at at.
func lineOf(c class, bare, s string, i, at int) bool {
	if c.kind != kindPassword || c.level != sure || len(bare) < 4 || run(bare, letter) != len(bare) {
		return false
	}
	before := s[max(0, i-2*maxName):i]
	before = strings.Trim(before[strings.LastIndexByte(before, '\n')+1:], " \t-")
	after := strings.TrimLeft(s[at+len(bare):], " \t\r")
	if run(before, wordDot) < len(before) || after != "" && after[0] != '\n' && after[0] != '#' {
		return false
	}
	word := strings.ToLower(bare)
	return !harmlessWords[word] && !verdicts[word] && !placeholders[word] && !neutral[word] && classify(word).level == plain
}

// maxCalled is the length in bytes of the longest name of a function.
const maxCalled = 32

// code tells comparisons (`token===undefined`) and calls (`password=read(1)`).
func code(bare, rest string) bool {
	return strings.HasPrefix(bare, "==") ||
		strings.HasPrefix(rest, "(") && len(bare) <= maxCalled && run(bare, wordDot) == len(bare) && !looksSecret(bare)
}

// called masks the text behind a name in a call or a list:
// setItem("token", "…"), ["X-Api-Key", "…"]. The comma stands at i.
func (m *Masker) called(s string, i, done int) (find, bool) {
	name, quoted := nameBefore(s[max(done, i-maxName):i])
	if !quoted || name == "" {
		return find{}, false
	}
	if c := m.classify(name); c.level != sure && c.rule == asField {
		return find{}, false
	}
	at := i + 1 + min(run(s[i+1:], blank), 16)
	from, to := valueAt(s, at)
	if from == at {
		return find{}, false
	}
	value := s[from:to]
	if !generated(class{level: sure}, value) && !strings.Contains(value, " ") || m.file != nil && markLength(value) > 0 {
		return find{}, false
	}
	masked, ok := m.named(name, value)
	return find{from, to, masked}, ok && masked != value
}
