package expect

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMet(t *testing.T) {
	for _, row := range []struct {
		reason string
		want   Value
		there  []string
		met    bool
	}{
		{"the same text", Is("a"), []string{"a"}, true},
		{"another case", Is("a"), []string{"A"}, false},
		{"one of several", Is("b"), []string{"a", "b"}, true},
		{"nothing is not the empty text", Is(""), nil, false},
		{"a part", Contains("xp"), []string{"expired"}, true},
		{"a pattern anywhere", Matches("^e.*d$"), []string{"expired"}, true},
		{"a pattern that is none is met by nothing", Matches("("), []string{"("}, false},
		{"an empty value is there", Present(), []string{""}, true},
		{"none is there", Present(), nil, false},
		{"none", Absent(), nil, true},
		{"one too many", Absent(), []string{""}, false},
		{"the zero value", Value{}, []string{""}, false},
	} {
		if row.want.Met(row.there) != row.met {
			t.Errorf("%s: met is %v, want %v", row.reason, !row.met, row.met)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, row := range []struct {
		reason string
		value  Value
		good   bool
	}{
		{"a pattern", Matches("a|b"), true},
		{"a pattern that is none", Matches("("), false},
		{"present takes no text", Value{OpPresent, "x"}, false},
		{"no comparison", Value{}, false},
		{"an empty text", Is(""), true},
	} {
		if (row.value.Check() == nil) != row.good {
			t.Errorf("%s: %v", row.reason, row.value.Check())
		}
	}
}

func TestParseSpan(t *testing.T) {
	for _, row := range []struct {
		text string
		want Span
	}{
		{"401", Span{401, 401}}, {"4xx", Span{400, 499}}, {"5XX", Span{500, 599}}, {"400-404", Span{400, 404}}, {"440", Span{440, 440}},
	} {
		if got, err := ParseSpan(row.text); err != nil || got != row.want {
			t.Errorf("%s: %v, %v; want %v", row.text, got, err, row.want)
		}
	}
	for _, text := range []string{"", "0", "99", "1000", "6xx", "xx", "44xx", "404-400", "4", "-1", "401-", "a"} {
		if got, err := ParseSpan(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// TestSpanReads: what is written is read back the same.
func TestSpanReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(100, 999).Draw(t, "from")
		want := Span{from, rapid.IntRange(from, 999).Draw(t, "to")}
		if got, err := ParseSpan(want.String()); err != nil || got != want {
			t.Fatalf("%s: %v, %v", want, got, err)
		}
	})
}

// TestThat: each condition sets its part, and none takes another away.
func TestThat(t *testing.T) {
	got := That(Status(401, 403), StatusBetween(500, 599), Challenge("Bearer", Param("error", Present())), Header("a", Is("b")), Cookie("sid", Deleted),
		JSON("/a", Absent()), Body(Contains("x")), Login(AnyLogin), Disguised(), Speaks(Missing), Browser(CORSBlocked), Unanswered(), SameAsRecorded(), Within(1))
	want := Answer{
		Status: []Span{{401, 401}, {403, 403}, {500, 599}}, Challenges: []Auth{{"Bearer", []Field{{"error", Present()}}}}, Headers: []Field{{"a", Is("b")}},
		Cookies: []SetCookie{{Name: "sid", State: Deleted}}, JSON: []Member{{"/a", Absent()}}, Body: []Value{Contains("x")},
		Login: AnyLogin, Disguised: true, Voice: Missing, CORS: CORSBlocked, Unanswered: true, Recorded: true, Within: 1,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
