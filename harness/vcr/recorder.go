package vcr

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/dnaeon/go-vcr/v2/recorder"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/userkey"
)

// A Mode is what a Recorder does.
type Mode int

// The modes.
const (
	Recording     Mode = iota // each run writes the cassette anew
	RecordingOnce             // record where there is no cassette yet, else replay
	Replaying                 // answer from the cassette, never from the network
	Off                       // pass requests through, write nothing
)

// DefaultBody is how many bytes of each body are recorded.
const DefaultBody = 1 << 20

// A Recorder is an [http.RoundTripper] that records, over go-vcr's recorder, or
// replays. Its fields are set before its first use; only Cassette has to be. It
// is safe for concurrent use and must not be copied after its first use.
type Recorder struct {
	Cassette string            // the file; ".yaml" may be left out, as in go-vcr
	Mode     Mode              // zero: Recording
	Real     http.RoundTripper // what requests are sent by; nil: http.DefaultTransport
	Body     int64             // bytes of each body that are recorded; 0: DefaultBody. The client sees all of it

	// Redactor masks what is written. Nil is one with the user's own key
	// (userkey.Marks), so that cassettes recorded today and tomorrow have the
	// same mark for the same secret, as have the captures of the program replay.
	Redactor *mask.Redactor

	// DangerouslyKeepSecrets writes the cassette as the traffic was. Its file
	// can be read by the user alone.
	DangerouslyKeepSecrets bool

	// Serve says how a cassette is replayed. Zero: strictly.
	Serve harness.ServeOptions

	once     sync.Once
	startErr error
	tape     *tape           // Recording
	served   *harness.Served // Replaying
	capture  *traffic.Capture
	stopped  sync.Once
	stopErr  error
}

// Record records the requests of a client into a cassette, anew each time, and
// writes it at the end of the test, be it failed or not.
func Record(t harness.TB, cassette string) *Recorder {
	t.Helper()
	return begin(t, &Recorder{Cassette: cassette})
}

// Once records where there is no cassette yet, and replays the one that is
// there: the manner of go-vcr.
func Once(t harness.TB, cassette string) *Recorder {
	t.Helper()
	return begin(t, &Recorder{Cassette: cassette, Mode: RecordingOnce})
}

// Replay answers from a cassette, and fails the test for requests that it has
// no answer to, saying why.
func Replay(t harness.TB, cassette string) *Recorder {
	t.Helper()
	return begin(t, &Recorder{Cassette: cassette, Mode: Replaying})
}

func begin(t harness.TB, r *Recorder) *Recorder {
	t.Helper()
	t.Cleanup(func() {
		t.Helper()
		if err := r.Stop(); err != nil {
			t.Errorf("%v", err)
		}
	})
	return r
}

// Replays tells whether requests are answered from the cassette: which of its
// two ways RecordingOnce took. It begins what the first request would.
func (r *Recorder) Replays() bool { return r.start() == nil && r.served != nil }

// File is the name of the cassette's file.
func (r *Recorder) File() string { return strings.TrimSuffix(r.Cassette, ".yaml") + ".yaml" }

// start does once what the mode asks for.
func (r *Recorder) start() error {
	r.once.Do(func() {
		if r.Cassette == "" && r.Mode != Off {
			r.startErr = errors.New("the recorder has no Cassette to name its file by")
			return
		}
		mode := r.Mode
		if mode == RecordingOnce {
			mode = Replaying
			if _, err := os.Stat(r.File()); errors.Is(err, fs.ErrNotExist) {
				mode = Recording
			}
		}
		switch mode {
		case Replaying:
			r.startErr = r.load()
		case Recording:
			r.tape, r.startErr = newTape(r)
		}
	})
	return r.startErr
}

func (r *Recorder) load() error {
	c, err := traffic.Open(r.File(), traffic.Options{})
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not there: record it first, with vcr.Record or vcr.Once", r.File())
	}
	if err != nil {
		return err
	}
	if r.served, err = harness.ServeHandler(c, r.Serve); err != nil {
		return errors.Join(err, c.Close())
	}
	r.capture = c
	return nil
}

// RoundTrip implements [http.RoundTripper].
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := r.start(); err != nil {
		closeBody(req)
		return nil, err
	}
	switch {
	case r.served != nil:
		return r.replay(req)
	case r.tape != nil:
		return r.tape.roundTrip(req)
	}
	return r.real().RoundTrip(req)
}

// replay makes an error of a request that nothing answers: a client would take
// a status for an answer.
func (r *Recorder) replay(req *http.Request) (*http.Response, error) {
	response, err := r.served.Client().Transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if why := response.Header.Get(harness.ServeHeader); response.StatusCode == harness.ServeStatus && why != "" {
		return nil, fmt.Errorf("%s: %s", r.File(), why)
	}
	return response, nil
}

// Stop writes the cassette, or tells what a replay had no answer to. Requests
// after it are passed through. Only the first call does anything; all return
// its error. Nothing is written where nothing was recorded.
func (r *Recorder) Stop() error {
	r.stopped.Do(func() {
		if r.start() != nil && r.tape == nil && r.served == nil {
			return // the requests have told it
		}
		switch {
		case r.tape != nil:
			r.stopErr = r.tape.save()
		case r.served != nil:
			r.stopErr = errors.Join(r.served.Verify(), r.capture.Close())
		}
	})
	return r.stopErr
}

func (r *Recorder) real() http.RoundTripper {
	if r.Real != nil {
		return r.Real
	}
	return http.DefaultTransport
}

func (r *Recorder) body() int64 { return cmp.Or(r.Body, DefaultBody) }

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}

// Mask makes a go-vcr recorder that somebody has already write marks in the
// place of secrets; a nil redactor is one with the user's own key. It is called
// before the first request.
func Mask(v *recorder.Recorder, r *mask.Redactor) {
	if r == nil {
		r = ownRedactor()
	}
	m := masking{redactor: r}
	v.AddFilter(m.learn)
	v.AddSaveFilter(m.mask)
}

// ownRedactor has the key of the user. Where that can't be kept, the marks of
// this run agree with each other and with no others, and tell so by themselves.
func ownRedactor() *mask.Redactor {
	key, _ := userkey.Marks()
	return &mask.Redactor{Key: key}
}
