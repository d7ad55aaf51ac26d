package specs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/onsi/gomega/format"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// said is what matchers compare: one exchange or a flow of them.
type said struct {
	*traffic.Capture
	single bool // one exchange, not a flow
	asked  bool // the request is known
	live   bool // from a client or a handler of the test, not from a recorder
	fixed  bool // it is the same whenever it is looked at
}

// accepted lists what said can be made of, for errors.
const accepted = "a *traffic.Exchange, a *traffic.Capture, the name of a capture file, a *http.Response or a *httptest.ResponseRecorder"

// saidIn reads an actual or expected value. Name is what messages call it where
// it has no name of its own.
func saidIn(value any, name string) (*said, error) {
	switch v := value.(type) {
	case *traffic.Capture:
		if v == nil {
			return nil, fmt.Errorf("%s is a nil *traffic.Capture", name)
		}
		return &said{Capture: named(v, name), single: len(v.Exchanges) == 1, asked: true, fixed: true}, nil
	case *traffic.Exchange:
		if v == nil {
			return nil, fmt.Errorf("%s is a nil *traffic.Exchange", name)
		}
		return &said{Capture: alone(v, name), single: true, asked: true, fixed: true}, nil
	case string:
		return saidInFile(v)
	case *http.Response:
		if v == nil {
			return nil, fmt.Errorf("%s is a nil *http.Response: was the error of the client looked at?", name)
		}
		x, err := exchangeOf(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return &said{Capture: alone(x, name), single: true, asked: v.Request != nil, live: true, fixed: true}, nil
	case *httptest.ResponseRecorder:
		if v == nil {
			return nil, fmt.Errorf("%s is a nil *httptest.ResponseRecorder", name)
		}
		x, err := exchangeOf(v.Result())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return &said{Capture: alone(x, name), single: true, live: true}, nil
	}
	return nil, fmt.Errorf("%s has to be %s. Got:\n%s", name, accepted, typeOnly(value))
}

// typeOnly names the type of a value that can't be used: the value itself may
// hold a secret.
func typeOnly(value any) string {
	if value == nil {
		return format.Indent + "nil"
	}
	return fmt.Sprintf("%s%T", format.Indent, value)
}

func saidInFile(name string) (*said, error) {
	c, err := traffic.Open(name, traffic.Options{})
	if err != nil {
		return nil, fmt.Errorf("the capture can't be read (the path begins at the folder of the test): %w", err)
	}
	defer c.Close()
	if err := held(c); err != nil {
		return nil, err
	}
	return &said{Capture: c, single: len(c.Exchanges) == 1, asked: true}, nil
}

// held reads the bodies of a capture, so that its file need not stay open.
func held(c *traffic.Capture) error {
	hold := func(b *traffic.Body) error {
		if !b.Present() {
			return nil
		}
		content, err := b.Bytes(0)
		if err != nil {
			return err
		}
		params := b.Params
		*b = traffic.NewBody(b.MediaType, content)
		b.Params = params
		return nil
	}
	for _, x := range c.Exchanges {
		err := hold(&x.Request.Body)
		if err == nil && x.Response != nil {
			err = hold(&x.Response.Body)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", x.Where(c.File), err)
		}
	}
	return nil
}

// alone is a capture of one exchange.
func alone(x *traffic.Exchange, name string) *traffic.Capture {
	first := *x
	first.Index = 0
	return &traffic.Capture{File: name, Format: traffic.HAR, Exchanges: []*traffic.Exchange{&first}}
}

// named is the capture with a name for messages, its own where it has one.
func named(c *traffic.Capture, name string) *traffic.Capture {
	if c.File != "" {
		return c
	}
	copied := *c
	copied.File = name
	return &copied
}

// maxLive bounds the body of a live answer that is looked at.
const maxLive = 16 << 20

// exchangeOf reads a live answer and the request that it answers. The body can
// be read again afterwards.
func exchangeOf(r *http.Response) (*traffic.Exchange, error) {
	body, err := again(r)
	if err != nil {
		return nil, fmt.Errorf("the body of the answer can't be read: %w", err)
	}
	answer := wire.Answer{Status: r.StatusCode, Reason: reasonOf(r), Proto: r.Proto, Header: traffic.HeaderOf(r.Header), Body: body}
	x := &traffic.Exchange{Response: answer.Response(traffic.Limits{Body: maxLive})}
	if r.Request == nil {
		return x, nil
	}
	x.Request, err = requestOf(r.Request)
	return x, err
}

// again reads a body and puts what was read in front of what is left.
func again(r *http.Response) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxLive))
	r.Body = &readAgain{io.MultiReader(bytes.NewReader(body), failing{err}, r.Body), r.Body}
	if err == nil && len(body) == 0 && r.ContentLength > 0 && (r.Request == nil || r.Request.Method != http.MethodHead) && r.StatusCode != http.StatusNotModified {
		err = errors.New("it was read before: hand the answer to the matcher first, which leaves it readable")
	}
	return body, err
}

// readAgain is a body that was read, with its own Close.
type readAgain struct {
	io.Reader
	io.Closer
}

// failing repeats the error that ended a body, if there was one.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

func reasonOf(r *http.Response) string {
	_, reason, _ := strings.Cut(r.Status, " ")
	return reason
}

// requestOf is a request as it was sent by net/http. A body is known where it
// can be had again (http.Request.GetBody).
func requestOf(r *http.Request) (traffic.Request, error) {
	out := traffic.Request{Method: r.Method, Proto: r.Proto, Header: traffic.HeaderOf(r.Header)}
	if out.Method == "" {
		out.Method = http.MethodGet
	}
	if r.URL != nil {
		u := *r.URL
		if u.Host == "" && r.Host != "" { // as servers have it
			u.Scheme, u.Host = "http", r.Host
			if r.TLS != nil {
				u.Scheme = "https"
			}
		}
		out.URL = u.String()
		if r.Host != "" && r.Host != u.Host {
			out.Header = append(traffic.Header{{Name: "Host", Value: r.Host}}, out.Header...)
		}
	}
	if r.GetBody == nil {
		return out, nil
	}
	body, err := r.GetBody()
	if err != nil {
		return out, fmt.Errorf("the body of the request can't be read again: %w", err)
	}
	defer body.Close()
	content, err := io.ReadAll(io.LimitReader(body, maxLive))
	if err != nil {
		return out, fmt.Errorf("the body of the request can't be read again: %w", err)
	}
	out.Body = traffic.NewBody(r.Header.Get("Content-Type"), content)
	return out, nil
}
