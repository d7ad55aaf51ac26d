package hostile

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

func jwtOf(header, claims string) string {
	e := base64.RawURLEncoding
	return e.EncodeToString([]byte(header)) + "." + e.EncodeToString([]byte(claims)) + "." + e.EncodeToString([]byte(canary))
}

// several is a list of texts of a million bytes or so.
func several(texts ...string) func() [][]byte {
	return func() [][]byte {
		var all [][]byte
		for _, text := range texts {
			all = append(all, []byte(text))
		}
		return all
	}
}

func TestFields(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	rep := strings.Repeat
	const n = 300_000 / slow
	check(t, []row{
		{name: "JWT", reason: "parts that are huge, nested, no JSON, of other kinds, or not there", readers: fields, want: safe, memory: 8 << 30, time: 60e9,
			inputs: func() [][]byte {
				const h = `{"alg":"HS256","typ":"JWT"}`
				return several(
					jwtOf(h, `{"a":"`+rep("x", n)+`"}`), jwtOf(`{"alg":"none","kid":"`+rep("x", n)+`"}`, "{}"), jwtOf(h, nested(`{"a":`, "1}", 5_000)), jwtOf(h, nested("[", "]", deep)),
					jwtOf(`{"alg":["none"],"typ":{}}`, `{"exp":"never","nbf":1e400,"iat":-1e308,"aud":[[["x"]],{}],"scope":7}`), jwtOf(h, `{"exp":99999999999999999999,"nbf":-99999999999999}`), jwtOf(h, "{"+list(50_000, `"a":1`)+"}"),
					jwtOf(h, jwtOf(h, jwtOf(h, "{}"))), "..", "...", rep(".", n), rep("a.", n/2), rep("eyJ", n/3), rep("eyJhbGciOiJub25lIn0.", 50_000), "eyJhbGciOiJub25lIn0.e30.", "eyJ.eyJ.", jwtOf("{\"alg\":\"none\"}", "\xff\xfe"), jwtOf(h, "")+jwtOf(h, "{}"),
					rep(jwtOf(h, "{}")+" ", 10_000/slow),
				)()
			}},
		{name: "challenges", reason: "parameters by the 100,000, quotes that never end", readers: []reader{challenges, masked}, want: safe, memory: 4 << 30, time: 30e9,
			inputs: several(
				"Bearer "+list(100_000, `a="b"`), "Bearer "+list(100_000, "a"), list(100_000, "Bearer"), `Bearer realm="`+rep(canary, 50_000), `Bearer realm="`+rep(`\"`, n/2), rep(",", n), rep(" ", n), rep(`"`, n), rep("=", n), "Digest "+rep(`a = "b" , , `, 50_000), "Basic "+rep("A", n)+rep("=", n), "Negotiate "+rep("A ", n/2),
			)},
		{name: "Set-Cookie", reason: "10,000 attributes, names and values without an end", readers: []reader{setCookie, masked}, want: safe, memory: 4 << 30, time: 30e9,
			inputs: several(
				"a=b"+rep("; HttpOnly", 10_000), "a=b"+rep("; Expires=Tue, 24 Nov 2026 10:00:00 GMT", 10_000), "a=b"+rep(";", n), "a=b; Domain="+rep("a.", n/2)+"test", "a=b; Path=/"+rep("a/", n/2), "a=b; Max-Age="+rep("9", n), "a=b; Max-Age=-"+rep("9", n), rep("a", n), rep("=", n), "a="+rep("b", n), "__Host-"+rep("a", n)+"=b",
				"a=b; SameSite="+rep("x", n), "a=b; Expires="+rep("Jan ", n/4), "a=b\x00c; Path=/", "a=b, c=d"+rep(", e=f", 50_000), "\xff=\xfe; Domain=\xff", "a=b; Domain="+rep(".", n), "a=b; Domain=[::1]", "a=b; Domain=xn--"+rep("a", 60), "a=b; Domain="+rep("ü.", 100_000),
			)},
		{name: "Cookie", reason: "100,000 pairs, of one name and of many", readers: []reader{cookies, masked}, want: safe, memory: 4 << 30, time: 60e9,
			inputs: func() [][]byte {
				var many strings.Builder
				for i := range 100_000 / slow {
					fmt.Fprintf(&many, "c%d=%s; ", i, canary)
				}
				return several(many.String(), rep("a=b; ", 100_000), rep("; ", n/2), rep("=", n), rep("a", n), `a="`+rep(`;`, n)+`"`, "a="+rep("%41", n/3))()
			}},
		{name: "dates", reason: "no date, or one of each kind at once", readers: []reader{dates, setCookie}, want: safe,
			inputs: several(rep("Jan ", n/4), rep("1 ", n/2), rep(":", n), "Tue, 24 Nov 99999 10:00:00 GMT", "Tue, 24 Nov 0000 10:00:00 GMT", "Tue, 31 Feb 2026 25:61:61 GMT", rep("9", n), "-1", "1e400", "NaN", "Tue, 24 Nov 2026 10:00:00 GMT"+rep(" GMT", n/4), "\x00", "２４ Nov 2026 10:00:00", rep("10:00:00 ", n/9))},
		{name: "CORS lists", reason: "a megabyte of names, of commas, of blanks", readers: []reader{cors, masked}, want: safe, memory: 8 << 30, time: 60e9,
			inputs: several(list(n/2, "a"), rep(",", n), rep(" ,\t", n/3), list(n/8, "x-custom"), rep("*", n), list(n/2, "*"), rep("a", n), rep("9", n), "null, null", "https://"+rep("a", n), rep("\x00", n), list(n/4, "\xff"), rep("PUT,", n/4))},
		{name: "URLs", reason: "a megabyte of each part", readers: []reader{urls, masked}, want: safe, memory: 16 << 30, time: 90e9,
			inputs: several(
				"https://a.test/"+rep("a/", n/2), "https://a.test/"+rep("../", n/3), "https://a.test/"+rep("%2e%2e/", n/7), "https://a.test/?"+rep("a=b&", 100_000/slow), "https://a.test/?"+rep("&", n), "https://a.test/?a="+rep("[", n), "https://"+rep("a.", n/2)+"test/", "https://"+rep("a@", n/2)+"/",
				"https://"+rep(":", n), "https://["+rep(":", n)+"]/", rep("https://", n/8), "https://a.test/#"+rep("#", n), "https://a.test/"+rep("%", n), "https://a.test/"+rep("%zz", n/3), "https://a.test/"+rep(";a=b", n/4), "https://xn--"+rep("a", n)+"/", "https://"+rep("ü", 100_000)+"/", "http:\\\\"+rep(`\`, n), rep("/", n), rep("?", n), "\x00https://a", "javascript:"+canary,
				"https://a.test/"+rep("0123456789abcdef/", 20_000), "https://a.test/?u="+rep("https%3A%2F%2Fa%2F%3Fu%3D", 20_000), "https://user:"+rep("p", n)+"@a.test/", "https://a.test/?"+rep("token="+canary+"&", 20_000),
			)},
		{name: "bodies", reason: "what a masker takes apart, a megabyte of each", readers: []reader{masked}, want: safe, memory: 32 << 30, time: 90e9,
			inputs: several(
				nested("[", "]", deep), nested(`{"a":`, "1}", deep), rep("[", n), rep(`{"token":`, n/9), `"`+rep(`\`, n), `{"a":"`+rep(`\"`, n/2)+`"}`, rep("<", n), rep("<a ", n/3), rep(`<input name="token" value="`, n/26), rep("<!--", n/4), rep("--b\r\n", n/5),
				rep("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n", 10_000), rep("&", n), rep("a=b&", n/4), rep("token=", n/6), rep("-----BEGIN PRIVATE KEY-----\n", n/28), "-----BEGIN PRIVATE KEY-----"+rep("A", n), rep("Bearer ", n/7), rep("Basic QTpB ", n/11), rep("AKIA", n/4), rep("0123456789abcdef", n/16),
				rep("%25", n/3), rep("%7B%22a%22%3A", n/13), rep("e30", n/3), rep("a@b.test ", n/9), rep("://", n/3), rep("https://a:b@c/ ", n/15), rep("\x1b[", n/2), rep("\xff", n), rep("🙂", n/4), rep("\u202e", n/3), rep(" ", n), "{"+list(50_000, `"password":"`+canary+`"`)+"}", base64Of(12, `{"token":"`+canary+`"}`), rep(`\u0041`, n/6), jsonInJSON(12),
			)},
	})
}

// base64Of encodes a text n times.
func base64Of(n int, text string) string {
	for range n {
		text = base64.StdEncoding.EncodeToString([]byte(text))
	}
	return text
}

// jsonInJSON is a JSON string of a JSON string, n times: each time its quotes
// and backslashes double.
func jsonInJSON(n int) string {
	text := `{"token":"` + canary + `"}`
	for range n {
		text = quoted(text)
	}
	return text
}

func TestFlags(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	rep := strings.Repeat
	check(t, []row{
		{name: "patterns", reason: "wildcards by the thousand, whose matching is exponential where it backtracks", readers: []reader{ignore}, want: ends,
			inputs: several(rep("**", 2_000), rep("*a", 2_000)+"b", "request."+rep("**.", 2_000), "request.header."+rep("*", 4_000), "request.header."+rep("(a+)+", 500), "", " ", ".", "*", rep("a", 4_000), "request.header.\xff", "request.header.[", `request.header.\`, "request.header.\x00"+canary)},
		{name: "patterns without an end", reason: "an expression is made of each", readers: []reader{ignore}, want: "longer than",
			inputs: several(rep("**", 500_000), "request.header."+rep("a", 1<<20), rep("*.", 500_000))},
		{name: "flags", reason: "a value that was meant for something else", readers: flags, want: ends, memory: 1 << 30,
			inputs: several("", " ", "\x00", rep("a", 1<<20), rep("=", 1<<20), rep("/", 1<<20), canary+"=http://"+canary, "https://a="+canary, "http://a:"+canary+"@b=http://c:"+canary+"@d", "request.header.authorization="+canary, "request.body/"+rep("a/", 500_000)+"="+canary, "1/0", "-1/3", "99999999999999999999/1", "1/99999999999999999999", "1/3/5",
				"Bearer "+rep("x", 1<<20), "Bearer env:"+rep("A", 1<<20), "Basic "+canary, "file:/dev/zero", "env:", "file:", "X-Key: "+canary+"\r\nX: y", "POST,"+rep("PUT,", 300_000), "\xff\xfe")},
	})
}
