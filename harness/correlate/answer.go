package correlate

import (
	"bytes"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// response walks all that an answer hands out.
func (w *walker) response(r *traffic.Response, maxBody int64) {
	w.answer = true
	w.ordinal = nil
	for _, f := range r.Header {
		w.field(f)
	}
	if !r.Header.Has("Set-Cookie") {
		for _, c := range r.Cookies {
			w.setCookie(c.Name, c.Value)
		}
	}
	if r.Location != "" && !r.Header.Has("Location") {
		w.url(root("response.location"), r.Location)
	}
	if text, ok := bodyText(r.Body, maxBody); ok {
		w.content(first(r.Body.MediaType, r.Header.Get("Content-Type")), text)
	}
}

// bodyText reads a body that is worth looking at; others are media.
func bodyText(b traffic.Body, most int64) (string, bool) {
	if !b.Present() || b.MaxLen() == 0 || isMedia(b.MediaType) {
		return "", false
	}
	content, err := b.Bytes(most)
	if err != nil || bytes.IndexByte(content[:min(len(content), 512)], 0) >= 0 {
		return "", false
	}
	return string(content), true
}

func isMedia(mediaType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(mediaType)), "/")
	switch kind {
	case "image", "audio", "video", "font":
		return true
	}
	return strings.HasPrefix(strings.ToLower(mediaType), "text/css")
}

// field walks a header field of an answer.
func (w *walker) field(f traffic.HeaderField) {
	name := strings.ToLower(f.Name)
	switch name {
	case "date", "server", "content-type", "content-length", "content-encoding", "cache-control", "vary", "expires", "age", "connection", "keep-alive",
		"transfer-encoding", "strict-transport-security", "content-security-policy", "content-security-policy-report-only", "permissions-policy",
		"alt-svc", "report-to", "reporting-endpoints", "nel", "accept-ranges", "via", "pragma", "p3p", "server-timing", "referrer-policy",
		"content-language", "x-powered-by", "x-frame-options", "x-content-type-options", "x-xss-protection", "timing-allow-origin", "trailer", "allow":
		return
	case "set-cookie":
		pair, _, _ := strings.Cut(f.Value, ";")
		cookie, value, ok := strings.Cut(pair, "=")
		if ok {
			w.setCookie(strings.TrimSpace(cookie), strings.TrimSpace(value))
		}
		return
	case "link":
		w.links(root("response.header.link"), f.Value)
		return
	}
	if strings.HasPrefix(name, "access-control-") {
		return
	}
	s := w.placed(root("response.header."), name, name)
	switch name {
	case "location", "content-location":
		w.url(s, f.Value)
	case "refresh":
		if i := strings.IndexByte(f.Value, '='); i >= 0 {
			w.url(s, strings.Trim(f.Value[i+1:], ` "'`))
		}
	default:
		w.text(s, f.Value)
	}
}

const setCookiePart = "response.set-cookie."

func (w *walker) setCookie(name, value string) {
	s := w.placed(root(setCookiePart), name+".value", name)
	w.text(s, strings.Trim(value, `"`))
}

// links walks the targets of a Link field, each named by its relation (RFC
// 8288 section 3).
func (w *walker) links(s *spot, value string) {
	for {
		from := strings.IndexByte(value, '<')
		to := strings.IndexByte(value, '>')
		if from < 0 || to < from {
			return
		}
		target := value[from+1 : to]
		params := value[to+1:]
		if next := strings.IndexByte(params, '<'); next >= 0 {
			params = params[:next]
		}
		rel := "link"
		if i := strings.Index(strings.ToLower(params), "rel="); i >= 0 {
			rel, _, _ = strings.Cut(params[i+len("rel="):], ";")
			rel = strings.Trim(rel, "\"', ")
		}
		w.url(w.placed(s, "."+rel, ""), target)
		value = value[to+1:]
	}
}

// content walks a body by its looks: media types are often wrong.
func (w *walker) content(mediaType, text string) {
	s := root("response.body")
	text = strings.TrimPrefix(text, "\ufeff")
	trimmed := strings.TrimLeft(text, " \t\r\n")
	for _, guard := range []string{")]}',", ")]}'", "for(;;);", "while(1);"} {
		trimmed = strings.TrimLeft(strings.TrimPrefix(trimmed, guard), " \t\r\n") // against script inclusion
	}
	kind := strings.ToLower(mediaType)
	switch {
	case trimmed == "":
	case trimmed[0] == '{' || trimmed[0] == '[' || trimmed[0] == '"':
		w.document(s, trimmed)
	case trimmed[0] == '<':
		w.markup(s, trimmed)
		w.surrounded(s, trimmed)
	case strings.Contains(kind, "x-www-form-urlencoded") || isFormText(trimmed):
		w.form(s, ".", trimmed)
	case strings.Contains(kind, "event-stream"):
		w.events(s, trimmed)
	case strings.Contains(kind, "javascript"):
		w.script(s, trimmed)
		w.surrounded(s, trimmed)
	default:
		w.plain(s, strings.TrimRight(trimmed, " \t\r\n"))
	}
}

// document walks JSON: one value, or a line of text for each (NDJSON).
func (w *walker) document(s *spot, text string) {
	scan := jsonScan{walker: w, text: text}
	if !scan.value(s, 0) {
		return
	}
	const most = 1 << 16
	for i := 1; i < most; i++ {
		scan.space()
		if scan.pos >= len(text) || !scan.value(s.element(i), 0) {
			return
		}
	}
}

// isFormText knows what some token endpoints answer instead of JSON.
func isFormText(s string) bool {
	const longest = 16 << 10
	return len(s) < longest && strings.IndexByte(s, '=') > 0 && strings.IndexByte(s, '&') > 0 && !strings.ContainsAny(s, " \r\n<{")
}

// events walks the data lines of an event stream (HTML, section 9.2).
func (w *walker) events(s *spot, text string) {
	n := 0
	for line := range strings.Lines(text) {
		if data, ok := strings.CutPrefix(strings.TrimSpace(line), "data:"); ok {
			w.text(s.element(n), strings.TrimSpace(data))
			n++
		}
	}
}

// plain walks a text that is one word, such as a token, and what stands in a
// longer one.
func (w *walker) plain(s *spot, text string) {
	if !strings.ContainsAny(text, " \t\r\n") {
		w.text(s, text)
		return
	}
	w.surrounded(s, text)
}
