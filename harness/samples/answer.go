package samples

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// Bounds of a shown answer.
const (
	maxAnswerLines = 12
	maxAnswerLine  = 160 // runes
	maxAnswerBody  = 64 << 10
)

// answerFields are the fields of an answer that a reader of a sample needs.
var answerFields = []string{"content-type", "location", "www-authenticate", "retry-after", "allow", "etag", "link"}

// answered is a short form of an answer, with the names of variables in place of
// their values.
func (b *builder) answered(x *traffic.Exchange) string {
	r := x.Response
	var out strings.Builder
	fmt.Fprintf(&out, "HTTP/1.1 %s\n", strings.TrimSpace(fmt.Sprint(r.Status, " ", http.StatusText(r.Status))))
	for _, name := range answerFields {
		for _, value := range r.Header.Values(name) {
			fmt.Fprintf(&out, "%s: %s\n", http.CanonicalHeaderKey(name), b.shown(b.mask.Header(name, value)))
		}
	}
	for _, name := range setCookies(r) {
		fmt.Fprintf(&out, "Set-Cookie: %s=…\n", mask.Visible(name))
	}
	if body := b.answerBody(r); body != "" {
		out.WriteString("\n" + body + "\n")
	}
	return out.String()
}

// shown names marks by their variables; other secrets are left out.
func (b *builder) shown(text string) string {
	return mask.Visible(b.unmarked(text))
}

func (b *builder) unmarked(text string) string {
	return marked.ReplaceAllStringFunc(text, func(found string) string {
		if name := b.marks[marked.FindStringSubmatch(found)[1]]; name != "" {
			return "$" + name
		}
		return "…"
	})
}

func (b *builder) answerBody(r *traffic.Response) string {
	if !r.Body.Present() || r.Body.MaxLen() == 0 {
		return ""
	}
	text, err := r.Body.Text(maxAnswerBody)
	if err != nil || !utf8.ValidString(text) || strings.Contains(text, "\x00") {
		return "(" + lengthWord(r.Body.MaxLen()) + ")"
	}
	kind, _, _ := strings.Cut(strings.ToLower(r.Header.Get("Content-Type")), ";")
	if kind = strings.TrimSpace(kind); kind == "text/html" || kind == "text/css" || strings.Contains(kind, "javascript") {
		return "(a page of " + lengthWord(int64(len(text))) + ")"
	}
	lines := strings.Split(visibleLines(b.unmarked(b.mask.Body(r.Header.Get("Content-Type"), []byte(text)))), "\n")
	if len(lines) > maxAnswerLines {
		lines = append(lines[:maxAnswerLines], "…")
	}
	for i, line := range lines {
		if runes := []rune(line); len(runes) > maxAnswerLine {
			lines[i] = string(runes[:maxAnswerLine]) + "…"
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
