package wire_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"github.com/replaydiff/replay/harness/wire"
)

// TestHTTP2Floods: frames without end keep nobody busy for longer than the time
// that an exchange has, and the connection ends with the client.
func TestHTTP2Floods(t *testing.T) {
	rows := []struct {
		reason string
		frame  func(f *http2.Framer, id uint32) error
	}{
		{"SETTINGS, each to be acknowledged", func(f *http2.Framer, id uint32) error { return f.WriteSettings() }},
		{"SETTINGS that change the window", func(f *http2.Framer, id uint32) error {
			return f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: id})
		}},
		{"PING, each to be answered", func(f *http2.Framer, id uint32) error { return f.WritePing(false, [8]byte{}) }},
		{"PING that answers nothing", func(f *http2.Framer, id uint32) error { return f.WritePing(true, [8]byte{}) }},
		{"RST_STREAM of streams that are not", func(f *http2.Framer, id uint32) error { return f.WriteRSTStream(id+2, http2.ErrCodeCancel) }},
		{"WINDOW_UPDATE of streams that are not", func(f *http2.Framer, id uint32) error { return f.WriteWindowUpdate(id+2, 1) }},
		{"PRIORITY", func(f *http2.Framer, id uint32) error {
			return f.WritePriority(id, http2.PriorityParam{StreamDep: id + 2})
		}},
		{"DATA of streams that are not", func(f *http2.Framer, id uint32) error { return f.WriteData(id+2, false, make([]byte, 1000)) }},
		{"empty DATA", func(f *http2.Framer, id uint32) error { return f.WriteData(id+2, false, nil) }},
		{"frames of a kind that nobody knows", func(f *http2.Framer, id uint32) error { return f.WriteRawFrame(0xfa, 0, 0, make([]byte, 100)) }},
		{"GOAWAY", func(f *http2.Framer, id uint32) error { return f.WriteGoAway(1<<31-1, http2.ErrCodeNo, nil) }},
		{"interim answers", func(f *http2.Framer, id uint32) error {
			answerHead(f, id, false, ":status", "103")
			return f.WritePing(true, [8]byte{})
		}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			ended := make(chan bool, 20)
			s := serveFrames(t, nil, func(f *http2.Framer, c net.Conn, id uint32) {
				for row.frame(f, id) == nil {
				}
				ended <- true
			})
			c := client(t, s.Addr)
			c.Proto, c.MaxHeader = wire.HTTP2, 64<<10
			err := patiently(wire.Header, func(patience time.Duration) error {
				c.Timeout = patience
				_, err := c.Do(t.Context(), get(s.Addr))
				return err
			})
			var e *wire.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if !errors.Is(err, wire.ErrTimeout) && !errors.Is(err, wire.ErrTooLarge) {
				t.Errorf("got %v", err)
			}
			c.Close()
			select {
			case <-ended:
			case <-time.After(time.Minute):
				t.Error("the connection stays open")
			}
		})
	}
}
