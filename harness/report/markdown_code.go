package report

import (
	"regexp"
	"strings"
)

// codeSpan writes a text of one line as code. Its fence is longer than any run
// of backticks in it (CommonMark section 6.1).
func codeSpan(text string) string {
	if strings.TrimSpace(text) == "" {
		return "(empty)"
	}
	fence := strings.Repeat("`", longestRun(text)+1)
	space := ""
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || strings.HasPrefix(text, " ") && strings.HasSuffix(text, " ") {
		space = " " // one at each end is taken away again
	}
	return fence + space + text + space + fence
}

// fenced writes lines as a block of code (CommonMark section 4.5).
func fenced(language, text string) string {
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	return fence + language + "\n" + text + "\n" + fence + "\n"
}

func longestRun(text string) int {
	longest, run := 0, 0
	for i := range len(text) {
		if text[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// prose writes a sentence of this program. Words in it that are not plain, and
// so may be captured or mean something to GitHub (a file, a URL, a mention, an
// issue, markup), become code.
func prose(text string) string {
	var out, code []string
	flush := func() {
		if len(code) > 0 {
			out = append(out, codeSpan(strings.Join(code, " ")))
			code = nil
		}
	}
	for _, word := range strings.Fields(text) {
		if plainWord.MatchString(word) && !commitLike.MatchString(word) {
			flush()
			out = append(out, word)
			continue
		}
		code = append(code, word)
	}
	flush()
	return strings.Join(out, " ")
}

var (
	// plainWord is a word with the punctuation of sentences around it. "GH-12"
	// would be an issue, so a hyphen stands between letters alone.
	plainWord = regexp.MustCompile(`^[("'“‘‹]*(?:\pL+(?:[-'’/]\pL+)*|\pN+(?:\.\pN+)?%?|→|–|…)?[)"'”’›.,:;!?]*$`)
	// commitLike is what GitHub links to a commit of that name.
	commitLike = regexp.MustCompile(`^\W*[0-9a-f]{7,40}\W*$`)
)
