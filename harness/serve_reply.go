package harness

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// A servedReply is an answer as it is sent.
type servedReply struct {
	entry  int // -1 of a miss
	status int // 0: none was recorded, the connection is closed
	header traffic.Header
	body   []byte
	length string        // Content-Length of an answer without body; "": none
	wait   time.Duration // at the pace that was asked for
}

// maxServed is how many bytes a recorded body may have once it is decoded.
const maxServed = 64 << 20

// reply makes the answer of an entry. Where the request named the server
// itself, a Location has to lead there too.
func (s *Served) reply(entry int, r *http.Request, at heading) servedReply {
	x := s.capture.Exchanges[entry]
	out := servedReply{entry: entry}
	if x.Response.Status == http.StatusNotModified && !isConditional(r.Header) {
		x = s.inFull(x)
	}
	if s.options.Pace > 0 && x.Recorded.Millis > 0 {
		out.wait = time.Duration(x.Recorded.Millis / s.options.Pace * float64(time.Millisecond))
	}
	if !isFinal(x.Response.Status) {
		return out
	}
	out.status = x.Response.Status
	out.header = s.letRead(s.replyHeader(x, r, at), entry, r)
	if hasBody(r.Method, out.status) {
		out.body = servedBody(x.Response)
	} else if out.status != http.StatusNoContent {
		out.length = recordedLength(x.Response.Header)
	}
	return out
}

// isConditional tells a client that has an answer already (RFC 9110 section
// 13.1).
func isConditional(h http.Header) bool {
	return h.Get("If-None-Match") != "" || h.Get("If-Modified-Since") != ""
}

// inFull is what a client without a cache has to get where the recorded one was
// told to use its own: the content that the recorder noted all the same, or
// another answer to the same request.
func (s *Served) inFull(x *traffic.Exchange) *traffic.Exchange {
	full := *x
	if x.Response.Body.Present() && !x.Response.Body.Equal(traffic.NewBody("", nil)) {
		response := *x.Response
		response.Status = http.StatusOK
		full.Response = &response
		return &full
	}
	for _, other := range s.capture.Exchanges {
		if other.Request.URL == x.Request.URL && other.Request.Method == x.Request.Method && other.Response != nil && other.Response.Status == http.StatusOK {
			full.Response = other.Response
			return &full
		}
	}
	return x
}

// isFinal tells a status that ends an exchange (RFC 9110 section 15).
func isFinal(status int) bool { return status >= 200 && status <= 999 }

// hasBody tells whether an answer may have a body (RFC 9112 section 6.3).
func hasBody(method string, status int) bool {
	return method != http.MethodHead && status != http.StatusNoContent && status != http.StatusNotModified
}

// recordedLength is the length that an answer to HEAD, or a 304, announced.
func recordedLength(h traffic.Header) string {
	length := strings.TrimSpace(h.Get("Content-Length"))
	if n, err := strconv.ParseInt(length, 10, 64); err != nil || n < 0 {
		return ""
	}
	return length
}

// servedBody is the body as its reader sees it. Most recorders keep it decoded
// and leave the Content-Encoding field; where they kept it coded, it is decoded
// here.
func servedBody(r *traffic.Response) []byte {
	body, err := r.Body.Bytes(0)
	if err != nil || len(body) == 0 {
		return nil
	}
	if decoded, err := wire.Decode(body, r.Header, maxServed); err == nil {
		return decoded
	}
	return body
}

// replyHeader leaves out what frames a message or belongs to a connection (RFC
// 9110 section 7.6.1), the coding of a body that is sent decoded, and Alt-Svc,
// which leads to servers that nobody named.
func (s *Served) replyHeader(x *traffic.Exchange, asked *http.Request, at heading) traffic.Header {
	r := x.Response
	out := make(traffic.Header, 0, len(r.Header))
	for _, f := range r.Header {
		name := strings.ToLower(strings.TrimSpace(f.Name))
		switch {
		case wire.IsFraming(name), wire.HasOption(r.Header, name), name == "content-encoding", name == "alt-svc":
			continue
		case name == "location", name == "content-location":
			f.Value = s.placeHere(f.Value, at)
		case name == "access-control-allow-origin":
			f.Value = s.allowedHere(f.Value, asked, at)
		case name == "date" && !s.options.KeepTimes:
			f.Value = s.now().UTC().Format(http.TimeFormat)
		}
		for value := range strings.SplitSeq(f.Value, "\n") { // recorders join fields of one name so
			value = strings.ReplaceAll(strings.TrimRight(value, "\r"), "\x00", " ")
			if name == "set-cookie" {
				value = s.cookieHere(value, at)
				if !s.options.KeepTimes {
					value = moveExpires(value, answeredAt(x), s.now())
				}
			}
			if value != "" || f.Value == "" {
				out = append(out, traffic.HeaderField{Name: f.Name, Value: value})
			}
		}
	}
	if r.Location != "" && r.Status/100 == 3 && !out.Has("Location") {
		out = append(out, traffic.HeaderField{Name: "Location", Value: s.placeHere(r.Location, at)})
	}
	return out
}

// placeHere leads an absolute address of a recorded origin to this server.
func (s *Served) placeHere(location string, at heading) string {
	spelled, tail := cutOrigin(location)
	if s.options.KeepPlace || at.base == "" || spelled == "" {
		return location
	}
	origin := canonicalOrigin(spelled)
	switch {
	case s.page != nil && origin == s.page.recorded:
		return s.page.now + tail
	case !s.shelf.holds(origin):
		return location
	case origin == at.origin, s.URL == "": // a handler has no other address
		return at.base + tail
	}
	base, err := s.places.open(origin, "")
	if err != nil {
		return location
	}
	return base + tail
}

// allowedHere names the page that asks, where the recorded answer named the one
// that asked then: a page of a recorded origin is at another one here.
func (s *Served) allowedHere(allowed string, asked *http.Request, at heading) string {
	page := asked.Header.Get("Origin")
	if page != "" && s.places.recordedTerms(at)(page) == allowed {
		return page
	}
	return allowed
}

func (s *Served) now() time.Time {
	if s.options.Now != nil {
		return s.options.Now()
	}
	return time.Now()
}

// errNoAnswer stands for an answer that was never recorded.
var errNoAnswer = errors.New("the recorded client got no answer either")

// pause waits so long, or until the context ends.
func pause(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
