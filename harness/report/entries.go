package report

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// Entries writes the exchanges of a capture for a person, a line each.
func Entries(w io.Writer, c *traffic.Capture, m *mask.Masker, t Terminal) error {
	out := bufio.NewWriter(w)
	made := string(c.Format)
	if c.Creator.Name != "" {
		made += " by " + mask.Visible(c.Creator.Name+" "+c.Creator.Version)
	}
	fmt.Fprintf(out, "%s  %s, %s\n", t.paint(bold, c.File), made, count(len(c.Exchanges), "entry", "entries"))
	for _, warning := range c.Warnings {
		where := ""
		if warning.Entry >= 0 {
			where = "entry " + strconv.Itoa(warning.Entry) + ": "
		}
		fmt.Fprintln(out, t.paint(yellow, "warning: "+where+warning.Text))
	}
	digits := len(strconv.Itoa(len(c.Exchanges)))
	for i, x := range c.Exchanges {
		outcome := diff.OutcomeOf(x).String()
		color := green
		if x.Response == nil || x.Response.Status >= 400 || x.Response.Status <= 0 {
			color = red
		}
		request := pad(mask.Visible(x.Request.Method), 7) + " " + m.URL(x.Request.URL)
		fmt.Fprintf(out, "%*d  %s  %s\n", digits, i, t.paint(color, pad(outcome, 9)), cut(request, t.width()-digits-13))
	}
	return out.Flush()
}

// EntriesSchema is the JSON Schema of what [EntriesJSON] writes.
//
//go:embed entries.schema.json
var EntriesSchema string

// EntriesJSON writes the exchanges of a capture as JSON, version 1 of the
// contract in entries.schema.json.
func EntriesJSON(w io.Writer, c *traffic.Capture, m *mask.Masker) error {
	doc := entriesDocument{Version: 1, captureDocument: captureOf(c), Entries: make([]entryDocument, len(c.Exchanges))}
	for i, x := range c.Exchanges {
		doc.Entries[i] = entryOf(i, x, m)
	}
	return json.MarshalWrite(w, doc, jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true))
}

type entriesDocument struct {
	Version int `json:"version"`
	captureDocument
	Entries []entryDocument `json:"entries"`
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
		doc.Response = &responseDocument{Status: r.Status, Error: mask.Visible(r.Error), Headers: fieldsOf(r.Header, m), Body: bodyText(r.Body, m)}
	}
	return doc
}

func fieldsOf(h traffic.Header, m *mask.Masker) []fieldDocument {
	fields := make([]fieldDocument, len(h))
	for i, f := range h {
		fields[i] = fieldDocument{Name: mask.Visible(f.Name), Value: m.Header(f.Name, f.Value)}
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
		text := "(" + err.Error() + ")"
		return &text
	}
	text := m.Body(b.MediaType, content)
	return &text
}
