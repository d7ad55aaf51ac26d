package browser

import (
	"slices"
	"testing"
)

// FuzzCookieHeader: what is read of a Cookie header is read again of what is
// written of it.
func FuzzCookieHeader(f *testing.F) {
	for _, s := range []string{"a=b; c=d", "a", "=b", `a="b"`, ";;", "a=b;a=c", "a=b=c", " a = b ", "a=\x00", "\xff=\xfe", "a=b,c=d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		pairs := ParseCookie(s)
		if again := ParseCookie(WriteCookie(pairs)); !slices.Equal(again, pairs) {
			t.Errorf("%q is read as %q, and that as %q", s, pairs, again)
		}
	})
}
