package traffic

import (
	"path"
	"strings"
)

// A curlPart is one field of a multipart form (-F).
type curlPart struct {
	name, content string
	mediaType     string
	fileName      string
	isFile        bool // attached: has a file name, be it empty
	encoder       string
	headers       []string
}

// ApplyForm reads -F name=content, with the parameters ;type=, ;filename=,
// ;headers= and ;encoder= behind the content. After --form-string the content
// is taken as it stands.
func (r *curlReader) applyForm(op *curlOperation, option string, at curlWord, value string) {
	r.choose(op, option, at, true)
	name, rest, ok := strings.Cut(value, "=")
	if !ok {
		r.fail(at, "--%s needs the form name=content", option)
		return
	}
	if option == "form-string" {
		op.form = append(op.form, curlPart{name: name, content: rest})
		return
	}
	if strings.HasPrefix(rest, "(") || name == "" && rest == ")" {
		r.fail(at, "--form with parts inside a part (\"=(\") can't be expressed in a capture")
		return
	}
	part := curlPart{name: name}
	scan := formScanner{text: rest}
	switch {
	case strings.HasPrefix(rest, "@"):
		scan.text, scan.end = rest[1:], ','
		file := scan.part(op, &part)
		if scan.more() {
			r.fail(at, "--form with several files in one field can't be expressed in a capture; give each its own --form")
			return
		}
		part.attach(file)
		part.content, _ = op.read(option, file)
	case strings.HasPrefix(rest, "<"):
		scan.text = rest[1:]
		part.content, _ = op.read(option, scan.part(op, &part))
		part.isFile, part.fileName = false, ""
	default:
		part.content = scan.part(op, &part)
		part.isFile = part.isFile || part.fileName != ""
	}
	if part.encoder != "" && !strings.Contains(" 7bit 8bit binary ", " "+part.encoder+" ") {
		r.fail(at, "--form with ;encoder=base64 or quoted-printable can't be expressed in a capture")
		return
	}
	op.form = append(op.form, part)
}

// Attach makes the part a file. The directories before its name are not sent,
// be they of Windows or not.
func (p *curlPart) attach(file string) {
	if !p.isFile {
		p.fileName = path.Base(file)
		if file == "" || strings.HasSuffix(file, "/") {
			p.fileName = ""
		}
	}
	p.isFile = true
	if p.mediaType == "" {
		p.mediaType = guessType(p.fileName)
	}
	if p.mediaType == "" {
		p.mediaType = guessType(file)
	}
	if p.mediaType == "" {
		p.mediaType = "application/octet-stream"
	}
}

// FormTypes is what curl itself knows of file names.
var formTypes = map[string]string{
	".gif": "image/gif", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
	".svg": "image/svg+xml", ".txt": "text/plain", ".htm": "text/html", ".html": "text/html",
	".pdf": "application/pdf", ".xml": "application/xml",
}

func guessType(file string) string { return formTypes[strings.ToLower(path.Ext(file))] }

// A formScanner walks the content of -F and the parameters behind it.
type formScanner struct {
	text string
	end  byte // what ends the part, beside the end of the text; 0: nothing
}

func (s *formScanner) more() bool { return s.text != "" }

// Part reads the content up to ";" and its parameters into p.
func (s *formScanner) part(op *curlOperation, p *curlPart) (content string) {
	content = s.word()
	typed := false
	for strings.HasPrefix(s.text, ";") {
		before := s.text
		s.text = strings.TrimLeft(s.text[1:], formSpace)
		space := before[:len(before)-len(s.text)]
		key, _, known := strings.Cut(s.text, "=")
		if !known {
			key = "" // curl looks for "type=", not for "type"
		}
		switch {
		case key == "type":
			p.mediaType, typed = s.mediaType(), true
		case key == "filename":
			p.fileName, p.isFile, typed = s.value(key), true, false
		case key == "encoder":
			p.encoder, typed = s.value(key), false
		case key == "headers":
			s.headers(op, p)
			typed = false
		case typed: // a parameter of the type: ;type=text/plain;charset=utf-8
			p.mediaType += space + s.plain()
		default:
			s.word()
			op.command.warn("--form has a parameter that curl does not know and leaves out")
		}
	}
	return content
}

const formSpace = " \t\n\r\v\f"

// Value reads key=word.
func (s *formScanner) value(key string) string {
	s.text = s.text[len(key)+1:]
	return s.word()
}

// MediaType reads type=…, which is never quoted.
func (s *formScanner) mediaType() string {
	s.text = strings.TrimLeft(s.text[len("type="):], formSpace)
	return s.plain()
}

func (s *formScanner) headers(op *curlOperation, p *curlPart) {
	s.text = s.text[len("headers="):]
	if strings.HasPrefix(s.text, "@") || strings.HasPrefix(s.text, "<") {
		s.text = s.text[1:]
		s.word()
		op.command.warn("--form takes headers from a file that a capture can't hold: they are not shown")
		return
	}
	if line := s.word(); line != "" {
		p.headers = append(p.headers, line)
	}
}

// Plain reads up to the next ";" or the end of the part.
func (s *formScanner) plain() string {
	n := s.stop(s.text)
	text := s.text[:n]
	s.text = s.text[n:]
	return strings.TrimRight(text, formSpace)
}

func (s *formScanner) stop(text string) int {
	for i := range len(text) {
		if text[i] == ';' || s.end != 0 && text[i] == s.end {
			return i
		}
	}
	return len(text)
}

// Word reads a value: in double quotes, where \ escapes, or up to the next ";".
func (s *formScanner) word() string {
	s.text = strings.TrimLeft(s.text, formSpace)
	if strings.HasPrefix(s.text, `"`) {
		if text, n := unquoteForm(s.text); n > 0 {
			s.text = s.text[n:]
			s.plain() // curl warns of what stands behind the quote, and drops it
			return text
		}
	}
	return s.plain()
}

// UnquoteForm reads a quoted string and tells its length; 0 where the quote
// does not end.
func unquoteForm(text string) (string, int) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && (text[i+1] == '\\' || text[i+1] == '"'):
			i++
			b.WriteByte(text[i])
		case c == '"':
			return b.String(), i + 1
		default:
			b.WriteByte(c)
		}
	}
	return "", 0
}

// FormBoundary is fixed, where curl's is random: two captures of the same
// form are then equal.
const formBoundary = "------------------------curlform"

// Multipart renders the form as RFC 7578 has it. The disposition of parts is
// form-data in a form only; curl calls it an attachment in other multiparts.
func (op *curlOperation) multipart(mediaType string) (contentType string, body []byte) {
	disposition := "attachment"
	if strings.HasPrefix(strings.ToLower(mediaType), "multipart/form-data") {
		disposition = "form-data"
	}
	boundary := op.boundary()
	var b strings.Builder
	for _, part := range op.form {
		b.WriteString("--" + boundary + "\r\nContent-Disposition: " + disposition)
		if part.name != "" {
			b.WriteString(`; name="` + op.formEscape(part.name) + `"`)
		}
		if part.isFile {
			b.WriteString(`; filename="` + op.formEscape(part.fileName) + `"`)
		}
		b.WriteString("\r\n")
		part.writeHeaders(&b)
		b.WriteString("\r\n" + part.content + "\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return mediaType + "; boundary=" + boundary, []byte(b.String())
}

func (p *curlPart) writeHeaders(b *strings.Builder) {
	mediaType := p.mediaType
	if mediaType == "" && p.isFile {
		mediaType = guessType(p.fileName)
	}
	if mediaType != "" {
		b.WriteString("Content-Type: " + mediaType + "\r\n")
	}
	if p.encoder != "" {
		b.WriteString("Content-Transfer-Encoding: " + p.encoder + "\r\n")
	}
	for _, line := range p.headers {
		b.WriteString(line + "\r\n")
	}
}

// boundary is one that stands in no part: the usual one, with one "0" more
// behind it than it has anywhere.
func (op *curlOperation) boundary() string {
	zeros := -1
	for _, part := range op.form {
		for rest, found := part.content, true; found; {
			if _, rest, found = strings.Cut(rest, formBoundary); found {
				zeros = max(zeros, len(rest)-len(strings.TrimLeft(rest, "0")))
			}
		}
	}
	return formBoundary + strings.Repeat("0", zeros+1)
}

// FormEscape is the escaping of names that HTML prescribes for forms; with
// --form-escape it is the backslash of curl before 7.81.
func (op *curlOperation) formEscape(name string) string {
	if op.escape {
		return backslashes.Replace(name)
	}
	return percents.Replace(name)
}

var (
	backslashes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	percents    = strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A")
)
