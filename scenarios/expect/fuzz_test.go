package expect

import "testing"

// FuzzValue: a pattern that is accepted is matched, in time in proportion to
// the text; one that is not is met by nothing. FuzzSpan reads what it writes.
func FuzzValue(f *testing.F) {
	for _, s := range []string{"a", "(", "(a+)+$", "a{1000}", "(a{100}){100}", "[^\\x00-\\x{10FFFF}]", "\\pL", "(?i)k", "\xff"} {
		f.Add(s, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		v := Matches(pattern)
		if v.Check() != nil && v.Met([]string{text}) {
			t.Errorf("%q is met by %q", pattern, text)
		}
		_ = v.String()
	})
}

func FuzzSpan(f *testing.F) {
	for _, s := range []string{"1h", "1-2h", "90 %", "-1s", "", "9223372036854775807h", "1e400s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { _, _ = ParseSpan(s) })
}
