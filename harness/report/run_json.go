package report

import (
	_ "embed"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/harness/results"
)

// RunSchema is the JSON Schema of what [RunJSON] writes.
//
//go:embed run.schema.json
var RunSchema string

// RunJSON writes a report as JSON, version 1 of the contract in
// run.schema.json. Read back it is the same report: what a terminal would obey
// is escaped, not replaced.
func RunJSON(w io.Writer, r *results.Report) error { return writeEscaped(w, r) }

// PlanSchema is the JSON Schema of what [PlanJSON] writes.
//
//go:embed plan.schema.json
var PlanSchema string

// PlanJSON writes what would be sent as JSON, version 1 of the contract in
// plan.schema.json.
func PlanJSON(w io.Writer, p *results.Plan) error { return writeEscaped(w, p) }

func writeEscaped(w io.Writer, doc any) error {
	text, err := json.Marshal(doc, jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return err
	}
	_, err = w.Write(append(escapeJSON(text), '\n'))
	return err
}

// escapeJSON escapes what a terminal would obey or hide (RFC 8259 section 7
// lets any character be escaped). Outside of strings there is none of it.
func escapeJSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '\n' || r < utf8.RuneSelf && r != 0x7f || unicode.IsPrint(r):
			out = append(out, text[:size]...)
		case r < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		}
		text = text[size:]
	}
	return out
}
