package through

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/wire"
)

// origin stands for both sides in the URLs that are compared: hosts are compared
// as fields, for that is where they stand on the wire.
const origin = "http://proxy.invalid"

// An alteration is one change in one message, with its values as captured.
type alteration struct {
	side     diff.Side
	kind     results.AlterationKind
	part     diff.Part // for the mask
	name     string    // of the field, the parameter or the cookie, in lower case
	sub      string    // attribute of a cookie
	old, new *string
	expected string // why it is as it should be
	fault    *fault // what it breaks; nil: nothing that is known
}

// field names the place of an alteration.
func (a *alteration) field() string {
	switch a.part {
	case diff.Header:
		return a.name
	case diff.Path, diff.Method, diff.Body, diff.Status:
		return string(a.part)
	}
	return strings.TrimSpace(string(a.part) + " " + a.name + " " + a.sub)
}

// A passage is one request and its answer on both sides of the proxy.
type passage struct {
	sent, arrived *traffic.Exchange // the request as it left and as it came
	gave, came    *traffic.Exchange // the answer as it left and as it came
	cut           bool              // the answer that came ends before its end
	request       *wire.Request
	received      *rawserver.Request
}

// alterations lists what the proxy changed on both ways.
func (p *passed) alterations() []alteration {
	x := passage{
		sent: sentExchange(p.sent), arrived: arrivedExchange(p.main.Request),
		request: p.sent, received: p.main.Request,
	}
	list := x.requestAlterations()
	if n := repeated(p); n > 1 {
		list = append(list, alteration{side: diff.Request, kind: results.Duplicated, name: "request",
			expected: "the proxy sent it more than once: it tried again, or it mirrors requests"})
	}
	if p.answer == nil {
		return list
	}
	x.gave, x.came = x.answers(p)
	x.cut = p.answer.Cut != nil && len(p.answer.Body) < len(p.main.answer.Body)
	return append(list, x.answerAlterations()...)
}

// repeated is how often the request itself arrived.
func repeated(p *passed) int {
	n := 0
	for _, a := range p.order {
		if !a.aside {
			n++
		}
	}
	return n
}

// sentExchange is a request as it leaves [wire.Client].
func sentExchange(r *wire.Request) *traffic.Exchange {
	x := &traffic.Exchange{Request: traffic.Request{Method: r.Method, URL: urlOf(r.Target), Proto: "HTTP/1.1"}}
	x.Request.Header = append(traffic.Header{{Name: "Host", Value: r.Host}}, r.Header...)
	if len(r.Body) > 0 {
		x.Request.Body = traffic.NewBody(mediaType(r.Header), r.Body)
	}
	return x
}

func arrivedExchange(q *rawserver.Request) *traffic.Exchange {
	x := &traffic.Exchange{Request: traffic.Request{Method: q.Method, URL: urlOf(q.Target), Proto: "HTTP/1.1"}}
	for _, f := range q.Header {
		if !strings.EqualFold(f.Name, Correlation) {
			x.Request.Header = append(x.Request.Header, f)
		}
	}
	if len(q.Body) > 0 {
		x.Request.Body = traffic.NewBody(mediaType(q.Header), q.Body)
	}
	return x
}

// mediaType is one for both sides where the field is changed: that is a change
// of the field, and not of the body.
func mediaType(h traffic.Header) string { return h.Get("Content-Type") }

// urlOf is a request target as a URL. A target with an authority is one for a
// forward proxy (RFC 9112 section 3.2.2); what follows it counts.
func urlOf(target string) string {
	if i := strings.Index(target, "://"); i > 0 && target[0] != '/' {
		rest := target[i+3:]
		if slash := strings.IndexByte(rest, '/'); slash >= 0 {
			return origin + rest[slash:]
		}
		return origin + "/"
	}
	if !strings.HasPrefix(target, "/") {
		return origin + "/" + target
	}
	return origin + target
}

// answers are the answer that was given and the one that came, without the
// content coding that a proxy may add.
func (x *passage) answers(p *passed) (gave, came *traffic.Exchange) {
	given := p.main.answer
	response := &traffic.Response{Status: given.Status, Proto: "HTTP/1.1", Header: given.Header}
	received := *p.answer.Response(traffic.DefaultLimits())
	received.Proto, received.StatusText, received.Error = "HTTP/1.1", "", ""
	if len(given.Body) > 0 && x.request.Method != "HEAD" && bodyAllowed(given.Status) {
		response.Body = traffic.NewBody(mediaType(given.Header), given.Body)
	}
	if content, err := received.Body.Bytes(0); err != nil || len(content) == 0 {
		received.Body = traffic.Body{}
	}
	gave = &traffic.Exchange{Request: x.sent.Request, Response: response}
	came = &traffic.Exchange{Request: x.sent.Request, Response: &received}
	return gave, came
}

func bodyAllowed(status int) bool { return status >= 200 && status != 204 && status != 304 }

// A section is the fields of a message by name, as they differ.
type section struct {
	side      diff.Side
	old, new  traffic.Header
	nominated []string // by Connection, in lower case
}

// changedNames are the names whose fields differ, by the edits, in order; others
// differ in spelling alone.
func changedNames(changes []diff.Edit) (names, spelt []string) {
	for _, e := range changes {
		if e.Part != diff.Header {
			continue
		}
		list := &names
		if e.Op == diff.Respell || e.Op == diff.Layout || e.Op == diff.Reorder {
			list = &spelt
		}
		if !slices.Contains(*list, e.Name) {
			*list = append(*list, e.Name)
		}
	}
	return names, spelt
}

// of compares all fields of one name.
func (s *section) of(name string) alteration {
	old, new := s.old.Values(name), s.new.Values(name)
	a := alteration{side: s.side, part: diff.Header, name: name, old: joined(name, old), new: joined(name, new)}
	switch {
	case isHopByHop(name) || slices.Contains(s.nominated, name):
		a.kind, a.expected = results.HopByHop, "it is of one connection (RFC 9110 section 7.6.1)"
	case len(old) == 0:
		a.kind = results.Added
	case len(new) == 0:
		a.kind = results.Dropped
	case sameList(*a.old, *a.new):
		a.kind, a.expected = results.SpeltAnew, "several fields of one name are one list (RFC 9110 section 5.3)"
	case isRepetition(old, new):
		a.kind = results.Duplicated
	default:
		a.kind = results.Rewritten
	}
	return a
}

// joined puts the fields of one name together (RFC 9110 section 5.3); crumbs of a
// cookie with their own separator (RFC 9113 section 8.2.3).
func joined(name string, values []string) *string {
	if len(values) == 0 {
		return nil
	}
	separator := ", "
	if name == "cookie" {
		separator = "; "
	}
	text := strings.Join(values, separator)
	return &text
}

func sameList(a, b string) bool {
	squeeze := func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, ", ", ","), "; ", ";") }
	return squeeze(a) == squeeze(b)
}

// isRepetition tells fields that came more often than they were sent, with the
// same values.
func isRepetition(old, new []string) bool {
	if len(new) <= len(old) {
		return false
	}
	for _, v := range new {
		if !slices.Contains(old, v) {
			return false
		}
	}
	return true
}

func nominatedBy(h traffic.Header) []string {
	var names []string
	for _, f := range h.All("Connection") {
		for name := range strings.SplitSeq(f.Value, ",") {
			names = append(names, strings.ToLower(strings.TrimSpace(name)))
		}
	}
	return names
}

// renamed finds fields that came under another name: what was dropped, and
// added with the same value. Short values are shared by accident.
func renamed(list []alteration) []alteration {
	const long = 4
	for i := range list {
		a := &list[i]
		if a.part != diff.Header || a.kind != results.Dropped || len(*a.old) < long {
			continue
		}
		k := slices.IndexFunc(list, func(b alteration) bool {
			return b.part == diff.Header && b.kind == results.Added && strings.Contains(*b.new, *a.old)
		})
		if k < 0 {
			continue
		}
		a.kind, a.new = results.Renamed, &list[k].name
		list[k].expected = "it is " + a.name + " under another name"
	}
	return list
}
