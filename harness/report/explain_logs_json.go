package report

import (
	"time"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/trail"
)

type logDocument struct {
	File        string  `json:"file"`
	Layer       string  `json:"layer"`
	Given       bool    `json:"given"`
	Records     int64   `json:"records"`
	First       *string `json:"first"`
	Last        *string `json:"last"`
	SkewSeconds float64 `json:"skew_seconds"`
	SkewFrom    string  `json:"skew_from"`
	Votes       int     `json:"votes"`
	Broken      bool    `json:"broken"`
}

type trailDocument struct {
	Entry int                `json:"entry"`
	Logs  []sightingDocument `json:"logs"`
}

type sightingDocument struct {
	Found string            `json:"found"` // "seen", "missing", "ambiguous", "unknown"
	Lines []logLineDocument `json:"lines"`
	More  int               `json:"more"`
}

type logLineDocument struct {
	Line           int64    `json:"line"`
	Time           *string  `json:"time"`
	How            string   `json:"how"`
	ID             string   `json:"id"`
	OffSeconds     float64  `json:"off_seconds"`
	Method         string   `json:"method"`
	Target         string   `json:"target"`
	Status         *int     `json:"status"`
	UpstreamStatus *int     `json:"upstream_status"`
	Answered       string   `json:"answered"`
	By             string   `json:"by"`
	Level          string   `json:"level"`
	Said           []string `json:"said"`
}

func logsOf(t *trail.Trails) []logDocument {
	list := []logDocument{}
	if t == nil {
		return list
	}
	for i := range t.Logs {
		l := &t.Logs[i]
		list = append(list, logDocument{
			File: mask.Visible(l.Name), Layer: string(l.Layer), Given: l.Given, Records: l.Records, First: timeOrNull(l.First), Last: timeOrNull(l.Last),
			SkewSeconds: l.Skew.Seconds(), SkewFrom: string(l.SkewFrom), Votes: l.Votes, Broken: l.Err != nil,
		})
	}
	return list
}

func trailsOf(t *trail.Trails, m *mask.Masker) []trailDocument {
	list := []trailDocument{}
	if t == nil {
		return list
	}
	for _, own := range t.Trails {
		doc := trailDocument{Entry: own.Entry, Logs: []sightingDocument{}}
		for i := range own.In {
			doc.Logs = append(doc.Logs, sightingOf(&own.In[i], m))
		}
		list = append(list, doc)
	}
	return list
}

func sightingOf(s *trail.Sighting, m *mask.Masker) sightingDocument {
	doc := sightingDocument{Found: "unknown", Lines: []logLineDocument{}, More: s.More}
	switch {
	case s.Ambiguous:
		doc.Found = "ambiguous"
	case s.Seen():
		doc.Found = "seen"
	case s.Missing():
		doc.Found = "missing"
	}
	for i := range s.Lines {
		doc.Lines = append(doc.Lines, logLineOf(&s.Lines[i], m))
	}
	return doc
}

func logLineOf(l *trail.Line, m *mask.Masker) logLineDocument {
	r := &l.Record
	doc := logLineDocument{
		Line: r.Line, Time: timeOrNull(r.Time), How: string(l.How), ID: l.ID, OffSeconds: l.Off.Seconds(),
		Method: mask.Visible(r.Method), Status: numberOrNull(r.Status), UpstreamStatus: numberOrNull(r.UpstreamStatus),
		Answered: string(r.Answered), By: r.By, Level: mask.Visible(r.Level), Said: []string{},
	}
	if r.Target != "" {
		doc.Target = mask.Visible(m.URL(r.Target))
	}
	for _, text := range [...]string{r.Message, r.Error} {
		if text != "" {
			doc.Said = append(doc.Said, cut(mask.Visible(m.Text(text)), maxSaidShown))
		}
	}
	return doc
}

// maxSaidShown bounds what is quoted of a line, in columns.
const maxSaidShown = 2000

func timeOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(time.RFC3339Nano)
	return &text
}

func numberOrNull(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}
