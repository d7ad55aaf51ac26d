package traffic

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// A Body is the content of a message. The zero value is an absent one, which
// is not the same as an empty one.
//
// Bodies of files are lazy: they hold a place in the file, and the content is
// read when it is asked for. They are safe for concurrent use.
type Body struct {
	MediaType string  // as the capture gives it beside the body; "" where it gives none
	Params    []Param // the recorder's own parsing of a form (HAR postData.params)

	present bool
	base64  bool   // the capture holds it in Base64 (HAR content.encoding)
	memory  string // the content, decoded; used where file is nil
	file    io.ReaderAt
	raw     bool   // file holds the content itself, not a JSON string
	at, n   int64  // where it stands in file; of a JSON string, quotes included
	sum     uint64 // hash of the JSON string, as it stands in file
	limit   int64  // Limits.Body of the reader; 0: the default
}

// ErrTooLarge is returned for a body that is longer than the caller's limit.
var ErrTooLarge = errors.New("body is longer than the limit")

// rawSeed hashes the raw text of lazy bodies, so that most pairs are told
// equal without reading them again.
var rawSeed = maphash.MakeSeed()

// NewBody returns a body of those bytes; nil is an empty body, not an absent
// one.
func NewBody(mediaType string, content []byte) Body {
	return textBody(mediaType, string(content))
}

// BodyIn returns a body of n bytes that stand in a file from at on. They are
// read when they are asked for: until then the file must stay as it is.
func BodyIn(mediaType string, file io.ReaderAt, at, n int64) Body {
	return Body{MediaType: mediaType, present: true, file: file, raw: true, at: at, n: n}
}

func textBody(mediaType, content string) Body {
	return Body{MediaType: mediaType, present: true, memory: content}
}

// Present tells whether the capture holds the content.
func (b Body) Present() bool { return b.present }

// Bytes returns the content as the recorder kept it: without the capture's
// own Base64, but with a Content-Encoding that the recorder left in place.
// A content of more than limit bytes is ErrTooLarge; limit 0 means Limits.Body
// of the reader that read the capture, 16 MiB by default.
// The caller may keep and change the result.
func (b Body) Bytes(limit int64) ([]byte, error) {
	if limit <= 0 {
		limit = or(b.limit, DefaultLimits().Body)
	}
	if b.file == nil {
		text, err := b.Text(limit)
		if err != nil {
			return nil, err
		}
		return []byte(text), nil
	}
	text, err := b.text(limit)
	if err != nil {
		return nil, err
	}
	if b.base64 {
		text, err = decodeBase64(text)
		if err != nil {
			return nil, err
		}
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%w of %d bytes", ErrTooLarge, limit)
	}
	return text, nil
}

// Text is Bytes for those who only read the content: what is in memory is not
// copied.
func (b Body) Text(limit int64) (string, error) {
	if b.file != nil {
		content, err := b.Bytes(limit)
		return string(content), err
	}
	if limit <= 0 {
		limit = or(b.limit, DefaultLimits().Body)
	}
	if int64(len(b.memory)) > limit {
		return "", fmt.Errorf("%w of %d bytes", ErrTooLarge, limit)
	}
	return b.memory, nil
}

// MaxLen is a length in bytes that the content does not exceed, told without
// reading it.
func (b Body) MaxLen() int64 {
	if b.file == nil {
		return int64(len(b.memory))
	}
	return b.n
}

// text reads the content of a file with the capture's Base64 still in place.
func (b Body) text(limit int64) ([]byte, error) {
	// A byte of content is at most six bytes of JSON (\u0000).
	if b.raw && b.n > limit || b.n > 6*limit+2 {
		return nil, fmt.Errorf("%w of %d bytes", ErrTooLarge, limit)
	}
	raw := make([]byte, b.n)
	n, err := b.file.ReadAt(raw, b.at)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read body: %w", err)
	}
	raw = raw[:n]
	if b.raw {
		return raw, nil
	}
	text, err := jsontext.AppendUnquote(raw[:0:0], raw)
	if err != nil {
		// A lone surrogate is kept as U+FFFD, like every browser does.
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("read body: %w", err)
		}
	}
	return text, nil
}

func decodeBase64(text []byte) ([]byte, error) {
	text = bytes.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, text)
	enc := base64.StdEncoding
	if bytes.ContainsAny(text, "-_") {
		enc = base64.URLEncoding
	}
	out, err := enc.WithPadding(base64.NoPadding).AppendDecode(nil, bytes.TrimRight(text, "="))
	if err != nil {
		return nil, errors.New("body is marked base64 but can't be decoded")
	}
	return out, nil
}

// Equal tells whether both have the same content, or both have none. The
// media type and the parameters do not count.
func (b Body) Equal(c Body) bool {
	if b.present != c.present {
		return false
	}
	if b.lazyString() && c.lazyString() && b.base64 == c.base64 && b.n == c.n && b.sum == c.sum {
		return true
	}
	if b.file == nil && c.file == nil {
		return b.memory == c.memory
	}
	if b.file == nil {
		b, c = c, b
	}
	const whole = 1 << 40
	x, errX := b.Bytes(whole)
	if c.file == nil {
		return errX == nil && string(x) == c.memory
	}
	y, errY := c.Bytes(whole)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// lazyString tells whether the content is a JSON string in a file.
func (b Body) lazyString() bool { return b.file != nil && !b.raw }

// Form returns the content of a form that is URL-encoded: as recorded, or put
// together from Params where the recorder kept only those. It is nil for any
// other body.
func (b Body) Form(limit int64) ([]byte, error) {
	mediaType, _, _ := strings.Cut(b.MediaType, ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "application/x-www-form-urlencoded") {
		return nil, nil
	}
	if b.present {
		return b.Bytes(limit)
	}
	var form []byte
	for i, p := range b.Params {
		if i > 0 {
			form = append(form, '&')
		}
		form = append(form, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value)...)
	}
	return form, nil
}

// isText tells whether the content is valid UTF-8 without NUL.
func isText(content []byte) bool {
	return utf8.Valid(content) && bytes.IndexByte(content, 0) < 0
}
