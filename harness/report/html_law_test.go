package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic/mask"
	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/scenarios"
)

// TestPageShowsWhatTheTextShows: every place, value and note of the text is on
// the page.
func TestPageShowsWhatTheTextShows(t *testing.T) {
	pairs, _ := filepath.Glob("../../../shared/pairs/*/ok.*")
	pairs = append(pairs, "../../examples/expired-token/ok.har")
	for _, file := range pairs {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			checkSameWords(t, openPair(t, file, strings.Replace(file, "/ok.", "/bad.", 1)))
		})
	}
}

func checkSameWords(t fataler, c *diff.Comparison) {
	var m mask.Masker
	m.LearnCapture(c.OK)
	m.LearnCapture(c.Bad)
	g := scenarios.Diagnose(c)
	var text bytes.Buffer
	for range 2 { // some masks are learnt while they are shown
		text.Reset()
		if err := Diff(&text, c, g, &m, DiffOptions{Terminal: Terminal{Width: 2000}}); err != nil {
			t.Fatalf("%v", err)
		}
	}
	shown := pageWords(newDiffPage(c, g, &m).page("diff"))
	for line := range strings.Lines(text.String()) {
		if strings.Contains(line, "--all") || summaryLine.MatchString(line) {
			continue // how much is hidden: the page hides otherwise
		}
		for _, piece := range wordsOf(line) {
			if !strings.Contains(shown, piece) {
				t.Fatalf("%q of the line %q is not on the page", piece, line)
			}
		}
	}
}

var (
	summaryLine = regexp.MustCompile(`^\d+ pairs?\b|… \d+ more lines?\n$`)
	betweenWord = regexp.MustCompile(`\s{2,}| → |…`)
	signs       = regexp.MustCompile(`^(?:[-+] |added |removed |warning: |#\d+$)| is gone$|^nothing changed in it$|^in another order$|^elsewhere$|^pairs$`)
	// What stands in the columns before a text: labels, sections, places of fixes.
	columnWords = regexp.MustCompile(`^ *(?:(?:cause|because|but|explains|set off|who|fix|or|to tell|less so|ask) +)?(?:(?:client|app|nginx|apache|haproxy|caddy|envoy|gateway) )?` +
		`|^  (?:request|response|header|cookie|body|path|query|origin|recorder) {2,}`)
	sureness = regexp.MustCompile(`^\w+ \(\d\.\d\d\)$`)
	changes  = regexp.MustCompile(`^[a-z0-9_./ -]+(?:, [^,]+)+$`) // names of what changed in another pair
)

// wordsOf are the pieces of a line that say something by themselves.
func wordsOf(line string) []string {
	var list []string
	line = strings.TrimRight(line, "\n")
	if cut := columnWords.FindString(line); cut != "" {
		line = line[len(cut):]
	}
	for _, piece := range betweenWord.Split(line, -1) {
		piece = strings.TrimSpace(signs.ReplaceAllString(strings.TrimSpace(piece), ""))
		switch {
		case piece == "" || sureness.MatchString(piece):
		case changes.MatchString(piece):
			list = append(list, strings.Split(piece, ", ")...)
		default:
			list = append(list, piece)
		}
	}
	return list
}

// pageWords are all strings of a page.
func pageWords(p *html.Page) string {
	var b strings.Builder
	collect(&b, reflect.ValueOf(*p))
	for _, row := range p.Rows {
		b.WriteString(row.Kind + " " + row.Name + "\n")
	}
	for _, v := range p.Verdicts {
		for _, e := range v.Evidence {
			b.WriteString(e.Place + " " + e.New + "\n")
		}
	}
	if p.Details != nil {
		for _, blocks := range p.Details {
			collect(&b, reflect.ValueOf(blocks))
		}
	}
	return b.String()
}

func collect(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		b.WriteString(v.String() + "\n")
	case reflect.Pointer:
		if !v.IsNil() {
			collect(b, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(b, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Plain" { // the text itself
				collect(b, v.Field(i))
			}
		}
	}
}

// TestPagesOfAnything: whatever was captured, a page is valid text, holds no
// secret, and its document cannot end before it ends.
func TestPagesOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var secrets []string
		ok, bad := drawCapture(t, "ok", &secrets), drawCapture(t, "bad", &secrets)
		c := diff.Compare(ok, bad, diff.Options{})
		var m mask.Masker
		m.LearnCapture(ok)
		m.LearnCapture(bad)
		var b bytes.Buffer
		if err := DiffHTML(&b, c, scenarios.Diagnose(c), &m); err != nil {
			t.Fatalf("%v", err)
		}
		if n := strings.Count(b.String(), "</script>"); n != 2 {
			t.Fatalf("%d script elements end, two are there", n)
		}
		checkSecrets(t, b.String(), secrets)
		doc := documentOf(t, b.String())
		for _, rows := range doc["rows"].([]any) {
			row := rows.(map[string]any)
			checkCharacters(t, row["name"].(string))
		}
		for _, text := range doc["texts"].([]any) {
			checkCharacters(t, strings.NewReplacer("\n", "", "\t", "").Replace(text.(string)))
		}
	})
}

func documentOf(t fataler, html string) map[string]any {
	_, data, _ := strings.Cut(html, `id="data">`)
	data, _, _ = strings.Cut(data, "</script>")
	var doc map[string]any
	if err := json.Unmarshal([]byte(data), &doc); err != nil {
		t.Fatalf("the document is no JSON: %v", err)
	}
	return doc
}

// TestPageModel pins the model of one small pair: what page.js draws from.
func TestPageModel(t *testing.T) {
	c := openPair(t, "../../examples/expired-token/ok.har", "../../examples/expired-token/bad.har")
	c.OK.File, c.Bad.File = "ok.har", "bad.har"
	var m mask.Masker
	m.LearnCapture(c.OK)
	m.LearnCapture(c.Bad)
	p := newDiffPage(c, scenarios.Diagnose(c), &m).page("diff")
	type detail struct {
		Row    string
		Blocks []html.Block
	}
	var details []detail
	for row, blocks := range p.Details {
		details = append(details, detail{p.Rows[row].ID, blocks})
	}
	rows, verdicts := p.Rows, p.Verdicts
	got, err := json.MarshalIndent(map[string]any{
		"title": p.Title, "columns": p.Columns, "sources": p.Sources, "summary": p.Summary, "verdicts": verdicts, "rows": rows, "details": details,
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "testdata/page.json"
	if *update {
		if err := os.WriteFile(file, append(got, '\n'), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)+"\n"); d != "" {
		t.Errorf("the model changed; -update writes it anew (-want +got):\n%s", d)
	}
}
