package traffic

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cassettev2 "github.com/dnaeon/go-vcr/v2/cassette"
	recorderv2 "github.com/dnaeon/go-vcr/v2/recorder"
	"github.com/google/go-cmp/cmp"
	cassettev4 "gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
	recorderv4 "gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"
	"pgregory.net/rapid"
)

// A vcr is one of the real go-vcr modules.
type vcr struct {
	name    string
	version Format
	// open returns a transport over the cassette of that name, without
	// ".yaml", and what saves it; replay forbids the network.
	open func(t testing.TB, name string, replay bool) (http.RoundTripper, func() error)
	load func(name string) (int, error)
}

func vcrs() []vcr {
	return []vcr{
		{"go-vcr v2", CassetteV1, openV2, func(name string) (int, error) {
			c, err := cassettev2.Load(name)
			return len(c.Interactions), err
		}},
		{"go-vcr v4", CassetteV2, openV4, func(name string) (int, error) {
			c, err := cassettev4.Load(name)
			if err != nil {
				return 0, err
			}
			return len(c.Interactions), nil
		}},
	}
}

func openV2(t testing.TB, name string, replay bool) (http.RoundTripper, func() error) {
	mode := recorderv2.ModeRecording
	if replay {
		mode = recorderv2.ModeReplaying
	}
	r, err := recorderv2.NewAsMode(name, mode, http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	r.SkipRequestLatency = true
	return r, r.Stop
}

func openV4(t testing.TB, name string, replay bool) (http.RoundTripper, func() error) {
	mode := recorderv4.ModeRecordOnly
	if replay {
		mode = recorderv4.ModeReplayOnly
	}
	r, err := recorderv4.New(name, recorderv4.WithMode(mode), recorderv4.WithSkipRequestLatency(true))
	if err != nil {
		t.Fatal(err)
	}
	return r, r.Stop
}

// oddServer answers with what is hard to write down.
func oddServer(w http.ResponseWriter, r *http.Request) {
	content, _ := io.ReadAll(r.Body)
	w.Header().Add("Set-Cookie", "a=1; Path=/")
	w.Header().Add("Set-Cookie", "b=2; HttpOnly")
	w.Header().Set("X-Number", "007")
	w.Header().Set("X-Latin1", "caf\xe9")
	switch r.URL.Path {
	case "/empty":
		w.WriteHeader(http.StatusNoContent)
	case "/binary":
		_, _ = w.Write([]byte("\xff\xfe\x00\x01"))
	case "/lines":
		_, _ = io.WriteString(w, "a \r\n\tb\n\n c\x00\n")
	case "/gzip":
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `{"zipped":true}`)
		_ = z.Close()
	case "/unauthorized":
		w.Header().Set("WWW-Authenticate", `Bearer realm="api"`)
		http.Error(w, "no", http.StatusUnauthorized)
	case "/moved":
		http.Redirect(w, r, "/text?from=moved", http.StatusFound)
	default:
		_, _ = io.WriteString(w, "null")
		_, _ = w.Write(content)
	}
}

// oddRequests asks the server for all of it, the same each time.
func oddRequests(t testing.TB, base string) []*http.Request {
	request := func(method, path, contentType, body string) *http.Request {
		var content io.Reader
		if body != "" {
			content = strings.NewReader(body)
		}
		r, err := http.NewRequest(method, base+path, content)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Add("X-Twice", "one")
		r.Header.Add("X-Twice", "two, three")
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		return r
	}
	return []*http.Request{
		request("GET", "/text?q=a+b&q=%ff", "", ""),
		request("POST", "/form?q=1", "application/x-www-form-urlencoded", "b=2&a=1&a=yes&c=%E2%82%AC&d=%ff"),
		request("PUT", "/json", "application/json", "{\"a\":\r\n 1}\n"),
		request("POST", "/binary", "application/octet-stream", "\x00\xff"),
		request("GET", "/lines", "", ""),
		request("DELETE", "/empty", "", ""),
		request("GET", "/gzip", "", ""),
		request("GET", "/unauthorized", "", ""),
		request("GET", "/moved", "", ""),
		request("HEAD", "/head", "", ""),
	}
}

// An answer is what a client sees of a response.
type answer struct {
	Status string
	Header http.Header
	Body   string
}

func ask(t testing.TB, transport http.RoundTripper, base string, skip ...string) []answer {
	t.Helper()
	client := &http.Client{Transport: transport}
	var answers []answer
	for _, r := range oddRequests(t, base) {
		if slices.Contains(skip, r.URL.Path) {
			continue
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		answers = append(answers, answer{res.Status, res.Header, string(body)})
	}
	return answers
}

// TestGoVCR records with the real modules, reads and writes what they wrote,
// and plays that back through them.
func TestGoVCR(t *testing.T) {
	for _, m := range vcrs() {
		t.Run(m.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(oddServer))
			defer server.Close()
			name := filepath.Join(t.TempDir(), "recorded")
			transport, save := m.open(t, name, false)
			recorded := ask(t, transport, server.URL)
			if err := save(); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(name + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			c := mustReadCassette(t, string(data))
			compareCapture(t, c, server.URL, m.version)
			checkLaw3(t, c)
			for _, target := range vcrs() {
				want, skip := recorded, ""
				if target.version == CassetteV2 && m.version == CassetteV1 {
					// To follow a redirect, net/http makes a request without
					// protocol and host, which v4 compares. Version 1 has neither.
					skip = "/moved"
					want = slices.Concat(recorded[:8], recorded[9:])
				}
				played := playBack(t, target, c, server.URL, skip)
				if diff := cmp.Diff(want, played); diff != "" {
					t.Errorf("%s answers otherwise (-recorded +played):\n%s", target.name, diff)
				}
			}
		})
	}
}

// compareCapture checks what was read against what was asked and answered.
func compareCapture(t *testing.T, c *Capture, base string, version Format) {
	t.Helper()
	if c.Format != version || len(c.Warnings) > 0 {
		t.Errorf("format %s, warnings %v", c.Format, c.Warnings)
	}
	requests := oddRequests(t, base)
	if len(c.Exchanges) != len(requests)+1 { // one is redirected
		t.Fatalf("%d exchanges", len(c.Exchanges))
	}
	for i, x := range append(c.Exchanges[:9:9], c.Exchanges[10:]...) {
		r := requests[i]
		want := ""
		if r.Body != nil {
			content, _ := io.ReadAll(r.Body)
			want = string(content)
		}
		got, err := x.Request.Body.Bytes(0)
		if err != nil || string(got) != want || x.Request.Body.Present() != (want != "") {
			t.Errorf("entry %d: request body %q, %v", i, got, err)
		}
		if x.Request.Method != r.Method || x.Request.URL != r.URL.String() {
			t.Errorf("entry %d: %s %s", i, x.Request.Method, x.Request.URL)
		}
		if diff := cmp.Diff(r.Header, x.Request.Header.HTTP()); diff != "" {
			t.Errorf("entry %d: headers\n%s", i, diff)
		}
		if x.Response.Header.Get("X-Latin1") != "caf\xe9" || len(x.Response.Header.Values("Set-Cookie")) != 2 {
			t.Errorf("entry %d: response headers %v", i, x.Response.Header)
		}
		if x.Recorded.Millis <= 0 {
			t.Errorf("entry %d: no duration", i)
		}
		// A form, the host and the like say nothing that the rest doesn't.
		for _, f := range x.Unknown {
			if !strings.HasSuffix(f.Pointer, "/transfer_encoding") && !strings.HasSuffix(f.Pointer, "/uncompressed") {
				t.Errorf("entry %d keeps %s", i, f.Pointer)
			}
		}
	}
	binary, _ := c.Exchanges[3].Response.Body.Bytes(0)
	if !bytes.Equal(binary, []byte("\xff\xfe\x00\x01")) {
		t.Errorf("binary body %q", binary)
	}
}

// playBack writes the capture for a module and asks it, without the server.
func playBack(t *testing.T, m vcr, c *Capture, base, skip string) []answer {
	t.Helper()
	name := filepath.Join(t.TempDir(), "written")
	if err := os.WriteFile(name+".yaml", []byte(mustWriteCassette(t, c, m.version)), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := m.load(name); err != nil || n != len(c.Exchanges) {
		t.Fatalf("%s loads %d interactions: %v", m.name, n, err)
	}
	transport, _ := m.open(t, name, true)
	return ask(t, transport, base, skip)
}

// TestGoVCRLoadsFiles loads what is written for each cassette at hand.
func TestGoVCRLoadsFiles(t *testing.T) {
	for _, file := range cassetteFiles(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := mustReadCassette(t, string(data))
		for _, m := range vcrs() {
			name := filepath.Join(t.TempDir(), "written")
			if err := os.WriteFile(name+".yaml", []byte(mustWriteCassette(t, c, m.version)), 0o600); err != nil {
				t.Fatal(err)
			}
			if n, err := m.load(name); err != nil || n != len(c.Exchanges) {
				t.Errorf("%s loads %d of %d interactions of %s: %v", m.name, n, len(c.Exchanges), file, err)
			}
		}
	}
}

// TestGoVCRLoadsAnything checks that each module reads every byte as it was.
func TestGoVCRLoadsAnything(t *testing.T) {
	name := filepath.Join(t.TempDir(), "written")
	rapid.Check(t, func(t *rapid.T) {
		x := anyExchange(CassetteV2, 0).Draw(t, "exchange")
		x.Unknown, x.Response = nil, &Response{Body: textBody("", anyText().Draw(t, "answer")), Sizes: noSizes}
		c := &Capture{Format: CassetteV2, Version: "2", Exchanges: []*Exchange{x}}
		type seen struct {
			Method, URL, Body, Answer string
			Header                    http.Header
		}
		want := seen{Method: x.Request.Method, URL: x.Request.URL, Header: http.Header{}}
		content, _ := x.Request.Body.Bytes(0)
		answer, _ := x.Response.Body.Bytes(0)
		want.Body, want.Answer = string(content), string(answer)
		for _, f := range x.Request.Header {
			want.Header[f.Name] = append(want.Header[f.Name], f.Value)
		}
		for _, version := range []Format{CassetteV1, CassetteV2} {
			var out bytes.Buffer
			if err := writeCassette(&out, c, version); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name+".yaml", out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			var got seen
			if version == CassetteV1 {
				c, err := cassettev2.Load(name)
				if err != nil {
					t.Fatalf("v2: %v\n%s", err, out.String())
				}
				i := c.Interactions[0]
				got = seen{i.Request.Method, i.URL, i.Request.Body, i.Response.Body, i.Request.Headers}
			} else {
				c, err := cassettev4.Load(name)
				if err != nil {
					t.Fatalf("v4: %v\n%s", err, out.String())
				}
				i := c.Interactions[0]
				got = seen{i.Request.Method, i.Request.URL, i.Request.Body, i.Response.Body, i.Request.Headers}
			}
			if got.Header == nil {
				got.Header = http.Header{}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s (-written +loaded):\n%s\n%s", version, diff, out.String())
			}
		}
	})
}
