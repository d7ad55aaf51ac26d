package traffic

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"strings"
)

// Requests adds what an operation sends, URL by URL.
func (r *curlReader) requests(op *curlOperation) {
	for i, word := range op.urls {
		var upload *curlWord
		if i < len(op.uploads) && op.uploads[i].text != "" { // -T "" only keeps the place
			upload = &op.uploads[i]
		}
		for k, text := range r.globbed(op, word) {
			if k > 0 && !r.affords(op, text) {
				r.failAs(ErrLimit, word, "%s", globTooMany)
				break
			}
			u, problem := op.splitURL(text, word.unknown)
			if problem != "" {
				r.fail(word, "%s", problem)
				break
			}
			r.request(op, word, u, upload)
		}
	}
	if len(op.uploads) > len(op.urls) {
		op.command.warn("--upload-file is given more often than there are URLs: the last ones are not sent")
	}
}

// affords tells whether one more request of the operation is within globBytes:
// each has a body and fields of its own.
func (r *curlReader) affords(op *curlOperation, url string) bool {
	const line = 64
	r.spare -= int64(len(url) + len(op.data) + line*(len(op.headers)+len(op.cookies)+len(op.query)))
	for _, part := range op.form {
		r.spare -= int64(line + len(part.content))
		if r.spare < 0 {
			break
		}
	}
	return r.spare >= 0
}

func (r *curlReader) globbed(op *curlOperation, word curlWord) []string {
	room := r.limits.Entries - len(r.capture.Exchanges)
	urls, problem := []string{word.text}, ""
	if !op.globOff && !word.unknown {
		urls, problem = expandGlob(word.text, room)
	}
	switch {
	case room < 1:
		r.failAs(ErrLimit, word, "more than %d requests; if the file can be trusted, raise Limits.Entries", r.limits.Entries)
		return nil
	case problem == globTooMany:
		r.failAs(ErrLimit, word, "%s", globTooMany)
		return nil
	case problem != "":
		r.fail(word, "%s", problem)
		return nil
	}
	return urls
}

func (r *curlReader) request(op *curlOperation, word curlWord, u curlURL, upload *curlWord) {
	kind := r.kind(op, upload)
	if op.from != "" && (kind == "POST" || kind == "PUT") {
		r.fail(op.start, "--continue-at with a body can't be expressed in a capture: curl leaves out its beginning")
		return
	}
	if (op.from != "" || op.span != "") && kind == "PUT" {
		r.fail(op.start, "--range with --upload-file can't be expressed in a capture: its Content-Range has the length of the file")
		return
	}
	content, contentType := op.content(kind)
	if op.span != "" && kind == "POST" && content == nil {
		r.fail(op.start, "--range with a body from a file can't be expressed in a capture: its Content-Range has the length of the file")
		return
	}
	if upload != nil {
		content = op.upload(&u, upload.text)
	}
	switch {
	case op.get && op.sent.option != "" && !op.sent.form:
		u.appendQuery(string(op.data))
	case len(op.query) > 0:
		u.appendQuery(strings.Join(op.query, "&"))
	}
	if !word.unknown && strings.ContainsFunc(u.query, notInURL) {
		r.fail(word, "the query has a space or a control character, which curl refuses; use --data-urlencode")
		return
	}
	if op.target != nil && !u.setTarget(op.target.text) {
		r.fail(*op.target, "--request-target with anything but a path can't be expressed in a capture")
		return
	}
	request := Request{
		Method: kind,
		URL:    u.String(),
		Proto:  op.protoFor(u.scheme),
		Header: op.header(&u, kind, contentType, content),
		Sizes:  noSizes,
	}
	if op.method != "" {
		request.Method = op.method
	}
	if content != nil {
		request.Body = NewBody(request.Header.Get("Content-Type"), content)
	}
	r.add(request)
}

// Kind is the method that curl chooses where -X says nothing.
func (r *curlReader) kind(op *curlOperation, upload *curlWord) string {
	asQuery := op.get && !op.sent.form
	switch {
	case op.head && op.sent.option != "" && !asQuery:
		r.fail(op.start, "--head and --%s can't go together; keep one of them", op.sent.option)
		return "HEAD"
	case op.head && upload != nil:
		r.fail(*upload, "--head and --upload-file can't go together; keep one of them")
		return "HEAD"
	case upload != nil && op.sent.option != "":
		r.fail(*upload, "--upload-file and --%s can't both make the body; keep one of them", op.sent.option)
		return "PUT"
	case upload != nil:
		return "PUT"
	case op.head:
		return "HEAD"
	case op.sent.option != "" && !asQuery:
		return "POST"
	}
	return "GET"
}

// Content is the body and the Content-Type that curl gives it; nil is none.
func (op *curlOperation) content(kind string) (content []byte, contentType string) {
	switch {
	case kind != "POST":
		return nil, ""
	case op.sent.form:
		mediaType := "multipart/form-data"
		if given, ok := op.given("Content-Type"); ok {
			mediaType = given
		}
		contentType, content = op.multipart(mediaType)
		return content, contentType
	case op.sent.unknown:
		return nil, "application/x-www-form-urlencoded"
	}
	return append([]byte{}, op.data...), "application/x-www-form-urlencoded"
}

func (op *curlOperation) upload(u *curlURL, file string) []byte {
	u.appendFile(file)
	if file == "." { // standard input, without waiting
		file = "-"
	}
	text, known := op.read("upload-file", file)
	if !known {
		return nil
	}
	return []byte(text)
}

// ProtoFor is the version that is certain; others are negotiated.
func (op *curlOperation) protoFor(scheme string) string {
	switch {
	case op.proto == "http2-prior-knowledge" && scheme == "http":
		return "h2"
	case op.proto == "http2" && scheme == "http":
		op.command.warn("--http2 asks for an upgrade: its Connection, Upgrade and HTTP2-Settings headers are not shown")
	case strings.HasPrefix(op.proto, "HTTP/"):
		return op.proto
	}
	return ""
}

// Header is the header section in the order in which curl sends it, without
// Host and User-Agent where they are not given: curl writes its own version
// there, which nobody knows.
func (op *curlOperation) header(u *curlURL, kind, contentType string, content []byte) Header {
	var h Header
	own := func(name, value string) {
		value = strings.Trim(value, formSpace) // RFC 9110 section 5.5: not part of the value
		if _, given := op.given(name); value != "" && !given {
			h = append(h, HeaderField{name, value})
		}
	}
	own("Authorization", op.authorization(u))
	span := cmp.Or(op.from, op.span)
	if span != "" && (kind == "GET" || kind == "HEAD") {
		own("Range", "bytes="+span)
	} else if span != "" && content != nil && !op.sent.form {
		own("Content-Range", fmt.Sprintf("bytes %s/%d", span, len(content)))
	}
	own("User-Agent", op.agent)
	own("Accept", op.accept())
	if op.transfer {
		own("Connection", "TE")
		own("TE", "gzip")
	}
	if op.compressed {
		own("Accept-Encoding", "deflate, gzip, br, zstd")
	}
	own("Referer", op.referer)
	own("Cookie", strings.Join(op.cookies, ";"))
	if name, value, ok := strings.Cut(op.since, ": "); ok {
		own(name, value)
	}
	h = append(h, op.custom()...)
	switch {
	case op.sent.form && kind == "POST":
		h = append(h, HeaderField{"Content-Type", contentType})
	case op.json:
		own("Content-Type", "application/json")
		if _, given := op.given("Accept"); !given {
			h = append(h, HeaderField{"Accept", "application/json"})
		}
	case kind == "POST":
		own("Content-Type", contentType)
	}
	return h
}

// Accept is curl's own; --json puts another at its end.
func (op *curlOperation) accept() string {
	if op.json {
		return ""
	}
	return "*/*"
}

// Custom are the fields of -H. "Name:" takes away what curl would send, and
// "Name;" is the way to send it empty. A form's Content-Type is sent later,
// with the boundary.
func (op *curlOperation) custom() Header {
	var h Header
	for _, line := range op.headers {
		name, value, sent := customField(line)
		if !sent || op.sent.form && strings.EqualFold(name, "Content-Type") {
			continue
		}
		h = append(h, HeaderField{name, value})
	}
	return h
}

func customField(line string) (name, value string, sent bool) {
	if name, value, ok := strings.Cut(line, ":"); ok {
		value = strings.Trim(value, formSpace)
		name = strings.Trim(name, formSpace)
		return name, value, value != "" && name != ""
	}
	name, value, ok := strings.Cut(line, ";")
	name = strings.Trim(name, formSpace)
	return name, "", ok && name != "" && strings.Trim(value, formSpace) == ""
}

// Given tells whether -H has a say in a field that curl would send itself,
// and what it says first.
func (op *curlOperation) given(name string) (value string, ok bool) {
	for _, line := range op.headers {
		field, value, sent := customField(line)
		if strings.EqualFold(field, name) && (sent || strings.Contains(line, ":")) {
			return value, true
		}
	}
	return "", false
}

// Authorization is the field of the only scheme that was asked for. With more
// than one, curl waits for a challenge first.
func (op *curlOperation) authorization(u *curlURL) string {
	if len(op.auth) > 1 {
		op.command.warn("several authentication schemes are asked for: which one curl answers with can't be foreseen")
		return ""
	}
	if op.auth["bearer"] {
		return "Bearer " + op.bearer.text
	}
	if len(op.auth) == 1 && !op.auth["basic"] {
		return ""
	}
	credentials := ""
	switch {
	case op.user != nil && !strings.Contains(op.user.text, ":"):
		op.command.warn("--user without a password makes curl ask for one: no Authorization header is shown")
		return ""
	case op.user != nil:
		credentials = op.user.text
	case u.userinfo != "":
		credentials = u.credentials()
	default:
		return ""
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(credentials))
}
