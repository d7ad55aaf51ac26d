package tree

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// samples are texts of each codec; the laws hold between any two of them, and
// between any two texts at all.
var samples = []struct {
	codec Codec
	texts []string
}{
	{URL{}, []string{
		"https://api.shop.test/v1/orders/12?page=2&sort=asc&page=3#top", "http://api.shop.test:8080/v2/orders/13",
		"https://u:p@[::1]:443//a//b/?", "https://h", "https://h?x", "wss://h/%2F?a=%41&a", "data:text/plain,hi", "/relative?x=1", "",
		"https://h:80:81/", "https://h/?a=1&&b=2&=3",
	}},
	{Cookies{}, []string{"a=1; b=2; a=3", "b=2; a=3; a=1", "a=1;b=2", "a=1; b=2;c=3", "a", "; ", "a=1; b=2; ", "sid=" + token}},
	{SetCookie{}, []string{
		"sid=1; Path=/; HttpOnly", "sid=2; path=/; Secure; SameSite=Lax", "sid=1;Path=/", "nameless; Path=/", "=x", "a=1;;", "",
	}},
	{List{}, []string{"GET, POST, PUT", "POST, GET", "max-age=0, private", `"a,b";v=1, "c"`, "GET,POST , PUT", `"`, ","}},
	{Hops{}, []string{"1.1 a, 1.0 b", "1.0 b, 1.1 a", "1.1 a", "1.1 a,1.1 a", ", ", ""}},
	{Credentials{}, []string{
		"Bearer " + token, token, "Bearer", "bearer  " + token, "Basic dXNlcjpwYXNz", "Basic dXNlcjpvdGhlcg==", "Basic !", "Bearer abc", "abc",
		`Digest username="Mufasa", realm="a,b", nonce="x", qop=auth`, `Digest realm="r",nonce="y"`,
		"AWS4-HMAC-SHA256 Credential=AK/20260101/eu/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=ab", " ", "Bearer ",
	}},
	{Challenges{}, []string{
		`Bearer realm="api", error="invalid_token", Basic realm="x"`, `Basic realm="x"`, "Negotiate", "NTLM TlRMTVNTUAAC==, Negotiate",
		`Digest realm="a, b", qop="auth,auth-int", nonce="n"`, `realm="x"`, "Bearer realm=x,error=y", `Bearer realm="x`, "Negotiate abc==",
	}},
	{JSON{}, []string{
		`{"a":1,"b":[1,2,{"c":null}],"a":2}`, "{\n  \"a\": 1,\n  \"b\": [\n    1,\n    2\n  ],\n  \"c\": {}\n}\n", `{"a": 1, "b": []}`,
		`{"b":[1,2,{"c":true}],"a":1}`, `[1, 2,3]`, ` {"a" : 1 ,"b":2} `, `{"a\u0062":"x, y: z"}`, `"scalar"`, `12`, `{`, ``, `[]`, ` [ ] `,
		"{\n\t\"a\": [\n\t\t{\n\t\t\t\"id\": 1\n\t\t}\n\t]\n}", `{"a":{"b":{"c":[[],[[]]]}}}`, `[{"id":1,"v":"x"},{"id":2,"v":"y"},{"id":3}]`,
		`[{"id":2,"v":"y"},{"id":3},{"id":4}]`,
	}},
	{Form{}, []string{"a=1&b=2", "b=2&a=1", "a", "a=&a==", "%61=1&a=2", "&", "", "grant_type=refresh_token&scope=a+b"}},
	{Multipart{}, []string{
		"--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--X\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n2\r\n--X--\r\n",
		"--Y\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n3\r\n--Y--", "--X\r\nno head\r\n--X--\r\n", "--X\r\n--X--", "--", "",
	}},
	{Lines{}, []string{"a\nb\nc", "a\nc\nb\n", "", "\n\n", "x"}},
}

const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSIsImV4cCI6MTcwMDAwMDAwMCwic2NvcGUiOiJhIGIifQ.c2ln"

// whole wraps a text as Parts, as the packages above do.
func whole(c Codec, text string) Parts {
	return Parts{Mode: Record, Kids: []Kid{{Key: "text", Text: text, Codec: c}}}
}

// checkLaw checks the law on two texts: all edits give new, none give old, any
// order will do, and every subset applies.
func checkLaw(c Codec, old, new string, seed uint64) error {
	edits := Between(whole(c, old), whole(c, new))
	if (len(edits) == 0) != (old == new) {
		return fmt.Errorf("%d edits, equal: %v", len(edits), old == new)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	for range 4 {
		r.Shuffle(len(edits), func(i, j int) { edits[i], edits[j] = edits[j], edits[i] })
		got, err := Apply(whole(c, old), edits)
		if err != nil {
			return err
		}
		if got.Kids[0].Text != new {
			return fmt.Errorf("apply gives %q, want %q (edits %+v)", got.Kids[0].Text, new, edits)
		}
		subset := edits[:r.IntN(len(edits)+1)]
		first, err := Apply(whole(c, old), subset)
		if err != nil {
			return fmt.Errorf("subset: %w", err)
		}
		turned := append([]Edit(nil), subset...)
		r.Shuffle(len(turned), func(i, j int) { turned[i], turned[j] = turned[j], turned[i] })
		second, err := Apply(whole(c, old), turned)
		if err != nil || second.Kids[0].Text != first.Kids[0].Text {
			return fmt.Errorf("the order of a subset matters: %q, %q (%v)", first.Kids[0].Text, second.Kids[0].Text, err)
		}
	}
	return nil
}

func TestLawOnSamples(t *testing.T) {
	for _, s := range samples {
		for _, old := range s.texts {
			for _, new := range s.texts {
				if err := checkLaw(s.codec, old, new, 7); err != nil {
					t.Errorf("%T %q → %q: %v", s.codec, old, new, err)
				}
			}
		}
	}
}

func TestLawOnMutations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(samples).Draw(t, "codec")
		old := rapid.SampledFrom(s.texts).Draw(t, "old")
		new := mutate(t, rapid.SampledFrom(s.texts).Draw(t, "new"))
		if err := checkLaw(s.codec, old, new, rapid.Uint64().Draw(t, "seed")); err != nil {
			t.Fatalf("%T %q → %q: %v", s.codec, old, new, err)
		}
	})
}

// mutate cuts, doubles and swaps pieces of a text.
func mutate(t *rapid.T, text string) string {
	for range rapid.IntRange(0, 3).Draw(t, "mutations") {
		i := rapid.IntRange(0, len(text)).Draw(t, "from")
		j := rapid.IntRange(i, len(text)).Draw(t, "to")
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			text = text[:i] + text[j:]
		case 1:
			text = text[:j] + text[i:]
		case 2:
			text = text[j:] + text[i:j] + text[:i]
		}
	}
	return text
}

func FuzzLaw(f *testing.F) {
	for n, s := range samples {
		for i, text := range s.texts {
			f.Add(n, text, s.texts[(i+1)%len(s.texts)])
		}
	}
	f.Fuzz(func(t *testing.T, n int, old, new string) {
		if n < 0 || len(old)+len(new) > 1<<14 {
			t.Skip()
		}
		if err := checkLaw(samples[n%len(samples)].codec, old, new, 3); err != nil {
			t.Fatal(err)
		}
	})
}

func TestEditsSayWhatAPersonWouldSay(t *testing.T) {
	for _, c := range []struct {
		reason   string
		codec    Codec
		old, new string
		want     []string
	}{
		{"one query parameter changed", URL{}, "https://h/a?x=1&y=2", "https://h/a?x=1&y=3", []string{"replace query.y 2→3"}},
		{"the id in the path", URL{}, "https://h/orders/12/items", "https://h/orders/13/items", []string{"replace path.1 12→13"}},
		{"only the host", URL{}, "https://a.test/x", "https://b.test/x", []string{"replace host a.test→b.test"}},
		{"the scheme word is missing", Credentials{}, "Bearer " + token, token, []string{"remove scheme Bearer→"}},
		{"one cookie is gone", Cookies{}, "a=1; sid=2; b=3", "a=1; b=3", []string{"remove sid 2→"}},
		{"a nameless cookie is a value", Cookies{}, "one; b=1", "two; b=1", []string{"replace  one→two"}},
		{"a list member came", List{}, "GET, POST", "GET, POST, PUT", []string{"add put →PUT"}},
		{"a directive changed", List{}, "private, max-age=0", "private, max-age=60", []string{"replace max-age max-age=0→max-age=60"}},
		{"a hop changed", Hops{}, "192.0.2.1, 10.0.0.1", "192.0.2.1, 10.0.0.2", []string{"replace 1 10.0.0.1→10.0.0.2"}},
		{"hops in another order are other hops", Hops{}, "a, b", "b, a", []string{"remove 0 a→", "add 1 →a"}},
		{"the only hop changed", Hops{}, "http", "https", []string{"replace  http→https"}},
		{"cookies in another order", Cookies{}, "a=1; b=2", "b=2; a=1", []string{"reorder  →"}},
		{"an attribute came", SetCookie{}, "sid=1; Path=/", "sid=1; Path=/; Secure", []string{"add secure →"}},
		{"the error came", Challenges{}, `Bearer realm="x"`, `Bearer realm="x", error="invalid_token"`,
			[]string{`add bearer.error →"invalid_token"`}},
		{"a member deep inside", JSON{}, `{"a":{"b":[1,{"c":2}]}}`, `{"a":{"b":[1,{"c":3}]}}`, []string{"replace a.b.1.c 2→3"}},
		{"the first element is gone", JSON{}, `[{"id":1},{"id":2},{"id":3}]`, `[{"id":2},{"id":3}]`, []string{`remove 0 {"id":1}→`}},
		{"only the formatting", JSON{}, `{"a":[1,2]}`, "{\n  \"a\": [\n    1,\n    2\n  ]\n}", []string{"layout"}},
		{"the first of two equal names is gone", Form{}, "a=1&a=2", "a=2", []string{"remove a 1→"}},
		{"a scope in the claims", Credentials{}, "Bearer " + token, "Bearer " + strings.Replace(token,
			"eyJzdWIiOiJ1MSIsImV4cCI6MTcwMDAwMDAwMCwic2NvcGUiOiJhIGIifQ", "eyJzdWIiOiJ1MSIsImV4cCI6MTcwMDAwMDAwMCwic2NvcGUiOiJhIn0", 1),
			[]string{`replace credentials.claims.scope "a b"→"a"`}},
	} {
		var got []string
		for _, e := range Between(whole(c.codec, c.old), whole(c.codec, c.new)) {
			line := string(e.Op)
			if e.Op != Layout {
				line += " " + strings.Join(e.Keys[1:], ".") + " " + e.Old + "→" + e.New
			}
			got = append(got, line)
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s:\n got %q\nwant %q", c.reason, got, c.want)
		}
	}
}

func TestAnEditOfAnotherTextIsRefused(t *testing.T) {
	edits := Between(whole(Form{}, "a=1&b=2&c=3"), whole(Form{}, "a=1&b=2&c=4"))
	if _, err := Apply(whole(Form{}, "a=1"), edits); err == nil {
		t.Error("an edit of the third pair was applied to a form of one")
	}
}
