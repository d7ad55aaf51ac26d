package traffic

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Door is what captured values pass before they are shown;
// [github.com/replaydiff/replay/diff/traffic/mask.Masker] is one.
type Door interface {
	URL(address string) string
	Header(name, value string) string
	Body(mediaType string, content []byte) string
}

// maxShownBody bounds a body in a line for people, in bytes.
const maxShownBody = 4 << 10

// CurlLine writes a request as one curl command in one line, for bash, zsh and
// ksh. Each value stands in it as the door shows it, quoted, so that neither
// the value nor its mask can end its argument; a nil door shows all. A body
// that is no text, or too long for a line, is named by its length instead. What
// no curl can send is an error.
func CurlLine(r *Request, door Door) (string, error) {
	line, err := newCurlLine(r, door)
	if err != nil {
		return "", err
	}
	return line.join(" "), nil
}

func mediaTypeOf(r *Request) string {
	if r.Body.MediaType != "" {
		return r.Body.MediaType
	}
	return r.Header.Get("Content-Type")
}

func (l *curlLine) addShownBody(r *Request, body []byte, door Door) {
	text := len(body) <= maxShownBody && utf8.Valid(body) && bytes.IndexByte(body, 0) < 0
	if !text {
		l.add("--data-binary", fmt.Sprintf("@‹body of %d bytes›", len(body)))
		return
	}
	shown := door.Body(mediaTypeOf(r), body)
	if shown == VisibleLines(string(body)) {
		l.add("--data-raw", string(body))
		return
	}
	if picture := "\u240d"; !bytes.Contains(body, []byte(picture)) {
		shown = strings.ReplaceAll(shown, picture, "\r") // a shell has an escape for CR, and multipart needs it
	}
	l.add("--data-raw", shown)
}

// sent is the value that a door has shown, or where the door did no more than
// make it visible the value itself: quoting does that too, and what is pasted
// into a shell then sends the same bytes.
func sent(value, shown string) string {
	if shown == Visible(value) {
		return value
	}
	return shown
}
