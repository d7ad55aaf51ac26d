package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/net/html"
)

// inert fails where a text does something in a terminal or in the log of a CI
// runner: the rules are written down here once more, apart from those of
// traffic.Visible.
func inert(t testing.TB, text string) {
	t.Helper()
	text = ownColors.ReplaceAllString(text, "")
	marks := 0
	for i, r := range text {
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 || r != '\n' && obeyed(r) || marks > 8 {
			t.Errorf("not inert: %q", around(text, i))
			return
		}
	}
	if at := runnerCommands.FindStringIndex(text); at != nil {
		t.Errorf("a runner obeys %q", around(text, at[0]))
	}
}

var (
	ownColors      = regexp.MustCompile("\x1b\\[(?:0|1|2|31|32|33|36)m")
	runnerCommands = regexp.MustCompile(`(?im)^\s*::[a-z-]+(?: .*)?::|##[a-z]*\[`)
)

func obeyed(r rune) bool {
	return unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point) ||
		unicode.Is(unicode.Zs, r) && r != ' '
}

func around(text string, at int) string { return text[max(0, at-60):min(len(text), at+60)] }

// The checks of what a command writes, by its form.
var inertForms = map[string]func(testing.TB, string){
	"text": inert,
	"json": func(t testing.TB, text string) {
		inert(t, text)
		if !json.Valid([]byte(text)) {
			t.Error("no JSON")
		}
	},
	"junit":    inertXML,
	"markdown": inertMarkdown,
	"github":   inertAnnotations,
	"html":     inertHTML,
	"yaml": func(t testing.TB, text string) {
		inert(t, text)
		var doc any
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Errorf("no YAML: %v", err)
		}
	},
	"go": func(t testing.TB, text string) {
		inert(t, strings.ReplaceAll(text, "\t", "  "))
		file, err := parser.ParseFile(token.NewFileSet(), "x_test.go", text, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("no Go: %v", err)
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok && (name.Name == mark || name.Name == "Exit") {
				t.Errorf("%s in the code", name.Name)
			}
			return true
		})
	},
}

// inertXML takes XML 1.0 alone, without a DTD, an instruction or an element
// that is not JUnit's.
func inertXML(t testing.TB, text string) {
	t.Helper()
	inert(t, text)
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("no XML: %v", err)
			return
		}
		switch token := token.(type) {
		case xml.Directive, xml.Comment:
			t.Errorf("%T in it", token)
		case xml.ProcInst:
			if token.Target != "xml" || d.InputOffset() > 60 {
				t.Errorf("the instruction %s in it", token.Target)
			}
		case xml.StartElement:
			if !strings.Contains(" testsuites testsuite testcase properties property failure error skipped system-out ", " "+token.Name.Local+" ") {
				t.Errorf("an element %s", token.Name.Local)
			}
		}
	}
}

// inertHTML takes no element and no attribute that a value made.
func inertHTML(t testing.TB, text string) {
	t.Helper()
	inert(t, text)
	scripts := 0
	for z := html.NewTokenizer(strings.NewReader(text)); z.Next() != html.ErrorToken; {
		token := z.Token()
		if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
			continue
		}
		if token.Data == "script" {
			scripts++
		}
		for _, a := range token.Attr {
			if strings.HasPrefix(a.Key, "on") || strings.Contains(token.Data+a.Key, mark) || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				t.Errorf("<%s %s>", token.Data, a.Key)
			}
		}
	}
	if scripts > 4 {
		t.Errorf("%d scripts", scripts)
	}
}

// inertMarkdown takes what was captured in code alone.
func inertMarkdown(t testing.TB, text string) {
	t.Helper()
	inert(t, text)
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
			line = codeElements.ReplaceAllString(withoutSpans(line), "")
			if strings.Contains(line, mark) || strings.ContainsAny(line, "[]@") || strings.Contains(line, "://") {
				t.Errorf("outside of code: %q", line)
			}
		}
	}
	if fence != "" {
		t.Error("a fence stays open")
	}
}

var codeElements = regexp.MustCompile(`<code>[^<]*</code>`)

// withoutSpans takes code spans out of a line (CommonMark 0.31 section 6.1).
func withoutSpans(line string) string {
	out := ""
	for {
		start := strings.IndexByte(line, '`')
		if start < 0 {
			return out + line
		}
		run := len(line[start:]) - len(strings.TrimLeft(line[start:], "`"))
		end := -1
		for i := start + run; i < len(line); {
			next := strings.IndexByte(line[i:], '`')
			if next < 0 {
				break
			}
			i += next
			n := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
			if n == run {
				end = i + n
				break
			}
			i += n
		}
		if end < 0 {
			return out + line
		}
		out, line = out+line[:start], line[end:]
	}
}

var annotation = regexp.MustCompile(`^::(?:error|warning|notice) title=[^\r\n:,]*::([^\r\n]*)\n$`)

// inertAnnotations takes one command a line, and no other.
func inertAnnotations(t testing.TB, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		m := annotation.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("no annotation: %q", line[:min(len(line), 200)])
			return
		}
		inert(t, strings.NewReplacer("%0A", "\n", "%25", "%").Replace(m[1]))
	}
}
