package isolate

import "context"

// premises asks both ends: what does not hold now can't be searched.
func (g *searching) premises(ctx context.Context) {
	g.stage = Premise
	if v := g.settle(ctx, []int{}); !g.over && v != Works {
		g.end(OKFails, nil)
	}
	if g.over {
		return
	}
	switch v := g.settle(ctx, g.parts(g.all)); {
	case g.over:
	case v == Works:
		g.end(BadWorks, nil)
	case v == Neither:
		g.end(BadDiffers, nil)
	}
}
