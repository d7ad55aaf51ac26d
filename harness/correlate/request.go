package correlate

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// request walks a request and returns it with what visit put in; r itself where
// that is nothing.
func (w *walker) request(r *traffic.Request, maxBody int64) *traffic.Request {
	out := *r
	changed := false
	if edits := w.url(root("request"), r.URL); len(edits) > 0 {
		out.URL, changed = applied(r.URL, edits), true
	}
	for i, f := range r.Header {
		edits := w.requestField(f)
		if len(edits) == 0 {
			continue
		}
		if &out.Header[0] == &r.Header[0] {
			out.Header = slices.Clone(r.Header)
		}
		out.Header[i].Value, changed = applied(f.Value, edits), true
	}
	if query, ok := w.params(".query.", r.Query); ok {
		out.Query, changed = query, true
	}
	if body, ok := w.requestBody(r, maxBody); ok {
		out.Body, changed = body, true
	}
	if !changed {
		return r
	}
	return &out
}

// requestField walks a header field of a request. Fields that say what the
// client is able to do, and the jar's cookies, carry nothing on.
func (w *walker) requestField(f traffic.HeaderField) []edit {
	name := strings.ToLower(f.Name)
	switch name {
	case "cookie", "host", "user-agent", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding", "date", "dnt", "te",
		"origin", "pragma", "cache-control", "upgrade-insecure-requests", "keep-alive", "priority", "range", "expect", "via", "dpop",
		":method", ":authority", ":scheme":
		return nil
	case "referer", ":path":
		s := root("request.header." + name)
		s.quiet = true
		return w.url(s, f.Value)
	case "authorization", "proxy-authorization":
		return w.authorization(root("request.header.").child(name, name), f.Value)
	}
	if strings.HasPrefix(name, "accept") || strings.HasPrefix(name, "sec-") {
		return nil
	}
	return w.text(root("request.header.").child(name, name), f.Value)
}

// authorization walks credentials: those of Basic are Base64 of any length (RFC
// 7617 section 2).
func (w *walker) authorization(s *spot, value string) []edit {
	scheme, rest, ok := strings.Cut(value, " ")
	if ok && strings.EqualFold(scheme, "basic") {
		at := len(value) - len(strings.TrimLeft(rest, " "))
		edits, _ := w.base64(s, value[at:], 1)
		return shifted(edits, at)
	}
	return w.text(s, value)
}

// params walks a recorder's own list, of values that are decoded.
func (w *walker) params(part string, list []traffic.Param) ([]traffic.Param, bool) {
	var out []traffic.Param
	for i, p := range list {
		edits := w.text(root("request").child(part+p.Name, p.Name), p.Value)
		if p.FileName != "" || len(edits) == 0 {
			continue
		}
		if out == nil {
			out = slices.Clone(list)
		}
		out[i].Value = applied(p.Value, edits)
	}
	return out, out != nil
}

func (w *walker) requestBody(r *traffic.Request, maxBody int64) (traffic.Body, bool) {
	body := r.Body
	params, changed := w.params(".body.", body.Params)
	text, ok := bodyText(body, maxBody)
	var edits []edit
	if ok {
		edits = w.sent(first(body.MediaType, r.Header.Get("Content-Type")), text)
	}
	if len(edits) > 0 {
		body = traffic.NewBody(body.MediaType, []byte(applied(text, edits)))
		body.Params = r.Body.Params
	}
	if changed {
		body.Params = params
	}
	return body, changed || len(edits) > 0
}

// sent walks the body of a request.
func (w *walker) sent(mediaType, text string) []edit {
	s := root("request.body")
	kind := strings.ToLower(mediaType)
	at := len(text) - len(strings.TrimLeft(text, " \t\r\n\ufeff"))
	switch {
	case strings.HasPrefix(kind, "multipart/"):
		return w.multipart(s, text)
	case strings.Contains(kind, "x-www-form-urlencoded"):
		return w.form(s, ".", text)
	case at < len(text) && (text[at] == '{' || text[at] == '[' || text[at] == '"'):
		scan := jsonScan{walker: w, text: text, pos: at}
		scan.value(s, 0)
		return scan.edits
	case at < len(text) && text[at] == '<':
		return w.elements(s, text)
	case isFormText(text):
		return w.form(s, ".", text)
	}
	return w.text(s, text)
}

// elements walks the texts and attribute values of markup that is sent: SOAP,
// SAML, XML-RPC.
func (w *walker) elements(s *spot, text string) []edit {
	var edits []edit
	name := ""
	for at := 0; at < len(text); {
		if text[at] != '<' {
			to := at + strings.IndexByte(text[at:], '<')
			if to < at {
				to = len(text)
			}
			from, end := trimmed(text, at, to)
			edits = append(edits, shifted(w.through(entities{}, s.child("."+name, name), text[from:end]), from)...)
			at = to
			continue
		}
		to := at + strings.IndexByte(text[at:], '>')
		if to < at {
			break
		}
		name = tagName(text[at+1 : to])
		edits = append(edits, shifted(w.tag(s, text[at:to]), at)...)
		at = to + 1
	}
	return edits
}

func trimmed(text string, from, to int) (int, int) {
	part := text[from:to]
	from += len(part) - len(strings.TrimLeft(part, " \t\r\n"))
	return from, max(from, to-(len(part)-len(strings.TrimRight(part, " \t\r\n"))))
}

func tagName(tag string) string {
	end := strings.IndexAny(tag, " \t\r\n/")
	if end > 0 {
		tag = tag[:end]
	}
	if _, local, ok := strings.Cut(tag, ":"); ok {
		return local
	}
	return tag
}

// tag walks the attribute values of a start tag.
func (w *walker) tag(s *spot, tag string) []edit {
	var edits []edit
	for at := 0; ; {
		i := strings.IndexAny(tag[at:], `"'`)
		if i < 0 {
			return edits
		}
		from := at + i + 1
		n := strings.IndexByte(tag[from:], tag[from-1])
		if n < 0 {
			return edits
		}
		name := lastWord(tag[:from-1])
		edits = append(edits, shifted(w.through(entities{}, s.child("."+name, name), tag[from:from+n]), from)...)
		at = from + n + 1
	}
}

// multipart walks the fields of a form (RFC 7578); files are the client's own.
func (w *walker) multipart(s *spot, text string) []edit {
	boundary, _, ok := strings.Cut(text, "\n")
	boundary = strings.TrimRight(boundary, "\r")
	if !ok || !strings.HasPrefix(boundary, "--") || len(boundary) < 3 {
		return nil
	}
	var edits []edit
	at := 0
	for {
		at += len(boundary)
		n := strings.Index(text[at:], "\n"+boundary) + 1 // a delimiter begins a line (RFC 2046 section 5.1.1)
		if n == 0 {
			return edits
		}
		part := text[at : at+n]
		head, content, ok := strings.Cut(part, "\r\n\r\n")
		gap := 4
		if !ok {
			head, content, ok = strings.Cut(part, "\n\n")
			gap = 2
		}
		name := parameter(head, "name")
		if ok && name != "" && parameter(head, "filename") == "" {
			content = strings.TrimSuffix(strings.TrimSuffix(content, "\n"), "\r")
			edits = append(edits, shifted(w.text(s.child("."+name, name), content), at+len(head)+gap)...)
		}
		at += n
	}
}

// parameter finds name="value" in a header section.
func parameter(head, name string) string {
	for i := 0; ; {
		n := strings.Index(head[i:], name+`="`)
		if n < 0 {
			return ""
		}
		from := i + n + len(name) + 2
		if i+n > 0 && (head[i+n-1] == ' ' || head[i+n-1] == ';') {
			value, _, _ := strings.Cut(head[from:], `"`)
			return value
		}
		i = from
	}
}
