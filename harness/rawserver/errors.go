package rawserver

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/replaydiff/replay/harness/wire"
)

// An Error is what came in place of a request. Its text repeats nothing of it.
type Error struct {
	Status int // what the client was answered; 0: nothing
	Text   string
	Err    error
}

func (e *Error) Error() string { return e.Text }

func (e *Error) Unwrap() error { return e.Err }

var (
	errTLS          = errors.New("the client speaks TLS, and this is plain HTTP")
	errLine         = errors.New("the first line is no request line of HTTP/1.1")
	errVersion      = errors.New("the version is neither HTTP/1.1 nor HTTP/1.0; HTTP/2 is not spoken here")
	errBodyTooLarge = errors.New("the body is longer than the limit")
)

// refuse answers what is no request and tells of it.
func (c *conn) refuse(err error) {
	if quiet(c.server.ctx, err) {
		return
	}
	text := err.Error()
	for _, general := range [...]error{wire.ErrFraming, wire.ErrTooLarge} { // they speak of answers
		text = strings.TrimPrefix(text, general.Error()+": ")
	}
	e := &Error{Status: Status(err), Text: "no valid request: " + text, Err: err}
	c.server.broken(e)
	if e.Status != 0 {
		fmt.Fprintf(c, "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s\n",
			e.Status, http.StatusText(e.Status), len(e.Text)+1, e.Text)
		c.end()
	}
}

// Status is what a server answers to bytes that are no request, by the error of
// [wire.ReadHead] or [ParseLine]; 0: nothing.
func Status(err error) int {
	switch {
	case errors.Is(err, wire.ErrTooLarge):
		return 431
	case errors.Is(err, errBodyTooLarge):
		return 413
	case errors.Is(err, errVersion):
		return 505
	case errors.Is(err, errLine), errors.Is(err, wire.ErrFraming), errors.Is(err, io.ErrUnexpectedEOF):
		return 400
	}
	return 0
}

func (s *Server) broken(err error) {
	if s.config.Broken != nil && s.ctx.Err() == nil {
		s.config.Broken(err)
	}
}
