package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A CookieTrail follows a flow of requests and tells what its client knew
// whenever it stored or sent cookies. Requests are visited in the order in
// which they were made. It belongs to one goroutine.
type CookieTrail struct {
	Profile browser.Profile

	// Plain tells that no browser asked (curl, a library, a cassette): then
	// Domain, Path, Secure and the lifetime count, which every cookie jar heeds,
	// and no rule of browsers.
	Plain bool

	places *places
}

// NewCookieTrail begins with the client that made the request x of the
// capture.
func NewCookieTrail(c *traffic.Capture, x *traffic.Exchange) *CookieTrail {
	t := &CookieTrail{places: newPlaces()}
	t.Profile, t.Plain = clientOf(c, x)
	return t
}

// Visit returns what the client knew of a request: its page, the frames and
// the redirects that led to it, its time.
func (t *CookieTrail) Visit(x *traffic.Exchange) browser.CookieContext {
	t.places.visit(x)
	ctx := t.places.context(x)
	if t.Plain {
		return plainContext(ctx)
	}
	return ctx
}

// plainMark goes before the names of cookies in a plain jar, where the prefixes
// "__Host-" and "__Secure-" mean nothing.
const plainMark = "~"

// Line returns what the client's jar heeds of a Set-Cookie line, fit for a
// [browser.Jar]; [CookieTrail.Name] undoes what it does to the name.
func (t *CookieTrail) Line(line string) string {
	if !t.Plain {
		return line
	}
	s := browser.ParseSetCookie(line)
	plain := browser.ParseSetCookie(plainLine(s))
	plain.Name, plain.Value = plainMark+s.Name, s.Value
	return plain.String()
}

// Name is the name under which a cookie of the jar is sent.
func (t *CookieTrail) Name(c browser.Cookie) string {
	if t.Plain {
		return strings.TrimPrefix(c.Name, plainMark)
	}
	return c.Name
}

// SetCookieLines returns the Set-Cookie lines of an answer, whether they stand
// in a field each, in one, or in the recorder's own list.
func SetCookieLines(r *traffic.Response) []string {
	if r == nil || !setsCookies(r) {
		return nil
	}
	return setCookieLines(r)
}

// RecordedInBrowser tells whether the recorder is part of a browser or drives
// one, so that a capture is of one cookie jar.
func RecordedInBrowser(c *traffic.Capture) bool { return recordedInBrowser(c) }
