package mask

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
)

// written writes a capture and reads it again.
func written(t *testing.T, c *traffic.Capture) (*traffic.Capture, []byte) {
	t.Helper()
	var out bytes.Buffer
	if err := traffic.Write(&out, c, c.Format); err != nil {
		t.Fatal(err)
	}
	again, err := traffic.Read(bytes.NewReader(out.Bytes()), c.File, traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	return again, out.Bytes()
}

// skeleton is what redaction must leave of a capture.
func skeleton(c *traffic.Capture) []string {
	lines := []string{string(c.Format), c.Version}
	lines = append(lines, pointers(c.Unknown)...)
	for _, x := range c.Exchanges {
		lines = append(lines, x.Request.Method, cookieNames(x.Request.CookiePairs()))
		lines = append(lines, headerNames(x.Request.Header), x.Recorded.Started.Text, x.Recorded.Page)
		lines = append(lines, pointers(x.Unknown)...)
		if r := x.Response; r != nil {
			lines = append(lines, strconv.Itoa(r.Status), headerNames(r.Header), attributes(r.Header))
		}
	}
	return lines
}

// pointers are sorted: members of an object have no order.
func pointers(fields traffic.Fields) []string {
	var list []string
	for _, f := range fields {
		list = append(list, f.Pointer)
	}
	slices.Sort(list)
	return list
}

func headerNames(h traffic.Header) string {
	var names []string
	for _, f := range h {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

func cookieNames(pairs []traffic.Param) string {
	var names []string
	for _, p := range pairs {
		names = append(names, p.Name)
	}
	return strings.Join(names, " ")
}

// attributes are the names and attributes of cookies that were handed out.
func attributes(h traffic.Header) string {
	var b strings.Builder
	for _, line := range h.Values("Set-Cookie") {
		name, rest, _ := strings.Cut(line, "=")
		_, attributes, _ := strings.Cut(rest, ";")
		b.WriteString(name + ";" + attributes + "\n")
	}
	return b.String()
}

// TestRedactionKeepsTheStructure: of captures of some thirty recorders all that
// is no secret stays, the result can be read, nothing is found in it, and it
// stays as it is.
func TestRedactionKeepsTheStructure(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../testdata/*/*", "../../../../shared/corpus/*/*", "../../../../shared/corpus/*/*/*"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, names...)
	}
	n, bodies := 0, 0
	for _, name := range files {
		if info, err := os.Stat(name); err != nil || info.IsDir() || info.Size() > 2<<20 {
			continue
		}
		c, err := traffic.Open(name, traffic.Options{Partial: true})
		if err != nil {
			continue // a capture that is broken on purpose
		}
		defer c.Close()
		if _, plain := writable(c); !plain {
			continue
		}
		var r Redactor
		redacted, err := r.Capture(c)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, text := written(t, redacted)
		if diff := cmp.Diff(skeleton(c), skeleton(again)); diff != "" {
			t.Errorf("%s (-original +redacted)\n%.600s", filepath.Base(name), diff)
		}
		found, err := new(Redactor).Find(again)
		if err != nil || len(found) > 0 {
			t.Errorf("%s: found again: %v %.300v", filepath.Base(name), err, found)
		}
		twice, err := (&Redactor{Key: []byte("another")}).Capture(again)
		if err != nil {
			t.Fatal(err)
		}
		if _, retext := written(t, twice); !bytes.Equal(text, retext) {
			t.Errorf("%s: redacting again changes it", filepath.Base(name))
		}
		n++
		bodies += len(c.Exchanges)
	}
	if n == 0 {
		t.Fatal("no capture could be read")
	}
	t.Logf("%d captures, %d exchanges", n, bodies)
}

// writable tells whether a capture can be written in its own format at all.
func writable(c *traffic.Capture) ([]byte, bool) {
	var out bytes.Buffer
	err := traffic.Write(&out, c, c.Format)
	return out.Bytes(), err == nil
}

// TestHarmlessCaptureStays: what holds no secret is written as it was.
func TestHarmlessCaptureStays(t *testing.T) {
	const har = `{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"_meta":{"build":"2026.10"},"pages":[{"startedDateTime":"2026-10-01T10:00:00.000Z","id":"page_1","title":"Orders of the bakery","pageTimings":{"onLoad":12}}],
"entries":[{"startedDateTime":"2026-10-01T10:00:00.000Z","time":5,"_resourceType":"xhr","request":{"method":"GET","url":"https://u.test/orders/9001?page=2&sort=-created&q=bread%20roll","httpVersion":"HTTP/1.1","cookies":[],
"headers":[{"name":"Accept","value":"application/json"},{"name":"Sec-Fetch-Site","value":"same-origin"},{"name":"Idempotency-Key","value":"0b6c2f0e-5a0b-4a57-9d7e-0d6a7e4f1c22"}],"queryString":[],"headersSize":-1,"bodySize":-1},
"response":{"status":403,"statusText":"Forbidden","httpVersion":"HTTP/1.1","cookies":[],"headers":[{"name":"WWW-Authenticate","value":"Bearer realm=\"u\", error=\"insufficient_scope\", scope=\"orders:write\""},
{"name":"ETag","value":"\"5d41402abc4b2a76b9719d911017c592\""},{"name":"Access-Control-Allow-Credentials","value":"true"}],
"content":{"size":30,"mimeType":"application/json","text":"{\"code\":\"E_SCOPE\",\"id\":\"0b6c2f0e-5a0b-4a57-9d7e-0d6a7e4f1c22\",\"token_type\":\"Bearer\",\"password\":\"must be at least 8 characters\",\"author\":\"Ada\"}"},"redirectURL":"","headersSize":-1,"bodySize":-1},
"cache":{},"timings":{"send":0,"wait":5,"receive":0}}]}}`
	c, err := traffic.Read(strings.NewReader(har), "plain.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	redacted, err := (&Redactor{Personal: true}).Capture(c)
	if err != nil {
		t.Fatal(err)
	}
	if !traffic.Equal(c, redacted) {
		found, err := new(Redactor).Find(c)
		t.Errorf("it was changed: %v %v", found, err)
	}
}

// TestFoundOnceMaskedEverywhere: what stands under a secret name in the last
// answer is masked in the first request's path.
func TestFoundOnceMaskedEverywhere(t *testing.T) {
	const secret = "tango-9981-whiskey"
	c := &traffic.Capture{Format: traffic.HAR, Comment: "about " + secret, Pages: []traffic.Page{{ID: "p", Title: secret}}, Exchanges: []*traffic.Exchange{
		{Request: traffic.Request{Method: "GET", URL: "https://a.test/x/" + secret + "?q=" + secret}},
		{Request: traffic.Request{Method: "GET", URL: "https://a.test/"}, Response: &traffic.Response{Status: 200, Body: traffic.NewBody("text/plain", []byte("your password: \""+secret+"\""))}},
	}}
	var r Redactor
	redacted, err := r.Capture(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, text := written(t, redacted); strings.Contains(string(text), secret) {
		t.Errorf("left in %s", text)
	}
	if !strings.Contains(redacted.Comment, redacted.Pages[0].Title) {
		t.Errorf("%q and %q hold the same secret", redacted.Comment, redacted.Pages[0].Title)
	}
}

func TestPersonalData(t *testing.T) {
	rows := []struct{ reason, name, value, want string }{
		{"an address", "X-Note", "mail ada@bakery.test now", "mail masked-email now"},
		{"one that is encoded", "Referer", "/x?user=ada%40bakery.test", "/x?user=masked-email"},
		{"one with a tag", "X-Note", "<ada.l+x@mail.bakery.test>.", "<masked-email>."},
		{"a number by its plus", "X-Note", "call +49 30 123-4567, please", "call masked-phone, please"},
		{"a number by its name", "X-Contact-Phone", "030 1234567", "masked-phone"},
		{"a local number", "X-Note", "call 030 1234567, please", "call masked-phone, please"},
		{"one with its area in brackets", "X-Note", "(0221) 98 76 54", "masked-phone"},
		{"one of North America", "X-Note", "tel. (555) 234-5678,", "tel. masked-phone,"},
		{"one with dashes", "X-Note", "555-234-5678", "masked-phone"},
		{"a date is none", "X-Note", "2026-10-01 and 01-10-2026", "2026-10-01 and 01-10-2026"},
		{"a range is none", "X-Note", "bytes 0-1023/146515", "bytes 0-1023/146515"},
		{"an id is none", "X-Note", "order 0301234567", "order 0301234567"},
		{"a version is none", "X-Note", "lodash@4.17.21", "lodash@4.17.21"},
		{"a sum is none", "X-Note", "1+12345678", "1+12345678"},
		{"an offset of time is none", "X-Note", "2026-10-01T10:00:00+02:00", "2026-10-01T10:00:00+02:00"},
		{"a name of a page is none", "X-Phone-Layout", "compact", "compact"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			x := &traffic.Exchange{Request: traffic.Request{Header: traffic.Header{{Name: row.name, Value: row.value}}}}
			if got := readable(redact(t, &Redactor{Personal: true}, x).Request.Header[0].Value); got != row.want {
				t.Errorf("%q became %q, want %q", row.value, got, row.want)
			}
			if got := redact(t, new(Redactor), x).Request.Header[0].Value; got != row.value {
				t.Errorf("%q became %q unasked", row.value, got)
			}
		})
	}
}

func gzipped(text string) string {
	packed, err := codings[0].pack(text)
	if err != nil {
		panic(err) // it is written to memory
	}
	return packed
}

// TestBombsAreRefused: what can't be searched is not written.
func TestBombsAreRefused(t *testing.T) {
	bomb := gzipped(strings.Repeat("\x00", maxUnpacked+1))
	layered := "{}"
	for range maxLayers + 2 {
		layered = gzipped(layered)
	}
	for reason, content := range map[string]string{"too long": bomb, "too deep": layered} {
		c := &traffic.Capture{File: "b.har", Exchanges: []*traffic.Exchange{{
			Request: traffic.Request{Method: "GET", URL: "https://a.test/x"}, Response: &traffic.Response{Body: traffic.NewBody("", []byte(content))},
		}}}
		if _, err := new(Redactor).Capture(c); err == nil || !strings.HasPrefix(err.Error(), "b.har: entry 0 (GET /x): a body can't be redacted: it ") {
			t.Errorf("%s: %v", reason, err)
		}
		if _, err := new(Redactor).Find(c); err == nil {
			t.Errorf("%s: nothing was said", reason)
		}
	}
	if _, _, err := unpack(bomb, nil); !errors.Is(err, errUnpacked) {
		t.Errorf("the bomb: %v", err)
	}
}

// TestHostileTextIsRedactedInTime: no byte of a text is read over and over. A
// reading that is quadratic takes longer for these than a test may.
func TestHostileTextIsRedactedInTime(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	for _, unit := range []string{"a=", "aaaa=", "state=", "key: ", "state=\"", "auth:", "eyJ", "token:", "a@", "%40", "%25", "Basic ", "masked-", "-----BEGIN PRIVATE KEY-----", "[", `{"a":`, "<a ", "+1 ", "aGVs", "x=%7B", "/BAh", "pwd: abcd\n", "pat", "1:AA"} {
		text := strings.Repeat(unit, 1<<18/len(unit))
		for _, mediaType := range []string{"text/plain", "application/x-www-form-urlencoded"} {
			x := &traffic.Exchange{Request: traffic.Request{Method: "POST", URL: "https://a.test/", Body: traffic.NewBody(mediaType, []byte(text))}}
			r := &Redactor{Personal: true}
			r.Learn(&traffic.Capture{Exchanges: []*traffic.Exchange{x}})
			redact(t, r, x)
		}
	}
}
