package wire

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A framing is how the end of a body is told.
type framing struct {
	kind   frameKind
	length int64 // of byLength
}

type frameKind byte

const (
	noBody frameKind = iota
	byLength
	byChunks
	byClose
)

// parseStatus parses a status line (RFC 9112 section 4). The reason phrase and
// the space before it may be missing.
func parseStatus(line string) (proto string, status int, reason string, err error) {
	proto, rest, _ := strings.Cut(line, " ")
	code, reason, _ := strings.Cut(rest, " ")
	if proto != "HTTP/1.1" && proto != "HTTP/1.0" {
		return "", 0, "", fmt.Errorf("%w: the version in the status line is neither HTTP/1.1 nor HTTP/1.0", ErrFraming)
	}
	if len(code) != 3 || code[0] < '1' || code[0] > '9' || !isDigits(code) {
		return "", 0, "", fmt.Errorf("%w: no status code of three digits in the status line", ErrFraming)
	}
	status, err = strconv.Atoi(code)
	return proto, status, reason, err
}

// answerFraming tells how the body of an answer ends (RFC 9112 section 6.3).
// What two readers could take differently is refused, for a proxy in between
// may be one of them.
func answerFraming(method, proto string, status int, h traffic.Header) (framing, error) {
	if method == "HEAD" || status == 204 || status == 304 {
		return framing{kind: noBody}, nil
	}
	chunked, err := isChunked(h)
	if err != nil {
		return framing{}, err
	}
	length, err := contentLength(h)
	if err != nil {
		return framing{}, err
	}
	switch {
	case chunked && length >= 0:
		return framing{}, fmt.Errorf("%w: it has both Content-Length and Transfer-Encoding", ErrFraming)
	case chunked && proto == "HTTP/1.0":
		return framing{}, fmt.Errorf("%w: it has a Transfer-Encoding, which HTTP/1.0 does not know", ErrFraming)
	case chunked:
		return framing{kind: byChunks}, nil
	case length >= 0:
		return framing{kind: byLength, length: length}, nil
	}
	return framing{kind: byClose}, nil
}

// isChunked tells whether the transfer coding is chunked. No other was asked
// for, as no TE field is sent (RFC 9112 section 7.4).
func isChunked(h traffic.Header) (bool, error) {
	codings := 0
	for _, f := range h.All("Transfer-Encoding") {
		for coding := range strings.SplitSeq(f.Value, ",") {
			coding = trimSpace(coding)
			if coding == "" {
				continue
			}
			if codings++; codings > 1 || !strings.EqualFold(coding, "chunked") {
				return false, fmt.Errorf("%w: its Transfer-Encoding is not just chunked", ErrFraming)
			}
		}
	}
	if codings == 0 && h.Has("Transfer-Encoding") {
		return false, fmt.Errorf("%w: its Transfer-Encoding is empty", ErrFraming)
	}
	return codings == 1, nil
}

// contentLength returns -1 where there is none. A repeated value is one value
// (RFC 9110 section 8.6).
func contentLength(h traffic.Header) (int64, error) {
	length := int64(-1)
	for _, f := range h.All("Content-Length") {
		for text := range strings.SplitSeq(f.Value, ",") {
			text = trimSpace(text)
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil || !isDigits(text) {
				return 0, fmt.Errorf("%w: its Content-Length is not a number", ErrFraming)
			}
			if length >= 0 && n != length {
				return 0, fmt.Errorf("%w: it has two Content-Lengths that differ", ErrFraming)
			}
			length = n
		}
	}
	return length, nil
}

func isDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// staysOpen tells whether the sender keeps the connection for another message
// (RFC 9112 section 9.3).
func staysOpen(proto string, h traffic.Header) bool {
	keep := proto == "HTTP/1.1"
	for _, f := range h.All("Connection") {
		for option := range strings.SplitSeq(f.Value, ",") {
			switch option = trimSpace(option); {
			case strings.EqualFold(option, "close"):
				return false
			case strings.EqualFold(option, "keep-alive"):
				keep = true
			}
		}
	}
	return keep
}
