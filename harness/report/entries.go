package report

import (
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// Entries writes the exchanges of a capture for a person, a line each.
func Entries(w io.Writer, c *traffic.Capture, m *mask.Masker, t Terminal) error {
	p := newPage(w, t)
	made := string(c.Format)
	if by := strings.TrimSpace(c.Creator.Name + " " + c.Creator.Version); by != "" {
		made += " by " + mask.Visible(by)
	}
	p.line(2, span{bold, mask.Visible(c.File)}, plain("  "+made+", "+count(len(c.Exchanges), "entry", "entries")))
	for _, warning := range c.Warnings {
		p.line(2, span{yellow, "warning: " + warningText(c, warning)})
	}
	digits, widest := len(strconv.Itoa(len(c.Exchanges))), 3
	for _, x := range c.Exchanges {
		widest = max(widest, columns(diff.OutcomeOf(x).String()))
	}
	for i, x := range c.Exchanges {
		outcome := diff.OutcomeOf(x)
		color := ""
		if outcome.Failed() {
			color = red
		}
		request := pad(mask.Visible(x.Request.Method), 7) + " " + m.URL(x.Request.URL)
		p.line(4, plain(fmt.Sprintf("%*d  ", digits, i)), span{color, pad(outcome.String(), widest)},
			plain("  "+cut(request, t.width()-digits-widest-4)))
	}
	return p.Flush()
}

// EntriesSchema is the JSON Schema of what [EntriesJSON] writes.
//
//go:embed entries.schema.json
var EntriesSchema string

// EntriesJSON writes the exchanges of a capture as JSON, version 1 of the
// contract in entries.schema.json.
func EntriesJSON(w io.Writer, c *traffic.Capture, m *mask.Masker) error {
	entries := func(yield func(any) bool) {
		for i, x := range c.Exchanges {
			if !yield(entryOf(i, x, m)) {
				return
			}
		}
	}
	return writeJSON(w, entriesDocument{Version: 1, captureDocument: captureOf(c), Entries: entries})
}

type entriesDocument struct {
	Version int `json:"version"`
	captureDocument
	Entries list `json:"entries"`
}

type entryDocument struct {
	Index    int               `json:"index"`
	Started  string            `json:"started,omitempty"`
	Request  requestDocument   `json:"request"`
	Response *responseDocument `json:"response"`
}

type requestDocument struct {
	Method  string          `json:"method"`
	URL     string          `json:"url"`
	Headers []fieldDocument `json:"headers"`
	Body    *string         `json:"body"`
}

type responseDocument struct {
	Status  int             `json:"status"`
	Error   string          `json:"error,omitempty"`
	Headers []fieldDocument `json:"headers"`
	Body    *string         `json:"body"`
}

type fieldDocument struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func entryOf(i int, x *traffic.Exchange, m *mask.Masker) entryDocument {
	doc := entryDocument{
		Index:   i,
		Started: mask.Visible(x.Recorded.Started.Text),
		Request: requestDocument{
			Method: mask.Visible(x.Request.Method), URL: m.URL(x.Request.URL),
			Headers: fieldsOf(x.Request.Header, m), Body: bodyText(x.Request.Body, m),
		},
	}
	if r := x.Response; r != nil {
		doc.Response = &responseDocument{Status: r.Status, Error: mask.Visible(m.Text(r.Error)), Headers: fieldsOf(r.Header, m), Body: bodyText(r.Body, m)}
	}
	return doc
}

func fieldsOf(h traffic.Header, m *mask.Masker) []fieldDocument {
	fields := make([]fieldDocument, len(h))
	for i, f := range h {
		fields[i] = fieldDocument{Name: mask.Visible(m.Text(f.Name)), Value: m.Header(f.Name, f.Value)}
	}
	return fields
}

// maxShownBody bounds a body in JSON, in bytes; longer ones are left out, with
// a note in their place.
const maxShownBody = 64 << 10

func bodyText(b traffic.Body, m *mask.Masker) *string {
	if !b.Present() {
		return nil
	}
	content, err := b.Bytes(maxShownBody)
	if err != nil {
		text := "(" + mask.Visible(err.Error()) + ")"
		return &text
	}
	text := m.Body(b.MediaType, content)
	return &text
}
