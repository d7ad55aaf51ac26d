package harness

import (
	"slices"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/correlate"
	"github.com/replaydiff/replay/harness/results"
)

// View is the plans as data to be shown: of one capture, or of the two of a
// pair. Values pass the masker.
func View(plans []*Plan, m *mask.Masker) *results.Plan {
	v := &results.Plan{Version: results.Version, Requests: []results.PlanRequest{}, Links: []results.PlanLink{}, Warnings: []string{}}
	for i, p := range plans {
		flow := results.Flow("")
		if len(plans) == 2 {
			flow = []results.Flow{results.OK, results.Bad}[i]
		}
		v.Captures = append(v.Captures, p.Capture.File)
		v.Shard = p.Shard.String()
		for _, t := range p.Targets {
			if !slices.Contains(v.Targets, t) {
				v.Targets = append(v.Targets, t)
			}
		}
		p.view(v, flow, m)
	}
	return v
}

func (p *Plan) view(v *results.Plan, flow results.Flow, m *mask.Masker) {
	text := map[string]string{}
	for _, s := range p.Skipped {
		text[s.Reason] = s.Text
	}
	for _, s := range p.Steps {
		x := p.Capture.Exchanges[s.Entry]
		r := results.PlanRequest{
			Flow: flow, Entry: s.Entry, Method: x.Request.Method,
			Recorded: m.URL(x.Request.URL), Sent: m.URL(s.URL), Session: s.Session + 1,
		}
		switch {
		case s.Skipped != "":
			r.Skip = &results.Why{Reason: string(s.Skipped), Text: text[string(s.Skipped)]}
		case s.Announces >= 0:
			r.Note = "preflight, asked anew"
		case s.Session < 0:
			continue // another shard's
		}
		v.Requests = append(v.Requests, r)
	}
	for _, link := range p.Links {
		for _, use := range link.To {
			v.Links = append(v.Links, results.PlanLink{
				Flow: flow, Name: link.Name,
				From: results.PlanPlace{Entry: link.From.Entry, Path: m.Text(link.From.Path)},
				To:   results.PlanPlace{Entry: use.Entry, Path: m.Text(use.Path)}, Encoding: encodingOf(use),
			})
		}
	}
	for _, w := range p.Warnings {
		v.Warnings = append(v.Warnings, mask.Visible(m.Text(w)))
	}
}

// encodingOf says how a value is carried on, in a word.
func encodingOf(use correlate.Use) string {
	if use.Jar {
		return "cookie jar"
	}
	return use.Encoding
}
