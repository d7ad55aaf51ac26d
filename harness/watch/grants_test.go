package watch

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestGrants(t *testing.T) {
	rows := []struct {
		reason, text string
		want         []string
	}{
		{"as the standard says it", `{"access_token":"aaaaaaaa","expires_in":3600}`, []string{"aaaaaaaa"}},
		{"of an access token and an id token the first", `{"id_token":"iiiiiiii","access_token":"aaaaaaaa"}`, []string{"aaaaaaaa"}},
		{"deeper", `{"data":{"session":{"token":"aaaaaaaa"}}}`, []string{"aaaaaaaa"}},
		{"too deep", `{"a":{"b":{"c":{"token":"aaaaaaaa"}}}}`, nil},
		{"a word", `{"token":"short"}`, nil},
		{"a sentence", `{"token":"this is no token"}`, nil},
		{"an object of that name, with one in it", `{"token":{"access":"aaaaaaaa"}}`, []string{"aaaaaaaa"}},
		{"a list", `[{"access_token":"aaaaaaaa"}]`, nil},
		{"cut off", `{"access_token":"aaaaaaaa"`, nil},
		{"a device code", `{"device_code":"aaaaaaaa","expires_in":600}`, nil},
	}
	for _, row := range rows {
		var got []string
		for _, g := range readGrants([]byte(row.text)) {
			got = append(got, g.access)
		}
		if d := cmp.Diff(row.want, got); d != "" {
			t.Errorf("%s: (-want +got):\n%s", row.reason, d)
		}
	}
}

// FuzzShorten: an answer that hands out tokens stays valid JSON, and a second
// time it says the same again; any other is left alone.
func FuzzShorten(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"aaaaaaaa","expires_in":3600,"expires_at":"2026-07-01T13:00:00Z"}`,
		`{"token":"eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjEsImV4cCI6OTk5OTk5OTk5OX0.c2ln","data":{"jwt":"aaaaaaaa","expiresIn":"60"}}`,
		`{"access_token":"aaaaaaaa","access_token":"aaaaaaaa"}`,
		`{"access":"\u0061aaaaaaa","expires_in":null}`,
		` {"a":{"b":{"token":"xxxxxxxx","expires_in":1e3}}}`,
	} {
		f.Add([]byte(seed))
	}
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text []byte) {
		w := &Watch{tokens: map[string]*token{}, options: Options{Lifetime: time.Minute, Now: func() time.Time { return at }}}
		grants := readGrants(text)
		again := w.shorten(text, grants)
		if len(grants) == 0 {
			if again != nil {
				t.Errorf("changed to %s", again)
			}
			return
		}
		if json.Valid(text) && !json.Valid(again) {
			t.Errorf("no JSON any more: %s", again)
		}
		if len(readGrants(again)) != len(grants) {
			t.Errorf("%d grants became %s", len(grants), again)
		}
		if twice := w.shorten(again, readGrants(again)); !bytes.Equal(twice, again) {
			t.Errorf("a second time it is\n%s\nafter\n%s", twice, again)
		}
	})
}
