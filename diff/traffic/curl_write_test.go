package traffic

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// DrawCapture makes requests that a client of HTTP can send.
func drawCurlCapture(t *rapid.T, origin string) *Capture {
	token := rapid.StringMatching(`[A-Za-z][A-Za-z0-9!#$%&'*+.^_|~` + "`" + `-]{0,12}`)
	value := rapid.Custom(func(t *rapid.T) string {
		v := rapid.OneOf(rapid.StringMatching(`[ -~]{0,20}`), rapid.StringN(0, 10, -1)).Draw(t, "value")
		v = strings.Map(func(c rune) rune {
			if c == '\r' || c == '\n' || c == 0 {
				return -1
			}
			return c
		}, v)
		return strings.Trim(v, formSpace)
	})
	capture := &Capture{Format: Curl, File: "x"}
	for i := range rapid.IntRange(1, 3).Draw(t, "exchanges") {
		r := Request{
			Method: rapid.SampledFrom([]string{"GET", "POST", "PUT", "HEAD", "DELETE", "options", "X$(id)"}).Draw(t, "method"),
			URL:    origin + rapid.StringMatching(`/([a-z'$()!*;,.{}\[\]%/-]{0,8}/?)?(\?[a-z=&'$()!;,{}\[\]]{0,10})?`).Draw(t, "path"),
			Proto:  rapid.SampledFrom([]string{"", "HTTP/1.0", "HTTP/1.1"}).Draw(t, "proto"),
			Sizes:  noSizes,
		}
		for range rapid.IntRange(0, 4).Draw(t, "fields") {
			name := rapid.OneOf(token, rapid.SampledFrom([]string{"Accept", "user-agent", "Content-Type", "Authorization",
				"Cookie", "Referer", "Accept-Encoding"})).Draw(t, "name")
			if !notCompared[strings.ToLower(name)] && !strings.EqualFold(name, "Connection") {
				r.Header = append(r.Header, HeaderField{name, value.Draw(t, "value")})
			}
		}
		if r.Method != "HEAD" && rapid.Bool().Draw(t, "with body") {
			content := rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 30),
				rapid.Custom(func(t *rapid.T) []byte { return []byte(rapid.StringMatching(`[@%$\\'"!-]{0,12}`).Draw(t, "text")) }),
			).Draw(t, "body")
			r.Body = NewBody("", content)
		}
		capture.Exchanges = append(capture.Exchanges, &Exchange{Index: i, Request: r,
			Recorded: Recorded{Millis: -1, Timings: noTimings}})
	}
	return capture
}

func requestsOf(c *Capture) (out []Request) {
	for _, e := range c.Exchanges {
		r := e.Request
		r.Body.MediaType = ""
		if len(r.Header) == 0 {
			r.Header = nil
		}
		out = append(out, r)
	}
	return out
}

var compareRequests = cmp.Options{cmp.Comparer(func(a, b Body) bool { return a.Equal(b) })}

// Law: what is written reads back as the same requests.
func TestCurlRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capture := drawCurlCapture(t, "https://host.test:8443")
		var script bytes.Buffer
		if err := writeCurl(&script, capture); err != nil {
			t.Fatal(err)
		}
		back, err := readCurl(script.Bytes(), "written.sh", Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, script.String())
		}
		if diff := cmp.Diff(requestsOf(capture), requestsOf(back), compareRequests); diff != "" {
			t.Fatalf("written (-), read back (+):\n%s\n%s", diff, script.String())
		}
		if len(back.Warnings) > 0 {
			t.Fatalf("warning about our own text: %v\n%s", back.Warnings, script.String())
		}
	})
}

// Law: a real shell takes a quoted word for the word itself, whatever it is.
func TestBashQuote(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash on this machine")
	}
	words := []string{"", "plain", "$(touch x)", "`id`", "${HOME}", `a"b'c\d`, "!history", "*?[a]", "~", "a\nb", "\r\t\x01\x7f",
		"é ü", "\xff\xfe1", "-x", "#c", "x\u00851", "\ufeff", "a;b&c|d>e", `\`, `$'x'`, "\x1b[31m7"}
	rapid.Check(t, func(t *rapid.T) {
		words = append(words[:21:21], strings.ReplaceAll(rapid.String().Draw(t, "text"), "\x00", ""),
			strings.ReplaceAll(string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")), "\x00", ""))
		script := `printf '%s\0'`
		want := ""
		for _, w := range words {
			script += " " + bashQuote(w)
			want += w + "\x00"
		}
		out, err := exec.Command("bash", "-c", script).Output()
		if err != nil {
			t.Fatalf("bash: %v\n%s", err, script)
		}
		if string(out) != want {
			t.Fatalf("bash made %q\nof %q", out, want)
		}
	})
}

func TestWriteCurlErrors(t *testing.T) {
	exchange := func(url string, h ...HeaderField) *Exchange {
		return &Exchange{Index: 3, Request: Request{Method: "GET", URL: url, Header: h, Sizes: noSizes}}
	}
	for _, test := range []struct {
		reason   string
		exchange *Exchange
		want     string
	}{
		{"a line end would end the field", exchange("http://h/p", HeaderField{"X", "secret\r\nY: 1"}),
			"c.har: entry 3 (GET /p): header 0 can't be given to curl: its name is no token, or its value has a line end or a NUL"},
		{"curl would read a file", exchange("http://h/p", HeaderField{"@etc", "secret"}),
			"c.har: entry 3 (GET /p): header 0 can't be given to curl: its name is no token, or its value has a line end or a NUL"},
		{"curl has no page to be relative to", exchange("/p?secret"),
			"c.har: entry 3 (GET /p): the URL is not absolute, so curl can't request it"},
		{"not HTTP", exchange("wss://h/p"),
			"c.har: entry 3 (GET /p): the URL is not of http or https, and a capture holds nothing else"},
	} {
		err := writeCurl(&bytes.Buffer{}, &Capture{File: "c.har", Exchanges: []*Exchange{test.exchange}})
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.reason, got, test.want)
		}
	}
}

func TestWriteCurlText(t *testing.T) {
	capture := &Capture{Exchanges: []*Exchange{{Index: 12, Request: Request{
		Method: "PUT", URL: "https://u:p@api.test/v1/[a]/../b?q=1#f", Proto: "HTTP/1.1",
		Header: Header{{":authority", "api.test"}, {"Host", "api.test"}, {"Content-Length", "3"}, {"X-It's", "a!b"}, {"Empty", ""}},
		Body:   NewBody("", []byte("a\x00b")),
	}}}}
	want := `# entry 12
printf 'a\000b' | curl 'https://api.test/v1/[a]/../b?q=1#f' \
  --globoff \
  --path-as-is \
  -X PUT \
  --http1.1 \
  -H $'X-It\'s: a\041b' \
  -H 'Empty;' \
  -H User-Agent: \
  -H Accept: \
  -H Content-Type: \
  --data-binary @-
`
	var got bytes.Buffer
	if err := writeCurl(&got, capture); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// A body longer than one argument may be goes through printf, byte by byte.
func TestWriteCurlLongBody(t *testing.T) {
	body := bytes.Repeat([]byte("-%s'\\\n\x00é!"), maxArgument/8)
	capture := &Capture{Exchanges: []*Exchange{{Request: Request{Method: "POST", URL: "http://h.test/", Body: NewBody("", body), Sizes: noSizes}}}}
	var script bytes.Buffer
	if err := writeCurl(&script, capture); err != nil {
		t.Fatal(err)
	}
	back, err := readCurl(script.Bytes(), "x.sh", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !back.Exchanges[0].Request.Body.Equal(NewBody("", body)) {
		t.Error("a long body came back changed")
	}
}
