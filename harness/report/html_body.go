package report

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	html "github.com/replaydiff/replay/harness/report/page"
)

// How much of bodies a page shows, in bytes: much of those that somebody opens
// first, a share of what there is for the others.
const (
	wholeBodies  = 50        // rows
	mostOfBody   = 32 << 10  // of one of them
	leastOfBody  = 256       // of any
	roomOfBodies = 8 << 20   // for the others, of which each has up to four
	maxReadBody  = 256 << 10 // bodies that are longer are not read
)

// bodyRoom is the room for each body of the row that is the n-th to be opened.
func bodyRoom(n, rows int) int {
	if n < wholeBodies {
		return mostOfBody
	}
	return min(mostOfBody, max(leastOfBody, roomOfBodies/(4*rows)))
}

// body is the content of a message, nil where the capture has none or it is
// empty.
func (e *exchangePage) body(b traffic.Body, h traffic.Header) *html.Body {
	if !b.Present() || b.MaxLen() == 0 {
		return nil
	}
	content, err := b.Bytes(maxReadBody)
	switch {
	case errors.Is(err, traffic.ErrTooLarge):
		return &html.Body{Note: fmt.Sprintf("more than %d bytes, not shown", maxReadBody)}
	case err != nil:
		return &html.Body{Note: "can't be read: " + mask.Visible(err.Error())}
	case len(content) == 0:
		return nil
	case !isText(content):
		return &html.Body{Note: fmt.Sprintf("%d bytes that are no text", len(content))}
	}
	media := cmp.Or(b.MediaType, h.Get("content-type"))
	note := ""
	if pretty, ok := laidOut(content); ok {
		content, note = pretty, "JSON, laid out for reading"
	}
	masked := e.mask.Body(media, content)
	text, cutOff := cutBytes(masked, e.room)
	if cutOff > 0 {
		note = strings.TrimPrefix(note+fmt.Sprintf("; cut here, %d bytes more: replay show --format json has it", cutOff), "; ")
	}
	return &html.Body{Text: visibleText(text), Note: note}
}

// isText tells text from pictures and what is still compressed.
func isText(content []byte) bool {
	start := content[:min(len(content), 1024)]
	odd := 0
	for len(start) > 0 {
		r, size := utf8.DecodeRune(start)
		if r == utf8.RuneError && size == 1 && len(start) > 3 || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			odd++
		}
		start = start[size:]
	}
	return odd <= min(len(content), 1024)/16
}

// laidOut puts each member of a JSON document on a line of its own, so that two
// of them can be aligned.
func laidOut(content []byte) ([]byte, bool) {
	v := jsontext.Value(content)
	if k := v.Kind(); k != '{' && k != '[' {
		return nil, false
	}
	v = v.Clone()
	if err := v.Indent(jsontext.WithIndent("  ")); err != nil {
		return nil, false
	}
	return v, len(v) != len(content)
}

// visibleText makes visible what is left of controls; line breaks and tabs
// stay.
func visibleText(s string) html.Text {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		cells := strings.Split(strings.TrimSuffix(line, "\r"), "\t")
		for j, cell := range cells {
			cells[j] = mask.Visible(cell)
		}
		lines[i] = strings.Join(cells, "\t")
	}
	return html.Text(strings.Join(lines, "\n"))
}

// cutBytes shortens a text to at most n bytes, and tells how many it cut off.
func cutBytes(s string, n int) (string, int) {
	if len(s) <= n {
		return s, 0
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], len(s) - n
}
