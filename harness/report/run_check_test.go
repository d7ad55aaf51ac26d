package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/replaydiff/replay/harness/results"
)

// checkLayout: no control character, nothing that a CI runner obeys, no line
// wider than the terminal but for an argument of a curl command that is wider,
// and colour changes nothing else.
func checkLayout(t fataler, width int, write func(io.Writer, Terminal) error) {
	terminal := Terminal{Width: width}
	var text, color bytes.Buffer
	if err := errors.Join(write(&text, terminal), write(&color, Terminal{Width: width, Color: true})); err != nil {
		t.Fatalf("%v", err)
	}
	if d := cmp.Diff(text.String(), escapes.ReplaceAllString(color.String(), "")); d != "" {
		t.Fatalf("colour changes more than the colour (-plain +colour):\n%s", d)
	}
	checkCharacters(t, text.String())
	for line := range strings.Lines(text.String()) {
		line = strings.TrimSuffix(line, "\n")
		if obeyed.MatchString(line) {
			t.Fatalf("a CI runner obeys %q", line)
		}
		if columns(line) <= terminal.width() {
			continue
		}
		argument := strings.TrimSuffix(strings.TrimSpace(line), " \\")
		if len(curlArguments(argument)) > 2 && !strings.HasPrefix(argument, "entry ") && !strings.HasPrefix(argument, "again ") {
			t.Fatalf("%d columns, %d are there:\n%s", columns(line), terminal.width(), line)
		}
	}
}

// obeyed is what the runners of GitHub and Azure look for.
var obeyed = regexp.MustCompile(`^\s*::[A-Za-z-]+(\s[^:]*)?::|##[a-z]*\[`)

func checkJSON(t fataler, schemas schemas, r *results.Report) {
	var b bytes.Buffer
	if err := RunJSON(&b, r); err != nil {
		t.Fatalf("%v", err)
	}
	checkCharacters(t, b.String())
	schemas.check(t, schemas.run, b.Bytes())
	var back results.Report
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatalf("%v", err)
	}
	// JSON has no bytes that are no text.
	valid := cmp.Comparer(func(a, b string) bool {
		return strings.ToValidUTF8(a, "\ufffd") == strings.ToValidUTF8(b, "\ufffd") || validEach(a) == validEach(b)
	})
	if d := cmp.Diff(r, &back, cmpopts.EquateEmpty(), valid); d != "" {
		t.Fatalf("written (-), read back (+):\n%s", d)
	}
}

// validEach replaces each broken byte, where ToValidUTF8 replaces runs.
func validEach(s string) string { return string([]rune(s)) }

func checkJUnit(t fataler, r *results.Report) {
	var b bytes.Buffer
	if err := JUnit(&b, r); err != nil {
		t.Fatalf("%v", err)
	}
	checkCharacters(t, b.String())
	var doc junitSuites
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if strings.ContainsRune(b.String(), '\ufffd') && !strings.Contains(strings.Join(hostile, ""), "\ufffd") {
		t.Fatalf("a character was lost in\n%s", b.String())
	}
	decoder, open := xml.NewDecoder(&b), 0
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v", err)
		}
		if start, ok := token.(xml.StartElement); ok {
			open++
			if !strings.Contains(" testsuites testsuite properties property testcase failure error skipped ", " "+start.Name.Local+" ") {
				t.Fatalf("an element of a captured text: %s", start.Name.Local)
			}
		}
	}
	tests, problems := 0, 0
	for _, s := range doc.Suites {
		tests += len(s.Cases)
		for _, c := range s.Cases {
			if c.Failure != nil || c.Error != nil || c.Skipped != nil {
				problems++
			}
		}
	}
	if tests != doc.Tests || problems != doc.Failures+doc.Errors+doc.Skipped || open == 0 {
		t.Fatalf("%d cases and %d problems, %d and %d are told", tests, problems, doc.Tests, doc.Failures+doc.Errors+doc.Skipped)
	}
	if len(r.Groups) > 0 && doc.Failures == 0 {
		t.Fatalf("what differs fails nothing")
	}
}

func checkMarkdown(t fataler, r *results.Report) {
	var b bytes.Buffer
	if err := Markdown(&b, r); err != nil {
		t.Fatalf("%v", err)
	}
	checkCharacters(t, b.String())
	if b.Len() > MarkdownLimit {
		t.Fatalf("%d bytes are too long for a comment", b.Len())
	}
	prose := ownElements.Replace(outsideCode(t, b.String()))
	if live.MatchString(prose) {
		t.Fatalf("outside of code:\n%s\nin\n%s", prose, b.String())
	}
}

// live is what GitHub renders, mentions or links.
var live = regexp.MustCompile("@|#[0-9]|\\]|://|www\\.|`|<|~~|__|\\*\\w+\\*[^*]")

var (
	ownElements = strings.NewReplacer("<details><summary>", "", "</summary>", "", "</details>", "")
	codeElement = regexp.MustCompile(`<code>[^<]*</code>`)
	spanFence   = regexp.MustCompile("`+")
)

// outsideCode takes the code out of a text by the rules of CommonMark 0.31,
// sections 4.5 and 6.1, as far as a report can need them.
func outsideCode(t fataler, text string) string {
	var out strings.Builder
	fence := ""
	for line := range strings.Lines(text) {
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence != "":
			if len(ticks) >= len(fence) && strings.TrimSpace(line) == ticks {
				fence = ""
			}
		case len(ticks) >= 3 && !strings.Contains(line[len(ticks):], "`"):
			fence = ticks
		default:
			out.WriteString(withoutSpans(codeElement.ReplaceAllString(line, "")))
		}
	}
	if fence != "" {
		t.Fatalf("a fence stays open in\n%s", text)
	}
	return out.String()
}

func withoutSpans(line string) string {
	open := spanFence.FindStringIndex(line)
	if open == nil {
		return line
	}
	fence, rest := line[open[0]:open[1]], line[open[1]:]
	for _, end := range spanFence.FindAllStringIndex(rest, -1) {
		if rest[end[0]:end[1]] == fence {
			return line[:open[0]] + withoutSpans(rest[end[1]:])
		}
	}
	return line // no code: the backticks stay, and are found
}

func checkAnnotations(t fataler, r *results.Report) {
	var b bytes.Buffer
	if err := Annotations(&b, r); err != nil {
		t.Fatalf("%v", err)
	}
	checkCharacters(t, b.String())
	counts := map[string]int{}
	for line := range strings.Lines(b.String()) {
		match := command.FindStringSubmatch(line)
		if match == nil {
			t.Fatalf("no command: %q", line)
		}
		if counts[match[1]]++; counts[match[1]] > maxAnnotations {
			t.Fatalf("more than %d of %s", maxAnnotations, match[1])
		}
		if len(line) > 64<<10 {
			t.Fatalf("%d bytes are too long", len(line))
		}
	}
	if len(r.Groups) > 0 && counts["error"]+counts["warning"] == 0 {
		t.Fatalf("nothing is told of what differs")
	}
}

var command = regexp.MustCompile(`^::(notice|error|warning) title=(?:[^%:,\r\n]|%(?:25|0D|0A|3A|2C))*::(?:[^%\r\n]|%(?:25|0D|0A))*\n$`)
