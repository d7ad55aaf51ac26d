package vcr

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/dnaeon/go-vcr/v2/cassette"
)

// A call is one request of the client, and its answer as far as the client read
// it.
type call struct {
	method, url string
	header      http.Header
	sent        *copied

	status   string
	code     int // 0: no answer came
	answer   http.Header
	got      *copied
	duration time.Duration
}

func newCall(req *http.Request, most int64) *call {
	c := &call{method: req.Method, url: req.URL.String(), header: req.Header.Clone(), sent: &copied{most: most}, got: &copied{most: most}}
	if c.method == "" {
		c.method = http.MethodGet
	}
	if c.header == nil {
		c.header = http.Header{}
	}
	if req.Host != "" && req.Host != req.URL.Host {
		c.header.Set("Host", req.Host) // nothing else of a cassette says so
	}
	return c
}

// sending is the request with a body that is copied while it is sent. The one
// of the client is not changed (RoundTripper).
func (c *call) sending(req *http.Request) *http.Request {
	if req.Body == nil || req.Body == http.NoBody {
		return req
	}
	out := *req
	out.Body = c.sent.of(req.Body)
	if req.GetBody != nil {
		out.GetBody = func() (io.ReadCloser, error) { // the transport sends it again
			body, err := req.GetBody()
			if err != nil {
				return nil, err
			}
			return c.sent.of(body), nil
		}
	}
	return &out
}

// answered notes the answer, and copies its body while the client reads it.
func (c *call) answered(r *http.Response, took time.Duration) {
	c.duration = took
	if r == nil {
		return
	}
	c.status, c.code, c.answer = r.Status, r.StatusCode, r.Header.Clone()
	if r.Body != nil && r.StatusCode != http.StatusSwitchingProtocols {
		r.Body = c.got.of(r.Body)
	}
}

// interaction is the call as a cassette holds it.
func (c *call) interaction() cassette.Interaction {
	i := cassette.Interaction{
		Request:  cassette.Request{Method: c.method, URL: c.url, Headers: c.header.Clone()},
		Response: cassette.Response{Status: c.status, Code: c.code, Headers: c.answer.Clone(), Duration: c.duration},
	}
	i.Request.Body, i.Response.Body = string(c.sent.bytes()), string(c.got.bytes())
	i.Request.Form = formOf(&i.Request)
	return i
}

// formOf is go-vcr's own note of a form that is URL-encoded.
func formOf(r *cassette.Request) url.Values {
	request := http.Request{Method: r.Method, URL: &url.URL{}, Header: http.Header{"Content-Type": r.Headers.Values("Content-Type")}, Body: io.NopCloser(strings.NewReader(r.Body))}
	if request.ParseForm() != nil {
		return url.Values{}
	}
	return request.PostForm
}

// A copied body is the beginning of what was read of it.
type copied struct {
	most int64

	mu   sync.Mutex
	data []byte
}

// of begins anew with a body.
func (c *copied) of(body io.ReadCloser) io.ReadCloser {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.data = nil
	return &copying{body, c}
}

func (c *copied) bytes() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.data)
}

func (c *copied) add(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if room := c.most - int64(len(c.data)); room > 0 {
		c.data = append(c.data, p[:min(int64(len(p)), room)]...)
	}
}

type copying struct {
	io.ReadCloser
	to *copied
}

func (c *copying) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if n > 0 {
		c.to.add(p[:n])
	}
	return n, err
}
