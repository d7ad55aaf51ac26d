package record_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/record"
)

func exchange(path string, at time.Time) *traffic.Exchange {
	return &traffic.Exchange{
		Request:  traffic.Request{Method: "GET", URL: "http://a.test" + path, Header: traffic.Header{{Name: "Authorization", Value: "Bearer tango-9981-whiskey"}}},
		Response: &traffic.Response{Status: 200, Body: traffic.NewBody("text/plain", []byte("token: tango-9981-whiskey"))},
		Recorded: traffic.Recorded{Started: traffic.Timestamp{Time: at, Text: at.Format(time.RFC3339Nano)}},
	}
}

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// A disk is where a keeper saves to.
type disk struct {
	mu    sync.Mutex
	file  string
	saves int
	full  bool
	saved chan struct{} // nil: nobody waits
}

func (d *disk) save(write func(io.Writer) error) error {
	var b bytes.Buffer
	err := write(&b)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full {
		err = errors.Join(err, errors.New("no space left on device"))
	}
	if err == nil {
		d.file, d.saves = b.String(), d.saves+1
	}
	if d.saved != nil {
		d.saved <- struct{}{}
	}
	return err
}

// TestKeep: what is new is saved, redacted, in the order in which it began;
// where nothing is new, nothing is done; a save that fails is tried again.
func TestKeep(t *testing.T) {
	var tape record.Tape
	var d disk
	k := &record.Keeper{Tape: &tape, Redactor: &mask.Redactor{Key: []byte("k")}, Save: d.save}
	tape.Page(traffic.Page{ID: "p1", Title: "http://a.test/?token=tango-9981-whiskey"})
	tape.Add(exchange("/second", noon.Add(time.Second)))
	tape.Add(exchange("/first", noon))
	for range 2 {
		if err := k.Keep(); err != nil {
			t.Fatal(err)
		}
	}
	first := strings.Index(d.file, "/first")
	if d.saves != 1 || strings.Contains(d.file, "whiskey") || first < 0 || first > strings.Index(d.file, "/second") || !strings.Contains(d.file, "masked-") {
		t.Errorf("%d saves\n%s", d.saves, d.file)
	}
	d.full = true
	tape.Add(exchange("/third", noon.Add(2*time.Second)))
	if err := k.Keep(); err == nil || strings.Contains(d.file, "/third") {
		t.Errorf("a full disk: %v", err)
	}
	d.full = false
	if err := k.Keep(); err != nil || !strings.Contains(d.file, "/third") {
		t.Errorf("after it: %v", err)
	}
}

// TestKeepWhileItGrows: saves come of themselves, and each is a whole capture.
func TestKeepWhileItGrows(t *testing.T) {
	var tape record.Tape
	d := disk{saved: make(chan struct{})}
	k := &record.Keeper{Tape: &tape, Save: d.save, Every: time.Millisecond}
	ctx, end := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		k.Run(ctx)
	}()
	for n := range 3 {
		tape.Add(exchange("/x", noon.Add(time.Duration(n)*time.Second)))
		<-d.saved
		d.mu.Lock()
		c, err := traffic.Read(strings.NewReader(d.file), "kept.har", traffic.Options{})
		d.mu.Unlock()
		if err != nil || len(c.Exchanges) != n+1 {
			t.Fatalf("save %d: %v", n, err)
		}
	}
	end()
	<-over
}

// TestKeepCassette: a cassette replays answers, so what had none is left out.
func TestKeepCassette(t *testing.T) {
	var tape record.Tape
	var d disk
	k := &record.Keeper{Tape: &tape, Save: d.save, Format: traffic.CassetteV2}
	lost := exchange("/lost", noon)
	lost.Response = &traffic.Response{Error: "reset"}
	tape.Add(lost)
	tape.Add(exchange("/kept", noon))
	if err := k.Keep(); err != nil {
		t.Fatal(err)
	}
	if written, skipped := k.Written(); written != 1 || skipped != 1 || strings.Contains(d.file, "/lost") || !strings.Contains(d.file, "/kept") {
		t.Errorf("%d written, %d left out\n%s", written, skipped, d.file)
	}
}

// TestKeepWhatCantBeRedacted: of a body that can't be looked into nothing is
// written, and the recording goes on.
func TestKeepWhatCantBeRedacted(t *testing.T) {
	var tape record.Tape
	var d disk
	k := &record.Keeper{Tape: &tape, Redactor: new(mask.Redactor), Save: d.save}
	packed := []byte("token: tango-9981-whiskey")
	for range 6 { // more layers than are taken off
		var layer bytes.Buffer
		z := gzip.NewWriter(&layer)
		_, _ = z.Write(packed)
		_ = z.Close()
		packed = layer.Bytes()
	}
	x := exchange("/deep", noon)
	x.Response.Header = traffic.Header{{Name: "Content-Encoding", Value: "gzip"}}
	x.Response.Body = traffic.NewBody("text/plain", packed)
	tape.Add(x)
	if err := k.Keep(); err != nil {
		t.Fatal(err)
	}
	c, err := traffic.Read(strings.NewReader(d.file), "kept.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Exchanges[0]; got.Response.Body.Present() || !strings.Contains(got.Recorded.Comment, "can't be redacted") {
		t.Errorf("written: %s", d.file)
	}
}
