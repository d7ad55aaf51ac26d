package wire

import "errors"

// A Stage is how far a request got.
type Stage string

// The stages, in order.
const (
	Refused   Stage = "refused" // not allowed or not sendable: nothing was looked up or dialled
	Dial      Stage = "dial"    // name lookup, connecting, the proxy's CONNECT
	Handshake Stage = "tls"
	Write     Stage = "write"
	Header    Stage = "header" // waiting for the answer, and its header section
	Body      Stage = "body"
)

// An Error is a request that got no answer. As [Answer.Cut] it is an answer
// that ended early.
//
// Its text says what was seen and what to do next. It names the address, and
// no other part of the request or the answer.
type Error struct {
	Stage Stage
	Sent  bool   // a byte of the request may have reached the server: trying again could do it twice
	Addr  string // host:port that was asked; "" where the request names none
	Text  string // what was seen, and what to do next
	Err   error  // a sentinel or the error below; may be nil
}

func (e *Error) Error() string {
	if e.Addr == "" {
		return e.Text
	}
	return e.Addr + ": " + e.Text
}

func (e *Error) Unwrap() error { return e.Err }

// Sentinels that callers may test for with errors.Is.
var (
	ErrNotAllowed = errors.New("address is not allowed")
	ErrUnsendable = errors.New("request can't be sent")
	ErrTooLarge   = errors.New("answer is longer than the limit")
	ErrTimeout    = errors.New("exchange took too long")
	ErrFraming    = errors.New("answer is not valid HTTP")
	ErrClosed     = errors.New("connection closed without an answer")
)
