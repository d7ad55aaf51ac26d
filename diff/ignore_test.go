package diff

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestIgnoreMatch(t *testing.T) {
	for _, tt := range []struct {
		pattern, path string
		want          bool
		reason        string
	}{
		{"request.header.x-build", "request.header.x-build", true, "itself"},
		{"request.header.x-build", "request.header.x-build-id", false, "not a beginning"},
		{"request.header.x-build", "response.header.x-build", false, "another side"},
		{"REQUEST.Header.X-Build", "request.header.x-build", true, "case does not count"},
		{"request.header.x-*", "request.header.x-build", true, "any text"},
		{"request.header.x-*", "request.header.x-", true, "no text"},
		{"request.header.*", "request.header.authorization.scheme", false, "a star stops at a dot"},
		{"request.header.**", "request.header.authorization.scheme", true, "two stars don't"},
		{"response.body/*/id", "response.body/0/id", true, "one step of a pointer"},
		{"response.body/*/id", "response.body/0/a/id", false, "a star stops at a slash"},
		{"response.body/**/id", "response.body/0/a/id", true, "two stars don't"},
		{"response.body/meta/**", "response.body/meta", false, "what is below it"},
		{"*.cookie.theme", "request.cookie.theme", true, "any side"},
		{"**", "recorder.note.timings", true, "everything"},
		{"request.path[0]", "request.path[0]", true, "brackets stand for themselves"},
		{"request.path[01]", "request.path[0]", false, "they are no class of characters"},
		{"request.query.a?", "request.query.ab", false, "neither is a question mark a wildcard"},
		{"request.query.a+b", "request.query.a+b", true, "nor is a plus"},
		{"request.header.x-*-id", "request.header.x-a-b-id", true, "the star takes what it has to"},
		{"response.body/**é", "response.body/caf\u00c9", true, "case of all letters"},
		{"response.body/**", "response.body/a\nb", true, "names can hold line breaks"},
	} {
		pattern, got := Ignore{"request.method", tt.pattern}.Match(tt.path)
		if got != tt.want || got && pattern != tt.pattern {
			t.Errorf("%s against %s: %v by %q, want %v: %s", tt.pattern, tt.path, got, pattern, tt.want, tt.reason)
		}
	}
	if _, ok := (Ignore)(nil).Match("request.method"); ok {
		t.Error("no pattern matched")
	}
}

func TestIgnoreCheck(t *testing.T) {
	for _, tt := range []struct{ pattern, want, reason string }{
		{"request.header.x-build", "", "a place"},
		{"request.body/meta/**", "", "a pointer behind the part"},
		{"request.path[2]", "", "a segment"},
		{"*.header.date", "", "any side"},
		{"request.*", "", "any part"},
		{"request.head*", "", "a part by its beginning"},
		{"**", "", "everything"},
		{"recorder.note.timings", "", "what the recorder noted"},
		{"request.body/a[b", "", "brackets are ordinary in names"},
		{"", "names no place", "nothing"},
		{"  ", "names no place", "blanks"},
		{"header.date", "begins with request., response. or recorder.", "no side"},
		{"request", "begins with request., response. or recorder.", "a side alone"},
		{"requests.header.date", "begins with request., response. or recorder.", "a side misspelt"},
		{"response.heder.date", "behind response. comes one of", "a part misspelt"},
		{"response.cookie.sid", "set-cookie", "a cookie that is set is a set-cookie"},
		{"/meta/id", "begins with request., response. or recorder.", "a pointer alone"},
	} {
		err := Ignore{tt.pattern}.Check()
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%q: %v: %s", tt.pattern, err, tt.reason)
		case tt.want != "" && (!errors.Is(err, ErrPattern) || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%q: %v, want %q: %s", tt.pattern, err, tt.want, tt.reason)
		}
	}
	err := Ignore{"one", "request.method", "two"}.Check()
	if err == nil || !strings.Contains(err.Error(), `"one"`) || !strings.Contains(err.Error(), `"two"`) {
		t.Errorf("of two mistakes, not both are named: %v", err)
	}
}

// TestIgnoreIsLinear would take longer than the universe has if patterns
// were tried star by star.
func TestIgnoreIsLinear(t *testing.T) {
	start := time.Now()
	pattern := "request.body/" + strings.Repeat("**a", 40) + "**b"
	if _, ok := (Ignore{pattern}).Match("request.body/" + strings.Repeat("a", 20_000)); ok {
		t.Error("there is no b")
	}
	if d := time.Since(start); d > time.Minute { // a cost that explodes, not a slow machine
		t.Errorf("a pattern with many stars took %v", d)
	}
}

func FuzzIgnore(f *testing.F) {
	for _, seed := range [][2]string{
		{"request.header.x-*", "request.header.x-build"}, {"response.body/**/id", "response.body/0/a/id"},
		{"**", ""}, {"request.path[0]", "request.path[0]"}, {"request.body/\xff", "request.body/\xff"}, {"***a****b", "ab"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		if len(pattern)+len(path) > 1<<12 {
			t.Skip()
		}
		ignore := Ignore{pattern}
		if err := ignore.Check(); err != nil && !errors.Is(err, ErrPattern) {
			t.Errorf("%q: %v", pattern, err)
		}
		_, narrow := ignore.Match(path)
		_, wide := Ignore{strings.ReplaceAll(pattern, "*", "**")}.Match(path)
		if narrow && !wide {
			t.Errorf("%q fits %q, but not with every star doubled", pattern, path)
		}
		if plain := !strings.Contains(pattern, "*"); plain && narrow && !strings.EqualFold(strings.ToValidUTF8(pattern, "\uFFFD"), strings.ToValidUTF8(path, "\uFFFD")) {
			t.Errorf("%q fits %q", pattern, path)
		}
	})
}
