package answers

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/replaydiff/replay/diff"
)

// Lengths in bytes of what is kept and shown of values.
const (
	maxField    = 64 << 10 // of a field of a header
	maxSubtree  = 4 << 10  // of a JSON value with members
	rawMargin   = 2 << 10  // around the first difference of two lines, before they are masked
	shownMargin = 120      // before the first difference of two values
	maxValue    = 1 << 10  // of a shown value
)

// bounded is an edit whose values are no longer than what can be shown of them.
// Only lines are cut: other values are masked by their structure, which a cut
// would break.
func bounded(e diff.Edit) diff.Edit {
	e.At, e.Keys, e.Order = nil, nil, nil
	switch {
	case e.WholeBody():
	case e.Part != diff.Body: // a field of a megabyte is no evidence worth its memory
		e.Old, e.New = boundedTo(e.Old, maxField), boundedTo(e.New, maxField)
	case allDigits(e.Name):
		from := max(0, firstDifference(e.Old, e.New)-rawMargin)
		e.Old, e.New = window(e.Old, from), window(e.New, from)
	default:
		e.Old, e.New = boundedValue(e.Old), boundedValue(e.New)
	}
	return e
}

func boundedValue(raw string) string { return boundedTo(raw, maxSubtree) }

func boundedTo(raw string, most int) string {
	if len(raw) > most {
		return "(" + strconv.Itoa(len(raw)) + " bytes)"
	}
	return raw
}

func window(line string, from int) string {
	line = line[min(from, len(line)):]
	return strings.Clone(strings.ToValidUTF8(line[:min(len(line), 2*rawMargin)], ""))
}

func firstDifference(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// shownPair shortens two masked values to where they differ.
func shownPair(old, new string) (string, string) {
	if len(old) <= maxValue && len(new) <= maxValue {
		return old, new
	}
	from := 0
	if old != "" && new != "" {
		from = max(0, firstDifference(old, new)-shownMargin)
	}
	return shortened(old, from), shortened(new, from)
}

// shortened cuts a masked value outside of placeholders and characters.
func shortened(s string, from int) string {
	from = min(from, len(s))
	if open := strings.LastIndex(s[:from], "‹"); open > strings.LastIndex(s[:from], "›") {
		from = open
	}
	for from > 0 && from < len(s) && !utf8.RuneStart(s[from]) {
		from--
	}
	head, tail := "", ""
	if from > 0 {
		head = "…"
	}
	s = s[from:]
	if len(s) > maxValue {
		end := maxValue
		if open := strings.LastIndex(s[:end], "‹"); open > strings.LastIndex(s[:end], "›") {
			end = open
		}
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		s, tail = s[:end], "…"
	}
	return head + s + tail
}
