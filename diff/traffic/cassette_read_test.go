package traffic

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// interactionV2 is a version 2 interaction with more lines in its request and
// its response.
func interactionV2(request, response string) string {
	return "- request:\n    url: http://a.test/x\n    method: GET\n" + request +
		"  response:\n    status: 200 OK\n    code: 200\n    duration: 1ms\n" + response
}

func TestReadCassette(t *testing.T) {
	ok := func(edit func(*Exchange)) *Exchange {
		x := &Exchange{
			Request:  Request{Method: "GET", URL: "http://a.test/x", Sizes: noSizes},
			Response: &Response{Status: 200, StatusText: "OK", Sizes: noSizes},
			Recorded: Recorded{Millis: 1, Timings: noTimings},
		}
		edit(x)
		return x
	}
	unknown := func(pointer, value string) func(*Exchange) {
		return func(x *Exchange) { x.Unknown = Fields{{pointer, []byte(value)}} }
	}
	tests := []struct {
		reason            string
		request, response string // lines of the interaction
		want              *Exchange
	}{
		{"absent keys are what go-vcr leaves out", "", "", ok(func(*Exchange) {})},
		{"text that looks like a number, a boolean or null stays text",
			"    headers: {A: [\"007\"], B: [yes], C: [1e3], D: ['null'], E: [2024-01-01]}\n    body: 0x1F\n", "",
			ok(func(x *Exchange) {
				x.Request.Header = Header{{"A", "007"}, {"B", "yes"}, {"C", "1e3"}, {"D", "null"}, {"E", "2024-01-01"}}
				x.Request.Body = textBody("", "0x1F")
			})},
		{"headers keep order, case and repetition", "    headers: {b: [x, y], A: [1], B: ['']}\n", "",
			ok(func(x *Exchange) {
				x.Request.Header = Header{{"b", "x"}, {"b", "y"}, {"A", "1"}, {"B", ""}}
			})},
		{"a single header value is a list of one", "    headers: {A: x}\n", "",
			ok(func(x *Exchange) { x.Request.Header = Header{{"A", "x"}} })},
		{"a header without values is not on the wire, but kept", "    headers: {A/B: []}\n", "",
			ok(unknown("/request/headers/A~1B", "[]"))},
		{"binary body", "", "    body: !!binary /wAB\n",
			ok(func(x *Exchange) { x.Response.Body = textBody("", "\xff\x00\x01") })},
		{"an empty answer is present, an empty request body is none", "    body: ''\n", "    body: ''\n",
			ok(func(x *Exchange) { x.Response.Body = textBody("", "") })},
		{"a literal keeps its last line break", "", "    body: |\n      {}\n",
			ok(func(x *Exchange) { x.Response.Body = textBody("", "{}\n") })},
		{"protocol numbers that follow from proto are not kept", "    proto: HTTP/2.0\n    proto_major: 2\n    proto_minor: 0\n", "",
			ok(func(x *Exchange) { x.Request.Proto = "HTTP/2.0" })},
		{"protocol numbers that contradict proto are", "    proto_major: 1\n", "",
			ok(unknown("/request/proto_major", "1"))},
		{"a host as in the URL is not kept", "    host: a.test\n", "", ok(func(*Exchange) {})},
		{"another host is: it was sent", "    host: b.test\n", "", ok(unknown("/request/host", `"b.test"`))},
		{"defaults that go-vcr before 4.0.3 wrote", "    transfer_encoding: []\n    trailer: {}\n    remote_addr: ''\n    request_uri: ''\n    form: {}\n",
			"    transfer_encoding: []\n    trailer: {}\n    uncompressed: false\n", ok(func(*Exchange) {})},
		{"content_length is a size", "    content_length: 3\n", "    content_length: -1\n",
			ok(func(x *Exchange) { x.Request.Sizes.Body = 3 })},
		{"unknown keys are kept as JSON", "", "    note: {a: [1, 2.50, yes, true, ~, 0x10, .inf]}\n",
			ok(unknown("/response/note", `{"a":[1,2.50,"yes",true,null,16,".inf"]}`))},
		{"unknown bytes that are not UTF-8 are marked", "    note: !!binary /w==\n", "",
			ok(unknown("/request/note", `{"!!binary":"/w=="}`))},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			c := mustReadCassette(t, "version: 2\ninteractions:\n"+interactionV2(tt.request, tt.response))
			if diff := cmp.Diff([]*Exchange{tt.want}, c.Exchanges, sameCassette); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(c.Warnings) > 0 {
				t.Errorf("warnings: %v", c.Warnings)
			}
			checkLaw3(t, c)
		})
	}
}

func TestReadCassetteStatus(t *testing.T) {
	tests := []struct {
		reason, lines string
		status        int
		text          string
	}{
		{"as go-vcr writes it", "status: 404 Not Found\n    code: 404", 404, "Not Found"},
		{"without a reason phrase", "status: '200'\n    code: 200", 200, ""},
		{"status unquoted", "status: 200\n    code: 200", 200, ""},
		{"an empty reason phrase keeps its blank", "status: '299 '\n    code: 299", 299, ""},
		{"written by hand", "status: OK\n    code: 200", 200, "OK"},
		{"code alone", "code: 500", 500, ""},
		{"code in quotes", "code: '500'", 500, ""},
		{"status alone", "status: 401 Unauthorized", 401, "Unauthorized"},
		{"the code counts where they contradict", "status: 200 OK\n    code: 500", 500, "200 OK"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			c := mustReadCassette(t, "version: 1\ninteractions:\n- request: {url: http://a.test/, method: GET}\n  response:\n    "+tt.lines+"\n    duration: 1ms\n")
			r := c.Exchanges[0].Response
			if r.Status != tt.status || r.StatusText != tt.text {
				t.Errorf("got %d %q, want %d %q", r.Status, r.StatusText, tt.status, tt.text)
			}
			checkLaw3(t, c)
		})
	}
}

func TestReadCassetteDuration(t *testing.T) {
	tests := []struct {
		reason, text string
		millis       float64
	}{
		{"text", "12ms", 12},
		{"nanoseconds", "12000000", 12},
		{"nanoseconds in quotes", `"12000000"`, 12},
		{"parts of a millisecond", "460.639208ms", 460.639208},
		{"minutes", "1m2.5s", 62500},
		{"none by go-vcr v1", `""`, -1},
		{"null", "null", -1},
		{"measured, but too short for the clock", "0s", 0},
		{"negative is nonsense, kept but not used", "-5ms", -1},
		{"longer than a float holds to the nanosecond", "2562047h47m16.854775807s", 9223372036854.775},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			c := mustReadCassette(t, "version: 1\ninteractions:\n- request: {url: http://a.test/, method: GET}\n  response: {code: 200, duration: "+tt.text+"}\n")
			if got := c.Exchanges[0].Recorded.Millis; got != tt.millis {
				t.Errorf("got %v ms, want %v", got, tt.millis)
			}
			checkLaw3(t, c)
		})
	}
}

func TestReadCassetteWhole(t *testing.T) {
	const request = "request: {url: http://a.test/x, method: GET}"
	tests := []struct {
		reason, text string
		exchanges    int
		warning      string // a part of it; "" is none
	}{
		{"empty, as go-vcr writes it", "---\nversion: 2\ninteractions: []\n", 0, ""},
		{"no version: older than version 1", "interactions:\n- " + request + "\n  response: {code: 200}\n", 1, "no version"},
		{"byte order mark", "\uFEFFversion: 1\ninteractions:\n- " + request + "\n  response: {code: 200}\n", 1, ""},
		{"CRLF", "---\r\nversion: 1\r\ninteractions:\r\n- " + request + "\r\n  response: {code: 200}\r\n", 1, ""},
		{"JSON style of a custom marshaller", `{"version": 2, "interactions": [{"id": 0, "request": {"url": "http://a.test/", "method": "GET"}, "response": {"code": 200, "headers": {"A": ["\u0000"]}}}]}`, 1, ""},
		{"document end marker", "version: 1\ninteractions: []\n...\n", 0, ""},
		{"comments", "# c\nversion: 1 # c\ninteractions: # c\n# c\n- " + request + "\n  response: {code: 200}\n", 1, ""},
		{"the first of two keys counts", "version: 1\nversion: 2\ninteractions: []\n", 0, "line 2"},
		{"an answer that is meant to be absent", "version: 1\ninteractions:\n- " + request + "\n  response: null\n", 1, ""},
		{"a shared header map", "version: 1\nh: &h {A: [b]}\ninteractions:\n- request: {url: http://a.test/x, method: GET, headers: *h}\n  response: {code: 200, headers: {<<: *h, C: [d]}}\n", 1, ""},
		{"interactions null", "version: 1\ninteractions:\n", 0, ""},
		{"an unknown key of the file", "version: 2\ntool: {name: x}\ninteractions: []\n", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			c := mustReadCassette(t, tt.text)
			if len(c.Exchanges) != tt.exchanges {
				t.Errorf("%d exchanges, want %d", len(c.Exchanges), tt.exchanges)
			}
			switch {
			case tt.warning == "" && len(c.Warnings) > 0:
				t.Errorf("warnings: %v", c.Warnings)
			case tt.warning != "" && (len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0].Text, tt.warning)):
				t.Errorf("warnings %v, want one about %q", c.Warnings, tt.warning)
			}
			checkLaw3(t, c)
		})
	}
}

func TestReadCassetteErrors(t *testing.T) {
	entry := func(request, response string) string {
		return "version: 2\ninteractions:\n" + interactionV2(request, response)
	}
	tests := []struct {
		reason, text string
		want         []string
		is           error
	}{
		{"empty", "", []string{"t.yaml: the file is empty"}, nil},
		{"something else", "a: 1\n", []string{"t.yaml:1:1: not a go-vcr cassette"}, ErrFormat},
		{"a list", "- 1\n", []string{"t.yaml:1:1: a cassette is a mapping"}, nil},
		{"a version from the future", "version: 3\ninteractions: []\n", []string{"t.yaml:1:10: cassette version 3 is not known"}, nil},
		{"a version that is no number", "version: [secret]\ninteractions: []\n", []string{"t.yaml:1:10: version must be 1 or 2, this is a list"}, nil},
		{"interactions is no list", "version: 1\ninteractions: {}\n", []string{"t.yaml:2:15: interactions must be a list"}, nil},
		{"two documents", "version: 1\ninteractions: []\n---\nversion: 1\n", []string{"t.yaml:4:1: a second YAML document"}, nil},
		{"body is a mapping", entry("    body: {secret: 1}\n", ""), []string{"t.yaml:6:11: entry 0 (GET /x): body must be text, this is a mapping"}, nil},
		{"columns count bytes", entry("    headers: {é: {}}\n", ""), []string{"t.yaml:6:19: entry 0 (GET /x): a header value must be text"}, nil},
		{"all mistakes are reported", entry("    body: []\n    form: [secret]\n    host: {}\n    content_length: secret\n", "    uncompressed: secret\n"),
			[]string{"t.yaml:6:11:", "t.yaml:7:11: entry 0 (GET /x): form must be a mapping of lists", "t.yaml:8:11:", "t.yaml:9:21:", "t.yaml:14:19:"}, nil},
		{"bad duration", strings.Replace(entry("", ""), "1ms", "secret", 1), []string{"t.yaml:9:15: entry 0 (GET /x): duration must be"}, nil},
		{"bad Base64", entry("    body: !!binary '*secret*'\n", ""), []string{"t.yaml:6:11: entry 0 (GET /x): body is marked !!binary but is not Base64"}, nil},
		{"no request", "version: 1\ninteractions:\n- response: {code: 200}\n", []string{"t.yaml:3:3: entry 0: the interaction has no request"}, nil},
		{"the query is not shown", "version: 1\ninteractions:\n- request: {url: 'http://u:secret@a.test/x?t=secret', method: GET, body: []}\n  response: {code: 200}\n", []string{"entry 0 (GET /x): body"}, nil},
		{"an interaction is text", "version: 1\ninteractions:\n- secret\n- request: {}\n  response: {code: 1}\n", []string{"t.yaml:3:3: entry 0: an interaction is a mapping"}, nil},
		{"text behind a quote", "version: 1\ninteractions:\n- request:\n    body: \"a\" secret\n    url: x\n    method: GET\n  response: {}\n", []string{"t.yaml:4:", "not valid YAML"}, nil},
		{"an indent that fits nowhere", "version: 1\ninteractions:\n- request:\n    url: secret\n   method: secret\n  response: {}\n", []string{"t.yaml:5:", "not valid YAML"}, nil},
		{"a tab for an indent", "version: 1\ninteractions:\n- request:\n\t  url: secret\n  response: {}\n", []string{"t.yaml:4:", "not valid YAML"}, nil},
		{"a value that looks like an alias", "version: 1\ninteractions:\n- request: {body: *secret }\n", []string{"t.yaml:", "names no anchor"}, nil},
		{"a control character", "version: 1\nx: \"\x01\"\ninteractions: []\n", []string{"t.yaml:2:", "control characters"}, nil},
		{"nested too deeply", "version: 1\nx: " + strings.Repeat("[", 70) + strings.Repeat("]", 70) + "\ninteractions: []\n", []string{"Limits.YAMLDepth"}, ErrLimit},
		{"nested far too deeply", "version: 1\nx: " + strings.Repeat("[", 20000), []string{"Limits.YAMLDepth"}, ErrLimit},
		{"an alias inside its own anchor", "version: 1\nx: &a [*a]\ninteractions: []\n", []string{"Limits.YAMLDepth"}, ErrLimit},
		{"an alias bomb", bomb(), []string{"aliases repeat more than the limit"}, ErrLimit},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			c, err := readCassette([]byte(tt.text), "t.yaml", Options{})
			if err == nil {
				t.Fatalf("no error, but %d exchanges", len(c.Exchanges))
			}
			lines := strings.Split(err.Error(), "\n")
			for _, want := range tt.want {
				if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, want) }) {
					t.Errorf("%q is not in\n%v", want, err)
				}
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows a value: %v", err)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v is not %v", err, tt.is)
			}
			if errors.Is(err, ErrTruncated) {
				t.Errorf("%v is ErrTruncated", err)
			}
		})
	}
}

// bomb is "billion laughs" with headers.
func bomb() string {
	var b strings.Builder
	b.WriteString("version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return b.String() + "interactions: []\n"
}

func TestReadCassetteLimits(t *testing.T) {
	text := "version: 2\ninteractions:\n" + interactionV2("    body: hello\n", "") + interactionV2("", "")
	tests := []struct {
		limits Limits
		want   string
	}{
		{Limits{Entries: 1}, "t.yaml:11:3: more than 1 interactions (Limits.Entries)"},
		{Limits{Body: 4}, "t.yaml:6:11: entry 0 (GET /x): the body is longer than the limit of 4 bytes (Limits.Body)"},
		{Limits{WholeFile: 50}, "t.yaml: the file is longer than the limit of 50 bytes (Limits.WholeFile)"},
		{Limits{YAMLDepth: 3}, "t.yaml:4:5: nested deeper than the limit of 3 (Limits.YAMLDepth)"},
	}
	for _, tt := range tests {
		_, err := readCassette([]byte(text), "t.yaml", Options{Limits: tt.limits})
		if !errors.Is(err, ErrLimit) || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

// TestReadCassetteHostile holds the reader to a time that only work in
// proportion to the file can keep.
func TestReadCassetteHostile(t *testing.T) {
	const many = 40_000
	lines := func(format string) string {
		var b strings.Builder
		for i := range many {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	tests := []struct{ reason, text string }{
		{"the same header again and again", "version: 1\ninteractions:\n" + interactionV2("    headers:\n"+strings.Repeat("      A: [b]\n", many), "")},
		{"many headers", "version: 1\ninteractions:\n" + interactionV2("    headers:\n"+lines("      A%d: [b]\n"), "")},
		{"many unknown keys", "version: 1\n" + lines("k%d: v\n") + "interactions: []\n"},
		{"many unknown keys of an entry", "version: 2\ninteractions:\n" + interactionV2(lines("    k%d: v\n"), "")},
		{"many merge keys", "version: 1\nm: &m {a: b}\nx:\n" + strings.Repeat("  <<: *m\n", many) + "interactions: []\n"},
		{"many anchors", "version: 1\nx:\n" + lines("- &a%[1]d x\n- *a%[1]d\n") + "interactions: []\n"},
		{"many comments", "version: 1\n" + lines("# %d\n") + "interactions: []\n"},
		{"many entries that break off", "version: 1\ninteractions:\n" + strings.Repeat("- request: {}\n  response: {}\n", many/10) + "- \""},
		{"an early lost quote", "version: 1\ninteractions:\n- \"\n" + strings.Repeat("- request: {}\n  response: {}\n", many/10)},
		{"an alias bomb", bomb()},
		{"mistakes everywhere", "version: 1\ninteractions:\n" + strings.Repeat("- x\n", many)},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			start := time.Now()
			c, err := readCassette([]byte(tt.text), "t.yaml", Options{})
			if c == nil && err == nil {
				t.Error("neither a capture nor an error")
			}
			if c != nil && len(c.Warnings) > 10 {
				t.Errorf("%d warnings", len(c.Warnings))
			}
			if took := time.Since(start); took > time.Minute { // a cost that explodes, not a slow machine
				t.Errorf("took %v", took)
			}
		})
	}
}
