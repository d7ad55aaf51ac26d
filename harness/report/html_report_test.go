package report

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/harness/results"
)

// checkPage: whatever a report holds, its page is the shell with one JSON
// document in it: as many elements as the page of an empty report, and no
// character that a terminal obeys.
func checkPage(t fataler, write, empty func(io.Writer) error) {
	var page, shell bytes.Buffer
	if err := write(&page); err != nil {
		t.Fatalf("%v", err)
	}
	if err := empty(&shell); err != nil {
		t.Fatalf("%v", err)
	}
	checkCharacters(t, page.String())
	got, data := elements(page.String())
	if want, _ := elements(shell.String()); got != want {
		t.Fatalf("the page has elements %s, its shell has %s", got, want)
	}
	if !json.Valid([]byte(data)) {
		t.Fatalf("the data of the page are no JSON:\n%s", data)
	}
}

// elements are the names of the elements of a page, and what its JSON script holds.
func elements(page string) (names, data string) {
	var b strings.Builder
	isData := false
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String(), data
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			b.WriteString(token.Data + " ")
			isData = token.Data == "script" && strings.Contains(token.String(), "application/json")
		case html.TextToken:
			if isData {
				data += string(z.Text())
			}
		case html.EndTagToken:
			isData = false
		}
	}
}

func checkRunPage(t fataler, r *results.Report) {
	checkPage(t, func(w io.Writer) error { return RunHTML(w, r) }, func(w io.Writer) error { return RunHTML(w, base(0)) })
}

// A page of any report is inert.
func TestRunPages(t *testing.T) {
	for _, r := range inventedReports() {
		checkRunPage(t, r)
	}
	rapid.Check(t, func(t *rapid.T) { checkRunPage(t, drawOf[results.Report](t, "report")) })
}

func TestPassagePages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := inventedPassage(t)
		checkPage(t, func(w io.Writer) error { return PassageHTML(w, p) }, func(w io.Writer) error { return PassageHTML(w, &results.Passage{}) })
	})
}
