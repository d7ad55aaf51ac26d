package diff

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestApplyRefusesEditsOfAnotherExchange(t *testing.T) {
	long := request("GET https://a.test/a/b/c?x=1&y=2", "Cookie: a=1; b=2; c=3")
	for _, tt := range []struct {
		reason  string
		edits   []Edit
		another string
	}{
		{"a parameter that is not there", Between(long, request("GET https://a.test/a/b/c?x=1&y=3", "Cookie: a=1; b=2; c=3")), "GET https://a.test/a/b/c?x=1"},
		{"a cookie that is not there", Between(long, request("GET https://a.test/a/b/c?x=1&y=2", "Cookie: a=1; b=2; c=4")), "GET https://a.test/"},
		{"an answer that is not there", Between(answered(long, 200), answered(request("GET https://a.test/a/b/c?x=1&y=2", "Cookie: a=1; b=2; c=3"), 401)), "GET https://a.test/"},
	} {
		other := request(tt.another)
		if _, err := Apply(other, tt.edits); !errors.Is(err, ErrEdit) {
			t.Errorf("%s: %v", tt.reason, err)
		}
	}
}

// FuzzApply takes two exchanges from text, a line each for the request line,
// fields and body, and checks the law.
func FuzzApply(f *testing.F) {
	for _, seed := range [][2]string{
		{"GET https://a.test/v1?x=1\nCookie: a=1; sid=2\nAuthorization: Bearer " + oldToken, "GET https://b.test/v2?x=2\nCookie: sid=3\nAuthorization: " + newToken},
		{"POST https://a.test/\nContent-Type: application/json\n\n{\"a\":[1,2]}", "POST https://a.test/\nContent-Type: application/json\n\n{\n \"a\": [2]\n}"},
		{"POST https://a.test/\nContent-Type: application/x-www-form-urlencoded\n\na=1&b=2", "POST /\nContent-Type: text/plain\n\na=1\nb=2"},
		{"GET /\nSet-Cookie: a=1; Path=/\nVia: 1.1 a, 1.1 b\nVary: A, B", "GET /\nset-cookie: a; Path=/\nVia: 1.1 b\nVary: B"},
		{"", "\n\n\n"},
	} {
		f.Add(seed[0], seed[1], uint64(1), true)
	}
	f.Fuzz(func(t *testing.T, ok, bad string, seed uint64, response bool) {
		if len(ok)+len(bad) > 1<<12 {
			t.Skip()
		}
		x, y := request(strings.Split(ok, "\n")...), request(strings.Split(bad, "\n")...)
		if response {
			answered(x, 200, strings.Split(bad, "\n")...)
			answered(y, 401, strings.Split(ok, "\n")...)
		}
		for _, pair := range [][2]*traffic.Exchange{{x, y}, {y, x}, {x, x}} {
			edits := Between(pair[0], pair[1])
			if equal := traffic.EqualExchange(pair[0], pair[1]); equal != (len(edits) == 0) {
				t.Fatalf("equal is %v, with %d edits", equal, len(edits))
			}
			r := rand.New(rand.NewPCG(seed, 4))
			r.Shuffle(len(edits), func(i, j int) { edits[i], edits[j] = edits[j], edits[i] })
			if got, err := Apply(pair[0], edits); err != nil || !traffic.EqualExchange(got, pair[1]) {
				t.Fatalf("all edits do not give the other exchange (%v): %+v", err, edits)
			}
			if _, err := Apply(pair[0], edits[:r.IntN(len(edits)+1)]); err != nil {
				t.Fatalf("a subset: %v", err)
			}
		}
	})
}
