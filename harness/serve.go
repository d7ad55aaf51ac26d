package harness

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// ServeOptions are how a capture is served. The zero value is strict: each
// recorded exchange answers one request that is as recorded, and those that
// could answer the same request do so in their order.
//
// As recorded means method, path, query, body and header fields, but for what
// is noise ([diff.Judge]), for fields that browsers add by themselves, and for
// the values of credentials: another token, session or password is welcome, a
// missing one or another scheme is not.
type ServeOptions struct {
	// Lenient asks for the method and the kind of path alone: GET /orders/1 is
	// answered as GET /orders/2 was where nothing is nearer, again and again.
	Lenient bool

	InOrder   bool // strict: requests have to come in the order of the capture, preflights aside
	Repeat    bool // strict: an exchange answers more than once, when all that fit were used
	AllUsed   bool // Verify fails where a recorded exchange was not asked for
	TLS       bool // https, with a certificate that Certificates vouches for
	KeepPlace bool // an absolute Location stays as recorded; zero: one of a recorded origin leads to this server
	KeepTimes bool // Date, and the Expires of cookies, stay as recorded; zero: they are moved to today

	// Pace is how fast answers come: 1 as recorded, 2 twice as fast, 0 at once.
	Pace float64

	// OwnCookies has clients keep the recorded cookies under this server's own
	// name: they lose their Domain, and over plain HTTP their Secure where they
	// can be without. Else a browser drops those with a Domain.
	OwnCookies bool

	// Page is the origin of the page that asks, such as "http://localhost:3000",
	// where that is another one than was recorded. It stands for the recorded
	// page: what that could read, this one can. "": pages are as recorded.
	Page string

	Ignore diff.Ignore      // differences of requests that do not matter: "request.body/sent_at"
	Masker *mask.Masker     // of messages; nil: one that masks
	Now    func() time.Time // nil: time.Now
	Listen string           // loopback address with a port; "": 127.0.0.1, the system chooses the port

	Certificate *tls.Certificate // with TLS: it is presented; nil: one is made, for loopback and the recorded hosts

	// Heard, where it is set, is told of each request once its answer is known,
	// one at a time, in the order of the answers.
	Heard func(Heard)
}

// A Heard is a request that came, in words that may be shown.
type Heard struct {
	Request string // method and path, masked
	Entry   int    // the recorded exchange that answers it; -1: none
	Status  int    // of the answer; 0: the connection is closed, as it was then
	Miss    string // why nothing recorded answers it; "" where something does
}

// ServeStatus is the status of requests that nothing recorded answers: 501 (RFC
// 9110 section 15.6.2). Clients take a 404 for an answer, and the libraries that
// repeat requests repeat other 5xx.
const ServeStatus = 501

// ServeHeader is the field of such an answer that says why in one line; its
// body, plain text, says it in several.
const ServeHeader = "Replay-Miss"

// Served is a capture as a server. It is an [http.Handler], and by
// [Served.Client] a client that needs no network. It is safe for concurrent
// use.
//
// A request is of the recorded origin that its URL or Host names, else of the
// origin whose address it came to ([Served.At]). What comes to URL without
// naming an origin is of the main one, or of any other where that has nothing
// for it.
//
// Answers are as recorded, with these exceptions: bodies are sent decoded, and
// framing and hop-by-hop fields are written anew (RFC 9110 section 7.6.1), over
// sockets also the reason phrase and the order of fields; Alt-Svc, which names
// other servers, is left out. An absolute Location leads to this server, and an
// Access-Control-Allow-Origin that names the recorded page names the one that
// asks in its place. Date is now, and cookies live on as long as they did. A
// preflight that was not recorded is allowed what the request that it announces
// was allowed. A 304 is for those who have a stored answer; others get the
// content that the capture has. Where no answer was recorded there is none: the connection is
// closed. WebSockets are refused.
type Served struct {
	URL string // of the main origin, no slash at the end; "" of a handler

	options ServeOptions
	masker  *mask.Masker
	capture *traffic.Capture
	shelf   *shelf
	places  *places
	page    *servedPage // nil: pages are where they were

	hearing sync.Mutex // held while Heard is told

	mu     sync.Mutex
	missed []Miss
	more   int // that were missed, and are not kept
}

// Serve serves a capture on loopback until it is closed. The capture has to
// stay open as long.
func Serve(c *traffic.Capture, o ServeOptions) (*Served, error) {
	s, err := ServeHandler(c, o)
	if err != nil {
		return nil, err
	}
	if s.URL, err = s.places.open(s.shelf.main, o.Listen); err != nil {
		return nil, err
	}
	return s, nil
}

// ServeHandler is a capture as a handler, for a server of the caller's own.
func ServeHandler(c *traffic.Capture, o ServeOptions) (*Served, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	s := &Served{options: o, masker: o.Masker, capture: c}
	if s.masker == nil {
		s.masker = new(mask.Masker)
	}
	s.masker.LearnCapture(c)
	var err error
	if s.shelf, err = newShelf(c, s.masker); err != nil {
		return nil, err
	}
	if s.page, err = newServedPage(o.Page, c, s.shelf.main); err != nil {
		return nil, err
	}
	s.places = newPlaces(s, o.TLS)
	return s, nil
}

func (o ServeOptions) check() error {
	var list []error
	if o.Lenient && o.InOrder {
		list = append(list, errors.New("requests can be served leniently or in order, not both"))
	}
	if o.Pace < 0 {
		list = append(list, errors.New("the pace can't be negative: 1 is as recorded, 0 at once"))
	}
	return errors.Join(append(list, o.Ignore.Check())...)
}

// TB is what a test has to offer: *testing.T, *testing.B and GinkgoT() do.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// MustServe serves a capture file for the time of a test, and fails the test
// at its end with what [Served.Verify] says. Of several options the last
// count.
func MustServe(t TB, file string, options ...ServeOptions) *Served {
	t.Helper()
	c, err := traffic.Open(file, traffic.Options{})
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	t.Cleanup(func() { _ = c.Close() })
	var o ServeOptions
	if len(options) > 0 {
		o = options[len(options)-1]
	}
	s, err := Serve(c, o)
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	t.Cleanup(func() {
		t.Helper()
		s.Close()
		if err := s.Verify(); err != nil {
			t.Errorf("%v", err)
		}
	})
	return s
}

// Close stops serving. Requests that are being answered are cut off.
func (s *Served) Close() { s.places.close() }

// maxMissed bounds the misses that are kept, each with its request: a client may
// ask again and again for hours.
const maxMissed = 1000

// Missed lists the requests that nothing recorded answered, as they came; of
// more than a thousand the first.
func (s *Served) Missed() []Miss {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.missed)
}

// Unused lists the entries that answered nothing so far. Those that can't be
// served are left out: preflights, WebSockets, what never was on the wire.
func (s *Served) Unused() []int { return s.shelf.unused() }

// Verify is an error with all that was missed and, with AllUsed, with what was
// not asked for.
func (s *Served) Verify() error {
	var list []error
	more := s.unkept()
	for _, m := range s.Missed() {
		list = append(list, errors.New(m.String()))
	}
	if s.options.AllUsed {
		for _, entry := range s.Unused() {
			list = append(list, fmt.Errorf("%s was not asked for", s.where(entry)))
		}
	}
	if len(list) > maxTold {
		more += len(list) - maxTold
		list = append(list[:maxTold], fmt.Errorf("and %d more", more))
	}
	return errors.Join(list...)
}

// maxTold bounds how many problems one error tells.
const maxTold = 20

// where names a recorded exchange.
func (s *Served) where(entry int) string {
	return mask.Visible(s.masker.Text(s.capture.Exchanges[entry].Where(s.capture.File)))
}

// Entry names a recorded exchange without its file: "entry 12 (GET /orders)".
func (s *Served) Entry(entry int) string {
	return strings.TrimPrefix(mask.Visible(s.masker.Text(s.capture.Exchanges[entry].Where(""))), ": ")
}

// miss notes a request that nothing answers.
func (s *Served) miss(m Miss) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.missed) == maxMissed {
		s.more++
		return
	}
	s.missed = append(s.missed, m)
}

func (s *Served) unkept() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.more
}
