package report

import (
	_ "embed"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// DiffSchema is the JSON Schema of what [DiffJSON] writes.
//
//go:embed diff.schema.json
var DiffSchema string

// DiffJSON writes a comparison as JSON, version 1 of the contract in
// diff.schema.json. Pairs are written one by one: nothing is held for long.
func DiffJSON(w io.Writer, c *diff.Comparison, m *mask.Masker) error {
	out := &members{Encoder: jsontext.NewEncoder(w, jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true))}
	out.token(jsontext.BeginObject)
	out.member("version", 1)
	out.member("ok", captureOf(c.OK))
	out.member("bad", captureOf(c.Bad))
	var first *int
	if c.First >= 0 {
		first = &c.First
	}
	out.member("first_divergence", first)
	out.member("findings", []any{}) // no causes yet; the contract names the list
	out.token(jsontext.String("pairs"))
	out.token(jsontext.BeginArray)
	for i, changes := range c.EachPair() {
		out.value(pairOf(c.Pairs[i], changes, m))
	}
	out.token(jsontext.EndArray)
	out.member("only_ok", orEmpty(c.OnlyOK))
	out.member("only_bad", orEmpty(c.OnlyBad))
	out.token(jsontext.EndObject)
	return out.err
}

// members writes the members of an object until the first error.
type members struct {
	*jsontext.Encoder
	err error
}

func (m *members) token(t jsontext.Token) {
	if m.err == nil {
		m.err = m.WriteToken(t)
	}
}

func (m *members) value(v any) {
	if m.err == nil {
		m.err = json.MarshalEncode(m.Encoder, v)
	}
}

func (m *members) member(name string, v any) {
	m.token(jsontext.String(name))
	m.value(v)
}

type captureDocument struct {
	File      string            `json:"file"`
	Format    traffic.Format    `json:"format"`
	Exchanges int               `json:"exchanges"`
	Warnings  []warningDocument `json:"warnings"`
}

type warningDocument struct {
	Entry *int   `json:"entry"`
	Text  string `json:"text"`
}

type pairDocument struct {
	OK        int            `json:"ok"`
	Bad       int            `json:"bad"`
	How       string         `json:"how"`
	Method    string         `json:"method"`
	URL       string         `json:"url"`
	OKStatus  *int           `json:"ok_status"`
	BadStatus *int           `json:"bad_status"`
	Edits     []editDocument `json:"edits"`
}

type editDocument struct {
	Path  string  `json:"path"`
	Op    string  `json:"op"`
	Old   *string `json:"old"`
	New   *string `json:"new"`
	Noise *string `json:"noise"`
}

func captureOf(c *traffic.Capture) captureDocument {
	doc := captureDocument{File: c.File, Format: c.Format, Exchanges: len(c.Exchanges), Warnings: []warningDocument{}}
	for _, warning := range c.Warnings {
		w := warningDocument{Text: warning.Text}
		if warning.Entry >= 0 {
			w.Entry = &warning.Entry
		}
		doc.Warnings = append(doc.Warnings, w)
	}
	return doc
}

func pairOf(p diff.Compared, changes []diff.Change, m *mask.Masker) pairDocument {
	ok, bad := p.OKExchange, p.BadExchange
	doc := pairDocument{
		OK: p.OK, Bad: p.Bad, How: p.How.String(),
		Method: mask.Visible(bad.Request.Method), URL: m.URL(bad.Request.URL),
		OKStatus: statusOf(ok), BadStatus: statusOf(bad),
		Edits: make([]editDocument, len(changes)),
	}
	for i, change := range changes {
		doc.Edits[i] = editOf(change, pairDoor(m, ok, bad))
	}
	return doc
}

func editOf(change diff.Change, d door) editDocument {
	doc := editDocument{Path: mask.Visible(change.Path()), Op: string(change.Op)}
	old, new := d.values(change.Edit)
	if change.Op != diff.Add && change.Op != diff.Reorder {
		doc.Old = &old
	}
	if change.Op != diff.Remove && change.Op != diff.Reorder {
		doc.New = &new
	}
	if change.Noise != "" {
		noise := string(change.Noise)
		doc.Noise = &noise
	}
	return doc
}

func statusOf(x *traffic.Exchange) *int {
	if x.Response == nil {
		return nil
	}
	return &x.Response.Status
}

func orEmpty(list []int) []int {
	if list == nil {
		return []int{}
	}
	return list
}
