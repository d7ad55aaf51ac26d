package harness

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Client returns a client whose requests are answered by the capture without a
// network: https://api.example.com/orders is asked under its recorded name, and
// no request leaves the process. Each call returns another client; none has a
// cookie jar.
func (s *Served) Client() *http.Client { return &http.Client{Transport: roundTripper{s}} }

// A roundTripper answers requests within the process.
type roundTripper struct{ *Served }

// RoundTrip implements http.RoundTripper. A request that nothing recorded
// answers is answered with ServeStatus, one whose answer was not recorded is an
// error.
func (s roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if r.URL == nil || r.URL.Host == "" {
		return nil, fmt.Errorf("the request has no absolute address")
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	a := s.answer(r, s.headingOf(r, s.shelf.main))
	if err := pause(r.Context(), a.wait); err != nil {
		return nil, err
	}
	if a.status == 0 {
		if a.entry < 0 {
			return nil, fmt.Errorf("the body of the request can't be read")
		}
		return nil, fmt.Errorf("%s: %w", s.where(a.entry), errNoAnswer)
	}
	return a.response(r), nil
}

func (a servedReply) response(r *http.Request) *http.Response {
	out := &http.Response{
		StatusCode: a.status, Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header.HTTP(), Request: r,
		Body: http.NoBody,
	}
	if hasBody(r.Method, a.status) {
		out.Header.Set("Content-Length", strconv.Itoa(len(a.body)))
		out.ContentLength = int64(len(a.body))
		out.Body = io.NopCloser(bytes.NewReader(a.body))
	} else if a.length != "" {
		out.Header.Set("Content-Length", a.length)
		out.ContentLength, _ = strconv.ParseInt(a.length, 10, 64)
	}
	return out
}
