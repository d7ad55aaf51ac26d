package hostile

import (
	"strings"
	"testing"
)

// entry puts an entry into a HAR.
func entry(text string) string { return `{"log":{"version":"1.2","entries":[` + text + `]}}` }

// request and response put members into the one of an entry.
func request(members string) string {
	return entry(`{"request":{"method":"GET","url":"https://a.test/",` + members + `}}`)
}

func response(members string) string {
	return entry(`{"request":{"method":"GET","url":"https://a.test/"},"response":{"status":200,` + members + `}}`)
}

func nested(before, after string, n int) string {
	return strings.Repeat(before, n) + strings.Repeat(after, n)
}

func list(n int, item string) string {
	return strings.TrimSuffix(strings.Repeat(item+",", n), ",")
}

const deep = 100_000

func TestJSON(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	captureAndReport := []reader{capture, partial, reports}
	check(t, []row{
		{name: "deep lists", reason: "a reader that recurses runs out of stack", readers: captureAndReport,
			inputs: made(func() string { return nested("[", "]", deep) }), want: "in"},
		{name: "deep objects", reason: "as lists, and each level has a name", readers: captureAndReport,
			inputs: made(func() string { return nested(`{"`+canary+`":`, "1}", deep) }), want: "in"},
		{name: "deep in an unknown field", reason: "unknown fields are kept whole", readers: []reader{capture},
			inputs: made(func() string { return entry(`{"_x":` + nested("[", "]", deep) + "}") }), want: "JSONDepth"},
		{name: "deep in a body", reason: "a body is text and stays so", readers: []reader{capture},
			inputs: made(func() string { return response(`"content":{"text":"` + nested("[", "]", deep) + `"}`) }), want: safe},
		{name: "unclosed lists", reason: "the end comes before any bracket closes", readers: captureAndReport,
			inputs: made(func() string { return strings.Repeat("[", 1_000_000) }), want: "in"},
		{name: "unclosed objects", reason: "the same with names", readers: captureAndReport,
			inputs: made(func() string { return strings.Repeat(`{"log":`, 1_000_000) }), want: "in"},
		{name: "unclosed in a field", reason: "the field has to be read before it is known to be odd", readers: []reader{capture},
			inputs: made(func() string { return `{"log":{"entries":[{"request":` + strings.Repeat(`[{"a":`, 500_000) }), want: "in"},
		{name: "only closed", reason: "nothing was opened", readers: captureAndReport,
			inputs: made(func() string { return "{" + strings.Repeat("}", 1_000_000) }), want: "in"},
		{name: "a second document", reason: "which of the two is meant?", readers: captureAndReport,
			inputs: one(entry("{}") + `{"` + canary + `":1}`), want: "in"},
		{name: "text behind", reason: "a log was appended", readers: captureAndReport,
			inputs: one(entry("{}") + canary), want: "in"},
		{name: "duplicate keys", reason: "readers differ in which one wins, so the loser has to be told", readers: []reader{capture},
			inputs: one(request(`"url":"https://` + canary + `/","url":1,"method":"` + canary + `","headers":[],"headers":[{"name":"` + canary + `"}]`)), want: safe},
		{name: "duplicate unknown keys", reason: "they are kept, and kept once", readers: []reader{capture},
			inputs: made(func() string { return entry("{" + list(100_000, `"`+canary+`":"`+canary+`"`) + "}") }), want: safe},
		{name: "keys in other case", reason: "JSON compares names by bytes", readers: []reader{capture},
			inputs: one(strings.ToUpper(entry(`{"request":{"url":"` + canary + `"}}`))), want: safe},
		{name: "duplicates in a report", reason: "a merged report must not lose anything", readers: []reader{reports},
			inputs: one(`{"version":1,"kind":"run","` + canary + `":1,"` + canary + `":2}`), want: "in"},
		{name: "200,000 empty entries", reason: "each costs more in memory than in the file", readers: []reader{capture},
			inputs: made(func() string { return entry(list(200_000, "{}")) }), want: "Limits.Entries"},
		{name: "99,999 empty entries", reason: "just within the bound, and none of them has anything", readers: []reader{capture},
			inputs: made(func() string { return entry(list(99_999, "{}")) }), want: safe, memory: 1 << 30, time: 20e9},
		{name: "200,000 things that are no entries", reason: "each is worth a warning, and nobody reads so many", readers: []reader{capture},
			inputs: made(func() string { return entry(list(90_000, `"`+canary+`"`)) }), want: safe},
		{name: "a million headers", reason: "lists of one message", readers: []reader{capture},
			inputs: made(func() string { return request(`"headers":[` + list(1_000_000, `{"name":"a","value":"b"}`) + "]") }), want: safe, memory: 2 << 30},
		{name: "a million headers that are none", reason: "each is worth a warning", readers: []reader{capture},
			inputs: made(func() string { return request(`"headers":[` + list(1_000_000, "7") + "]") }), want: safe, memory: 256 << 20},
		{name: "a million cookies", reason: "lists are compared with the header that says the same", readers: []reader{capture},
			inputs: made(func() string {
				return request(`"cookies":[` + list(300_000, `{"name":"a","value":"`+canary+`"}`) + `],"headers":[{"name":"Cookie","value":"` + strings.Repeat("a=b; ", 300_000) + `"}]`)
			}), want: safe, memory: 2 << 30},
		{name: "a million pages", reason: "they are read before any entry", readers: []reader{capture},
			inputs: made(func() string { return `{"log":{"pages":[` + list(500_000, `{"id":"p"}`) + `],"entries":[]}}` }), want: safe, memory: 1 << 30},
		{name: "a million unknown fields", reason: "each is kept, with its place", readers: []reader{capture},
			inputs: made(func() string {
				var b strings.Builder
				for i := range 300_000 {
					b.WriteString(`"_` + number(i) + `":1,`)
				}
				return entry("{" + b.String() + `"_last":1}`)
			}), want: safe, memory: 3 << 30},
		{name: "one unknown field of 16 MiB", reason: "a value is held whole", readers: []reader{capture},
			inputs: made(func() string { return entry(`{"_x":[` + list(8<<20, "1") + "]}") }), want: safe, memory: 4 << 30},
		{name: "a string of 64 MiB that never ends", reason: "tokens must not be held", readers: []reader{capture, partial},
			inputs: made(func() string { return `{"log":{"comment":"` + strings.Repeat(canary, 5<<20) }), want: ends},
		{name: "a body of 17 MiB", reason: "one MiB above the bound: the capture reads, the body does not", readers: []reader{capture},
			inputs: made(func() string {
				return response(`"content":{"mimeType":"text/plain","text":"` + strings.Repeat("x", 17<<20) + `"}`)
			}), want: safe, memory: 1 << 30},
		{name: "a body of escapes", reason: "six bytes of JSON are one of text", readers: []reader{capture},
			inputs: made(func() string {
				return response(`"content":{"text":"` + strings.Repeat(`\u0000\ud83d`, 500_000) + `"}`)
			}), want: safe, memory: 1 << 30},
		{name: "broken Base64", reason: "the body says that it is, and it is not", readers: []reader{capture},
			inputs: one(response(`"content":{"encoding":"base64","text":"` + canary + `!!` + canary + `"}`)), want: safe},
		{name: "numbers", reason: "huge, tiny, negative, and none", readers: []reader{capture},
			inputs: numbers, want: ends},
		{name: "dates", reason: "years that no calendar has", readers: []reader{capture},
			inputs: years, want: safe},
		{name: "a number of a million digits", reason: "parsing numbers is quadratic where it is done by hand", readers: captureAndReport,
			inputs: made(func() string { return entry(`{"time":` + strings.Repeat("9", 1_000_000) + "}") }), want: ends},
		{name: "JSONP", reason: "what is around a call is no part of JSON", readers: []reader{capture, partial},
			inputs: jsonp, want: ends},
	})
}

func number(i int) string {
	const digits = "0123456789"
	if i < 10 {
		return digits[i : i+1]
	}
	return number(i/10) + digits[i%10:i%10+1]
}

// numbers has each number in each place that takes one.
func numbers() [][]byte {
	var all [][]byte
	for _, n := range []string{"1e400", "-1e400", "1e-400", "-0", "-1", "-9223372036854775809", "18446744073709551616", "0.1", "NaN", "-Infinity", "1e5", "00", "+1", ".5", "1.", "0x10", `"1e400"`, `"NaN"`, `"` + canary + `"`, "1" + strings.Repeat("0", 400)} {
		for _, text := range []string{
			response(`"status":` + n), response(`"x":0,"headersSize":` + n), response(`"bodySize":` + n), response(`"content":{"size":` + n + `,"compression":` + n + `,"text":""}`),
			request(`"bodySize":` + n), entry(`{"time":` + n + `,"timings":{"wait":` + n + "}}"), strings.Replace(response(`"a":1`), `"status":200`, `"status":`+n, 1),
		} {
			all = append(all, []byte(text))
		}
	}
	return all
}

func years() [][]byte {
	var all [][]byte
	for _, at := range []string{"99999-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "2026-13-45T99:99:99Z", "2026-02-30T00:00:00+99:99",
		"9223372036854775807", "-9223372036854775808", "1e400", "", canary, strings.Repeat("9", 100_000), "2026-11-24T00:00:00." + strings.Repeat("9", 100_000) + "Z", "\u0000", "２０２６-11-24"} {
		all = append(all,
			[]byte(entry(`{"startedDateTime":"`+strings.ReplaceAll(at, "\x00", `\u0000`)+`"}`)),
			[]byte(`{"log":{"pages":[{"startedDateTime":"`+strings.ReplaceAll(at, "\x00", `\u0000`)+`"}],"entries":[]}}`))
	}
	return all
}

func jsonp() [][]byte {
	har := entry("{}")
	var all [][]byte
	for _, text := range []string{
		"cb(" + har + ")", "cb(" + har + ");", "cb(" + har, "cb(" + har + ");" + canary, "/**/cb(" + har + ")", "cb (\n" + har + "\n)\n;\n", "a.b['c'](" + har + ")",
		strings.Repeat("a", 1000) + "(" + har + ")", "cb(" + strings.Repeat(" ", 1000) + har + ")", "cb({" + strings.Repeat(")", 1000), "cb(cb(" + har + "))", "(" + har + ")",
		"cb(" + har + ")" + strings.Repeat(";", 10_000), "cb(" + har + "," + har + ")", "alert('" + canary + "');cb(" + har + ")", ")]}',\n" + har, "while(1);" + har, "cb({",
	} {
		all = append(all, []byte(text))
	}
	return all
}
