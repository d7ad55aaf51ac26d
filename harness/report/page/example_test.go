package page_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/replaydiff/replay/harness/report/page"
)

// A page of one row, with what opens from it. Its strings were masked before.
func ExampleWrite() {
	p := &page.Page{
		Command: "run", Title: "1 of 1 answers differs", Headline: page.Headline{Text: "1 of 1 answers differs", Tone: page.Bad},
		Columns: []string{"recorded", "now"},
		Rows: []page.Row{{
			ID: "run-0", Kind: "GET", Name: "api.shop.test/orders", Differ: true, Changes: 1, Names: "status",
			Old: &page.Answer{Status: 200, Text: "200"}, New: &page.Answer{Status: 401, Text: "401", Failed: true},
		}},
		Details: func(yield func(int, []page.Block) bool) {
			yield(0, []page.Block{{Title: "what changed", Changes: []page.Change{{Section: "response", Place: "status", Op: page.Replace, Old: "200", New: "401"}}}})
		},
	}
	var html bytes.Buffer
	if err := page.Write(&html, p); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Count(html.String(), "<script"), "scripts: the document and the code that draws it")
	fmt.Println("asks for nothing:", strings.Contains(html.String(), "default-src 'none'"))
	// Output:
	// 2 scripts: the document and the code that draws it
	// asks for nothing: true
}
