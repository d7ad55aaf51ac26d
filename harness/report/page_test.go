package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestColumns(t *testing.T) {
	for _, tt := range []struct {
		text   string
		want   int
		reason string
	}{
		{"abc", 3, "Latin"}, {"Straße", 6, "more Latin"}, {"漢字", 4, "two each"}, {"ｆｕｌｌ", 8, "full width"}, {"한글", 4, "Hangul"},
		{"🙂", 2, "an emoji"}, {"e\u0301", 1, "an accent takes no room"}, {"→…‹›␊", 5, "what reports write"}, {"Ж", 1, "Cyrillic"}, {"", 0, "nothing"},
	} {
		if got := columns(tt.text); got != tt.want {
			t.Errorf("columns(%q) = %d, want %d: %s", tt.text, got, tt.want, tt.reason)
		}
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		text        string
		n           int
		end, middle string
		reason      string
	}{
		{"abcdefghij", 10, "abcdefghij", "abcdefghij", "it fits"},
		{"abcdefghij", 9, "abcdefgh…", "abcd…ghij", "one too many"},
		{"漢字漢字漢字", 9, "漢字漢字…", "漢字…漢字", "two columns each"},
		{"漢字漢字漢字", 8, "漢字漢…", "漢字…字", "half a character is none"},
		{"abcdefghij", 3, "ab…", "ab…", "too short for both ends"},
		{"abc", 0, "", "", "no room"}, {"abc", -4, "", "", "less than none"},
	} {
		if got := cut(tt.text, tt.n); got != tt.end {
			t.Errorf("cut(%q, %d) = %q, want %q: %s", tt.text, tt.n, got, tt.end, tt.reason)
		}
		if got := cutMiddle(tt.text, tt.n); got != tt.middle {
			t.Errorf("cutMiddle(%q, %d) = %q, want %q: %s", tt.text, tt.n, got, tt.middle, tt.reason)
		}
	}
}

func TestFold(t *testing.T) {
	for _, tt := range []struct {
		spans   []span
		n, hang int
		want    []string
		reason  string
	}{
		{[]span{plain("one two")}, 10, 0, []string{"one two"}, "it fits"},
		{[]span{plain("one two three")}, 8, 0, []string{"one two", "three"}, "at a space"},
		{[]span{plain("onetwothree")}, 8, 0, []string{"onetwoth", "ree"}, "no space"},
		{[]span{plain("a onetwothree")}, 8, 0, []string{"a onetwo", "three"}, "a space near the beginning wastes a line"},
		{[]span{plain("one two three four")}, 10, 2, []string{"one two", "  three", "  four"}, "indented below"},
		{[]span{{red, "one two"}, plain(" three")}, 8, 0, []string{"one two", "three"}, "between two colours"},
		{[]span{plain("漢字漢字")}, 5, 0, []string{"漢字", "漢字"}, "half a character does not fit"},
		{[]span{plain("one     ")}, 4, 0, []string{"one "}, "spaces at the end are no line"},
		{nil, 8, 0, []string{""}, "an empty line"},
	} {
		var got []string
		for _, line := range fold(tt.spans, tt.n, tt.hang) {
			var b strings.Builder
			for _, s := range line {
				b.WriteString(s.text)
			}
			got = append(got, b.String())
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.reason, d)
		}
	}
}
