package record

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

type keep func(mediaType string, content []byte) (traffic.Body, error)

// exchange puts together what is known; mu is held.
func (f *flight) exchange(why error, keep keep) *traffic.Exchange {
	in := f.in
	x := &traffic.Exchange{
		Request: traffic.Request{
			Method: in.method, URL: in.url(), Proto: in.proto, Header: in.recorded(),
			Sizes: traffic.Sizes{Header: in.headerSize, Body: 0, Content: -1, Compression: -1},
		},
		Recorded: f.recorded(),
	}
	var notes []string
	if in.body != nil {
		body, all, note := f.up.body("request", in.header.Get("Content-Type"), keep)
		x.Request.Body, x.Request.Sizes.Body = body, all
		notes = append(notes, note)
	}
	x.Response = &traffic.Response{Sizes: traffic.Sizes{Header: -1, Body: -1, Content: -1, Compression: -1}}
	if f.reply != nil {
		var note string
		x.Response, note = f.response(why, keep)
		notes = append(notes, note)
	}
	if why != nil {
		x.Response.Error = why.Error()
	}
	if f.messages != nil {
		list, note := f.messages.list()
		x.Unknown = append(x.Unknown,
			traffic.Field{Pointer: "/_resourceType", Value: jsontext.Value(`"websocket"`)},
			traffic.Field{Pointer: "/_webSocketMessages", Value: list})
		notes = append(notes, note)
	}
	x.Unknown = append(x.Unknown, f.unknown()...)
	for _, note := range notes {
		if note != "" {
			x.Recorded.Comment = strings.TrimPrefix(x.Recorded.Comment+"; "+note, "; ")
		}
	}
	return x
}

// response is the answer as a capture has it: its body without its content
// coding.
func (f *flight) response(why error, keep keep) (*traffic.Response, string) {
	r := f.reply
	p := &traffic.Response{
		Status: r.status, StatusText: r.reason, Proto: r.proto, Header: r.header,
		Sizes: traffic.Sizes{Header: r.headerSize, Compression: -1},
	}
	mediaType := r.header.Get("Content-Type")
	p.Body.MediaType = mediaType
	if r.body == nil {
		return p, ""
	}
	content, all, err := f.down.content()
	p.Sizes.Body, p.Sizes.Content = all, all
	note := cutNote("answer", int64(len(content)), all, err)
	if r.header.Has("Content-Encoding") {
		if why != nil || note != "" { // half of it can't be decoded
			return p, strings.TrimPrefix(note+"; the answer's body is compressed and not whole, so it is left out", "; ")
		}
		plain, err := wire.Decode(content, r.header, f.l.limit())
		if err != nil {
			p.Error = err.Error()
			plain = content
		}
		content = plain
		p.Sizes.Content = int64(len(content))
		p.Sizes.Compression = p.Sizes.Content - p.Sizes.Body
	}
	if err == nil {
		p.Body, err = keep(mediaType, content)
	}
	if err != nil {
		note = "the answer's body could not be kept: " + err.Error()
	}
	return p, note
}

// body is what was taken of a request's.
func (t *taken) body(whose, mediaType string, keep keep) (traffic.Body, int64, string) {
	content, all, err := t.content()
	note := cutNote(whose, int64(len(content)), all, err)
	if err != nil {
		return traffic.Body{MediaType: mediaType}, all, note
	}
	body, err := keep(mediaType, content)
	if err != nil {
		note = "the " + whose + "'s body could not be kept: " + err.Error()
	}
	return body, all, note
}

func cutNote(whose string, kept, all int64, err error) string {
	switch {
	case err != nil:
		return "the " + whose + "'s body could not be kept: " + err.Error()
	case kept < all:
		return fmt.Sprintf("the %s's body is recorded up to %d of its %d bytes; --max-body records more", whose, kept, all)
	}
	return ""
}

// recorded is when it happened and how long it took; what goes on has taken
// until now.
func (f *flight) recorded() traffic.Recorded {
	now, t, timings := f.l.now(), f.times, traffic.Timings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1, Send: -1, Wait: -1, Receive: -1}
	r := traffic.Recorded{
		Started: traffic.Timestamp{Time: f.in.started, Text: f.in.started.Format(time.RFC3339Nano)},
		Millis:  max(0, now.Sub(f.in.started).Seconds()*1000),
	}
	if f.link == nil {
		timings.Blocked = r.Millis
		r.Timings = timings
		return r
	}
	r.ServerIP, r.Connection = f.link.IP, f.link.id
	connected := 0.0
	if t.fresh {
		made := f.link.Timings
		timings.DNS, timings.Connect, timings.SSL = made.DNS, made.Connect, made.SSL
		connected = max(0, made.DNS) + max(0, made.Connect)
	}
	if t.first.IsZero() {
		t.first = now
	}
	if t.sent.IsZero() || t.sent.After(t.first) { // an answer may begin before all of the request was sent
		t.sent = t.first
	}
	timings.Blocked = max(0, millis(t.begun.Sub(f.in.started))-connected)
	timings.Send, timings.Wait, timings.Receive = millis(t.sent.Sub(t.begun)), millis(t.first.Sub(t.sent)), millis(now.Sub(t.first))
	r.Timings = timings
	return r
}

func millis(d time.Duration) float64 { return float64(max(0, d)) / float64(time.Millisecond) }

// recorded is the header of a request as a capture has it: of HTTP/2 with the
// fields that begin with a colon (RFC 9113 section 8.3.1).
func (in *asked) recorded() traffic.Header {
	if in.proto != "HTTP/2.0" {
		return in.header
	}
	h := traffic.Header{
		{Name: ":authority", Value: in.header.Get("Host")}, {Name: ":method", Value: in.method},
		{Name: ":path", Value: in.target}, {Name: ":scheme", Value: in.to.scheme},
	}
	return append(h, without(in.header, "Host")...)
}

// unknown is what HAR has no place for: answers of 1xx, trailer sections.
func (f *flight) unknown() traffic.Fields {
	var fields traffic.Fields
	put := func(pointer string, h traffic.Header) {
		if len(h) > 0 {
			fields = append(fields, traffic.Field{Pointer: pointer, Value: listed(nil, h)})
		}
	}
	put("/request/_trailers", f.up.trailer())
	put("/response/_trailers", f.trailers)
	if len(f.interims) > 0 {
		b := []byte{'['}
		for i, interim := range f.interims {
			if i > 0 {
				b = append(b, ',')
			}
			b = fmt.Appendf(b, `{"status":%d,"headers":`, interim.Status)
			b = append(listed(b, interim.Header), '}')
		}
		fields = append(fields, traffic.Field{Pointer: "/response/_interim", Value: append(b, ']')})
	}
	return fields
}

// listed is a header section as HAR lists it.
func listed(b []byte, h traffic.Header) []byte {
	b = append(b, '[')
	for i, f := range h {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":`...)
		b, _ = jsontext.AppendQuote(b, f.Name)
		b = append(b, `,"value":`...)
		b, _ = jsontext.AppendQuote(b, f.Value)
		b = append(b, '}')
	}
	return append(b, ']')
}
