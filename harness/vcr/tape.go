package vcr

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dnaeon/go-vcr/v2/cassette"
	"github.com/dnaeon/go-vcr/v2/recorder"
)

// A tape records over a recorder of go-vcr, which orders the interactions and
// writes the file.
//
// go-vcr itself reads bodies whole before the client sees a byte, fails where a
// form can't be parsed, records no request that failed, and hands the client a
// response of its own making. So it is given a bare request that stands for the
// true one; the client has the true response, and what went over the wire is
// put into the interaction when the cassette is written.
type tape struct {
	r       *Recorder
	vcr     *recorder.Recorder
	masking *masking
	partial string // the file while it is written

	mu      sync.Mutex
	stopped bool
	next    int
	waiting map[string]*call                // by the address of the bare request
	calls   map[*cassette.Interaction]*call // recorded ones
}

func newTape(r *Recorder) (*tape, error) {
	file := r.File()
	t := &tape{
		r: r, partial: strings.TrimSuffix(file, ".yaml") + ".recording-" + strconv.FormatInt(time.Now().UnixNano(), 36),
		waiting: map[string]*call{}, calls: map[*cassette.Interaction]*call{},
	}
	if !r.DangerouslyKeepSecrets {
		t.masking = &masking{redactor: r.Redactor}
		if t.masking.redactor == nil {
			t.masking.redactor = ownRedactor()
		}
	}
	var err error
	if t.vcr, err = recorder.NewAsMode(t.partial, recorder.ModeRecording, standIn{}); err != nil {
		return nil, err
	}
	t.vcr.SkipRequestLatency = true // it would wait as long as the server took, again
	t.vcr.AddFilter(t.place)
	t.vcr.AddSaveFilter(t.write)
	return t, nil
}

// roundTrip sends the request as it is, and lets go-vcr record that there was
// one.
func (t *tape) roundTrip(req *http.Request) (*http.Response, error) {
	c := newCall(req, t.r.body())
	begun := time.Now()
	response, err := t.r.real().RoundTrip(c.sending(req))
	if response != nil {
		response.Request = req // not the one with the body that is copied
	}
	c.answered(response, time.Since(begun))
	if recordErr := t.record(c); recordErr != nil && err == nil {
		_ = response.Body.Close()
		return nil, fmt.Errorf("%s can't be recorded: %w", t.r.File(), recordErr)
	}
	return response, err
}

// record adds an interaction. What ends after the cassette was written is not
// recorded.
func (t *tape) record(c *call) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return nil
	}
	t.next++
	bare := &http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "http", Host: "call.invalid", Path: "/" + strconv.Itoa(t.next)}, Header: http.Header{}}
	t.waiting[bare.URL.String()] = c
	_, err := t.vcr.RoundTrip(bare)
	return err
}

// place is go-vcr's filter of what is recorded.
func (t *tape) place(i *cassette.Interaction) error {
	t.calls[i] = t.waiting[i.URL]
	delete(t.waiting, i.URL)
	return nil
}

// write is go-vcr's filter of what is written.
func (t *tape) write(i *cassette.Interaction) error {
	*i = t.calls[i].interaction()
	if t.masking == nil {
		return nil
	}
	return t.masking.mask(i)
}

// save writes the cassette beside its place and moves it there, so that there
// is never half of one.
func (t *tape) save() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = true
	if len(t.calls) == 0 {
		return nil
	}
	if t.masking != nil {
		for _, c := range t.calls {
			i := c.interaction()
			if err := t.masking.learn(&i); err != nil {
				return err
			}
		}
	}
	return t.move()
}

func (t *tape) move() (err error) {
	partial, file := t.partial+".yaml", t.r.File()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // go-vcr keeps the mode of a file that is there
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(partial)
		}
	}()
	if err := f.Close(); err != nil {
		return err
	}
	if err := t.vcr.Stop(); err != nil {
		return fmt.Errorf("%s can't be written: %w", file, err)
	}
	if !t.r.DangerouslyKeepSecrets {
		if err := os.Chmod(partial, 0o644); err != nil {
			return err
		}
	}
	return os.Rename(partial, file)
}

// standIn answers the bare requests that go-vcr sends.
type standIn struct{}

func (standIn) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}
