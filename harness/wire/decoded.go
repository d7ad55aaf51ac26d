package wire

import "github.com/replaydiff/replay/diff/traffic"

// Decode takes the content codings that a header section names off a body (RFC
// 9110 section 8.4): gzip, deflate, br and zstd, four layers at most. The error
// is of a body that is not in that coding, or longer than the limit of bytes.
// An empty body is returned as it is.
func Decode(body []byte, h traffic.Header, limit int64) ([]byte, error) {
	return decode(body, h, limit)
}
