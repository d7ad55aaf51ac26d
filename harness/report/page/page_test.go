package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// document is the JSON in a file.
func read(t interface{ Fatalf(string, ...any) }, file string) map[string]any {
	_, data, found := strings.Cut(file, `id="data">`)
	data, _, ended := strings.Cut(data, "</script>")
	var doc map[string]any
	if err := json.Unmarshal([]byte(data), &doc); err != nil || !found || !ended {
		t.Fatalf("no document: %v", err)
	}
	return doc
}

func write(t interface{ Fatalf(string, ...any) }, p *Page, most int) string {
	var b bytes.Buffer
	if err := writeBounded(&b, p, most); err != nil {
		t.Fatalf("%v", err)
	}
	return b.String()
}

// TestOneDocument: whatever the strings of a page hold, the file is the shell
// with one document in it, which holds them unchanged.
func TestOneDocument(t *testing.T) {
	odd := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"</script>", "<!--", "<!--<script>", "{{data}}", "{{script}}", "\u2028", `"`, `\`, "]]>", "</title>", "</noscript>", "&lt;", "\x00", "'",
	}))
	empty := strings.Count(write(t, &Page{}, MaxBytes), "<")
	rapid.Check(t, func(t *rapid.T) {
		s := odd.Draw(t, "text") + odd.Draw(t, "more")
		p := &Page{
			Title: s, Headline: Headline{Text: s}, Plain: s, Summary: s, Columns: []string{s, s},
			Verdicts: []Verdict{{Request: s, Cause: s, Evidence: []Evidence{{Place: s, New: s}}, Blocks: []Block{{Title: s, Code: Text(s)}}}},
			Rows:     []Row{{ID: "bad-0", Name: s}},
			Details: func(yield func(int, []Block) bool) {
				yield(0, []Block{{Message: &Message{Lines: []Line{{Name: s, New: &s}}, New: &Body{Text: Text(s)}}}})
			},
		}
		file := write(t, p, MaxBytes)
		if n := strings.Count(file, "<"); n != empty {
			t.Fatalf("%d less-than signs, an empty page has %d", n, empty)
		}
		doc := read(t, file)
		row := doc["rows"].([]any)[0].(map[string]any)
		if row["name"] != strings.ToValidUTF8(s, "\ufffd") {
			t.Fatalf("%q became %q", s, row["name"])
		}
	})
}

// TestPolicy: what the policy lets run is what stands in the file.
func TestPolicy(t *testing.T) {
	file := write(t, &Page{}, MaxBytes)
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(file)[1]
	for _, part := range []struct{ name, element string }{{"script-src", `<script>`}, {"style-src", `<style>`}} {
		_, content, _ := strings.Cut(file, part.element)
		content, _, _ = strings.Cut(content, "</"+part.element[1:])
		sum := sha256.Sum256([]byte(content))
		if want := part.name + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("the policy has no %s: %s", want, policy)
		}
	}
	for _, want := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"} {
		if !slices.Contains(strings.Split(policy, "; "), want) {
			t.Errorf("the policy has no %s: %s", want, policy)
		}
	}
}

// TestCodeKeepsToText: no function of the page makes HTML, or code, of a string.
func TestCodeKeepsToText(t *testing.T) {
	code, err := script()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser", "createContextualFragment", "srcdoc", "fetch(", "XMLHttpRequest", "import(", "setHTML"} {
		if strings.Contains(code, word) {
			t.Errorf("page.js has %s", word)
		}
	}
	if i := strings.Index(code+style, "</"); i >= 0 {
		t.Errorf("script and style can't hold %q: it may end them", (code + style)[i:i+10])
	}
}

// TestBound: a page that would be too long leaves out the blocks of the rows
// that come last, and says of how many.
func TestBound(t *testing.T) {
	const rows, most = 1000, 400 << 10
	p := &Page{Details: func(yield func(int, []Block) bool) {
		for i := range rows {
			if !yield(i, []Block{{Title: "answer", Code: Text(fmt.Sprint(i, strings.Repeat("x", 1000)))}}) {
				return
			}
		}
	}}
	for i := range rows {
		p.Rows = append(p.Rows, Row{ID: fmt.Sprint("bad-", i), Name: "GET /"})
	}
	file := write(t, p, most)
	doc := read(t, file)
	kept, left := len(doc["details"].([]any)), int(doc["left"].(float64))
	if len(file) > most+4<<10 || kept == 0 || kept+left != rows || len(doc["rows"].([]any)) != rows {
		t.Errorf("%d bytes, %d of %d rows have blocks, %d left out", len(file), kept, rows, left)
	}
}

// TestOnce: what repeats stands in a file once.
func TestOnce(t *testing.T) {
	value := "a value that is told a thousand times"
	p := &Page{Details: func(yield func(int, []Block) bool) {
		for i := range 1000 {
			b := Block{Title: fmt.Sprint(i), Message: &Message{Lines: []Line{{Name: "X-Same", Old: &value, New: &value}}, New: &Body{Text: Text(value + ".")}}}
			if !yield(i, []Block{b, {Title: "rules", Checks: []Check{{Name: value + "!", State: Passed}}}}) {
				return
			}
		}
	}, Rows: make([]Row, 1000)}
	if n := strings.Count(write(t, p, MaxBytes), value); n != 3 {
		t.Errorf("a line, a text and a block that repeat stand there %d times, want 3", n)
	}
}
