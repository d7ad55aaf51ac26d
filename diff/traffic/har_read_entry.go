package traffic

import (
	"slices"
	"strconv"
)

// exchange reads an entry. It joins the capture only when it is whole.
func (r *harReader) exchange(index int) {
	x := &r.records.take(1)[0]
	x.Index = index
	x.Request.Sizes = noSizes
	x.Recorded.Millis = -1
	x.Recorded.Timings = noTimings

	r.request = &x.Request
	r.from, r.unknown = len(r.path), &r.found
	r.found = r.found[:0]
	readObject(r, x, entryFields)
	x.Unknown = r.unknowns.copy(r.once(r.found))
	if r.err != nil {
		return // the entry is named in the message
	}
	r.from, r.unknown, r.request = 0, &r.capture.Unknown, nil
	r.capture.Exchanges = append(r.capture.Exchanges, x)
}

var entryFields = []harField[Exchange]{
	{"startedDateTime", func(r *harReader, x *Exchange) { x.Recorded.Started = r.time() }},
	{"time", func(r *harReader, x *Exchange) { x.Recorded.Millis = r.number() }},
	{"request", func(r *harReader, x *Exchange) { r.readRequest(&x.Request) }},
	{"response", func(r *harReader, x *Exchange) { x.Response = r.readResponse() }},
	{"cache", func(r *harReader, _ *Exchange) { r.loose() }},
	{"timings", func(r *harReader, x *Exchange) { readObject(r, &x.Recorded.Timings, timingFields) }},
	{"pageref", func(r *harReader, x *Exchange) { x.Recorded.Page = r.text() }},
	{"serverIPAddress", func(r *harReader, x *Exchange) { x.Recorded.ServerIP = r.text() }},
	{"connection", func(r *harReader, x *Exchange) { x.Recorded.Connection = r.text() }},
	{"comment", func(r *harReader, x *Exchange) { x.Recorded.Comment = r.text() }},
}

var timingFields = []harField[Timings]{
	{"blocked", func(r *harReader, t *Timings) { t.Blocked = r.number() }},
	{"dns", func(r *harReader, t *Timings) { t.DNS = r.number() }},
	{"connect", func(r *harReader, t *Timings) { t.Connect = r.number() }},
	{"ssl", func(r *harReader, t *Timings) { t.SSL = r.number() }},
	{"send", func(r *harReader, t *Timings) { t.Send = r.number() }},
	{"wait", func(r *harReader, t *Timings) { t.Wait = r.number() }},
	{"receive", func(r *harReader, t *Timings) { t.Receive = r.number() }},
}

func (r *harReader) readRequest(q *Request) {
	readObject(r, q, requestFields)
	if r.err != nil {
		return
	}
	r.cookies, r.query = q.Cookies, q.Query
	q.Cookies = slices.Clone(q.ownCookies())
	q.Query = slices.Clone(q.ownQuery())
}

var requestFields = []harField[Request]{
	{"method", func(r *harReader, q *Request) { q.Method = r.text() }},
	{"url", func(r *harReader, q *Request) { q.URL = r.text() }},
	{"httpVersion", func(r *harReader, q *Request) { q.Proto = r.text() }},
	{"headers", func(r *harReader, q *Request) { q.Header = r.header() }},
	{"queryString", func(r *harReader, q *Request) { q.Query = readList(r, r.query, queryFields, setParam) }},
	{"cookies", func(r *harReader, q *Request) { q.Cookies = readList(r, r.cookies, cookieFields, setCookie) }},
	{"headersSize", func(r *harReader, q *Request) { q.Sizes.Header = r.integer() }},
	{"bodySize", func(r *harReader, q *Request) { q.Sizes.Body = r.integer() }},
	{"postData", func(r *harReader, q *Request) {
		r.body = harContent{}
		readObject(r, &r.body, postDataFields)
		q.Body = r.content()
	}},
}

// readResponse returns nil where there is none.
func (r *harReader) readResponse() *Response {
	if r.kind() != '{' {
		r.begin('{') // null, or something odd
		return nil
	}
	p := &r.response
	*p = harResponse{Response: &r.answers.take(1)[0]}
	p.Sizes = noSizes
	readObject(r, p, responseFields)
	if p.missing || r.err != nil {
		return nil
	}
	if p.Status < 0 {
		// -1 and -999 say the same as 0; the number is kept for writing back.
		p.Status = 0
	}
	r.cookies = p.Cookies
	p.Cookies = slices.Clone(p.ownCookies())
	p.Location = p.ownLocation()
	return p.Response
}

type harResponse struct {
	*Response
	missing bool // the place-holder that Write puts where there was none
}

var responseFields = []harField[harResponse]{
	{"status", func(r *harReader, p *harResponse) { p.Status = r.status() }},
	{"statusText", func(r *harReader, p *harResponse) { p.StatusText = r.text() }},
	{"httpVersion", func(r *harReader, p *harResponse) { p.Proto = r.text() }},
	{"headers", func(r *harReader, p *harResponse) { p.Header = r.header() }},
	{"cookies", func(r *harReader, p *harResponse) { p.Cookies = readList(r, r.cookies, cookieFields, setCookie) }},
	{"content", func(r *harReader, p *harResponse) {
		r.body = harContent{sizes: &p.Sizes}
		readObject(r, &r.body, contentFields)
		p.Body = r.content()
	}},
	{"redirectURL", func(r *harReader, p *harResponse) { p.Location = r.text() }},
	{"headersSize", func(r *harReader, p *harResponse) { p.Sizes.Header = r.integer() }},
	{"bodySize", func(r *harReader, p *harResponse) { p.Sizes.Body = r.integer() }},
	{"_error", readFailure},
	{"_failureText", readFailure},
	{"error", readFailure},
	{noResponse, func(r *harReader, p *harResponse) { p.missing = r.boolean() }},
}

// noResponse marks the place-holder for a missing response: HAR 1.2 demands
// an object, and allows names that begin with an underscore.
const noResponse = "_noResponse"

// readFailure reads the client's reason; the first of several is used.
func readFailure(r *harReader, p *harResponse) {
	if p.Error != "" {
		r.keep()
		return
	}
	p.Error = r.text()
}

// status reads the status code. Negative ones are filed as unknown as well,
// so that they are written back.
func (r *harReader) status() int {
	n := len(*r.unknown)
	code := r.integer()
	if code < 0 && n == len(*r.unknown) {
		r.keepAs(r.texts.of(r.path[r.from:]), strconv.AppendInt(nil, code, 10))
	}
	return int(max(code, 0))
}
