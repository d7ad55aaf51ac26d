package traffic

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"

	"go.yaml.in/yaml/v3"
)

// writeCassette writes a cassette that the go-vcr modules of that version
// load: v1 and v2 read CassetteV1, v3 and v4 CassetteV2.
//
// A capture that came from a cassette is written back as it was (law 3). Of
// one that came from elsewhere a cassette can't hold everything:
//
//   - pseudo-headers, times and timings, pages, comments, the recorder's own
//     lists of cookies and of query parameters, and unknown fields are left out;
//   - header names become canonical ("Content-Type"): go-vcr hands them to
//     net/http as a map with such keys, and would not find others. Fields of
//     one name stand together, their values in order;
//   - versions are spelled as net/http does ("h2" is "HTTP/2.0"; a request
//     without one is "HTTP/1.1"), and content_length is the length of the body
//     as it is written: the matcher of v4 compares both;
//   - an exchange without an answer is an error: there is nothing to replay.
func writeCassette(w io.Writer, c *Capture, f Format) error {
	if f != CassetteV1 && f != CassetteV2 {
		return fmt.Errorf("%w: a cassette is written as %q or %q", ErrFormat, CassetteV1, CassetteV2)
	}
	cw := cassetteWriter{w: bufio.NewWriter(w), file: c.File, format: f, from: c.Format}
	if err := cw.needAnswers(c.Exchanges); err != nil {
		return err
	}
	cw.head(c)
	for i := range c.Exchanges {
		x, err := c.written(i)
		if err != nil {
			return err
		}
		if err := cw.exchange(x, i); err != nil {
			return err
		}
	}
	return cw.w.Flush()
}

// cassetteWriter writes one exchange at a time, so that memory does not grow
// with the capture. Write errors stay in w until Flush.
type cassetteWriter struct {
	w      *bufio.Writer
	file   string
	format Format
	from   Format // of the capture
}

// fromCassette tells whether the capture was read from a cassette.
func (w *cassetteWriter) fromCassette() bool { return w.from == CassetteV1 || w.from == CassetteV2 }

func (w *cassetteWriter) needAnswers(exchanges []*Exchange) error {
	if w.fromCassette() {
		return nil
	}
	var first *Error
	missing := 0
	for i, x := range exchanges {
		if x.Response != nil {
			continue
		}
		if missing++; missing == 1 {
			first = w.error(i, x, "no answer was recorded, and a cassette replays answers; leave the entry out, or record it")
		}
	}
	if first == nil {
		return nil
	}
	if missing > 1 {
		first.Text += fmt.Sprintf(" (%d entries are like that)", missing)
	}
	return first
}

func (w *cassetteWriter) error(index int, x *Exchange, text string) *Error {
	return &Error{File: w.file, Entry: index, What: requestName(x.Request.Method, x.Request.URL), Text: text}
}

// head writes what stands before the first interaction: the version and the
// keys that go-vcr does not know.
func (w *cassetteWriter) head(c *Capture) {
	top := mapNode()
	switch {
	case w.format == CassetteV2:
		top.add("version", intNode(2))
	case w.from != CassetteV1 || c.Version != "": // before version 1 there was no key
		top.add("version", intNode(1))
	}
	if w.fromCassette() {
		index := yamlIndex{}
		for _, f := range c.Unknown {
			index.set(top.node, pointerKeys(f.Pointer), nodeOf(f.Value))
		}
	}
	w.w.WriteString("---\n")
	if len(top.node.Content) > 0 {
		w.encode(top.node, "")
	}
	if len(c.Exchanges) == 0 {
		w.w.WriteString("interactions: []\n")
		return
	}
	w.w.WriteString("interactions:\n")
}

// exchange writes one item of the list, indented as go-vcr's modules do.
func (w *cassetteWriter) exchange(x *Exchange, index int) error {
	item, err := w.interaction(w.adapt(x, index))
	if err != nil {
		return w.wrap(index, x, err)
	}
	indent := ""
	if w.format == CassetteV2 {
		indent = "    "
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{item}}
	if err := w.encode(list, indent); err != nil {
		return w.wrap(index, x, err)
	}
	return nil
}

func (w *cassetteWriter) wrap(index int, x *Exchange, err error) error {
	out := w.error(index, x, "can't be written")
	if errors.Is(err, ErrTooLarge) {
		out.Text = ErrTooLarge.Error()
	}
	out.Err = err
	return out
}

// encode writes a node with each line indented. No style that stringNode
// chooses gives white space at the start of a line a meaning of its own.
func (w *cassetteWriter) encode(n *yaml.Node, indent string) error {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	if w.format == CassetteV1 {
		encoder.SetIndent(2)
		encoder.CompactSeqIndent()
	}
	if err := errors.Join(encoder.Encode(n), encoder.Close()); err != nil {
		return err
	}
	for line := range bytes.Lines(text.Bytes()) {
		if len(line) > 1 {
			w.w.WriteString(indent)
		}
		w.w.Write(line)
	}
	return nil
}

// adapt returns the exchange as a recorder of go-vcr would have seen it.
func (w *cassetteWriter) adapt(x *Exchange, index int) *Exchange {
	out := *x
	out.Index = index
	if x.Response != nil {
		response := *x.Response
		out.Response = &response
	}
	if w.from == w.format {
		return &out
	}
	if !w.fromCassette() {
		out.Unknown = nil
		out.Request.Header = canonical(x.Request.Header)
		out.Request.Proto = netHTTPProto(x.Request.Proto)
	}
	out.Request.Sizes.Body = w.length(x.Request.Body)
	if w.format == CassetteV1 {
		out.Request.Proto = ""
	} else if out.Request.Proto == "" {
		out.Request.Proto = "HTTP/1.1" // what net/http puts into every request of a client
	}
	if r := out.Response; r != nil {
		r.Sizes.Body = w.length(r.Body)
		if !w.fromCassette() {
			r.Header, r.Proto = canonical(r.Header), netHTTPProto(r.Proto)
		}
		if w.format == CassetteV1 {
			r.Proto = ""
		}
	}
	return &out
}

// length is the content_length of a body that a recorder did not measure;
// version 1 has none.
func (w *cassetteWriter) length(b Body) int64 {
	if w.format == CassetteV1 {
		return -1
	}
	content, _ := b.Bytes(math.MaxInt64 / 8) // interaction reports the error
	return int64(len(content))
}

// canonical leaves out pseudo-headers and spells names as net/http does.
func canonical(h Header) Header {
	out := make(Header, 0, len(h))
	for _, f := range h {
		if !strings.HasPrefix(f.Name, ":") {
			out = append(out, HeaderField{http.CanonicalHeaderKey(f.Name), f.Value})
		}
	}
	return out
}

// netHTTPProto spells a version as net/http does; others stay as they are.
func netHTTPProto(proto string) string {
	switch strings.ToLower(proto) {
	case "h2", "h2c", "http/2", "http/2.0":
		return "HTTP/2.0"
	case "h3", "http/3", "http/3.0":
		return "HTTP/3.0"
	case "http/1.1":
		return "HTTP/1.1"
	case "http/1.0":
		return "HTTP/1.0"
	}
	return proto
}
