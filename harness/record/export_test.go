package record

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// Messages reads what one side of a WebSocket sent.
func Messages(sent []byte, limit int64, extensions string) (jsontext.Value, string) {
	m := newMessages(noon, limit, traffic.Header{{Name: "Sec-WebSocket-Extensions", Value: extensions}})
	_, _ = m.side("send").Write(sent)
	return m.list()
}

// MessagesByByte is the same when it comes byte by byte.
func MessagesByByte(sent []byte, limit int64, extensions string) (jsontext.Value, string) {
	m := newMessages(noon, limit, traffic.Header{{Name: "Sec-WebSocket-Extensions", Value: extensions}})
	s := m.side("send")
	for i := range sent {
		_, _ = s.Write(sent[i : i+1])
	}
	return m.list()
}

func noon() time.Time { return time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC) }
