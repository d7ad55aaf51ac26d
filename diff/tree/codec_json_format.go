package tree

import "strings"

// The formats that serializers write. A format is its notation in a style:
// what stands behind a comma, behind a colon, the unit of indentation ("-":
// none, all on a line), and what follows the document.
type jsonFormat struct {
	comma, colon, indent, tail string
}

func (f jsonFormat) String() string {
	return f.comma + "|" + f.colon + "|" + f.indent + "|" + f.tail
}

func parseJSONFormat(style string) jsonFormat {
	part := strings.Split(style, "|")
	for len(part) < 4 {
		part = append(part, "")
	}
	return jsonFormat{part[0], part[1], part[2], part[3]}
}

// detectFormat returns the style that text is written in, and text without
// its formatting; where the formatting is none of a serializer's, verbatim
// and text as it stands.
func detectFormat(text string) (style, bare string) {
	body := strings.TrimRight(text, " \t\r\n")
	f := jsonFormat{indent: "-", tail: text[len(body):]}
	if !hasSpace(body) {
		return f.String(), body
	}
	if i := strings.IndexAny(body, "\n"); i >= 0 && i < 4 {
		rest := body[i+1:]
		f.indent = rest[:leadingSpace(rest)]
		f.colon = " "
	} else if strings.Contains(body, `": `) || strings.Contains(body, `, `) {
		// json.dumps of Python writes both, others one of them.
		for _, f.comma = range []string{" ", ""} {
			for _, f.colon = range []string{" ", ""} {
				if bare = compact(body); reformat(bare, f.String()) == text {
					return f.String(), bare
				}
			}
		}
		return verbatim, text
	}
	bare = compact(body)
	if reformat(bare, f.String()) == text {
		return f.String(), bare
	}
	return verbatim, text
}

// hasSpace tells whether there is white space outside of strings.
func hasSpace(text string) bool {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			i = endOfString(text, i)
		case isJSONSpace(c):
			return true
		default:
			i++
		}
	}
	return false
}

// compact removes the white space outside of strings.
func compact(text string) string {
	if !strings.ContainsAny(text, " \t\r\n") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			end := endOfString(text, i)
			b.WriteString(text[i:end])
			i = end
		case isJSONSpace(c):
			i++
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// reformat writes JSON in the style; white space that text has outside of
// strings is dropped.
func reformat(text, style string) string {
	f := parseJSONFormat(style)
	text = compact(text)
	if f.comma == "" && f.colon == "" && f.indent == "-" {
		return text + f.tail
	}
	w := jsonWriter{format: f}
	w.Grow(len(text) + len(text)/4)
	for i := 0; i < len(text); {
		i = w.token(text, i)
	}
	w.WriteString(f.tail)
	return w.String()
}

// A jsonWriter writes compact JSON in a format.
type jsonWriter struct {
	strings.Builder
	format jsonFormat
	depth  int
}

// token writes the token at i and returns the place behind it.
func (w *jsonWriter) token(text string, i int) int {
	switch c := text[i]; c {
	case '"':
		end := endOfString(text, i)
		w.WriteString(text[i:end])
		return end
	case '{', '[':
		w.WriteByte(c)
		if i+1 < len(text) && (text[i+1] == '}' || text[i+1] == ']') { // empty ones stay on their line
			w.WriteByte(text[i+1])
			return i + 2
		}
		w.depth++
		w.line()
	case '}', ']':
		w.depth = max(0, w.depth-1)
		w.line()
		w.WriteByte(c)
	case ',':
		w.WriteString("," + w.format.comma)
		w.line()
	case ':':
		w.WriteString(":" + w.format.colon)
	default:
		w.WriteByte(c)
	}
	return i + 1
}

func (w *jsonWriter) line() {
	if w.format.indent != "-" {
		w.WriteString("\n" + strings.Repeat(w.format.indent, w.depth))
	}
}
