package report

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/scenarios/browser"
)

// request is the request of both sides, line by line.
func (e *exchangePage) request() *html.Message {
	m := &html.Message{}
	start := func(x *traffic.Exchange) *string {
		if x == nil {
			return nil
		}
		r := &x.Request
		return valueOf(strings.TrimSpace(mask.Visible(r.Method) + " " + e.mask.URL(r.URL) + " " + mask.Visible(r.Proto)))
	}
	m.Lines = append(m.Lines, e.line("", start(e.ok), start(e.bad), diff.Request, diff.Method, diff.URL, diff.Scheme, diff.Userinfo, diff.Host, diff.Port, diff.Path, diff.Query, diff.Fragment, diff.Proto))
	var ok, bad traffic.Header
	if e.ok != nil {
		ok = e.ok.Request.Header
		m.Old = e.body(e.ok.Request.Body, ok)
	}
	if e.bad != nil {
		bad = e.bad.Request.Header
		m.New = e.body(e.bad.Request.Body, bad)
	}
	m.Lines = append(m.Lines, e.fields(ok, bad, diff.Request)...)
	return m
}

// response is the answer of both sides, nil where there is none.
func (e *exchangePage) response() *html.Message {
	var okAnswer, badAnswer *traffic.Response
	m := &html.Message{}
	var ok, bad traffic.Header
	if e.ok != nil && e.ok.Response != nil {
		okAnswer = e.ok.Response
		ok = okAnswer.Header
		m.Old = e.body(okAnswer.Body, ok)
	}
	if e.bad != nil && e.bad.Response != nil {
		badAnswer = e.bad.Response
		bad = badAnswer.Header
		m.New = e.body(badAnswer.Body, bad)
	}
	if okAnswer == nil && badAnswer == nil {
		return nil
	}
	m.Lines = append(m.Lines, e.line("", e.statusLine(okAnswer), e.statusLine(badAnswer), diff.Response, diff.Status, diff.Reason, diff.Proto, diff.Answer))
	if failure := e.failure(okAnswer, badAnswer); failure != nil {
		m.Lines = append(m.Lines, *failure)
	}
	m.Lines = append(m.Lines, e.fields(ok, bad, diff.Response)...)
	return m
}

func (e *exchangePage) statusLine(r *traffic.Response) *string {
	if r == nil {
		return nil
	}
	if r.Status <= 0 {
		return valueOf("no status line was seen")
	}
	return valueOf(strings.TrimSpace(fmt.Sprintf("%s %d %s", mask.Visible(r.Proto), r.Status, mask.Visible(e.mask.Text(r.StatusText)))))
}

// failure is the client's own word on an answer that it did not take.
func (e *exchangePage) failure(ok, bad *traffic.Response) *html.Line {
	text := func(r *traffic.Response) *string {
		if r == nil || r.Error == "" {
			return nil
		}
		return valueOf(e.mask.Text(r.Error))
	}
	before, after := text(ok), text(bad)
	if before == nil && after == nil {
		return nil
	}
	line := e.line("(client's error)", before, after, diff.Response, diff.Failure)
	return &line
}

func valueOf(s string) *string {
	s, cutOff := cutBytes(s, maxPageValue)
	if cutOff > 0 {
		s += fmt.Sprintf(" … %d bytes more", cutOff)
	}
	s = mask.Visible(s)
	return &s
}

// line marks a line by what changed in its parts.
func (e *exchangePage) line(name string, old, new *string, side diff.Side, parts ...diff.Part) html.Line {
	l := html.Line{Name: name, Old: old, New: new}
	for _, c := range e.changes {
		for _, part := range parts {
			if c.Side == side && c.Part == part {
				l.Mark = marked(l.Mark, c)
			}
		}
	}
	return l
}

func marked(m html.Mark, c diff.Change) html.Mark {
	if c.Noise == "" || m == html.Changed {
		return html.Changed
	}
	return html.Noise
}

// fields aligns two header sections: the fields of the failing side in their
// order, those that only the working one has where they stood there. Fields of
// one name are paired in order, those of Set-Cookie by the cookie.
func (e *exchangePage) fields(ok, bad traffic.Header, side diff.Side) []html.Line {
	partner, taken := partners(ok, bad)
	marks := e.marks(side)
	var lines []html.Line
	next := 0
	onlyOK := func(until int) {
		for ; next < until; next++ {
			if !taken[next] {
				lines = append(lines, e.field(&ok[next], nil, marks))
			}
		}
	}
	for i := range bad {
		p := partner[i]
		if p < 0 {
			lines = append(lines, e.field(nil, &bad[i], marks))
			continue
		}
		onlyOK(p)
		next = max(next, p+1)
		lines = append(lines, e.field(&ok[p], &bad[i], marks))
	}
	onlyOK(len(ok))
	return lines
}

// partners finds for each field of bad its place in ok, -1 for none.
func partners(ok, bad traffic.Header) (partner []int, taken []bool) {
	places := map[string][]int{}
	for i, f := range ok {
		places[fieldKey(f)] = append(places[fieldKey(f)], i)
	}
	partner, taken = make([]int, len(bad)), make([]bool, len(ok))
	for i, f := range bad {
		partner[i] = -1
		if left := places[fieldKey(f)]; len(left) > 0 {
			partner[i], places[fieldKey(f)] = left[0], left[1:]
			taken[left[0]] = true
		}
	}
	return partner, taken
}

func fieldKey(f traffic.HeaderField) string {
	name := strings.ToLower(f.Name)
	if name == "set-cookie" {
		name += " " + browser.ParseSetCookie(f.Value).Name
	}
	return name
}

// marks are those of a header section by the key of the field.
func (e *exchangePage) marks(side diff.Side) map[string]html.Mark {
	marks := map[string]html.Mark{}
	for _, c := range e.changes {
		if c.Side != side {
			continue
		}
		key := ""
		switch c.Part {
		case diff.Header:
			key = c.Name
		case diff.Cookie:
			key = "cookie"
		case diff.SetCookie:
			key = "set-cookie " + c.Name
		case diff.Location:
			key = "location"
		default:
			continue
		}
		marks[key] = marked(marks[key], c)
	}
	return marks
}

// field is one line of a header section. A difference that no edit names is one
// of spelling.
func (e *exchangePage) field(ok, bad *traffic.HeaderField, marks map[string]html.Mark) html.Line {
	l := html.Line{}
	show := func(f *traffic.HeaderField) *string {
		if f == nil {
			return nil
		}
		l.Name = mask.Visible(e.mask.Text(f.Name))
		return valueOf(e.mask.Header(f.Name, f.Value))
	}
	l.Old, l.New = show(ok), show(bad)
	if ok != nil && bad != nil && ok.Value == bad.Value {
		return l
	}
	if e.pair < 0 {
		return l
	}
	f := bad
	if f == nil {
		f = ok
	}
	if l.Mark = marks[fieldKey(*f)]; l.Mark == html.Same {
		l.Mark = html.Noise
	}
	return l
}
