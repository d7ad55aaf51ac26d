package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A corsCase is one line of testdata/cors/chromium.jsonl: a request, what the servers
// answer, and what a real Chromium made of it. Strings are byte strings, one
// code point below U+0100 for a byte.
type corsCase struct {
	ID          string            `json:"id"`
	Group       string            `json:"group"`
	Deviation   string            `json:"deviation"`
	Page        string            `json:"page"`
	PageKind    string            `json:"page_kind"`
	Request     corsCaseRequest   `json:"request"`
	Preflight   *corsCaseResponse `json:"preflight_response"`
	Response    corsCaseResponse  `json:"response"`
	Chain       []corsCaseHop     `json:"redirect_chain"`
	Verdict     corsCaseVerdict   `json:"verdict"`
	Second      *corsCase         `json:"second"`
	AfterMillis int               `json:"after_ms"`
}

type corsCaseRequest struct {
	Method      string            `json:"method"`
	URL         string            `json:"url"`
	Mode        string            `json:"mode"`
	Credentials string            `json:"credentials"`
	Headers     map[string]string `json:"headers"`
	Body        *corsCaseBody     `json:"body"`
	Via         string            `json:"via"`
	Redirect    string            `json:"redirect,omitempty"`
	Upload      bool              `json:"upload_listener,omitempty"`
}

type corsCaseBody struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
	Type  string `json:"type"`
}

type corsCaseResponse struct {
	Status  int         `json:"status"`
	Headers [][2]string `json:"headers"`
}

type corsCaseHop struct {
	URL       string            `json:"url"`
	Preflight *corsCaseResponse `json:"preflight_response"`
	Response  corsCaseResponse  `json:"response"`
}

type corsCaseVerdict struct {
	PreflightSent bool           `json:"preflight_sent"`
	Allowed       bool           `json:"allowed"`
	Console       *string        `json:"console_error"`
	Reached       bool           `json:"request_reached_server"`
	LastHop       *int           `json:"last_hop_reached"`
	Error         string         `json:"cors_error"`
	Parameter     string         `json:"cors_error_parameter"`
	OtherBlock    string         `json:"other_block"`
	JSError       string         `json:"js_error"`
	Wire          []corsCaseWire `json:"wire"`
	ResponseType  string         `json:"response_type"`
	Status        *int           `json:"status"`
	Visible       []string       `json:"visible_headers"`
}

type corsCaseWire struct {
	Hop    int    `json:"hop"`
	Kind   string `json:"kind"`
	Method string `json:"method"`
	Origin string `json:"origin,omitempty"`
	ACRM   string `json:"acrm,omitempty"`
	ACRH   string `json:"acrh,omitempty"`
	Cookie bool   `json:"cookie"`
}

// corsBytes turns a byte string of the data into the bytes it stands for.
func corsBytes(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

func (c *corsCase) request(t testing.TB) CORSRequest {
	t.Helper()
	origin, err := ParseOrigin(c.Page)
	if err != nil {
		t.Fatalf("%s: page: %v", c.ID, err)
	}
	r := CORSRequest{
		Origin: origin, SecurePage: c.Page == "null", Method: corsBytes(c.Request.Method), URL: c.Request.URL,
		UploadListener: c.Request.Upload,
		Credentials:    map[string]FetchCredentials{"include": CredentialsInclude, "omit": CredentialsOmit}[c.Request.Credentials],
		Redirect:       map[string]FetchRedirect{"manual": RedirectManual, "error": RedirectError}[c.Request.Redirect],
	}
	if c.Request.Via == "xhr" {
		r.Via = ViaXHR
	}
	names := make([]string, 0, len(c.Request.Headers))
	for name := range c.Request.Headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		r.Header = append(r.Header, Field{corsBytes(name), corsBytes(c.Request.Headers[name])})
	}
	if b := c.Request.Body; b != nil {
		kinds := map[string]BodyKind{"text": TextBody, "urlencoded": FormBody, "form-data": MultipartBody, "bytes": BytesBody, "blob": BlobBody}
		if r.Body = kinds[b.Kind]; r.Body == NoBody {
			t.Fatalf("%s: body kind %q", c.ID, b.Kind)
		}
		r.BodyType = corsBytes(b.Type)
	}
	return r
}

// hops are the answers as they were sent: the recording server added
// Cache-Control and Content-Length, and answered 404 without CORS headers
// where the case names no hop.
func (c *corsCase) hops() []CORSHop {
	hops := []CORSHop{{c.Preflight.answer(), *(&c.Response).answer()}}
	for _, h := range c.Chain {
		hops = append(hops, CORSHop{h.Preflight.answer(), *(&h.Response).answer()})
	}
	unknown := &corsCaseResponse{Status: 404}
	return append(hops, CORSHop{unknown.answer(), *unknown.answer()})
}

func (r *corsCaseResponse) answer() *CORSAnswer {
	if r == nil {
		return &CORSAnswer{Status: 200}
	}
	a := &CORSAnswer{Status: r.Status}
	for _, h := range r.Headers {
		a.Header = append(a.Header, Field{corsBytes(h[0]), corsBytes(h[1])})
	}
	if _, present := a.Header.get("Cache-Control"); !present {
		a.Header = append(a.Header, Field{"Cache-Control", "no-store"})
	}
	if r.Status != 204 && r.Status != 304 {
		a.Header = append(a.Header, Field{"Content-Length", "0"})
	}
	return a
}

// recorded writes a verdict in the terms of the recording.
func (c *corsCase) recorded(v CORSVerdict) corsCaseVerdict {
	out := corsCaseVerdict{
		PreflightSent: v.Preflight, Allowed: v.Allowed, Reached: v.Reached, Error: v.Error,
		Parameter: v.Parameter, OtherBlock: v.NetError, JSError: v.JSError, Wire: []corsCaseWire{},
	}
	if v.Rule == RuleMixedContent && c.Request.Via == "fetch" && v.Hop == 0 {
		out.JSError = "TypeError: Failed to fetch" // the recorder's reading of a rejected promise
	}
	if text := v.Console(); text != "" {
		out.Console = &text
	}
	if v.Allowed {
		out.Status, out.Visible = &v.AnswerStatus, v.Visible
		if c.Request.Via == "fetch" {
			out.ResponseType = v.ResponseType
		}
	}
	last := v.LastHop
	if len(c.Chain) > 0 {
		out.LastHop = &last
	}
	for _, w := range v.Wire {
		if w.Hop > len(c.Chain) {
			continue // the server did not know the case of that request
		}
		kind := "actual"
		if w.Preflight {
			kind = "preflight"
		}
		planted := strings.HasPrefix(w.URL, "https:") || strings.HasPrefix(w.URL, "http://localhost") || strings.HasPrefix(w.URL, "http://127.")
		out.Wire = append(out.Wire, corsCaseWire{w.Hop, kind, w.Method, w.Origin, w.RequestMethod, w.RequestHeaders, w.Credentials && planted})
	}
	return out
}

func readCORSCases(t testing.TB, path string) []corsCase {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []corsCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c corsCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%s:%d: %v", path, len(cases)+1, err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

var corsEpoch = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// decide plays a case and what follows it, and returns the differences.
func (c *corsCase) decide(t testing.TB) string {
	t.Helper()
	cache := &PreflightCache{}
	var report strings.Builder
	now := corsEpoch
	for step, name := c, "first"; step != nil; step, name = step.Second, "second" {
		step.ID = c.ID
		now = now.Add(time.Duration(step.AfterMillis) * time.Millisecond)
		got := step.recorded(cache.Decide(step.request(t), step.hops(), now))
		if diff := cmp.Diff(step.Verdict, got); diff != "" {
			fmt.Fprintf(&report, "%s request (-browser +decided):\n%s", name, diff)
		}
	}
	return report.String()
}

// TestCORSRecorded holds the Chromium profile against the recording.
func TestCORSRecorded(t *testing.T) {
	cases := readCORSCases(t, "testdata/cors/chromium.jsonl")
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range cases {
		t.Run(c.Group+"/"+c.ID, func(t *testing.T) {
			if diff := c.decide(t); diff != "" {
				t.Error(diff)
			}
			if c.Deviation == "" {
				return
			}
			if v := Decide(c.request(t), c.hops(), Chromium); len(v.Deviations) == 0 {
				t.Errorf("no deviation is named: %s", c.Deviation)
			}
			if cmp.Equal(c.Verdict, c.recorded(Decide(c.request(t), c.hops(), Standard))) {
				t.Errorf("Standard decides as the browser does, against the text: %s", c.Deviation)
			}
		})
	}
}
