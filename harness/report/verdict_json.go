package report

import (
	_ "embed"
	"io"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/shown"
	"github.com/replaydiff/replay/scenarios"
)

type findingDocument struct {
	Cause      string             `json:"cause"`
	Confidence float64            `json:"confidence"`
	Pair       *int               `json:"pair"`
	Evidence   []evidenceDocument `json:"evidence"`
	Against    []evidenceDocument `json:"against"`
	Advice     []adviceDocument   `json:"advice"`
}

type evidenceDocument struct {
	Side     string  `json:"side"`
	Entry    int     `json:"entry"`
	Path     *string `json:"path"`
	Old      *string `json:"old"`
	New      *string `json:"new"`
	Strength string  `json:"strength"`
	Note     string  `json:"note"`
}

type adviceDocument struct {
	Where   string `json:"where"`
	Text    string `json:"text"`
	Snippet string `json:"snippet"`
}

func findingsOf(c *diff.Comparison, g scenarios.Diagnosis, m *mask.Masker) []findingDocument {
	list := []findingDocument{}
	for _, f := range g.Findings {
		doc := findingDocument{
			Cause: f.Cause.ID, Confidence: f.Confidence,
			Evidence: evidenceOf(c, f.Evidence, m), Against: evidenceOf(c, f.Against, m), Advice: adviceOf(f.Cause.Advice),
		}
		if g.Pair >= 0 {
			doc.Pair = &g.Pair
		}
		list = append(list, doc)
	}
	return list
}

func evidenceOf(c *diff.Comparison, evidence []scenarios.Evidence, m *mask.Masker) []evidenceDocument {
	list := []evidenceDocument{}
	for _, e := range evidence {
		doc := evidenceDocument{Side: string(e.Side), Entry: e.Entry, Strength: e.Strength.String(), Note: e.Note}
		if e.At.Part != "" {
			door := evidenceDoor(m, c, e)
			path := door.Path(e.At)
			doc.Path = &path
			doc.Old, doc.New = shownValues(e.At, door)
		}
		list = append(list, doc)
	}
	return list
}

// shownValues are the masked values that an edit has: an added one has no old,
// a place alone has neither.
func shownValues(e diff.Edit, d shown.Door) (old, new *string) {
	before, after := d.Values(e)
	switch e.Op {
	case diff.Add:
		return nil, &after
	case diff.Remove:
		return &before, nil
	case diff.Replace, diff.Respell, diff.Layout:
		return &before, &after
	}
	return nil, nil
}

func adviceOf(advice []scenarios.Advice) []adviceDocument {
	list := []adviceDocument{}
	for _, a := range advice {
		list = append(list, adviceDocument{string(a.Where), a.Text, a.Snippet})
	}
	return list
}

type explainDocument struct {
	Version   int                 `json:"version"`
	OK        *captureDocument    `json:"ok"`
	Bad       captureDocument     `json:"bad"`
	OtherKeys bool                `json:"other_keys,omitzero"`
	Failure   *failureDocument    `json:"failure"`
	Findings  []findingDocument   `json:"findings"`
	Symptoms  []string            `json:"symptoms"`
	Triggers  []string            `json:"triggers"`
	Tie       *tieDocument        `json:"tie"`
	Answerer  *answererDocument   `json:"answerer"`
	RequestID *requestIDsDocument `json:"request_id"`
	Policy    []policyDocument    `json:"policy"`
	Logs      []logDocument       `json:"logs"`
	Trails    []trailDocument     `json:"trails"`
}

type failureDocument struct {
	Entry   int    `json:"entry"`
	OKEntry *int   `json:"ok_entry"`
	Method  string `json:"method"`
	URL     string `json:"url"`
	Status  *int   `json:"status"`
	Outcome string `json:"outcome"`
}

type tieDocument struct {
	First  string `json:"first"`
	Second string `json:"second"`
	Test   string `json:"test"`
}

type answererDocument struct {
	Product string   `json:"product"`
	Layer   string   `json:"layer"`
	Made    bool     `json:"made"`
	Front   []string `json:"front"`
}

type requestIDsDocument struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ExplainSchema is the JSON Schema of what [ExplainJSON] writes.
//
//go:embed explain.schema.json
var ExplainSchema string

// ExplainJSON writes what is known of a failure as JSON, version 1 of the
// contract in explain.schema.json.
func ExplainJSON(w io.Writer, c *diff.Comparison, g scenarios.Diagnosis, beside Beside, m *mask.Masker) error {
	doc := explainDocument{
		Version: 1, Bad: captureOf(c.Bad), OtherKeys: g.OtherKeys, Findings: findingsOf(c, g, m),
		Symptoms: idList(g.Symptoms), Triggers: idList(g.Triggers), Policy: policyOf(beside.Policy),
		Logs: logsOf(beside.Logs), Trails: trailsOf(beside.Logs, m),
	}
	if len(c.OK.Exchanges) > 0 {
		ok := captureOf(c.OK)
		doc.OK = &ok
	}
	if g.Tie != nil {
		doc.Tie = &tieDocument{g.Tie.First.ID, g.Tie.Second.ID, g.Tie.Test}
	}
	if g.Entry >= 0 {
		doc.failed(c, g, m)
	}
	return writeJSON(w, doc)
}

func (doc *explainDocument) failed(c *diff.Comparison, g scenarios.Diagnosis, m *mask.Masker) {
	x := c.Bad.Exchanges[g.Entry]
	doc.Failure = &failureDocument{
		Entry: g.Entry, Method: mask.Visible(x.Request.Method), URL: m.URL(x.Request.URL), Status: statusOf(x), Outcome: diff.OutcomeOf(x).String(),
	}
	if g.Pair >= 0 {
		doc.Failure.OKEntry = &c.Pairs[g.Pair].OK
	}
	if a := g.Answerer; a.Product != "" || a.Made {
		doc.Answerer = &answererDocument{a.Product, a.Layer, a.Made, append([]string{}, a.Front...)}
	}
	if id, ok := scenarios.RequestID(x.Response); ok {
		doc.RequestID = &requestIDsDocument{mask.Visible(id.Name), m.Header(id.Name, id.Value)}
	}
}

func idList(findings []scenarios.Finding) []string {
	ids := []string{}
	for _, f := range findings {
		ids = append(ids, f.Cause.ID)
	}
	return ids
}
