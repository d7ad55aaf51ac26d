package traffic

import "io"

// Options are how a file is read. The zero value is the default.
type Options struct {
	Limits  Limits
	Partial bool      // use the readable entries of a file that is cut off, with a warning
	Stdin   io.Reader // what the name "-" stands for
}
