package record_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/record"
)

// frame is one of a WebSocket (RFC 6455 section 5.2), masked where a client
// sends it.
func frame(first byte, masked bool, payload string) []byte {
	b := []byte{first, 0}
	switch n := len(payload); {
	case n < 126:
		b[1] = byte(n)
	case n < 1<<16:
		b[1] = 126
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b[1] = 127
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	if !masked {
		return append(b, payload...)
	}
	b[1] |= 0x80
	mask := [4]byte{1, 2, 3, 4}
	b = append(b, mask[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i%4])
	}
	return b
}

// A deflater compresses messages that refer to those before (RFC 7692).
type deflater struct {
	out bytes.Buffer
	w   *flate.Writer
}

func (d *deflater) message(t *testing.T, text string) string {
	t.Helper()
	if d.w == nil {
		d.w, _ = flate.NewWriter(&d.out, flate.BestCompression)
	}
	d.out.Reset()
	_, _ = io.WriteString(d.w, text)
	if err := d.w.Flush(); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(d.out.String(), "\x00\x00\xff\xff")
}

type message struct {
	Type   string
	Time   float64
	Opcode int
	Data   string
}

// TestWebSocket: messages go through in both directions while they come, and
// are recorded as Chromium has them: fragments joined, control frames left out,
// compression taken off.
func TestWebSocket(t *testing.T) {
	long := strings.Repeat("long ", 20_000)
	var up, down deflater
	address := script(t, func(c net.Conn, r *bufio.Reader) {
		head, err := readHead(r)
		if err != nil || !strings.Contains(head, "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n") {
			t.Errorf("the server was asked %q %v", head, err)
		}
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=15\r\n\r\n")
		asked := make([]byte, len(frame(0x81, true, "hello")))
		if _, err := io.ReadFull(r, asked); err != nil {
			t.Error(err)
		}
		_, _ = c.Write(frame(0x81, false, "welcome"))
		_, _ = c.Write(frame(0xc1, false, down.message(t, "again and again")))
		_, _ = c.Write(frame(0xc1, false, down.message(t, "again and again and again")))
		_, _ = c.Write(frame(0x82, false, "\x00\x01\xff"))
		_, _ = c.Write(frame(0x81, false, long))
		_, _ = io.ReadAll(r) // until the client goes
	})
	p, over := telling(record.Proxy{Target: "http://" + address})
	c, r := dial(t, listen(t, p))
	_, _ = io.WriteString(c, "GET /chat?room=1 HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
	if head, err := readHead(r); err != nil || !strings.HasPrefix(head, "HTTP/1.1 101 ") {
		t.Fatalf("%q %v", head, err)
	}
	_, _ = c.Write(frame(0x81, true, "hello"))
	got := make([]byte, len(frame(0x81, false, "welcome")))
	if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, frame(0x81, false, "welcome")) {
		t.Fatalf("%q %v", got, err)
	}
	_, _ = c.Write(frame(0x01, true, "in two "))
	_, _ = c.Write(frame(0x89, true, "ping"))
	_, _ = c.Write(frame(0x80, true, "parts"))
	_, _ = c.Write(frame(0xc1, true, up.message(t, "compressed")))
	_, _ = c.Write(frame(0x88, true, "\x03\xe8"))
	_ = c.(*net.TCPConn).CloseWrite()
	if _, err := io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	x := ended(t, over, 1)[0]
	var list []message
	if err := json.Unmarshal(x.Unknown.Get("/_webSocketMessages"), &list); err != nil {
		t.Fatal(err)
	}
	sides := map[string][]string{}
	for _, m := range list {
		if m.Time <= 0 {
			t.Errorf("a message has no time: %+v", m)
		}
		sides[m.Type] = append(sides[m.Type], m.Data)
	}
	want := map[string][]string{"send": {"hello", "in two parts", "compressed"}, "receive": {"welcome", "again and again", "again and again and again", "AAH/", long}}
	if diff := cmp.Diff(want, sides); diff != "" {
		t.Errorf("recorded (-want +got)\n%s", diff)
	}
	if x.Request.URL != "ws://"+address+"/chat?room=1" || x.Response.Status != 101 || string(x.Unknown.Get("/_resourceType")) != `"websocket"` {
		t.Errorf("recorded %s %d", x.Request.URL, x.Response.Status)
	}
}

// TestWebSocketRefused: a server that does not switch answers as always.
func TestWebSocketRefused(t *testing.T) {
	server := serve(t, false, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "log in", http.StatusUnauthorized) })
	p, over := telling(record.Proxy{Target: server.URL})
	c, r := dial(t, listen(t, p))
	_, _ = io.WriteString(c, "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	answer, err := http.ReadResponse(r, nil)
	if err != nil || answer.StatusCode != 401 {
		t.Fatalf("%v %v", answer, err)
	}
	if x := ended(t, over, 1)[0]; x.Response.Status != 401 || text(t, x.Response.Body) != "log in\n" || !strings.HasPrefix(x.Request.URL, "ws://") {
		t.Errorf("recorded %s %d", x.Request.URL, x.Response.Status)
	}
}

// FuzzWebSocket: whatever is sent after the switch goes through byte for byte,
// and the capture can be written and read.
func FuzzWebSocket(f *testing.F) {
	f.Add(frame(0x81, true, "hello"))
	f.Add(append(frame(0x01, true, "a"), frame(0x80, true, "b")...))
	f.Add(frame(0xc1, true, "not compressed"))
	f.Add([]byte{0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		list, note := record.Messages(sent, 1<<16, "permessage-deflate")
		if !json.Valid(list) {
			t.Errorf("no JSON: %s (%s)", list, note)
		}
		// Cut into bytes it says the same.
		if again, _ := record.MessagesByByte(sent, 1<<16, "permessage-deflate"); !bytes.Equal(list, again) {
			t.Errorf("%s\nbyte by byte\n%s", list, again)
		}
		if c := (&traffic.Capture{Format: traffic.HAR, Exchanges: []*traffic.Exchange{{Unknown: traffic.Fields{{Pointer: "/_webSocketMessages", Value: list}}}}}); traffic.Write(io.Discard, c, traffic.HAR) != nil {
			t.Error("it can't be written")
		}
	})
}
