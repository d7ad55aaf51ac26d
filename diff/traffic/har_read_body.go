package traffic

import (
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// A harContent is a postData or a content while it is read: its members may
// come in any order.
type harContent struct {
	Body
	sizes    *Sizes
	encoding string
	sidecar  string
}

var contentFields = []harField[harContent]{
	{"size", func(r *harReader, c *harContent) { c.sizes.Content = r.integer() }},
	{"mimeType", func(r *harReader, c *harContent) { c.MediaType = r.text() }},
	{"text", func(r *harReader, c *harContent) { r.bodyText(c) }},
	{"encoding", func(r *harReader, c *harContent) { c.encoding = r.text() }},
	{"compression", func(r *harReader, c *harContent) { c.sizes.Compression = r.integer() }},
	{"_file", (*harReader).sidecar},
}

var postDataFields = []harField[harContent]{
	{"mimeType", func(r *harReader, c *harContent) { c.MediaType = r.text() }},
	{"params", func(r *harReader, c *harContent) { c.Params = readList(r, nil, paramFields, setParam) }},
	{"text", func(r *harReader, c *harContent) { r.bodyText(c) }},
	{"encoding", func(r *harReader, c *harContent) { c.encoding = r.text() }},
	{"_file", (*harReader).sidecar},
}

// sidecar notes the file that Playwright keeps a body in. The name stays
// among the unknown fields.
func (r *harReader) sidecar(c *harContent) {
	if r.kind() != '"' {
		r.keep()
		return
	}
	pointer := r.texts.of(r.path[r.from:])
	raw := r.value()
	r.keepAs(pointer, raw)
	if r.err == nil {
		c.sidecar = string(r.unquote(raw))
	}
}

// bodyText reads a text; a long one stays in the file.
func (r *harReader) bodyText(c *harContent) {
	switch r.kind() {
	case 'n':
		r.value()
		return
	case '{', '[':
		r.warnHere("is no string, read as the JSON that it is")
		c.setMemory(string(r.value()))
		return
	case '"':
	default:
		c.setMemory(r.text())
		return
	}
	v, err := r.dec.ReadValue()
	if err != nil {
		r.failAt(err)
		return
	}
	found, ok := r.cut.take(r.dec.InputOffset())
	if !ok {
		c.setMemory(r.texts.of(r.said(v)))
		return
	}
	if found.odd {
		r.warnHere(oddText)
	}
	c.present, c.file, c.at, c.n, c.sum = true, r.src.file, found.file, found.n, found.sum
	c.limit = r.limits.Body
}

func (c *harContent) setMemory(text string) { c.present, c.memory = true, text }

// content puts the body together that was read.
func (r *harReader) content() Body {
	c := &r.body
	if r.err != nil {
		return Body{}
	}
	if !c.present && c.sidecar != "" {
		r.attach(c)
	}
	switch encoding := strings.TrimSpace(c.encoding); {
	case encoding == "" || !c.present || c.raw:
	case strings.EqualFold(encoding, "base64") && c.takeBase64():
		return c.Body
	default:
		if strings.EqualFold(encoding, "base64") {
			r.warnHere("is marked base64 but is not; read as the text that it is")
		} else if !isCharset(encoding) {
			r.warnHere("has an unknown encoding; read as the text that it is")
		}
	}
	if c.encoding != "" {
		quoted, _ := jsontext.AppendQuote(nil, c.encoding)
		r.keepAs(r.texts.of(append(r.path[r.from:len(r.path):len(r.path)], "/encoding"...)), quoted)
	}
	return c.Body
}

// isCharset tells whether an encoding speaks of the characters only, which
// are Unicode by the time that they stand in JSON.
func isCharset(encoding string) bool {
	switch strings.ToLower(encoding) {
	case "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "text", "identity", "none", "plain":
		return true
	}
	return false
}

// takeBase64 reads the text as Base64, if it can be.
func (c *harContent) takeBase64() bool {
	if c.file == nil {
		content, err := decodeBase64([]byte(c.memory))
		if err != nil {
			return false
		}
		c.memory, c.base64 = string(content), true
		return true
	}
	c.base64 = isBase64(io.NewSectionReader(c.file, c.at+1, c.n-2), min(c.n, 32<<10))
	return c.base64
}

// isBase64 tells whether decodeBase64 can read the text of a JSON string,
// without holding more of it than portion bytes.
func isBase64(raw io.Reader, portion int64) bool {
	var s base64Scan
	buf := make([]byte, portion)
	for {
		n, err := raw.Read(buf)
		if !s.add(buf[:n]) || err != nil && err != io.EOF {
			return false
		}
		if err == io.EOF {
			return s.digits%4 != 1 && s.seen&(base64Standard|base64URL) != base64Standard|base64URL
		}
	}
}

type base64Scan struct {
	seen    uint8
	digits  int
	padded  bool
	escaped bool // the byte before was a backslash
}

// add tells whether the text can still be Base64.
func (s *base64Scan) add(b []byte) bool {
	var seen uint8
	for _, c := range b {
		seen |= base64Class[c]
	}
	s.seen |= seen
	if seen&base64Other == 0 && !s.padded && !s.escaped {
		s.digits += len(b)
		return true
	}
	for _, c := range b {
		digit := base64Class[c]&base64Other == 0
		switch {
		case s.escaped && c != '/':
			if c != 'n' && c != 'r' && c != 't' {
				return false // no encoder writes \u0041
			}
		case digit && s.padded:
			return false
		case digit:
			s.digits++
		case c == '=':
			s.padded = true
		case c != '\\' && c != ' ':
			return false
		}
		s.escaped = c == '\\' && !s.escaped
	}
	return true
}

const (
	base64Digit    = 1 << iota
	base64Standard // + and /, of RFC 4648 section 4 alone
	base64URL      // - and _, of section 5 alone
	base64Other
)

var base64Class = func() (class [256]uint8) {
	for c := range class {
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			class[c] = base64Digit
		case c == '+' || c == '/':
			class[c] = base64Standard
		case c == '-' || c == '_':
			class[c] = base64URL
		default:
			class[c] = base64Other
		}
	}
	return class
}()
