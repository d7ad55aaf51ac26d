package traffic

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inLog wraps an entry's JSON into a file.
func inLog(entry string) string {
	return `{"log":{"version":"1.2","creator":{"name":"t","version":"1"},"entries":[` + entry + `]}}`
}

func inRequest(members string) string {
	return inLog(`{"request":{"method":"GET","url":"https://a.test/x?q=1",` + members + `}}`)
}

func inResponse(members string) string {
	return inLog(`{"request":{"method":"GET","url":"/"},"response":{"status":200,` + members + `}}`)
}

func request(c *Capture) Request   { return c.Exchanges[0].Request }
func response(c *Capture) Response { return *c.Exchanges[0].Response }

func content(b Body) any {
	if !b.Present() {
		return "absent"
	}
	text, err := b.Bytes(0)
	if err != nil {
		return err
	}
	return string(text)
}

func longText(s string) string { return strings.Repeat(s, 2*lazyFrom/len(s)+1) }

// Each row is a way in which exporters differ from HAR 1.2, or from each
// other. What is got must equal want, and a warning tells of it where warns
// is part of its text.
var harTraps = []struct {
	name   string
	reason string
	file   string
	got    func(*Capture) any
	want   any
	warns  string
}{
	{"bom", "Fiddler writes a byte order mark", "\xef\xbb\xbf" + inLog(`{"time":3}`),
		func(c *Capture) any { return c.Exchanges[0].Recorded.Millis }, 3.0, ""},
	{"header pairs", "some tools list headers as [name, value]", inRequest(`"headers":[["A","1"],["a","2"]]`),
		func(c *Capture) any { return request(c).Header }, Header{{"A", "1"}, {"a", "2"}}, ""},
	{"header map", "some tools write headers as an object, a list for repeated ones", inRequest(`"headers":{"B":"1","A":["2","3"]}`),
		func(c *Capture) any { return request(c).Header }, Header{{"B", "1"}, {"A", "2"}, {"A", "3"}}, ""},
	{"header lines", "a header as one line", inRequest(`"headers":["Accept: */*"]`),
		func(c *Capture) any { return request(c).Header }, Header{{"Accept", "*/*"}}, ""},
	{"header scalars", "numbers, booleans and null are what they say", inRequest(`"headers":[{"name":"N","value":7},{"name":"B","value":true},{"name":"Z","value":null},{"name":"M"}]`),
		func(c *Capture) any { return request(c).Header }, Header{{"N", "7"}, {"B", "true"}, {"Z", ""}, {"M", ""}}, ""},
	{"header object", "an object can't be a value, and must not be lost", inRequest(`"headers":[{"name":"A","value":{"x":[1, 2]}}]`),
		func(c *Capture) any { return string(c.Exchanges[0].Unknown.Get("/request/headers/0/value")) }, `{"x":[1,2]}`, "request/headers/*/value is no string"},
	{"header comment", "unknown members of a header keep their place", inRequest(`"headers":[{"name":"A","value":"1"},{"name":"B","value":"2","comment":"c"}]`),
		func(c *Capture) any { return string(c.Exchanges[0].Unknown.Get("/request/headers/1/comment")) }, `"c"`, ""},
	{"header null", "nothing is no header", inRequest(`"headers":[null,{"name":"A","value":"1"}]`),
		func(c *Capture) any { return request(c).Header }, Header{{"A", "1"}}, "left out"},
	{"set-cookie lines", "browsers join Set-Cookie with line feeds", inResponse(`"headers":[{"name":"set-cookie","value":"a=1\nb=2"}]`),
		func(c *Capture) any { return response(c).Header }, Header{{"set-cookie", "a=1"}, {"set-cookie", "b=2"}}, ""},
	{"pseudo-headers", "HTTP/2 and 3 list them first", inRequest(`"httpVersion":"h3","headers":[{"name":":path","value":"/x"}]`),
		func(c *Capture) any { return []any{request(c).Proto, request(c).Header} }, []any{"h3", Header{{":path", "/x"}}}, ""},
	{"sizes", "null, quotes and absence are all common", inRequest(`"headersSize":"12","bodySize":null`),
		func(c *Capture) any { return request(c).Sizes }, Sizes{12, -1, -1, -1}, ""},
	{"size NaN", "a word in quotes is no number", inRequest(`"bodySize":"NaN"`),
		func(c *Capture) any {
			return []any{request(c).Sizes.Body, string(c.Exchanges[0].Unknown.Get("/request/bodySize"))}
		}, []any{int64(-1), `"NaN"`}, "is no number"},
	{"literal NaN", "Python writes it", inLog(`{"time":NaN,"timings":{"wait":-Infinity,"send":Infinity}}`),
		func(c *Capture) any { return c.Exchanges[0].Recorded }, Recorded{Millis: -1, Timings: noTimings}, "NaN or Infinity on line 1"},
	{"params only", "Firefox and Charles keep a form's fields alone", inRequest(`"postData":{"mimeType":"application/x-www-form-urlencoded; charset=UTF-8","params":[{"name":"a b","value":"1&2"}]}`),
		func(c *Capture) any {
			form, _ := request(c).Body.Form(0)
			return []any{request(c).Body.Params, content(request(c).Body), string(form)}
		}, []any{[]Param{{Name: "a b", Value: "1&2"}}, "absent", "a+b=1%262"}, ""},
	{"post in base64", "HAR 1.3 has an encoding here too", inRequest(`"postData":{"text":"_-8","encoding":"BASE64"}`),
		func(c *Capture) any { return content(request(c).Body) }, "\xff\xef", ""},
	{"no content", "an answer need not have one", inResponse(`"headers":[]`),
		func(c *Capture) any { return content(response(c).Body) }, "absent", ""},
	{"content null", "nor say so", inResponse(`"content":null`),
		func(c *Capture) any { return content(response(c).Body) }, "absent", ""},
	{"content list", "seen in the wild", inResponse(`"content":[]`),
		func(c *Capture) any {
			return []any{content(response(c).Body), string(c.Exchanges[0].Unknown.Get("/response/content"))}
		}, []any{"absent", "[]"}, "response/content has an unexpected form"},
	{"empty text", "an empty body is not an absent one", inResponse(`"content":{"text":""}`),
		func(c *Capture) any { return content(response(c).Body) }, "", ""},
	{"base64", "white space and missing padding are common", inResponse(`"content":{"encoding":"Base64","text":"aGV s\nbG8"}`),
		func(c *Capture) any { return content(response(c).Body) }, "hello", ""},
	{"long base64", "not held in memory, and just as well", inResponse(`"content":{"text":"` + longText(`aGVsbG8h\/`[:8]) + `","encoding":"base64"}`),
		func(c *Capture) any { return strings.ReplaceAll(content(response(c).Body).(string), "hello!", "") }, "", ""},
	{"invalid base64", "the mark can be wrong", inResponse(`"content":{"text":"not base64!","encoding":"base64"}`),
		func(c *Capture) any {
			return []any{content(response(c).Body), string(c.Exchanges[0].Unknown.Get("/response/content/encoding"))}
		}, []any{"not base64!", `"base64"`}, "is marked base64 but is not"},
	{"long invalid base64", "a long one is checked too", inResponse(`"content":{"text":"` + longText("ab-cd+ef") + `","encoding":"base64"}`),
		func(c *Capture) any { return content(response(c).Body) }, longText("ab-cd+ef"), "is marked base64 but is not"},
	{"long text", "it stays in the file, escapes and all", inResponse(`"content":{"text":"` + longText(`é\"\u00e9\ud83d\ude00`) + `"}`),
		func(c *Capture) any { return strings.ReplaceAll(content(response(c).Body).(string), "é\"é😀", "") }, "", ""},
	{"lone surrogate", "JavaScript strings may hold half a pair", inResponse(`"content":{"text":"` + longText(`a\ud800`) + `"}`),
		func(c *Capture) any { return content(response(c).Body) }, strings.ReplaceAll(longText(`a\ud800`), `\ud800`, "\uFFFD"), "U+FFFD"},
	{"invalid UTF-8", "some tools copy bytes", inRequest("\"headers\":[{\"name\":\"A\",\"value\":\"x\xff\"}]"),
		func(c *Capture) any { return request(c).Header.Get("A") }, "x\uFFFD", "U+FFFD"},
	{"text object", "a parsed body is put back", inResponse(`"content":{"text":{"a": 1}}`),
		func(c *Capture) any { return content(response(c).Body) }, `{"a": 1}`, "is no string"},
	{"304 with body", "the browser's cache shows through", inLog(`{"response":{"status":304,"content":{"text":"x"}}}`),
		func(c *Capture) any { return content(response(c).Body) }, "x", ""},
	{"status 0", "no answer was seen", inLog(`{"response":{"status":0,"_error":"net::ERR_FAILED"}}`),
		func(c *Capture) any { return []any{response(c).Status, response(c).Error} }, []any{0, "net::ERR_FAILED"}, ""},
	{"status -1", "Playwright's way to say that", inLog(`{"response":{"status":-1,"_failureText":"net::ERR_FAILED"}}`),
		func(c *Capture) any {
			return []any{response(c).Status, response(c).Error, string(c.Exchanges[0].Unknown.Get("/response/status"))}
		}, []any{0, "net::ERR_FAILED", "-1"}, ""},
	{"status text", "a number in quotes is one", inLog(`{"response":{"status":"200"}}`),
		func(c *Capture) any { return response(c).Status }, 200, ""},
	{"status null", "as good as none", inLog(`{"response":{"status":null}}`),
		func(c *Capture) any { return response(c).Status }, 0, ""},
	{"no response", "an unanswered request", inLog(`{"request":{"method":"GET"},"response":null}`),
		func(c *Capture) any { return c.Exchanges[0].Response }, (*Response)(nil), ""},
	{"cookies listed only", "Charles drops the Cookie header", inRequest(`"cookies":[{"name":"a","value":"1"}]`),
		func(c *Capture) any { r := request(c); return r.CookiePairs() }, []Param{{Name: "a", Value: "1"}}, ""},
	{"cookies in the header only", "other tools leave the list empty", inRequest(`"headers":[{"name":"Cookie","value":"a=1; b=2"}],"cookies":[]`),
		func(c *Capture) any { r := request(c); return r.CookiePairs() }, []Param{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}, ""},
	{"cookies blank in the header", "values masked in one place only", inRequest(`"headers":[{"name":"Cookie","value":"a=; b=2"}],"cookies":[{"name":"a","value":"1"},{"name":"b","value":"x"}]`),
		func(c *Capture) any { r := request(c); return r.CookiePairs() }, []Param{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}, ""},
	{"cookies twice", "a list that repeats the header is no news", inRequest(`"headers":[{"name":"Cookie","value":"a=1"}],"cookies":[{"name":"a","value":"1"}]`),
		func(c *Capture) any { return request(c).Cookies }, []Cookie(nil), ""},
	{"set-cookie twice", "the same with attributes; HAR writes dates its own way", inResponse(`"headers":[{"name":"Set-Cookie","value":"a=1; Path=/; Expires=Wed, 09 Jun 2027 10:18:14 GMT; HttpOnly"}],` +
		`"cookies":[{"name":"a","value":"1","path":"/","expires":"2027-06-09T10:18:14.000Z","httpOnly":true,"secure":false}]`),
		func(c *Capture) any { return response(c).Cookies }, []Cookie(nil), ""},
	{"query twice", "decoded or not, it is the URL's", inLog(`{"request":{"url":"/?a=%20b&c","queryString":[{"name":"a","value":" b"},{"name":"c","value":""}]}}`),
		func(c *Capture) any { return request(c).Query }, []Param(nil), ""},
	{"query elsewhere", "a list that the URL lacks is kept", inLog(`{"request":{"url":"/","queryString":[{"name":"a","value":"b"}]}}`),
		func(c *Capture) any { return request(c).Query }, []Param{{Name: "a", Value: "b"}}, ""},
	{"date without zone", "UTC is a guess", inLog(`{"startedDateTime":"2024-05-06 07:08:09.5"}`),
		func(c *Capture) any { return c.Exchanges[0].Recorded.Started.Time.UTC().String() }, "2024-05-06 07:08:09.5 +0000 UTC", "no time zone"},
	{"date with short zone", "Firebug writes no colon", inLog(`{"startedDateTime":"2010-01-02T15:38:40.012+0200"}`),
		func(c *Capture) any { return c.Exchanges[0].Recorded.Started.Time.UTC().String() }, "2010-01-02 13:38:40.012 +0000 UTC", ""},
	{"date as number", "milliseconds since 1970", inLog(`{"startedDateTime":1700000000123}`),
		func(c *Capture) any { return c.Exchanges[0].Recorded.Started.Time.UTC().String() }, "2023-11-14 22:13:20.123 +0000 UTC", ""},
	{"date of HTTP", "RFC 9110", inLog(`{"startedDateTime":"Tue, 14 Nov 2023 22:13:20 GMT"}`),
		func(c *Capture) any { return c.Exchanges[0].Recorded.Started.Known() }, true, ""},
	{"date unreadable", "its text must not be lost", inLog(`{"startedDateTime":"yesterday"}`),
		func(c *Capture) any { return c.Exchanges[0].Recorded.Started }, Timestamp{Text: "yesterday"}, "can't be read as a time"},
	{"duplicate member", "the first wins", inLog(`{"time":1,"time":2}`),
		func(c *Capture) any { return c.Exchanges[0].Recorded.Millis }, 1.0, "there twice"},
	{"duplicate unknown", "here too", inLog(`{"_x":1,"_x":2}`),
		func(c *Capture) any { return c.Exchanges[0].Unknown }, Fields{{"/_x", []byte("1")}}, "there twice"},
	{"log twice", "here too", `{"log":{"entries":[{}]},"log":{"entries":[{},{}]}}`,
		func(c *Capture) any { return len(c.Exchanges) }, 1, "log there twice"},
	{"entries twice", "here too", `{"log":{"entries":[{}],"entries":[{},{}]}}`,
		func(c *Capture) any { return len(c.Exchanges) }, 1, "log/entries there twice"},
	{"entries null", "an empty capture", `{"log":{"entries":null}}`,
		func(c *Capture) any { return len(c.Exchanges) }, 0, `no "entries"`},
	{"unknown fields", "each at its level", `{"_r":0,"log":{"_l":1,"creator":{"name":"n","_c":2},"pages":[{"id":"p","pageTimings":{"onLoad":3}}],` +
		`"entries":[{"_e":4,"cache":{"beforeRequest":null},"timings":{"_t":5},"response":{"content":{"_a/b":6}}}]}}`,
		func(c *Capture) any { return fmt.Sprint(pointers(c.Unknown), pointers(c.Exchanges[0].Unknown)) },
		"[/_r /log/_l /log/creator/_c /log/pages/0/pageTimings/onLoad] [/_e /cache/beforeRequest /timings/_t /response/content/_a~1b]", ""},
	{"long unknown", "a long string inside comes back from the file", inLog(`{"_x":{"a":"` + longText("x") + `","b":1}}`),
		func(c *Capture) any { return string(c.Exchanges[0].Unknown.Get("/_x")) }, `{"a":"` + longText("x") + `","b":1}`, ""},
	{"long header", "a long value is still one", inRequest(`"headers":[{"name":"A","value":"` + longText(`x\"`) + `"}]`),
		func(c *Capture) any { return request(c).Header.Get("A") }, strings.ReplaceAll(longText(`x\"`), `\`, ""), ""},
	{"lists as maps", "like headers", inRequest(`"cookies":{"a":["1","2"]},"queryString":{"q":2}`),
		func(c *Capture) any { return []any{request(c).Cookies, request(c).Query} },
		[]any{[]Cookie{{Name: "a", Value: "1"}, {Name: "a", Value: "2"}}, []Param{{Name: "q", Value: "2"}}}, ""},
	{"lists as pairs", "like headers", inRequest(`"cookies":[["a","1"]],"queryString":[["q","2"]]`),
		func(c *Capture) any { return []any{request(c).Cookies, request(c).Query} },
		[]any{[]Cookie{{Name: "a", Value: "1"}}, []Param{{Name: "q", Value: "2"}}}, ""},
	{"booleans", "in quotes, or odd", inRequest(`"cookies":[{"name":"a","secure":"True","httpOnly":1}]`),
		func(c *Capture) any {
			return []any{request(c).Cookies, string(c.Exchanges[0].Unknown.Get("/request/cookies/0/httpOnly"))}
		}, []any{[]Cookie{{Name: "a", Secure: true}}, "1"}, "neither true nor false"},
	{"fraction", "a size has none", inRequest(`"bodySize":1.5`),
		func(c *Capture) any { return string(c.Exchanges[0].Unknown.Get("/request/bodySize")) }, "1.5", "is no whole number"},
	{"two reasons", "the first is used, the other kept", inResponse(`"_error":"a","_failureText":"b"`),
		func(c *Capture) any {
			return []any{response(c).Error, string(c.Exchanges[0].Unknown.Get("/response/_failureText"))}
		}, []any{"a", `"b"`}, ""},
	{"odd reason", "an object is kept, another name is used", inResponse(`"_error":{"code":1},"_failureText":"b"`),
		func(c *Capture) any { return []any{response(c).Error, pointers(c.Exchanges[0].Unknown)} },
		[]any{"b", []string{"/response/_error"}}, "_error is no string"},
	{"odd parts", "what has the wrong form altogether is kept", inLog(`{"request":"x","response":[],"cache":1,"timings":"t"}`),
		func(c *Capture) any { return pointers(c.Exchanges[0].Unknown) },
		[]string{"/request", "/response", "/cache", "/timings"}, "unexpected form"},
	{"invalid UTF-8 in a long text", "one character for each byte", inResponse("\"content\":{\"text\":\"" + longText("a\xff\xfe") + "\"}"),
		func(c *Capture) any { return content(response(c).Body) }, strings.ReplaceAll(longText("a--"), "-", "\uFFFD"), "U+FFFD"},
	{"unknown encoding", "kept, with the text as it is", inResponse(`"content":{"text":"x","encoding":"rot13"}`),
		func(c *Capture) any { return string(c.Exchanges[0].Unknown.Get("/response/content/encoding")) }, `"rot13"`, "unknown encoding"},
	{"date in seconds", "or micro- or nanoseconds", `{"log":{"entries":[{"startedDateTime":1700000000.5},{"startedDateTime":1700000000},{"startedDateTime":1700000000000000},{"startedDateTime":"1700000000000000000"}]}}`,
		func(c *Capture) any {
			var years []int
			for _, x := range c.Exchanges {
				years = append(years, x.Recorded.Started.Time.Year())
			}
			return years
		}, []int{2023, 2023, 2023, 2023}, ""},
	{"no date of Go", "the zero time means that none is known", inLog(`{"startedDateTime":"0001-01-01T00:00:00Z"}`),
		func(c *Capture) any { return c.Exchanges[0].Recorded.Started }, Timestamp{}, ""},
	{"JSONP", "harviewer's .harp", "/**/ onInputData(" + inLog(`{"time":3}`) + " ) ;\n",
		func(c *Capture) any { return c.Exchanges[0].Recorded.Millis }, 3.0, ""},
}

func pointers(f Fields) (list []string) {
	for _, field := range f {
		list = append(list, field.Pointer)
	}
	return list
}

func TestReadHARTraps(t *testing.T) {
	for _, row := range harTraps {
		t.Run(row.name, func(t *testing.T) {
			c, err := Read(strings.NewReader(row.file), "t.har", Options{})
			if err != nil {
				t.Fatalf("%s: %v", row.reason, err)
			}
			defer c.Close()
			if diff := cmp.Diff(row.want, row.got(c)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			warned := fmt.Sprint(c.Warnings)
			if row.warns == "" && len(c.Warnings) > 0 || !strings.Contains(warned, row.warns) {
				t.Errorf("%s: warnings %q, want %q", row.reason, warned, row.warns)
			}
			wantLaw3(t, c)
		})
	}
}

const secret = "hunter2hunter2"

// Each row is a file that can't be read; want is the whole error.
var harErrors = []struct {
	reason string
	file   string
	want   string
	is     error
}{
	{"a trailing comma is the commonest mistake of editors", "{\"log\":{\n\"entries\":[{},\n]}}",
		"t.har:2:14: entry 1: not valid JSON: a comma before a closing bracket; remove it", nil},
	{"JSON has no comments", "{\"log\":{ // " + secret + "\n}}",
		"t.har:1:10: not valid JSON: a comment, or a stray slash; JSON has no comments", nil},
	{"the entry is named, without its query", inLog(`{"request":{"method":"GET","url":"https://a.test/orders?t=` + secret + `","headers":[{"name":"A" "` + secret + `"}]}}`),
		`t.har:1:170: entry 0 (GET /orders): not valid JSON: '"' where it can't stand; is a comma or a bracket missing before it?`, nil},
	{"a control character in a short string", inLog("{\"_x\":\"a\nb\"}"),
		"t.har:1:81: entry 0: not valid JSON: a control character in a string", nil},
	{"and in a long one", inLog("{\"_x\":\"" + longText("a") + "\nb\"}"),
		"t.har:1:2129: entry 0: not valid JSON: a control character or an unknown escape in a string", nil},
	{"the place is right behind a long body", inResponse("\"content\":{\"text\":\"" + longText("a") + "\"},\n\"_x\":1,,"),
		"t.har:2:8: entry 0 (GET /): not valid JSON: two commas in a row", nil},
	{"a second document would be lost", inLog("") + "\n{}", "t.har:2:2: a second document begins behind the first; keep one in the file", nil},
	{"not an object", `[1]`, `t.har:1:1: a HAR is an object with a "log" member; this is other JSON`, ErrFormat},
	{"a log that is none", `{"log":[]}`, `t.har:1:7: "log" is no object, so this is no HAR`, ErrFormat},
	{"nothing", " \n", "t.har: is empty", ErrFormat},
	{"a web page", "<!doctype html>", "t.har: is HTML or XML, not a capture; save the answer of the export, not the page around it", ErrFormat},
	{"nesting", inLog(`{"_x":` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + `}`),
		"t.har:1:1279: entry 0: levels of nesting: more than 512; if the file can be trusted, raise Limits.JSONDepth", ErrLimit},
	{"cut off within a string", strings.TrimSuffix(inLog(`{"time":1},{"request":{"url":"/`+secret), "]}}"),
		"t.har:1:118: entry 1: cut off: the file ends inside its JSON; readable entries: 1; --partial uses them", ErrTruncated},
}

func TestReadHARErrors(t *testing.T) {
	for _, row := range harErrors {
		t.Run(row.reason, func(t *testing.T) {
			_, err := Read(strings.NewReader(row.file), "t.har", Options{})
			if err == nil {
				t.Fatal("reads")
			}
			if row.want != "" && err.Error() != row.want {
				t.Errorf("got  %s\nwant %s", err, row.want)
			}
			if row.is != nil && !errors.Is(err, row.is) {
				t.Errorf("%v is no %v", err, row.is)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("repeats what the file holds: %v", err)
			}
		})
	}
}

func TestReadHARCutOff(t *testing.T) {
	whole := inLog(`{"time":1},{"time":2,"response":{"content":{"text":"` + longText("x") + `"}}},{"time":3}`)
	for n := 1; n < len(whole)-1; n += 7 {
		_, err := Read(strings.NewReader(whole[:n]), "t.har", Options{})
		if !errors.Is(err, ErrTruncated) {
			t.Fatalf("%d bytes: %v", n, err)
		}
		c, err := Read(strings.NewReader(whole[:n]), "t.har", Options{Partial: true})
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		for i, x := range c.Exchanges {
			if x.Recorded.Millis != float64(i+1) {
				t.Errorf("%d bytes: entry %d is another one", n, i)
			}
		}
		if len(c.Warnings) == 0 {
			t.Errorf("%d bytes: no warning", n)
		}
	}
	_, err := Read(strings.NewReader(whole[:len(whole)-1]), "t.har", Options{})
	const want = "t.har:1:2191: cut off: the file ends inside its JSON; readable entries: 3; --partial uses them"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestReadHARLimits(t *testing.T) {
	file := []byte(inLog(`{},{},{}`))
	_, err := Read(bytes.NewReader(file), "t.har", Options{Limits: Limits{Entries: 2}})
	const want = "t.har:1:78: entries in one file: more than 2; if the file can be trusted, raise Limits.Entries"
	if !errors.Is(err, ErrLimit) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if _, err := Read(bytes.NewReader(file), "t.har", Options{Limits: Limits{Entries: 3}}); err != nil {
		t.Error(err)
	}
}

func TestWarningsAreSummarized(t *testing.T) {
	c, err := Read(strings.NewReader(inLog(strings.Repeat(`{"time":"x"},`, 999)+`{}`)), "t.har", Options{})
	if err != nil {
		t.Fatal(err)
	}
	last := c.Warnings[len(c.Warnings)-1]
	if len(c.Warnings) != manyWarnings+1 || last.Text != "time is no number, kept as it is (and 989 times more)" {
		t.Errorf("%d warnings, the last: %v", len(c.Warnings), last)
	}
}
