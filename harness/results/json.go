package results

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// maxReport is the length in bytes of a report that is read.
const maxReport = 256 << 20

// Write writes a report in its JSON form.
func Write(w io.Writer, r *Report) error {
	if err := json.MarshalWrite(w, r, jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true)); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// Read reads a report in its JSON form; file names it in messages. It is
// strict: what a report of this version can't hold is an error, for a merged
// report must not lose anything. Control characters are made visible.
func Read(r io.Reader, file string) (*Report, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxReport+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, err)
	case len(content) > maxReport:
		return nil, fmt.Errorf("%s: longer than %d MiB, no report is", file, maxReport>>20)
	}
	var head struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return nil, fmt.Errorf("%s: %s; a report is what replay run --format json writes", file, place(err))
	}
	switch {
	case head.Version == nil:
		return nil, fmt.Errorf("%s: no report: it has no \"version\"; one is written by replay run --format json", file)
	case *head.Version != Version:
		return nil, fmt.Errorf("%s: version %d of a report, and this program reads %d; read it with the release of replay that wrote it", file, *head.Version, Version)
	}
	report := &Report{}
	if err := json.Unmarshal(content, report, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%s: %s", file, place(err))
	}
	if err := report.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	clean(reflect.ValueOf(report))
	return report, nil
}

// place says where JSON is broken, without repeating values.
func place(err error) string {
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "cut off"
	case errors.Is(err, json.ErrUnknownName) && errors.As(err, &semantic):
		return fmt.Sprintf("%s: unknown field; it was written by another release of replay, or changed since", named(semantic.JSONPointer))
	case errors.As(err, &semantic):
		return fmt.Sprintf("%s: a JSON %s can't stand here", named(semantic.JSONPointer), semantic.JSONKind)
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntactic):
		return fmt.Sprintf("no JSON: byte %d: a name that stands there twice", syntactic.ByteOffset)
	case errors.As(err, &syntactic):
		return fmt.Sprintf("no JSON: byte %d: %s", syntactic.ByteOffset, mask.Visible(syntactic.Err.Error()))
	}
	return mask.Visible(err.Error())
}

// named is a place whose names may be shown; a deep one is shown by its beginning.
func named(p jsontext.Pointer) string {
	const most = 10
	var b strings.Builder
	n := 0
	for token := range p.Tokens() {
		if n++; n > most {
			b.WriteString("/…")
			break
		}
		b.WriteString("/" + mask.Name(token))
	}
	return b.String()
}

// check tells values that no report holds.
func (r *Report) check() error {
	switch r.Kind {
	case Run, Pair, Compare, Test:
	default:
		return errors.New("/kind: none of run, pair, compare, test")
	}
	for i := range r.Cases {
		if !slices.Contains(CaseVerdicts(), r.Cases[i].Verdict) {
			return fmt.Errorf("/cases/%d/verdict: none of accepted, broken, not testable, not reproduced, holds", i)
		}
	}
	for i := range r.Groups {
		if !r.Groups[i].Kind.known() {
			return fmt.Errorf("/groups/%d/kind: none of lost, gained, changed, moved", i)
		}
	}
	for i := range r.Exchanges {
		switch r.Exchanges[i].Verdict {
		case Same, Different, Unanswered:
		default:
			return fmt.Errorf("/exchanges/%d/verdict: none of same, different, unanswered", i)
		}
	}
	return nil
}

func (c Change) known() bool { return c == Lost || c == Gained || c == Changed || c == Moved }

// clean makes control characters visible in all texts below v, but for line
// breaks and tabs, and empty lists of missing ones.
func clean(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			clean(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				clean(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			clean(v.Index(i))
		}
	case reflect.String:
		v.SetString(visibleLines(v.String()))
	}
}

func visibleLines(s string) string {
	if mask.Visible(s) == s {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		for k, cell := range cells {
			cells[k] = mask.Visible(cell)
		}
		lines[i] = strings.Join(cells, "\t")
	}
	return strings.Join(lines, "\n")
}
