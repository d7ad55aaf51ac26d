package scenarios

import (
	"runtime/debug"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// unanswered is a flow as curl lines have it: requests alone.
func unanswered(c *traffic.Capture) *traffic.Capture {
	stripped := *c
	stripped.Exchanges = nil
	for _, x := range c.Exchanges {
		request := *x
		request.Response = nil
		stripped.Exchanges = append(stripped.Exchanges, &request)
	}
	return &stripped
}

// Whatever a request looks like, no detector may count on an answer: neither
// on the failing one, nor on the working one, nor on those around them.
func TestDetectorsWithoutAnswers(t *testing.T) {
	for _, f := range baseFlows() {
		whole := f.take(0).capture
		bare := unanswered(whole)
		for _, pair := range []struct {
			reason  string
			ok, bad *traffic.Capture
		}{
			{"neither side has answers", bare, bare},
			{"the failing side has none", whole, bare},
			{"the working side has none", bare, whole},
			{"no working side at all", &traffic.Capture{}, bare},
		} {
			c := diff.Compare(pair.ok, pair.bad, diff.Options{})
			for i := range c.Pairs {
				detectAll(t, f.name+", "+pair.reason, viewOfPair(c, i))
			}
			for i := range c.Bad.Exchanges {
				detectAll(t, f.name+", "+pair.reason+", alone", viewAlone(c, i))
			}
		}
	}
}

// detectAll runs every detector, each over the facts of the view that those
// before it have drawn.
func detectAll(t *testing.T, what string, v *View) {
	t.Helper()
	for _, c := range Catalogue() {
		func() {
			defer func() {
				if r := recover(); r != nil {
					t.Errorf("%s: %s: %v\n%s", what, c.ID, r, debug.Stack())
				}
			}()
			c.Detect(v)
		}()
	}
}
