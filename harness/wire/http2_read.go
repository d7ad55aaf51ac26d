package wire

import (
	"errors"
	"fmt"
	"math"

	"golang.org/x/net/http2"
)

var (
	errUnprocessed = errors.New("the server did not take the request")
	errReset       = errors.New("the server reset the stream")
	errNotHTTP2    = errors.New("the server does not speak HTTP/2")
)

// readFrames reads until the connection ends.
func (w *conn2) readFrames() {
	for first := true; ; first = false {
		f, err := w.framer.ReadFrame()
		var broken http2.StreamError
		switch {
		case errors.As(err, &broken):
			w.abort(broken.StreamID, broken.Code, fmt.Errorf("%w: %s in a frame of HTTP/2", ErrFraming, broken.Code))
			continue
		case err != nil:
			w.fail(readFault(err, first))
			return
		case first && f.Header().Type != http2.FrameSettings:
			w.fail(errNotHTTP2)
			return
		}
		if err := w.frameRead(f); err != nil {
			w.leave(err)
			return
		}
	}
}

// readFault is the reason why no further frame could be read.
func readFault(err error, first bool) error {
	var broken http2.ConnectionError
	switch {
	case first && (errors.As(err, &broken) || errors.Is(err, http2.ErrFrameTooLarge)):
		return errNotHTTP2
	case errors.As(err, &broken):
		return fmt.Errorf("%w: %s in a frame of HTTP/2", ErrFraming, http2.ErrCode(broken))
	case errors.Is(err, http2.ErrFrameTooLarge):
		return fmt.Errorf("%w: a frame of HTTP/2 that is too large", ErrFraming)
	}
	return err
}

// leave tells the server which rule it broke and closes the connection.
func (w *conn2) leave(err error) {
	var broken http2.ConnectionError
	if errors.As(err, &broken) {
		w.control(func() error { return w.framer.WriteGoAway(0, http2.ErrCode(broken), nil) })
		err = fmt.Errorf("%w: %s in a frame of HTTP/2", ErrFraming, http2.ErrCode(broken))
	}
	w.fail(err)
}

// frameRead acts on one frame. An error ends the connection.
func (w *conn2) frameRead(f http2.Frame) error {
	switch f := f.(type) {
	case *http2.MetaHeadersFrame:
		w.onHeaders(f)
	case *http2.DataFrame:
		return w.onData(f)
	case *http2.RSTStreamFrame:
		w.onReset(f.StreamID, f.ErrCode)
	case *http2.SettingsFrame:
		return w.onSettings(f)
	case *http2.PingFrame:
		if !f.IsAck() {
			return w.control(func() error { return w.framer.WritePing(true, f.Data) })
		}
	case *http2.GoAwayFrame:
		w.onGoAway(f)
	case *http2.WindowUpdateFrame:
		return w.onWindow(f)
	case *http2.PushPromiseFrame:
		return http2.ConnectionError(http2.ErrCodeProtocol) // it was switched off
	}
	return nil
}

func (w *conn2) onHeaders(f *http2.MetaHeadersFrame) {
	w.mu.Lock()
	s := w.streams[f.StreamID]
	if s == nil {
		w.mu.Unlock()
		return
	}
	err := s.onHeaders(f, w.now)
	if err == nil && f.StreamEnded() {
		w.finish(s, nil)
	}
	w.mu.Unlock()
	if err != nil {
		w.abort(f.StreamID, http2.ErrCodeProtocol, err)
	}
}

func (w *conn2) onData(f *http2.DataFrame) error {
	// Padding counts as well (RFC 9113 section 6.9.1). The stream's own window
	// is wide enough for all that it may send.
	if err := w.received(int64(f.Length)); err != nil {
		return err
	}
	w.mu.Lock()
	s := w.streams[f.StreamID]
	if s == nil {
		w.mu.Unlock()
		return nil
	}
	err := s.onData(f.Data(), w.limit)
	if err == nil && f.StreamEnded() {
		w.finish(s, nil)
	}
	w.mu.Unlock()
	if err != nil {
		w.abort(f.StreamID, http2.ErrCodeCancel, err)
	}
	return nil
}

// received gives the server back what it has sent of the connection's window.
func (w *conn2) received(n int64) error {
	w.unread += n
	if w.unread < connectionWindow/2 {
		return nil
	}
	n, w.unread = w.unread, 0
	return w.control(func() error { return w.framer.WriteWindowUpdate(0, uint32(n)) })
}

// onReset ends a stream. One that the server says it did not process can be
// sent again (RFC 9113 section 8.7).
func (w *conn2) onReset(id uint32, code http2.ErrCode) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.streams[id]
	switch {
	case s == nil:
	case code == http2.ErrCodeRefusedStream:
		w.finish(s, fmt.Errorf("%w (%s)", errUnprocessed, code))
	default:
		w.finish(s, fmt.Errorf("%w (%s)", errReset, code))
	}
}

// onGoAway ends the streams that the server has not seen (RFC 9113 section
// 6.8). The others go on.
func (w *conn2) onGoAway(f *http2.GoAwayFrame) {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := fmt.Errorf("%w (GOAWAY, %s)", errUnprocessed, f.ErrCode)
	if w.over == nil {
		w.over = err
	}
	for id, s := range w.streams {
		if id > f.LastStreamID {
			w.finish(s, err)
		}
	}
	w.closeIfDone()
}

func (w *conn2) onWindow(f *http2.WindowUpdateFrame) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.StreamID == 0 {
		if w.window += int64(f.Increment); w.window > maxWindow {
			return http2.ConnectionError(http2.ErrCodeFlowControl)
		}
		w.wakeAll()
	} else if s := w.streams[f.StreamID]; s != nil {
		if s.window += int64(f.Increment); s.window > maxWindow {
			return http2.ConnectionError(http2.ErrCodeFlowControl)
		}
		s.wakeUp()
	}
	return nil
}

func (w *conn2) wakeAll() {
	for _, s := range w.streams {
		s.wakeUp()
	}
}

func (w *conn2) onSettings(f *http2.SettingsFrame) error {
	if f.IsAck() {
		return nil
	}
	table := int64(-1)
	w.mu.Lock()
	err := f.ForeachSetting(func(s http2.Setting) error {
		if s.ID == http2.SettingHeaderTableSize {
			table = int64(s.Val)
		}
		return w.set(s)
	})
	w.wakeAll()
	w.mu.Unlock()
	if err != nil {
		return err
	}
	return w.control(func() error {
		if table >= 0 {
			w.encoder.SetMaxDynamicTableSizeLimit(uint32(table))
			w.encoder.SetMaxDynamicTableSize(uint32(min(table, 4096)))
		}
		return w.framer.WriteSettingsAck()
	})
}

// set takes one setting (RFC 9113 section 6.5.2); mu is held.
func (w *conn2) set(s http2.Setting) error {
	if err := s.Valid(); err != nil {
		return err
	}
	switch s.ID {
	case http2.SettingMaxConcurrentStreams:
		w.concurrent = int(min(s.Val, math.MaxInt32))
	case http2.SettingMaxFrameSize:
		w.frame = int(min(s.Val, 1<<20))
	case http2.SettingInitialWindowSize:
		more := int64(s.Val) - w.initial
		w.initial = int64(s.Val)
		for _, open := range w.streams {
			if open.window += more; open.window > maxWindow {
				return http2.ConnectionError(http2.ErrCodeFlowControl)
			}
		}
	}
	return nil
}

// abort resets a stream for a reason of our own.
func (w *conn2) abort(id uint32, code http2.ErrCode, why error) {
	w.mu.Lock()
	s := w.streams[id]
	w.mu.Unlock()
	if s != nil && w.end(s, why) {
		w.reset(id, code)
	}
}
