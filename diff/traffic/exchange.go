package traffic

import (
	"net/url"
	"time"
)

// An Exchange is one request and the answer to it.
type Exchange struct {
	Index    int // position in its capture, from 0; the "entry" of messages
	Request  Request
	Response *Response // nil where no answer was recorded: curl lines, a cut-off dump
	Recorded Recorded

	// Unknown is what the model has no field for, by JSON Pointer (RFC 6901)
	// below the entry: "/_initiator", "/response/content/_sha1",
	// "/request/headers/3/comment". In cassettes: "/request/remote_addr".
	Unknown Fields
}

// A Request is what the client sent, as far as the recorder saw it.
type Request struct {
	Method string
	URL    string // as recorded: whole, fragment included where the recorder keeps it
	Proto  string // as recorded: "HTTP/1.1", "h2", "h3", "http/2.0", ""
	Header Header // pseudo-headers (":authority") where recorded
	Body   Body

	// Cookies is the recorder's own list, kept only where it says something
	// that the Cookie header does not: no such header, empty values there,
	// or attributes. [Request.CookiePairs] has the answer to both.
	Cookies []Cookie
	// Query is the recorder's own list of query parameters, kept only where
	// it differs from the query of URL.
	Query []Param

	Sizes Sizes
}

// A Response is what came back.
type Response struct {
	Status     int    // 0: no status line was seen (blocked, aborted, network error)
	StatusText string // the reason phrase, without the code
	Proto      string
	Header     Header
	Body       Body

	// Cookies is the recorder's own list, kept only where it differs from
	// what the Set-Cookie headers say.
	Cookies []Cookie

	// Location is the recorder's redirectURL, kept only where it differs
	// from the Location header.
	Location string

	// Error is the client's own reason for a missing or discarded answer:
	// "net::ERR_FAILED" (_error of Chromium), _failureText of Playwright.
	Error string

	Sizes Sizes
}

// Recorded is what the recorder noted about an exchange. None of it was on
// the wire.
type Recorded struct {
	Started    Timestamp // zero: unknown; cassettes of version 1 have no clock
	Millis     float64   // the whole exchange in milliseconds; -1: unknown
	Timings    Timings
	ServerIP   string
	Connection string
	Page       string // ID of a Page
	Comment    string
}

// Timings are the phases of an exchange in milliseconds, -1 where unknown
// (HAR 1.2, timings).
type Timings struct {
	Blocked, DNS, Connect, SSL, Send, Wait, Receive float64
}

// NoTimings are the timings of a recorder that took none.
var noTimings = Timings{-1, -1, -1, -1, -1, -1, -1}

// Sizes are lengths in bytes as the recorder noted them, -1 where unknown.
type Sizes struct {
	Header      int64 // HAR headersSize
	Body        int64 // HAR bodySize: on the wire, still compressed
	Content     int64 // HAR content.size: decoded; responses only
	Compression int64 // HAR content.compression: bytes saved; responses only
}

var noSizes = Sizes{-1, -1, -1, -1}

// A Cookie is one row of a recorder's own cookie list.
type Cookie struct {
	Name, Value, Path, Domain string
	Expires                   string // as recorded
	SameSite                  string
	HTTPOnly, Secure          bool
}

// A Param is a name and a value: of a query, of a form.
type Param struct {
	Name, Value string
	FileName    string // multipart file parts (HAR params)
	Type        string // their media type
}

// A Timestamp is a time as a recorder wrote it.
type Timestamp struct {
	Time time.Time // zero where Text can't be read as a time
	Text string    // as recorded; law 3 writes this back
}

// Known tells whether the time could be read.
func (t Timestamp) Known() bool { return !t.Time.IsZero() }

// ParsedURL parses the request's URL; nil where it can't be parsed.
func (r *Request) ParsedURL() *url.URL {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil
	}
	return u
}
