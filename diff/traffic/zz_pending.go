package traffic

import (
	"errors"
	"io"
)

var errPending = errors.New("not built yet")

func readCassette(_ []byte, file string, _ Options) (*Capture, error) {
	return nil, &Error{File: file, Entry: -1, Text: errPending.Error(), Err: errPending}
}

func readCurl(_ []byte, file string, _ Options) (*Capture, error) {
	return nil, &Error{File: file, Entry: -1, Text: errPending.Error(), Err: errPending}
}
func writeCassette(_ io.Writer, _ *Capture, _ Format) error { return errPending }
func writeCurl(_ io.Writer, _ *Capture) error               { return errPending }
