package traffic

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Law 3 for HAR: what was written reads back equal, whatever it is.
func TestHARLaw3(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCapture(t)
		var file bytes.Buffer
		if err := Write(&file, c, HAR); err != nil {
			t.Fatal(err)
		}
		back, err := Read(bytes.NewReader(file.Bytes()), "t.har", Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, file.Bytes())
		}
		if !Equal(c, back) {
			t.Fatalf("not the same:\n%s\n%s", firstDifference(c, back), file.Bytes())
		}
	})
}

func drawCapture(t *rapid.T) *Capture {
	text := drawText()
	c := &Capture{
		Format:  HAR,
		Version: text.Draw(t, "version"),
		Creator: Product{text.Draw(t, "creator"), text.Draw(t, "creator's version"), text.Draw(t, "creator's comment")},
		Comment: text.Draw(t, "comment"),
		Unknown: drawUnknown(t, "", "/log", "/log/creator"),
	}
	if rapid.Bool().Draw(t, "browser") {
		c.Browser.Name = text.Draw(t, "browser's name")
	}
	for range rapid.IntRange(0, 2).Draw(t, "pages") {
		c.Pages = append(c.Pages, Page{ID: text.Draw(t, "id"), Title: text.Draw(t, "title"), Started: drawTime(t)})
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "entries") {
		c.Exchanges = append(c.Exchanges, drawExchange(t, i))
	}
	return c
}

func drawExchange(t *rapid.T, i int) *Exchange {
	text, number := drawText(), rapid.Float64Range(-1, 1e6)
	x := &Exchange{Index: i}
	q := &x.Request
	q.Method = rapid.SampledFrom([]string{"GET", "POST", "", "PROPFIND"}).Draw(t, "method")
	q.URL = rapid.SampledFrom([]string{"", "/a?b=c%20d&e", "https://a.test/?x=%zz#f", "data:,x"}).Draw(t, "url")
	q.Proto = text.Draw(t, "proto")
	q.Header = drawHeader(t, "Cookie")
	q.Body = drawBody(t)
	if rapid.Bool().Draw(t, "params") {
		q.Body.Params = []Param{{Name: text.Draw(t, "param"), Value: text.Draw(t, "value"), FileName: text.Draw(t, "file"), Type: text.Draw(t, "type")}}
	}
	q.Cookies = drawCookies(t)
	if rapid.Bool().Draw(t, "query") {
		q.Query = []Param{{Name: "b", Value: text.Draw(t, "query value")}, {Name: "e"}}
	}
	q.Sizes = Sizes{rapid.Int64Range(-1, 1e9).Draw(t, "header size"), rapid.Int64Range(-1, 1e9).Draw(t, "body size"), -1, -1}
	if rapid.Bool().Draw(t, "response") {
		x.Response = &Response{
			Status:     rapid.IntRange(0, 999).Draw(t, "status"),
			StatusText: text.Draw(t, "reason"),
			Proto:      text.Draw(t, "proto"),
			Header:     drawHeader(t, "Set-Cookie"),
			Body:       drawBody(t),
			Cookies:    drawCookies(t),
			Location:   text.Draw(t, "location"),
			Error:      text.Draw(t, "error"),
			Sizes:      Sizes{-1, 5, rapid.Int64Range(-1, 9).Draw(t, "size"), rapid.Int64Range(-1, 9).Draw(t, "compression")},
		}
	}
	x.Recorded = Recorded{
		Started: drawTime(t), Millis: number.Draw(t, "millis"),
		Timings:  Timings{number.Draw(t, "blocked"), -1, 0, number.Draw(t, "ssl"), 1e-7, number.Draw(t, "wait"), 2},
		ServerIP: text.Draw(t, "ip"), Connection: text.Draw(t, "connection"),
		Page: text.Draw(t, "page"), Comment: text.Draw(t, "comment"),
	}
	x.Unknown = drawUnknown(t, "", "/request", "/response", "/cache", "/timings", "/response/content", "/request/postData")
	for i := range q.Header {
		x.Unknown = append(x.Unknown, drawUnknown(t, fmt.Sprintf("/request/headers/%d", i))...)
	}
	return x
}

// drawText draws Unicode, some of it too long to be held in memory.
func drawText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.SampledFrom([]string{"", "x", "a\"b\\c", "é😀\u2028", "\x00\x1f", "https://a.test/", "0", "null"}).Draw(t, "s")
		if rapid.IntRange(0, 9).Draw(t, "long") == 0 {
			s = strings.Repeat(s, lazyFrom)
		}
		return s
	})
}

func drawTime(t *rapid.T) Timestamp {
	return rapid.SampledFrom([]Timestamp{
		{},
		{Text: "at noon"},
		{Time: time.Date(2025, 1, 2, 3, 4, 5, 6e6, time.UTC), Text: "2025-01-02T03:04:05.006Z"},
		{Time: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC), Text: "Thu, 02 Jan 2025 03:04:05 GMT"},
		{Time: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)},
	}).Draw(t, "time")
}

func drawHeader(t *rapid.T, cookie string) Header {
	var h Header
	for range rapid.IntRange(0, 3).Draw(t, "fields") {
		name := rapid.SampledFrom([]string{":path", "Accept", "accept", "Location", cookie, ""}).Draw(t, "name")
		value := drawText().Draw(t, "value")
		if name == cookie {
			value = rapid.SampledFrom([]string{"a=1; Path=/", "a=; b", "", "a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT"}).Draw(t, "cookie")
		}
		h = append(h, HeaderField{name, value})
	}
	return h
}

func drawCookies(t *rapid.T) []Cookie {
	return rapid.SliceOfN(rapid.SampledFrom([]Cookie{
		{Name: "a", Value: "1", Path: "/"},
		{Name: "a"},
		{Name: "b", Value: "é", Domain: "a.test", Expires: "soon", SameSite: "Lax", HTTPOnly: true, Secure: true},
	}), 0, 2).Draw(t, "cookies")
}

func drawBody(t *rapid.T) Body {
	media := drawText().Draw(t, "media type")
	if rapid.Bool().Draw(t, "present") {
		if rapid.Bool().Draw(t, "binary") {
			return NewBody(media, rapid.SliceOfN(rapid.Byte(), 0, 3*lazyFrom).Draw(t, "bytes"))
		}
		return NewBody(media, []byte(drawText().Draw(t, "text")))
	}
	return Body{MediaType: media}
}

func drawUnknown(t *rapid.T, parents ...string) Fields {
	var fields Fields
	for _, parent := range parents {
		if rapid.IntRange(0, 2).Draw(t, "unknown") == 0 {
			name := rapid.SampledFrom([]string{"/_x", "/a~1b~0c", "/"}).Draw(t, "name")
			value := rapid.SampledFrom([]string{`1`, `null`, `{"a":[1,"é"]}`, `"` + strings.Repeat("x", 2*lazyFrom) + `"`}).Draw(t, "value")
			fields = append(fields, Field{parent + name, []byte(value)})
		}
	}
	return fields
}

// Every file either fails with an error that names it, or survives being
// written and read again.
func FuzzReadHAR(f *testing.F) {
	for _, row := range harTraps {
		f.Add([]byte(row.file))
	}
	for _, row := range harErrors {
		f.Add([]byte(row.file))
	}
	f.Add(gzipped(f, []byte(inLog("{}"))))
	f.Add(zipped(f, "a.har", inLog(`{"response":{"content":{"_file":"b"}}}`), "b", "text"))
	f.Add(inUTF16(binary.LittleEndian, inLog("{}")))
	files, _ := filepath.Glob("testdata/har/*.har")
	for _, name := range files {
		if data, err := os.ReadFile(name); err == nil && len(data) < 8<<10 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		o := Options{Limits: Limits{Unpacked: 1 << 20, Entries: 1000}}
		c, err := Read(bytes.NewReader(file), "f.har", o)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.har:") {
				t.Errorf("error that names no file: %v", err)
			}
			return
		}
		defer c.Close()
		switch {
		case c.Format != HAR:
		case hasBrokenBody(c):
			if err := Write(io.Discard, c, HAR); err == nil {
				t.Error("a body that can't be read was written")
			}
		default:
			wantLaw3(t, c)
		}
	})
}

// hasBrokenBody tells whether a member of an archive turns out to be broken when
// it is read as a body.
func hasBrokenBody(c *Capture) bool {
	for _, x := range c.Exchanges {
		if _, err := x.Request.Body.Bytes(1 << 30); err != nil {
			return true
		}
		if x.Response == nil {
			continue
		}
		if _, err := x.Response.Body.Bytes(1 << 30); err != nil {
			return true
		}
	}
	return false
}

// No error repeats a value of the file, wherever the file is broken.
func TestErrorsHoldNoValues(t *testing.T) {
	whole := inLog(`{"request":{"method":"GET","url":"https://a.test/p?k=` + secret + `","headers":[{"name":"Authorization","value":"Bearer ` + secret + `"}],` +
		`"postData":{"text":"` + secret + `"}},"response":{"status":200,"_` + secret + `":1}}`)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(whole)-1).Draw(t, "at")
		put := rapid.SampledFrom([]string{"", "x", `"`, "}", "]", ",", "\x01", `\q`, "NaN", "//"}).Draw(t, "put")
		cut := rapid.IntRange(0, 2).Draw(t, "cut")
		file := whole[:at] + put + whole[min(at+cut, len(whole)):]
		c, err := Read(strings.NewReader(file), "t.har", Options{})
		if err != nil && strings.Contains(err.Error(), secret[:6]) {
			t.Fatalf("repeats what the file holds: %v", err)
		}
		if err == nil {
			for _, w := range c.Warnings {
				if strings.Contains(w.Text, secret[:6]) {
					t.Fatalf("repeats what the file holds: %v", w)
				}
			}
		}
	})
}
