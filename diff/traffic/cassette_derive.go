package traffic

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// A yamlPart is a value and its place in an interaction.
type yamlPart struct {
	pointer string
	value   *yaml.Node
}

// regenerated are the fields of an interaction that follow from the rest of
// it, as the recorders of that version write them. The reader drops what
// equals them and the writer puts them back, so both sides of law 3 stand on
// this one list.
func regenerated(x *Exchange, version Format) []yamlPart {
	r := &x.Request
	var parts []yamlPart
	add := func(pointer string, n *yaml.Node) { parts = append(parts, yamlPart{pointer, n}) }
	both := version == CassetteV2
	if both {
		add("/id", intNode(int64(x.Index)))
		major, minor := protoNumbers(r.Proto)
		add("/request/proto_major", intNode(major))
		add("/request/proto_minor", intNode(minor))
		add("/request/host", stringNode(hostOf(r.URL)))
	}
	if both || r.Sizes.Body >= 0 {
		add("/request/content_length", intNode(r.Sizes.Body))
	}
	if form := formOf(r, version); len(form) > 0 || !both {
		add("/request/form", formNode(form))
	}
	if x.Response == nil {
		return parts
	}
	if both {
		major, minor := protoNumbers(x.Response.Proto)
		add("/response/proto_major", intNode(major))
		add("/response/proto_minor", intNode(minor))
	}
	if both || x.Response.Sizes.Body >= 0 {
		add("/response/content_length", intNode(x.Response.Sizes.Body))
	}
	add("/response/status", stringNode(statusLine(x.Response)))
	add("/response/duration", durationNode(x.Recorded.Millis))
	return parts
}

// dropRegenerated leaves in Unknown what the model can't tell, in the order in
// which the writer puts it back.
func dropRegenerated(x *Exchange, version Format) {
	if len(x.Unknown) == 0 {
		return
	}
	parts := regenerated(x, version)
	x.Unknown = slices.DeleteFunc(x.Unknown, func(f Field) bool {
		i := slices.IndexFunc(parts, func(p yamlPart) bool { return p.pointer == f.Pointer })
		if i < 0 {
			return emptyByDefault[f.Pointer] && isZeroJSON(f.Value)
		}
		return sameJSON(f.Value, new(cassetteReader).appendJSON(nil, parts[i].value))
	})
	if len(x.Unknown) == 0 {
		x.Unknown = nil
	}
	slices.SortStableFunc(x.Unknown, func(a, b Field) int { return section(a.Pointer) - section(b.Pointer) })
}

// emptyByDefault are fields that go-vcr before 4.0.3 wrote even where they
// hold nothing.
var emptyByDefault = map[string]bool{
	"/request/transfer_encoding": true, "/request/trailer": true, "/request/form": true,
	"/request/host": true, "/request/remote_addr": true, "/request/request_uri": true,
	"/response/transfer_encoding": true, "/response/trailer": true, "/response/uncompressed": true,
}

// section ranks a pointer by the mapping that the writer puts it into.
func section(pointer string) int {
	for i, prefix := range []string{"/request/headers/", "/request/", "/response/headers/", "/response/"} {
		if strings.HasPrefix(pointer, prefix) {
			return i + 1
		}
	}
	return 0
}

// sameJSON compares without regard to the order of keys: go-vcr's modules sort
// them differently.
func sameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) || isZeroJSON(a) && isZeroJSON(b) {
		return true
	}
	if len(a) == 0 || a[0] != '{' {
		return false
	}
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// protoNumbers are ProtoMajor and ProtoMinor of net/http.
func protoNumbers(proto string) (major, minor int64) {
	a, b, _ := http.ParseHTTPVersion(proto)
	return int64(a), int64(b)
}

// hostOf is http.Request.Host of a request that doesn't set its own.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// formOf is the form that go-vcr notes: version 1 the fields of the body,
// version 2 also those of the query (http.Request.PostForm and Form). A form
// that can't be parsed is none: go-vcr refuses to record it.
func formOf(r *Request, version Format) url.Values {
	u, err := url.Parse(r.URL)
	if err != nil || version == CassetteV1 && !r.Body.Present() {
		return nil
	}
	body, err := r.Body.Bytes(math.MaxInt64 / 8)
	if err != nil {
		return nil
	}
	parse := http.Request{
		Method: r.Method, URL: u, Body: http.NoBody,
		Header: http.Header{"Content-Type": r.Header.Values("Content-Type")},
	}
	if len(body) > 0 {
		parse.Body = readCloser{bytes.NewReader(body)}
	}
	if parse.ParseForm() != nil {
		return nil
	}
	if version == CassetteV1 {
		return parse.PostForm
	}
	return parse.Form
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func statusLine(r *Response) string {
	switch {
	case r.StatusText != "":
		return strconv.Itoa(r.Status) + " " + r.StatusText
	case r.Status == 0:
		return ""
	}
	return strconv.Itoa(r.Status)
}

// durationNode writes a duration as Go does. One that is unknown is null, not
// left out: a last interaction without duration looks cut off, and "" as
// go-vcr v1 wrote it can't be loaded by v2.
func durationNode(millis float64) *yaml.Node {
	if millis < 0 || millis*1e6 >= math.MaxInt64 || math.IsNaN(millis) {
		return nullNode()
	}
	return stringNode(time.Duration(math.Round(millis * 1e6)).String())
}
