package harness

import (
	"fmt"
	"io"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
)

// Masked returns the minimal pair with its secrets masked, for a bug report: the
// same secret has the same mask in both. They are nil where there is no pair.
func (i *Isolated) Masked(m *mask.Masker) (ok, bad *traffic.Capture) {
	if i.OK == nil || i.Bad == nil {
		return nil, nil
	}
	m.LearnCapture(i.OK)
	m.LearnCapture(i.Bad)
	return maskedCapture(i.OK, m), maskedCapture(i.Bad, m)
}

func maskedCapture(c *traffic.Capture, m *mask.Masker) *traffic.Capture {
	out := *c
	out.Exchanges = make([]*traffic.Exchange, len(c.Exchanges))
	for i, x := range c.Exchanges {
		out.Exchanges[i] = maskedExchange(x, m)
	}
	return &out
}

// maskedExchange keeps what was on the wire, and of the recorder's notes when
// it was.
func maskedExchange(x *traffic.Exchange, m *mask.Masker) *traffic.Exchange {
	r := &x.Request
	out := &traffic.Exchange{Index: x.Index, Recorded: traffic.Recorded{Started: x.Recorded.Started, Millis: x.Recorded.Millis}}
	out.Request = traffic.Request{Method: r.Method, URL: m.URL(r.URL), Proto: r.Proto, Header: maskedHeader(r.Header, m), Body: maskedBody(r.Body, r.Header, m)}
	if a := x.Response; a != nil {
		out.Response = &traffic.Response{
			Status: a.Status, StatusText: mask.Visible(m.Text(a.StatusText)), Proto: a.Proto, Header: maskedHeader(a.Header, m),
			Body: maskedBody(a.Body, a.Header, m), Error: m.Text(a.Error),
		}
	}
	return out
}

func maskedHeader(h traffic.Header, m *mask.Masker) traffic.Header {
	out := make(traffic.Header, len(h))
	for i, f := range h {
		out[i] = traffic.HeaderField{Name: mask.Visible(f.Name), Value: m.Header(f.Name, f.Value)}
	}
	return out
}

// maskedBody masks text; what is none, or too long to be looked through, is left
// out.
func maskedBody(b traffic.Body, h traffic.Header, m *mask.Masker) traffic.Body {
	const longest = 1 << 20
	if !b.Present() {
		return traffic.Body{MediaType: b.MediaType}
	}
	content, err := b.Bytes(longest)
	if err != nil {
		return traffic.Body{MediaType: b.MediaType}
	}
	kind := b.MediaType
	if kind == "" {
		kind = h.Get("Content-Type")
	}
	return traffic.NewBody(b.MediaType, []byte(m.Body(kind, content)))
}

// WriteCurlPair writes the minimal pair as a shell script of two curl commands.
func WriteCurlPair(w io.Writer, r *results.Isolation) error {
	if r.Curl == nil {
		return nil
	}
	_, err := fmt.Fprintf(w, "# %s\n# works: %s\n%s\n# fails: %s\n%s\n", r.Sentence, r.Now.OK, r.Curl.OK, r.Now.Bad, r.Curl.Bad)
	return err
}
