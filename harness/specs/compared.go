package specs

import (
	"fmt"
	"slices"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/scenarios/browser"
)

// compared are two values that were said, one beside the other.
type compared struct {
	*diff.Comparison
	ok, bad *said
	sent    *traffic.Capture // bad with the addresses that were truly asked
}

// compare reads two values and compares them. A live answer counts as one of the
// recorded host, for where a test has its server is no difference.
func compare(okValue, badValue any, ignore diff.Ignore) (*compared, error) {
	ok, err := saidIn(okValue, "the expected flow")
	if err != nil {
		return nil, err
	}
	bad, err := saidIn(badValue, "the actual flow")
	if err != nil {
		return nil, err
	}
	if err := ignore.Check(); err != nil {
		return nil, err
	}
	if err := completed(ok, bad); err != nil {
		return nil, err
	}
	sent := bad.Capture
	if ok.live != bad.live {
		bad.Capture = atHome(ok.Capture, bad.Capture)
	}
	c := &compared{diff.Compare(ok.Capture, bad.Capture, diff.Options{Ignore: ignore}), ok, bad, sent}
	if bad.single && !ok.single {
		c.OnlyOK = nil // the rest of the flow was not asked for
		if len(c.Pairs) == 0 || c.Pairs[0].How > diff.OtherOrigin {
			return nil, fmt.Errorf("%s has no request like %s: give the exchange that it is to be compared with, capture.Exchanges[n]",
				ok.File, bad.Exchanges[0].Where(bad.File))
		}
	}
	return c, nil
}

// completed gives an answer whose request is not known, as a handler's recorder
// has it, the request of the one exchange that it is compared with.
func completed(ok, bad *said) error {
	for _, pair := range [][2]*said{{ok, bad}, {bad, ok}} {
		known, unknown := pair[0], pair[1]
		if unknown.asked {
			continue
		}
		if !known.single {
			return fmt.Errorf("which request of %s it answers is not known: give that exchange, capture.Exchanges[n], or an *http.Response with its Request", known.File)
		}
		unknown.Exchanges[0].Request = known.Exchanges[0].Request
	}
	return nil
}

// maxTranslated bounds the bodies in which addresses are translated.
const maxTranslated = 1 << 20

// atHome is a live flow as if it had gone to the recorded origins.
func atHome(recorded, live *traffic.Capture) *traffic.Capture {
	home := *live
	home.Exchanges = slices.Clone(live.Exchanges)
	for _, p := range diff.Align(recorded, live).Pairs {
		x := live.Exchanges[p.Bad]
		from, err := browser.OriginOf(x.Request.URL)
		to, err2 := browser.OriginOf(recorded.Exchanges[p.OK].Request.URL)
		if err != nil || err2 != nil || from.SameOrigin(to) {
			continue
		}
		home.Exchanges[p.Bad] = moved(x, harness.Translation(from.String(), to.String()))
	}
	return &home
}

// moved is an exchange with the addresses in it translated.
func moved(x *traffic.Exchange, translate func(string) string) *traffic.Exchange {
	out := *x
	out.Request.URL = translate(x.Request.URL)
	out.Request.Header = movedHeader(x.Request.Header, translate)
	out.Request.Body = movedBody(x.Request.Body, translate)
	if x.Response != nil {
		r := *x.Response
		r.Header = movedHeader(r.Header, translate)
		r.Body = movedBody(r.Body, translate)
		out.Response = &r
	}
	return &out
}

func movedHeader(h traffic.Header, translate func(string) string) traffic.Header {
	out := slices.Clone(h)
	for i := range out {
		out[i].Value = translate(out[i].Value)
	}
	return out
}

func movedBody(b traffic.Body, translate func(string) string) traffic.Body {
	if !b.Present() || b.MaxLen() > maxTranslated {
		return b
	}
	text, err := b.Text(maxTranslated)
	if err != nil {
		return b
	}
	if there := translate(text); there != text {
		out := traffic.NewBody(b.MediaType, []byte(there))
		out.Params = b.Params
		return out
	}
	return b
}
