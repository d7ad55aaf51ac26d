package traffic

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fromBrowser is a capture as a HAR of HTTP/2 gives it.
func fromBrowser() *Capture {
	return &Capture{File: "ok.har", Format: HAR, Version: "1.2", Unknown: Fields{{"/log/_meta", []byte("1")}}, Exchanges: []*Exchange{{
		Request: Request{
			Method: "POST", URL: "https://api.test/login?next=%2F", Proto: "h2",
			Header: Header{{":authority", "api.test"}, {"accept", "*/*"}, {"content-type", "application/x-www-form-urlencoded"}, {"accept", "text/html"}},
			Body:   NewBody("application/x-www-form-urlencoded", []byte("user=a&pin=007")),
			Query:  []Param{{Name: "next", Value: "/"}},
			Sizes:  Sizes{Header: 120, Body: -1, Content: -1, Compression: -1},
		},
		Response: &Response{
			Status: 200, Proto: "h2", Header: Header{{"set-cookie", "a=1"}, {"date", "x"}, {"set-cookie", "b=2"}},
			Body: NewBody("text/plain", []byte("yes")), Sizes: Sizes{Header: -1, Body: 900, Content: 3, Compression: -1},
		},
		Recorded: Recorded{Millis: 12.5, Timings: noTimings, Page: "page_1"},
		Unknown:  Fields{{"/_initiator", []byte(`{"type":"other"}`)}},
	}}}
}

func TestWriteCassetteFromHAR(t *testing.T) {
	tests := []struct {
		format Format
		want   string
	}{
		{CassetteV1, `---
version: 1
interactions:
- request:
    body: user=a&pin=007
    form:
      pin:
      - "007"
      user:
      - a
    headers:
      Accept:
      - '*/*'
      - text/html
      Content-Type:
      - application/x-www-form-urlencoded
    url: https://api.test/login?next=%2F
    method: POST
  response:
    body: "yes"
    headers:
      Set-Cookie:
      - a=1
      - b=2
      Date:
      - x
    status: "200"
    code: 200
    duration: 12.5ms
`},
		{CassetteV2, `---
version: 2
interactions:
    - id: 0
      request:
        proto: HTTP/2.0
        proto_major: 2
        proto_minor: 0
        content_length: 14
        host: api.test
        body: user=a&pin=007
        form:
            next:
                - /
            pin:
                - "007"
            user:
                - a
        headers:
            Accept:
                - '*/*'
                - text/html
            Content-Type:
                - application/x-www-form-urlencoded
        url: https://api.test/login?next=%2F
        method: POST
      response:
        proto: HTTP/2.0
        proto_major: 2
        proto_minor: 0
        content_length: 3
        body: "yes"
        headers:
            Set-Cookie:
                - a=1
                - b=2
            Date:
                - x
        status: "200"
        code: 200
        duration: 12.5ms
`},
	}
	for _, tt := range tests {
		c := fromBrowser()
		if diff := cmp.Diff(tt.want, mustWriteCassette(t, c, tt.format)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.format, diff)
		}
		if diff := cmp.Diff(fromBrowser(), c, sameCassette); diff != "" {
			t.Errorf("%s changed the capture:\n%s", tt.format, diff)
		}
	}
}

func TestWriteCassetteErrors(t *testing.T) {
	silent := &Exchange{Request: Request{Method: "GET", URL: "https://a.test/x?t=secret"}}
	tests := []struct {
		reason string
		c      *Capture
		format Format
		want   string
	}{
		{"there is nothing to replay", &Capture{File: "x.curl", Format: Curl, Exchanges: []*Exchange{silent}}, CassetteV2,
			"x.curl: entry 0 (GET /x): no answer was recorded, and a cassette replays answers; leave the entry out, or record it"},
		{"one error for all of them", &Capture{File: "x.curl", Format: Curl, Exchanges: []*Exchange{silent, silent}}, CassetteV1,
			"x.curl: entry 0 (GET /x): no answer was recorded, and a cassette replays answers; leave the entry out, or record it (2 entries are like that)"},
		{"not a format of cassettes", &Capture{}, HAR, `unknown format: a cassette is written as "cassette-v1" or "cassette-v2"`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			var out strings.Builder
			err := writeCassette(&out, tt.c, tt.format)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
			if out.Len() > 0 {
				t.Errorf("half a cassette was written:\n%s", out.String())
			}
		})
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("disk full")

func TestWriteCassetteReportsTheWriter(t *testing.T) {
	if err := writeCassette(fullDisk{}, fromBrowser(), CassetteV2); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
	if err := writeCassette(io.Discard, fromBrowser(), CassetteV2); err != nil {
		t.Errorf("got %v", err)
	}
}

// TestWriteCassetteAsGoVCR writes what go-vcr wrote byte for byte, where the
// recorder is current and nothing was edited.
func TestWriteCassetteAsGoVCR(t *testing.T) {
	text := "---\nversion: 2\ninteractions:\n    - id: 0\n      request:\n        proto: HTTP/1.1\n        proto_major: 1\n        proto_minor: 1\n" +
		"        content_length: 0\n        host: a.test\n        headers:\n            A:\n                - b\n        url: http://a.test/\n        method: GET\n" +
		"      response:\n        proto: HTTP/1.1\n        proto_major: 1\n        proto_minor: 1\n        content_length: -1\n        body: |\n            {\"a\": 1}\n" +
		"        headers: {}\n        status: 200 OK\n        code: 200\n        duration: 1.5ms\n"
	if diff := cmp.Diff(text, mustWriteCassette(t, mustReadCassette(t, text), CassetteV2)); diff != "" {
		t.Errorf("(-read +written):\n%s", diff)
	}
}
