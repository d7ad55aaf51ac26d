package traffic

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
)

// sniffed is how many bytes of a file tell its format.
const sniffed = 256 << 10

// sniff tells the format of an unwrapped file. Both versions of cassettes
// count as the first.
func sniff(src source) (Format, error) {
	head, err := src.head(sniffed)
	if err != nil {
		return "", err
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case len(text) == 0 && len(head) == sniffed:
		return "", src.unknown(fmt.Sprintf("begins with %d KiB of blanks: no capture does", sniffed>>10))
	case len(text) == 0:
		return "", src.unknown("is empty")
	case jsonCassette.Match(text):
		return CassetteV1, nil
	case text[0] == '{' || text[0] == '[' || text[0] == '"':
		return HAR, nil
	case text[0] == '<':
		return "", src.unknown("is HTML or XML, not a capture; save the answer of the export, not the page around it")
	case cassetteLine.Match(text):
		return CassetteV1, nil
	case curlFirstLine.Match(text):
		return Curl, nil
	case !isText(wholeText(text)):
		return "", src.unknown("is binary; read are HAR files, go-vcr cassettes and curl command lines")
	}
	return "", src.unknown(fmt.Sprintf("is no capture: a HAR begins with %q, a go-vcr cassette has %q, a script has a line that begins with curl",
		`{"log":`, "interactions:"))
}

var (
	// A cassette begins with its version, maybe behind comments and "---".
	cassetteLine = regexp.MustCompile(`(?m)^(version|interactions)[ \t]*:`)
	jsonCassette = regexp.MustCompile(`^\{\s*("version"\s*:\s*[0-9]+\s*,\s*)?"interactions"\s*:`)

	// curl is the first word of a command: behind a prompt, assignments, or
	// a path.
	curlFirstLine = regexp.MustCompile(`(?mi)^[ \t]*([$>%#][ \t]+)?(\w+=("[^"]*"|'[^']*'|[^\s"'])*[ \t]+)*(\S*[/\\])?curl(\.exe)?(["'^ \t\r\n\\]|$)`)
)

// wholeText drops half a rune at the end.
func wholeText(b []byte) []byte { return b[:wholeRunes(b)] }

// A source is the part of a file that holds a capture.
type source struct {
	name     string // for messages
	file     io.ReaderAt
	from, to int64

	folder  string         // of the file, where it has one: Playwright's sidecars are there
	sidecar sidecarArchive // or they are in the archive that the file was in
	closers *closers
}

// head returns the first bytes.
func (s source) head(n int) ([]byte, error) {
	buf := make([]byte, min(int64(n), s.to-s.from))
	n, err := s.file.ReadAt(buf, s.from)
	if err != nil && err != io.EOF {
		return nil, &Error{File: s.name, Entry: -1, Text: "can't be read: " + reason(err), Err: err}
	}
	return buf[:n], nil
}

func (s source) unknown(text string) *Error {
	return &Error{File: s.name, Entry: -1, Text: text, Err: ErrFormat}
}

// closers are closed together, the last one first.
type closers struct{ list []io.Closer }

func (c *closers) add(x io.Closer) { c.list = append(c.list, x) }

// Close closes all of them and returns the first error.
func (c *closers) Close() error {
	var first error
	for i := len(c.list) - 1; i >= 0; i-- {
		if err := c.list[i].Close(); err != nil && first == nil {
			first = err
		}
	}
	c.list = nil
	return first
}
