package traffic

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyText draws bytes of all kinds, among them those that YAML treats apart.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringN(0, 20, -1),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }),
		rapid.StringOfN(rapid.RuneFrom([]rune(" \t\r\n\x00\x7f\u0085\u2028\uFEFF\uFFFE\U0001F600-:#'\"&*!|>%@`{}[],?~a0")), 0, 12, -1),
		rapid.SampledFrom([]string{"", " ", "\n", "null", "~", "yes", "No", "on", "y", "true", "007", "0x1F", "1e3", ".inf", "1_0",
			"12:30:45", "2024-01-01", "<<", "=", "---", "...", "- a", "a: b", "a #b", "a\r\nb\r\n", "a\n", "\na", " a\n b", "a \nb", "a\n\n", "\ta\n",
			"a\x00b", "\xff\xfe", "!!binary", "*a", "&a", "{\"a\": 1}\n", "é\n\u2028", strings.Repeat("long ", 60)}),
	)
}

// anyExchange draws what a cassette of the version can hold: fields of one
// name stand together, and an empty request body is none.
func anyExchange(version Format, index int) *rapid.Generator[*Exchange] {
	return rapid.Custom(func(t *rapid.T) *Exchange {
		x := &Exchange{Index: index, Recorded: Recorded{Millis: -1, Timings: noTimings}}
		x.Request = Request{
			Method: rapid.OneOf(rapid.SampledFrom([]string{"GET", "POST", "PUT"}), anyText()).Draw(t, "method"),
			URL:    rapid.OneOf(rapid.SampledFrom([]string{"http://a.test/x?a=1&a=2&%zz", "https://b.test:8080/?q=%ff"}), anyText()).Draw(t, "url"),
			Proto:  rapid.OneOf(rapid.SampledFrom([]string{"HTTP/1.1", "HTTP/2.0", ""}), anyText()).Draw(t, "proto"),
			Header: anyHeader().Draw(t, "header"),
			Sizes:  noSizes,
		}
		if rapid.Bool().Draw(t, "form") {
			x.Request.Header = append(x.Request.Header, HeaderField{"Content-Type", "application/x-www-form-urlencoded"})
		}
		if content := anyText().Draw(t, "body"); content != "" {
			x.Request.Body = textBody("", content)
		}
		x.Request.Sizes.Body = rapid.Int64Range(-1, 1<<40).Draw(t, "length")
		if rapid.Bool().Draw(t, "extra") {
			x.Unknown = append(x.Unknown,
				Field{"/note", anyJSON(2).Draw(t, "note")},
				Field{"/request/headers/Empty", []byte("[]")},
				Field{"/request/a~1b", anyJSON(1).Draw(t, "deep")})
		}
		if rapid.IntRange(0, 9).Draw(t, "answered") == 0 {
			return x
		}
		x.Response = &Response{
			Status:     rapid.IntRange(0, 999).Draw(t, "status"),
			StatusText: anyText().Draw(t, "reason"),
			Proto:      anyText().Draw(t, "proto"),
			Header:     anyHeader().Draw(t, "header"),
			Sizes:      noSizes,
		}
		if x.Response.Status == 0 || x.Response.StatusText == "" {
			x.Response.StatusText = ""
		}
		if rapid.Bool().Draw(t, "content") {
			x.Response.Body = textBody("", anyText().Draw(t, "content"))
		}
		if rapid.Bool().Draw(t, "timed") {
			x.Recorded.Millis = float64(rapid.Int64Range(0, 1<<40).Draw(t, "ns")) / 1e6
		}
		if version == CassetteV2 {
			x.Unknown = append(x.Unknown, Field{"/response/uncompressed", []byte("true")})
		}
		return x
	})
}

func anyHeader() *rapid.Generator[Header] {
	return rapid.Custom(func(t *rapid.T) Header {
		var h Header
		for i, values := range rapid.SliceOfN(rapid.SliceOfN(anyText(), 1, 3), 0, 4).Draw(t, "values") {
			name := fmt.Sprint(i, anyText().Draw(t, "name"))
			for _, v := range values {
				h = append(h, HeaderField{name, v})
			}
		}
		return h
	})
}

func anyJSON(depth int) *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); {
		case kind == 0 && depth > 0:
			return fmt.Appendf(nil, `{"k":%s,"~/":%s}`, anyJSON(depth-1).Draw(t, "k"), anyJSON(depth-1).Draw(t, "v"))
		case kind == 1 && depth > 0:
			return fmt.Appendf(nil, `[%s]`, anyJSON(depth-1).Draw(t, "item"))
		case kind == 2:
			return appendQuoted(nil, strings.ToValidUTF8(anyText().Draw(t, "text"), "?"))
		}
		return []byte(rapid.SampledFrom([]string{"null", "true", "false", "0", "-0", "1e400", "1.50", "12345678901234567890123", "-1E-7", "{}", "[]", `{"!!binary":"/w=="}`}).Draw(t, "plain"))
	})
}

func anyCassette(version Format) *rapid.Generator[*Capture] {
	return rapid.Custom(func(t *rapid.T) *Capture {
		c := &Capture{Format: version, Version: strings.TrimPrefix(string(version), "cassette-v")}
		for i := range rapid.IntRange(0, 4).Draw(t, "entries") {
			c.Exchanges = append(c.Exchanges, anyExchange(version, i).Draw(t, "exchange"))
		}
		if rapid.Bool().Draw(t, "extra") {
			c.Unknown = Fields{{"/tool", anyJSON(2).Draw(t, "tool")}}
		}
		return c
	})
}

// Law 3: Read(Write(capture)) equals the capture.
func TestCassetteLaw(t *testing.T) {
	for _, version := range []Format{CassetteV1, CassetteV2} {
		t.Run(string(version), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				c := anyCassette(version).Draw(t, "capture")
				var out strings.Builder
				if err := writeCassette(&out, c, version); err != nil {
					t.Fatal(err)
				}
				back, err := readCassette([]byte(out.String()), "t.yaml", Options{})
				if err != nil {
					t.Fatalf("%v\n%s", err, out.String())
				}
				if diff := cmp.Diff(c, back, sameCassette); diff != "" {
					t.Fatalf("(-written +read):\n%s\n%s", diff, out.String())
				}
				if len(back.Warnings) > 0 {
					t.Fatalf("warnings: %v", back.Warnings)
				}
			})
		})
	}
}

func FuzzReadCassette(f *testing.F) {
	for _, file := range cassetteFiles(f) {
		if data, err := os.ReadFile(file); err == nil && len(data) < 5000 {
			f.Add(data)
		}
	}
	for _, text := range []string{
		bomb(),
		"version: 1\ninteractions:\n- request: {url: \"http://a\\x00b/?a=%ff\", method: POST, form: {a: [5], ? !!binary /w== : [!!binary /w==]}}\n  response: {status: '', code: 0}\n",
		"version: 1\nm: &m {a: b}\ninteractions:\n- request: {<<: *m, headers: {'': ['', ~], A: }}\n  response: null\n  1.0: 0o17\n",
		`{"interactions": [{"request": {}, "response": {"duration": 1e3}}]}`,
		"version: 2\ninteractions:\n- id: 0\n  request:\n    proto: HTTP/2.0\n    host: ''\n    form:\n      a: [b]\n  response:\n    duration: -1ns\n    status: \"200 \"\n    code: 200\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := Limits{Entries: 100, WholeFile: 1 << 20}
		c, err := readCassette(data, "t.yaml", Options{Limits: limits})
		if err != nil {
			_, _ = readCassette(data, "t.yaml", Options{Limits: limits, Partial: true})
			return
		}
		checkLaw3(t, c)
		for _, version := range []Format{CassetteV1, CassetteV2} {
			if err := writeCassette(io.Discard, c, version); err != nil {
				t.Errorf("%s: %v", version, err)
			}
		}
	})
}

func BenchmarkReadCassette(b *testing.B) {
	c := &Capture{Format: CassetteV2, Version: "2"}
	for i := range 1000 {
		c.Exchanges = append(c.Exchanges, &Exchange{
			Index: i,
			Request: Request{
				Method: "POST", URL: fmt.Sprintf("https://api.test/v1/orders/%d?page=2", i), Proto: "HTTP/1.1", Sizes: noSizes,
				Header: Header{{"Accept", "application/json"}, {"Authorization", "Bearer " + strings.Repeat("x", 400)}, {"Content-Type", "application/json"}},
				Body:   textBody("", `{"id":1}`),
			},
			Response: &Response{
				Status: 200, StatusText: "OK", Proto: "HTTP/2.0", Sizes: noSizes,
				Header: Header{{"Content-Type", "application/json"}, {"Date", "Mon, 02 Jan 2006 15:04:05 GMT"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}},
				Body:   textBody("", strings.Repeat(`{"id":1,"name":"x"},`, 100)),
			},
			Recorded: Recorded{Millis: 12.5, Timings: noTimings},
		})
	}
	data := []byte(mustWriteCassette(b, c, CassetteV2))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readCassette(data, "b.yaml", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
