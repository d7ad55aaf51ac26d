package report

import (
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// writeJSON writes a document of any size, with what a terminal or the log of a
// CI runner would obey escaped: read back it is the same.
func writeJSON(w io.Writer, doc any) error {
	inert := &jsonWriter{w: w}
	if err := json.MarshalWrite(inert, doc, jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true)); err != nil {
		return err
	}
	_, err := inert.Write([]byte("\n"))
	return err
}

// A jsonWriter writes JSON with escapes for what [traffic.Visible] makes visible
// elsewhere (RFC 8259 section 7 lets any character be escaped). Outside of
// strings there is none of it.
type jsonWriter struct {
	w     io.Writer
	held  []byte // the beginning of a character, whose end comes with the next piece
	last  rune
	sight traffic.Sight
	out   []byte
}

func (j *jsonWriter) Write(text []byte) (int, error) {
	rest := append(j.held, text...)
	j.out = j.out[:0]
	for utf8.FullRune(rest) {
		r, size := utf8.DecodeRune(rest)
		j.add(r, rest[:size])
		rest, j.last = rest[size:], r
	}
	j.held = append([]byte(nil), rest...)
	_, err := j.w.Write(j.out)
	return len(text), err
}

func (j *jsonWriter) add(r rune, spelled []byte) {
	seen := j.sight.Sees(r)
	switch {
	case r == '#' && j.last == '#': // "##vso[" is obeyed wherever it stands; "::error::" at the beginning of a line alone, where strings have a quote
		j.out = append(j.out, `\u0023`...)
	case r == '\n' || seen:
		j.out = append(j.out, spelled...)
	case r < 0x10000:
		j.out = fmt.Appendf(j.out, `\u%04x`, r)
	default:
		high, low := utf16.EncodeRune(r)
		j.out = fmt.Appendf(j.out, `\u%04x\u%04x`, high, low)
	}
}
