package hostile

import (
	"errors"
	"io"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/policy"
)

// walk does with two captures what the commands diff, explain, show and redact
// do.
func walk(ok, bad *traffic.Capture) error {
	c := diff.Compare(ok, bad, diff.Options{Ignore: diff.Ignore{"response.header.x-build"}})
	d := scenarios.Diagnose(c)
	broken := policy.Judge(bad, policy.Rules{}).Breaches
	alone := scenarios.DiagnoseOne(bad)
	var m mask.Masker
	m.LearnCapture(ok)
	m.LearnCapture(bad)
	var r mask.Redactor
	redacted, err := r.Capture(bad)
	if err == nil {
		err = traffic.Write(io.Discard, redacted, traffic.HAR)
	}
	_, errFind := new(mask.Redactor).Find(bad)
	return errors.Join(err, errFind,
		report.Diff(io.Discard, c, d, &m, report.DiffOptions{All: true}), report.DiffJSON(io.Discard, c, d, &m),
		report.Explain(io.Discard, c, alone, report.Beside{Policy: broken}, &m, report.Terminal{}), report.ExplainJSON(io.Discard, c, d, report.Beside{Policy: broken}, &m),
		report.Entries(io.Discard, bad, &m, report.Terminal{}), report.EntriesJSON(io.Discard, bad, &m),
	)
}
