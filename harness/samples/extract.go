package samples

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/replaydiff/replay/diff/traffic"
)

// extraction is the command that takes a value out of the file that curl wrote,
// head and body. It is one that works on the recorded answer: that is tried
// here, for a command that prints something else is worse than none.
func extraction(r *traffic.Response, t taken) (string, bool) {
	text := fileOf(r)
	for _, way := range ways(text, t) {
		if got, ok := way.apply(text); ok && got == t.value {
			return way.command(), true
		}
	}
	return "", false
}

// fileOf is what curl -i -o writes, as lines.
func fileOf(r *traffic.Response) string {
	var b strings.Builder
	for _, f := range r.Header {
		for value := range strings.SplitSeq(f.Value, "\n") {
			fmt.Fprintf(&b, "%s: %s\n", f.Name, strings.TrimRight(value, "\r"))
		}
	}
	b.WriteByte('\n')
	if body, err := r.Body.Text(1 << 20); err == nil {
		b.WriteString(strings.ReplaceAll(body, "\r", ""))
	}
	return b.String()
}

// A way is a text that stands before a value in its line, and the letters that
// do not stand in it.
type way struct {
	before string
	stops  string
	nth    int  // of the lines that have it, from 1
	fold   bool // a field: its name is spelled in either case
}

// ways are tried in their order: the name right before the value, then more and
// more of what stands before it.
func ways(text string, t taken) []way {
	var list []way
	for from := 0; len(list) < maxWays; {
		i := strings.Index(text[from:], t.value)
		if i < 0 {
			return list
		}
		i += from
		from = i + len(t.value)
		start := strings.LastIndexByte(text[:i], '\n') + 1
		line := text[start:i]
		stops := "\r"
		if from < len(text) && text[from] != '\n' {
			stops += text[from : from+1]
		}
		if strings.ContainsAny(t.value, stops) || len(stops) > 1 && text[from] >= utf8.RuneSelf {
			continue
		}
		for _, before := range telling(befores(line), t) {
			list = append(list, numbered(text, way{before: before, stops: stops}, t.value))
		}
		if field, rest, found := strings.Cut(line, ": "); found && rest == "" {
			list = append(list, numbered(text, way{before: "^" + field + ": ", stops: stops, fold: true}, t.value))
		}
	}
	return list
}

const (
	maxWays   = 24
	maxBefore = 80
)

// befores are the texts before a value that may tell its place, shortest first:
// they begin at a name, a tag, or the begin of the line.
func befores(line string) []string {
	var list []string
	for n := len(line) - 1; n >= 0 && len(line)-n <= maxBefore && len(list) < 6; n-- {
		switch c := line[n]; {
		case c >= utf8.RuneSelf || c < ' ':
			return list
		case len(line)-n < 4:
		case strings.IndexByte("<?&;{,/ \"", c) >= 0 && isWord(line[min(n+1, len(line)-1)]):
			list = append(list, line[n:])
		case n == 0:
			list = append(list, line)
		}
	}
	return list
}

// telling puts those first that hold the name of the value's place: a page has
// other things with content="…", and they may change.
func telling(befores []string, t taken) []string {
	path := t.link.From.Path
	name := strings.ToLower(path[strings.LastIndexAny(path, "./")+1:])
	slices.SortStableFunc(befores, func(a, b string) int {
		return without(a, name) - without(b, name)
	})
	return befores
}

func without(text, name string) int {
	if name != "" && strings.Contains(strings.ToLower(text), name) {
		return 0
	}
	return 1
}

// numbered finds which of the lines that have the text is the right one.
func numbered(text string, w way, value string) way {
	for w.nth = 1; w.nth <= 9; w.nth++ {
		got, ok := w.apply(text)
		if !ok || got == value {
			return w
		}
	}
	return w
}

// pattern is the basic regular expression (POSIX, section 9.3) of the command,
// and its like in Go.
func (w way) pattern() (posix, re string) {
	before, anchored := strings.CutPrefix(w.before, "^")
	start := ".*"
	if anchored {
		start = ""
	}
	plain := basic.Replace(before)
	if w.fold {
		plain = foldCase(before)
	}
	goPlain := regexp.QuoteMeta(before)
	if w.fold {
		goPlain = "(?i:" + goPlain + ")"
	}
	stops := strings.ReplaceAll(w.stops, "\r", "")
	class := "[^" + stops + "[:cntrl:]]"
	return "^" + start + plain + `\(` + class + `*\).*`, "^" + start + goPlain + "([^" + regexp.QuoteMeta(stops) + `\x00-\x1f\x7f]*)`
}

// basic escapes for a basic regular expression between slashes.
var basic = strings.NewReplacer(`\`, `\\`, `.`, `\.`, `*`, `\*`, `[`, `\[`, `]`, `\]`, `^`, `\^`, `$`, `\$`, `/`, `\/`)

// foldCase spells a name in both cases: HTTP/2 has none but lower (RFC 9113
// section 8.2).
func foldCase(text string) string {
	var b strings.Builder
	for _, r := range text {
		lower, upper := strings.ToLower(string(r)), strings.ToUpper(string(r))
		if lower != upper {
			b.WriteString("[" + upper + lower + "]")
		} else {
			b.WriteString(basic.Replace(string(r)))
		}
	}
	return b.String()
}

// apply is what the command prints for a text.
func (w way) apply(text string) (string, bool) {
	_, pattern := w.pattern()
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", false
	}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		if found := re.FindStringSubmatch(line); found != nil {
			if n++; n == w.nth {
				return found[1], true
			}
		}
	}
	return "", false
}

func (w way) command() string {
	posix, _ := w.pattern()
	return fmt.Sprintf("sed -n %s %s | sed -n %dp", quoted("s/"+posix+`/\1/p`), answer, w.nth)
}
