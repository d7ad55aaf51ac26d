package harness

import (
	"context"
	"errors"
	"slices"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/through"
	"github.com/replaydiff/replay/harness/wire"
)

// Through sends the requests of a plan, whose target is a proxy, and is itself
// the server behind it: s is that server ([through.Listen]). It tells what the proxy made
// of the requests and of the answers. Values are not carried on and cookies not
// kept: what is sent is what was recorded, and so is what is answered.
//
// The plan may hold unsafe methods, [Unsafe] with All: one is only sent where it
// is proven that the proxy brings its path here. A proxy that goes elsewhere is a
// [Refused].
func Through(ctx context.Context, p *Plan, s *through.Stand) (*results.Passage, error) {
	list, err := p.passages()
	if err != nil {
		return nil, err
	}
	if slices.Contains(p.routes.allowed(), s.Addr) {
		return nil, refusal("the proxy and the server behind it are both %s, and nothing stands in between: give the proxy's own address", s.Addr)
	}
	stand := *s
	if stand.Client == nil {
		stand.Client = &wire.Client{}
	}
	stand.Client.Allow = p.routes.allowed()
	defer stand.Client.Close()
	if stand.Masker == nil {
		stand.Masker = &mask.Masker{}
	}
	stand.Masker.LearnCapture(p.Capture)
	found, err := stand.Run(ctx, list)
	var elsewhere *through.Elsewhere
	if errors.As(err, &elsewhere) {
		return nil, &Refused{Mistakes: []string{elsewhere.Text}}
	}
	if err != nil {
		return nil, err
	}
	found.Capture = p.Capture.File
	if len(p.Targets) > 0 {
		found.Proxy = p.Targets[0].To
	}
	found.Skipped = slices.Concat(p.Skipped, found.Skipped)
	for _, skip := range p.Skipped {
		found.Counts.Skipped += skip.Count
	}
	found.Counts.Recorded = found.Counts.Sent + found.Counts.Unsent + found.Counts.Skipped
	found.Warnings = append(found.Warnings, p.Warnings...)
	return found, nil
}

// passages are the requests of a plan, in the order of the capture.
func (p *Plan) passages() ([]through.Send, error) {
	var list []through.Send
	var wrong mistakes
	for _, step := range p.Steps {
		if step.route == nil {
			continue
		}
		x := p.Capture.Exchanges[step.Entry]
		request, err := p.outgoing(&x.Request, step.route)
		if err != nil {
			wrong.add("%s: %s", p.where(step.Entry), err)
			continue
		}
		list = append(list, through.Send{Exchange: x, Request: request})
	}
	return list, wrong.err()
}
