package traffic

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// interaction reads one request and its answer.
func (d *cassetteReader) interaction(n *yaml.Node, index int) *Exchange {
	d.entry = index
	defer func() { d.entry, d.what = -1, "" }()

	x := &Exchange{Index: index, Recorded: Recorded{Millis: -1, Timings: noTimings}}
	x.Request.Sizes = noSizes
	if n.Kind != yaml.MappingNode {
		d.fail(n, "an interaction is a mapping with request and response, this is "+kindName(n))
		return x
	}
	d.what = nameOf(child(n, "request"))
	fields := d.fields(n)
	if find(fields, "request") == nil {
		d.fail(n, "the interaction has no request")
	}
	for _, f := range fields {
		switch f.key {
		case "request":
			d.request(x, f.value)
		case "response":
			d.response(x, f.value)
		default:
			d.keep(x, "/"+pointerToken(f.key), f.value)
		}
	}
	dropRegenerated(x, d.version)
	return x
}

func nameOf(request *yaml.Node) string {
	method, address := child(request, "method"), child(request, "url")
	if method == nil || address == nil || address.Kind != yaml.ScalarNode {
		return ""
	}
	return requestName(method.Value, address.Value)
}

func (d *cassetteReader) request(x *Exchange, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, "request must be a mapping, this is "+kindName(n))
		return
	}
	r := &x.Request
	for _, f := range d.fields(n) {
		switch f.key {
		case "method":
			r.Method = d.text(f)
		case "url":
			r.URL = d.text(f)
		case "proto":
			r.Proto = d.text(f)
		case "headers":
			r.Header = d.header(x, "/request/headers", f.value)
		case "body":
			// No body and an empty one look the same in a cassette.
			if content := d.body(f); content != "" {
				r.Body = textBody("", content)
			}
		case "content_length":
			r.Sizes.Body = d.length(f.value)
			d.keep(x, "/request/content_length", f.value)
		default:
			d.keep(x, "/request/"+pointerToken(f.key), f.value)
		}
	}
}

func (d *cassetteReader) response(x *Exchange, n *yaml.Node) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.fail(n, "response must be a mapping, this is "+kindName(n))
		return
	}
	r := &Response{Sizes: noSizes}
	x.Response = r
	fields := d.fields(n)
	for _, f := range fields {
		switch f.key {
		case "proto":
			r.Proto = d.text(f)
		case "headers":
			r.Header = d.header(x, "/response/headers", f.value)
		case "body":
			r.Body = textBody("", d.body(f))
		case "content_length":
			r.Sizes.Body = d.length(f.value)
			d.keep(x, "/response/content_length", f.value)
		case "code", "status": // below, together
		case "duration":
			d.duration(x, f.value)
		default:
			d.keep(x, "/response/"+pointerToken(f.key), f.value)
		}
	}
	d.status(x, fields)
}

// status reads code and status. Status is "200 OK"; people also write "OK".
func (d *cassetteReader) status(x *Exchange, fields []yamlField) {
	r := x.Response
	line := ""
	if n := find(fields, "status"); n != nil {
		line = d.text(yamlField{"status", n})
		d.keep(x, "/response/status", n)
	}
	code, rest, _ := strings.Cut(line, " ")
	if n := find(fields, "code"); n != nil {
		status, ok := intOf(n)
		if !ok || int64(int(status)) != status {
			d.fail(n, "code must be a whole number, this is "+kindName(n))
		}
		r.Status = int(status)
	} else if status, err := strconv.Atoi(code); err == nil && len(code) == 3 {
		r.Status = status
	}
	r.StatusText = line
	if code == strconv.Itoa(r.Status) {
		r.StatusText = rest
	}
}

// duration keeps only what Millis can't hold, in Go's own spelling.
func (d *cassetteReader) duration(x *Exchange, n *yaml.Node) {
	duration, ok := durationOf(n)
	if !ok {
		d.fail(n, `duration must be text like "12ms" or a number of nanoseconds`)
		return
	}
	if isNull(n) || n.Value == "" {
		return
	}
	if duration >= 0 {
		x.Recorded.Millis = float64(duration) / 1e6
	}
	x.Unknown = append(x.Unknown, Field{"/response/duration", appendQuoted(nil, duration.String())})
}

// header reads headers in the order of the file; a list of values is as many
// fields. A single text is taken for a list of one.
func (d *cassetteReader) header(x *Exchange, at string, n *yaml.Node) Header {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		d.fail(n, "headers must be a mapping of lists, this is "+kindName(n))
		return nil
	}
	fields := d.fields(n)
	header := make(Header, 0, len(fields))
	for _, f := range fields {
		values := []*yaml.Node{f.value}
		switch {
		case f.value.Kind == yaml.SequenceNode:
			values = f.value.Content
		case isNull(f.value):
			values = nil
		}
		if len(values) == 0 {
			// A name without values: Go writes no field for it, but go-vcr's
			// matcher sees it.
			x.Unknown = append(x.Unknown, Field{at + "/" + pointerToken(f.key), jsontext.Value("[]")})
		}
		for _, v := range values {
			header = append(header, HeaderField{f.key, d.text(yamlField{"a header value", deref(v)})})
		}
	}
	return header
}

// text reads a value that go-vcr holds in a string.
func (d *cassetteReader) text(f yamlField) string {
	text, ok := textOf(f.value)
	switch {
	case ok:
	case f.value.Kind == yaml.ScalarNode:
		d.fail(f.value, f.key+" is marked !!binary but is not Base64")
	default:
		d.fail(f.value, f.key+" must be text, this is "+kindName(f.value))
	}
	return text
}

func (d *cassetteReader) body(f yamlField) string {
	text := d.text(f)
	if int64(len(text)) > d.limits.Body {
		err := d.error(f.value, fmt.Sprintf("the body is longer than the limit of %d bytes (Limits.Body)", d.limits.Body))
		err.Err = ErrLimit
		d.add(err)
	}
	return text
}

// length reads a content_length, -1 where it is unknown.
func (d *cassetteReader) length(n *yaml.Node) int64 {
	length, _ := intOf(n) // keep reports a wrong type
	return max(length, -1)
}

// keep stores a field that the model has no place for.
func (d *cassetteReader) keep(x *Exchange, pointer string, n *yaml.Node) {
	if want := shapeError(pointer, n); want != "" {
		d.fail(n, want+", this is "+kindName(n))
		return
	}
	if intFields[pointer] {
		i, _ := intOf(n)
		x.Unknown = append(x.Unknown, Field{pointer, strconv.AppendInt(nil, i, 10)})
		return
	}
	if textFields[pointer] || listFields[pointer] || mapFields[pointer] {
		n = asText(n)
	}
	x.Unknown = append(x.Unknown, Field{pointer, d.appendJSON(nil, n)})
}
