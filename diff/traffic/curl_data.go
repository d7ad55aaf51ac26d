package traffic

import "strings"

// Choose notes which option makes the body; two that can't go together are a
// mistake, as they are for curl.
func (r *curlReader) choose(op *curlOperation, name string, at curlWord, form bool) {
	if op.sent.option != "" && op.sent.form != form {
		r.fail(at, "--%s and --%s can't both make the body; keep one of them", op.sent.option, name)
	}
	if op.sent.option == "" {
		op.sent = curlSource{option: name, form: form, unknown: !form}
	}
}

// ApplyData appends one piece of the body. Every piece but that of --json is
// set off by "&".
func (r *curlReader) applyData(op *curlOperation, name string, at curlWord, value string) {
	again := op.sent.option != "" && !op.sent.form
	r.choose(op, name, at, false)
	if name == "json" {
		op.json = true
	} else if again {
		op.data = append(op.data, '&')
	}
	piece, known := op.datum(name, value)
	op.data = append(op.data, piece...)
	if known || again {
		op.sent.unknown = false
	}
}

func (op *curlOperation) datum(name, value string) (piece string, known bool) {
	if name == "data-urlencode" {
		return op.urlencode(name, value)
	}
	file, isFile := strings.CutPrefix(value, "@")
	if !isFile || name == "data-raw" {
		return value, true
	}
	piece, known = op.read(name, file)
	if name == "data" || name == "data-ascii" {
		piece = withoutLineEnds.Replace(piece)
	}
	return piece, known
}

var withoutLineEnds = strings.NewReplacer("\r", "", "\n", "", "\x00", "")

// Urlencode is --data-urlencode: the content after the first "=" is encoded,
// or a file after the first "@" where there is no "=". The name is not.
func (op *curlOperation) urlencode(option, value string) (piece string, known bool) {
	separator := strings.IndexByte(value, '=')
	if separator < 0 {
		separator = strings.IndexByte(value, '@')
	}
	if separator < 0 {
		return queryEscape(value), true
	}
	name, content := value[:separator], value[separator+1:]
	known = true
	if value[separator] == '@' {
		content, known = op.read(option, content)
	}
	if name != "" {
		name += "="
	}
	return name + queryEscape(content), known
}

func (r *curlReader) applyQuery(op *curlOperation, value string) {
	piece, raw := strings.CutPrefix(value, "+")
	if !raw {
		piece, _ = op.urlencode("url-query", value)
	}
	op.query = append(op.query, piece)
}

// QueryEscape is curl's escaping: everything but the unreserved characters of
// RFC 3986 section 2.3, and "+" for a space.
func queryEscape(s string) string {
	return strings.ReplaceAll(pathEscape(s), "%20", "+")
}

func pathEscape(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; isUnreserved(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}
