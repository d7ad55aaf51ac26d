package harness

import (
	"fmt"
	"io"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// Minimal is the minimal pair for a bug report, as it was on the wire: the
// working capture and the failing one, without what their recorders noted beside.
// It holds secrets. It is nil where there is no pair.
func (i *Isolated) Minimal() []*traffic.Capture {
	if i.OK == nil || i.Bad == nil {
		return nil
	}
	return []*traffic.Capture{bare(i.OK), bare(i.Bad)}
}

func bare(c *traffic.Capture) *traffic.Capture {
	out := *c
	out.Exchanges = make([]*traffic.Exchange, len(c.Exchanges))
	for i, x := range c.Exchanges {
		out.Exchanges[i] = bareExchange(x)
	}
	return &out
}

// bareExchange keeps of the recorder's notes when it was, and how long it took.
func bareExchange(x *traffic.Exchange) *traffic.Exchange {
	r := &x.Request
	out := &traffic.Exchange{Index: x.Index, Recorded: traffic.Recorded{Started: x.Recorded.Started, Millis: x.Recorded.Millis}}
	out.Request = traffic.Request{Method: r.Method, URL: r.URL, Proto: r.Proto, Header: r.Header, Body: r.Body}
	if a := x.Response; a != nil {
		out.Response = &traffic.Response{Status: a.Status, StatusText: a.StatusText, Proto: a.Proto, Header: a.Header, Body: a.Body, Error: a.Error}
	}
	return out
}

// WriteCurlPair writes the minimal pair as a shell script of two curl commands.
func WriteCurlPair(w io.Writer, r *results.Isolation) error {
	if r.Curl == nil {
		return nil
	}
	_, err := fmt.Fprintf(w, "# %s\n# works: %s\n%s\n# fails: %s\n%s\n", r.Sentence, r.Now.OK, r.Curl.OK, r.Now.Bad, r.Curl.Bad)
	return err
}
