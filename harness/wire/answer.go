package wire

import (
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// An Answer is what came back.
type Answer struct {
	Status  int
	Reason  string         // the reason phrase; "" in HTTP/2
	Proto   string         // "HTTP/1.1", "HTTP/1.0", "HTTP/2.0"
	Header  traffic.Header // as received
	Trailer traffic.Header // as received behind a chunked body

	// Body is the content without the transfer coding, with the content
	// coding still in place. It is nil where the answer can't have one.
	Body []byte

	// Cut is why the body ends before its end, or nil. Body holds what came.
	Cut error

	Interim []Interim // answers that came before: 100, 103

	HeaderSize int64 // bytes of the header section; -1 in HTTP/2, where it was compressed
	Reused     bool  // the connection was used before
	ServerIP   string
	Started    time.Time
	Timings    traffic.Timings
}

// An Interim is an informational answer (RFC 9110 section 15.2).
type Interim struct {
	Status int
	Header traffic.Header
}

// Response returns the answer as a capture has it: the body without its
// content coding, not longer than l.Body, and its Content-Encoding field still
// there. A body that can't be decoded is given as it was sent. Why a body is
// cut or not decoded is told in Response.Error. The body is absent where the
// answer can't have one, and of text the bytes are kept, not made UTF-8.
func (a *Answer) Response(l traffic.Limits) *traffic.Response {
	r := &traffic.Response{
		Status:     a.Status,
		StatusText: a.Reason,
		Proto:      a.Proto,
		Header:     a.Header,
		Sizes:      traffic.Sizes{Header: a.HeaderSize, Body: int64(len(a.Body))},
	}
	content, err := decode(a.Body, a.Header, or(l.Body, traffic.DefaultLimits().Body))
	if err != nil {
		content = a.Body
		r.Error = err.Error()
	}
	// Half a body is not valid in its coding: the cut says why.
	if a.Cut != nil {
		r.Error = a.Cut.Error()
	}
	r.Sizes.Content = int64(len(content))
	r.Sizes.Compression = r.Sizes.Content - r.Sizes.Body
	if content == nil {
		r.Body.MediaType = a.Header.Get("Content-Type")
		return r
	}
	r.Body = traffic.NewBody(a.Header.Get("Content-Type"), content)
	return r
}

// Recorded returns when the exchange happened and how long it took.
func (a *Answer) Recorded() traffic.Recorded {
	t := a.Timings
	total := 0.0
	// TLS is part of connecting (HAR 1.2, timings).
	for _, phase := range [...]float64{t.Blocked, t.DNS, t.Connect, t.Send, t.Wait, t.Receive} {
		total += max(0, phase)
	}
	return traffic.Recorded{
		Started:  traffic.Timestamp{Time: a.Started, Text: a.Started.Format(time.RFC3339Nano)},
		Millis:   total,
		Timings:  t,
		ServerIP: a.ServerIP,
	}
}
