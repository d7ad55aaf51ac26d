package correlate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonCoding is the inside of a JSON string (RFC 8259 section 7).
type jsonCoding struct {
	like string // more text of the same writer
}

func (jsonCoding) name() string { return "json" }

func (jsonCoding) decode(raw string) (string, []int) {
	first := strings.IndexByte(raw, '\\')
	if first < 0 {
		return raw, nil
	}
	o := begin(raw, first)
	for i := first; i < len(raw); {
		if raw[i] != '\\' || i+1 >= len(raw) {
			o.add(raw[i], i)
			i++
			continue
		}
		plain, n := unescapeJS(raw[i:])
		o.addString(plain, i)
		i += n
	}
	return o.done(len(raw))
}

// unescapeJS reads an escape sequence of JSON, or of a string in JavaScript.
func unescapeJS(s string) (plain string, n int) {
	switch c := s[1]; c {
	case 'n':
		return "\n", 2
	case 't':
		return "\t", 2
	case 'r':
		return "\r", 2
	case 'b':
		return "\b", 2
	case 'f':
		return "\f", 2
	case 'x':
		if r, ok := hexRune(s, 2, 2); ok {
			return string(r), 4
		}
	case 'u':
		r, ok := hexRune(s, 2, 4)
		if !ok {
			break
		}
		if utf16.IsSurrogate(r) && len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
			if low, ok := hexRune(s, 8, 4); ok {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					return string(both), 12
				}
			}
		}
		return string(r), 6
	}
	_, size := utf8.DecodeRuneInString(s[1:])
	return s[1 : 1+size], 1 + size
}

func hexRune(s string, at, digits int) (rune, bool) {
	if at+digits > len(s) {
		return 0, false
	}
	n, err := strconv.ParseUint(s[at:at+digits], 16, 32)
	return rune(n), err == nil
}

func (j jsonCoding) encode(plain, like string) string {
	const enough = 16 << 10
	sample := j.like[:min(len(j.like), enough)] + like
	slash := strings.Contains(sample, `\/`)
	ascii := strings.Contains(sample, `\u`) && isASCII(sample)
	markup := strings.Contains(sample, `\u0026`) || strings.Contains(sample, `\u003c`) || strings.Contains(sample, `\u003e`)
	var b strings.Builder
	for _, r := range plain {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '/' && slash:
			b.WriteString(`\/`)
		case r < ' ', markup && (r == '<' || r == '>' || r == '&'), ascii && r > 0x7e:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// json walks the scalars of a JSON text, as far as it is one: a recorder may
// have cut it.
func (w *walker) json(s *spot, text string) []edit {
	scan := jsonScan{walker: w, text: text}
	scan.space()
	scan.value(s, 0)
	return scan.edits
}

// maxJSONDepth bounds how deep a document may be nested; what is deeper is not
// looked at.
const maxJSONDepth = 200

type jsonScan struct {
	*walker
	text  string
	pos   int
	edits []edit
}

func (j *jsonScan) space() {
	for j.pos < len(j.text) && strings.IndexByte(" \t\r\n", j.text[j.pos]) >= 0 {
		j.pos++
	}
}

// value walks the value at pos and moves behind it.
func (j *jsonScan) value(s *spot, depth int) bool {
	if j.pos >= len(j.text) || depth > maxJSONDepth {
		return false
	}
	switch c := j.text[j.pos]; {
	case c == '{' || c == '[':
		return j.list(s, c, depth)
	case c == '"':
		from, to, ok := j.quoted()
		if ok {
			j.inside(s, from, to)
		}
		return ok
	}
	return j.scalar(s)
}

// list walks the members or elements of what opens at pos.
func (j *jsonScan) list(s *spot, opening byte, depth int) bool {
	closing := opening + 2 // of [ and of {
	kid := j.borrow()
	defer j.giveBack()
	j.pos++
	for i := 0; ; i++ {
		j.space()
		if j.pos < len(j.text) && j.text[j.pos] == closing {
			j.pos++
			return true
		}
		if opening == '[' {
			kid.belowList(s, i)
		} else if !j.member(s, kid) {
			return false
		}
		if !j.value(kid, depth+1) {
			return false
		}
		j.space()
		if j.pos >= len(j.text) {
			return false
		}
		if j.text[j.pos] == ',' {
			j.pos++
		} else if j.text[j.pos] != closing {
			return false
		}
	}
}

// member reads the name in front of a value, and makes kid its spot.
func (j *jsonScan) member(s, kid *spot) bool {
	if j.pos >= len(j.text) || j.text[j.pos] != '"' {
		return false
	}
	from, to, ok := j.quoted()
	if !ok {
		return false
	}
	name, _ := jsonCoding{}.decode(j.text[from:to])
	j.space()
	if j.pos >= len(j.text) || j.text[j.pos] != ':' {
		return false
	}
	j.pos++
	j.space()
	kid.below(s, "/", escapePointer(name), name)
	return true
}

// inside walks a string; those that can hold nothing are the most.
func (j *jsonScan) inside(s *spot, from, to int) {
	raw := j.text[from:to]
	if strings.IndexByte(raw, '\\') < 0 && !j.short && !mayLink(raw) {
		return
	}
	j.add(from, j.through(jsonCoding{j.text}, s, raw))
}

// escapePointer writes a name as a token of a JSON Pointer (RFC 6901 section 3).
func escapePointer(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// quoted moves behind the string at pos and returns where its inside is.
func (j *jsonScan) quoted() (from, to int, ok bool) {
	from = j.pos + 1
	for i := from; i < len(j.text); i++ {
		switch j.text[i] {
		case '\\':
			i++
		case '"':
			j.pos = i + 1
			return from, i, true
		}
	}
	return 0, 0, false
}

// scalar walks a number; true, false and null are no values to follow.
func (j *jsonScan) scalar(s *spot) bool {
	from := j.pos
	for j.pos < len(j.text) && (isAlnum(j.text[j.pos]) || strings.IndexByte("+-.", j.text[j.pos]) >= 0) {
		j.pos++
	}
	word := j.text[from:j.pos]
	if word != "" && isDigit(word[0]) {
		if by, ok := j.visit(s, word); ok {
			if by == word || isNumber(by) {
				j.add(from, whole(word, by))
			} else {
				j.add(from, []edit{{0, len(word), `"` + jsonCoding{j.text}.encode(by, "") + `"`}})
			}
		}
	}
	return word != ""
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil && strings.Trim(s, "0123456789+-.eE") == ""
}

func (j *jsonScan) add(from int, edits []edit) { j.edits = append(j.edits, shifted(edits, from)...) }
