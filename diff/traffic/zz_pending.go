package traffic

import (
	"errors"
	"io"
)

var errPending = errors.New("not built yet")

func readCassette(_ []byte, _ string, _ Options) (*Capture, error) { return nil, errPending }
func readCurl(_ []byte, _ string, _ Options) (*Capture, error)     { return nil, errPending }
func writeCassette(_ io.Writer, _ *Capture, _ Format) error        { return errPending }
func writeCurl(_ io.Writer, _ *Capture) error                      { return errPending }
