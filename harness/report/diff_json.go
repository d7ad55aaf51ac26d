package report

import (
	_ "embed"
	"io"
	"iter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/shown"
	"github.com/replaydiff/replay/scenarios"
)

// DiffSchema is the JSON Schema of what [DiffJSON] writes.
//
//go:embed diff.schema.json
var DiffSchema string

// DiffJSON writes a comparison as JSON, version 1 of the contract in
// diff.schema.json.
func DiffJSON(w io.Writer, c *diff.Comparison, g scenarios.Diagnosis, m *mask.Masker) error {
	doc := diffDocument{
		Version: 1,
		OK:      captureOf(c.OK), Bad: captureOf(c.Bad),
		OnlyOK: orEmpty(c.OnlyOK), OnlyBad: orEmpty(c.OnlyBad),
		OtherKeys: g.OtherKeys, Findings: findingsOf(c, g, m),
		Pairs: func(yield func(any) bool) {
			for i, changes := range c.EachPair() {
				if !yield(pairOf(c.Pairs[i], changes, m)) {
					return
				}
			}
		},
	}
	if c.First >= 0 {
		doc.First = &c.First
	}
	return writeJSON(w, doc)
}

// A list is written element by element: thousands of pairs never stand in
// memory as documents.
type list iter.Seq[any]

// MarshalJSONTo implements [json.MarshalerTo].
func (l list) MarshalJSONTo(e *jsontext.Encoder) error {
	if err := e.WriteToken(jsontext.BeginArray); err != nil {
		return err
	}
	for element := range l {
		if err := json.MarshalEncode(e, element); err != nil {
			return err
		}
	}
	return e.WriteToken(jsontext.EndArray)
}

type diffDocument struct {
	Version   int               `json:"version"`
	OK        captureDocument   `json:"ok"`
	Bad       captureDocument   `json:"bad"`
	OtherKeys bool              `json:"other_keys,omitzero"`
	First     *int              `json:"first_divergence"`
	Findings  []findingDocument `json:"findings"`
	Pairs     list              `json:"pairs"`
	OnlyOK    []int             `json:"only_ok"`
	OnlyBad   []int             `json:"only_bad"`
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
	doc := captureDocument{File: mask.Visible(c.File), Format: c.Format, Exchanges: len(c.Exchanges), Warnings: []warningDocument{}}
	for _, warning := range c.Warnings {
		w := warningDocument{Text: mask.Visible(warning.Text)}
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
	values := shown.PairDoor(m, ok, bad)
	for i, change := range changes {
		doc.Edits[i] = editOf(change, values)
	}
	return doc
}

func editOf(change diff.Change, d shown.Door) editDocument {
	doc := editDocument{Path: d.Path(change.Edit), Op: string(change.Op)}
	old, new := d.Values(change.Edit)
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

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
