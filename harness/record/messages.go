package record

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// messages are those of a WebSocket, as Chromium has them in
// _webSocketMessages. It is safe for concurrent use.
type messages struct {
	now   func() time.Time
	limit int64 // bytes of all that are kept

	deflates, clientAnew, serverAnew bool

	mu    sync.Mutex
	text  []byte // JSON, without its brackets
	kept  int64
	left  int // out, for there were too many
	wrong bool
}

func newMessages(now func() time.Time, limit int64, answer traffic.Header) *messages {
	m := &messages{now: now, limit: limit}
	m.deflates, m.clientAnew, m.serverAnew = deflates(answer)
	return m
}

// list is what was said so far.
func (m *messages) list() (jsontext.Value, string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value := append(append(jsontext.Value{'['}, m.text...), ']')
	switch {
	case m.wrong:
		return value, "what one side sent is no WebSocket; its messages from there on are left out"
	case m.left > 0:
		return value, fmt.Sprintf("%d messages of the WebSocket are left out; --max-body records more", m.left)
	}
	return value, ""
}

// add keeps a message: of bytes in Base64.
func (m *messages) add(kind string, opcode byte, data []byte) {
	at := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept+int64(len(data)) > m.limit {
		m.left++
		return
	}
	m.kept += int64(len(data)) + 64 // what is around it
	if len(m.text) > 0 {
		m.text = append(m.text, ',')
	}
	m.text = append(m.text, `{"type":"`+kind+`","time":`...)
	m.text = strconv.AppendFloat(m.text, float64(at.UnixMicro())/1e6, 'f', -1, 64)
	m.text = append(m.text, `,"opcode":`...)
	m.text = strconv.AppendInt(m.text, int64(opcode), 10)
	m.text = append(m.text, `,"data":`...)
	if opcode == opText {
		m.text, _ = jsontext.AppendQuote(m.text, data)
	} else {
		m.text = append(m.text, '"')
		m.text = base64.StdEncoding.AppendEncode(m.text, data)
		m.text = append(m.text, '"')
	}
	m.text = append(m.text, '}')
}

func (m *messages) lost(wrong bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left++
	m.wrong = m.wrong || wrong
}

// Kinds of frames (RFC 6455 section 5.2).
const (
	opMore   = 0
	opText   = 1
	opBinary = 2
	opClose  = 8
)

// A side reads the frames of one direction as they go by.
type side struct {
	m    *messages
	kind string
	anew bool // each message is compressed on its own

	head    []byte // of a frame, as far as it came
	left    uint64 // bytes of the frame's payload to come
	mask    [4]byte
	masked  bool
	at      int // in the mask
	control bool
	last    bool // the frame ends its message

	opcode   byte // of the message
	deflated bool
	data     []byte
	skipped  bool // the message is too long
	window   []byte
	broken   bool
}

// side is the reader of one direction, "send" or "receive".
func (m *messages) side(kind string) *side {
	return &side{m: m, kind: kind, anew: kind == "send" && m.clientAnew || kind == "receive" && m.serverAnew}
}

// Write reads what goes by; it never fails.
func (s *side) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && !s.broken {
		if s.left == 0 {
			p = s.readHead(p)
			continue
		}
		part := p[:min(uint64(len(p)), s.left)]
		s.payload(part)
		p = p[len(part):]
		if s.left -= uint64(len(part)); s.left == 0 {
			s.frameEnds()
		}
	}
	return n, nil
}

// readHead takes bytes of a frame's head (RFC 6455 section 5.2), and returns
// the others.
func (s *side) readHead(p []byte) []byte {
	for len(p) > 0 {
		s.head, p = append(s.head, p[0]), p[1:]
		if len(s.head) >= 2 && len(s.head) == headLength(s.head) {
			s.frameBegins()
			s.head = s.head[:0]
			return p
		}
	}
	return p
}

func headLength(head []byte) int {
	n := 2
	switch head[1] & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if head[1]&0x80 != 0 {
		n += 4
	}
	return n
}

func (s *side) frameBegins() {
	opcode, length, rest := s.head[0]&0x0f, uint64(s.head[1]&0x7f), s.head[2:]
	switch length {
	case 126:
		length, rest = uint64(binary.BigEndian.Uint16(rest)), rest[2:]
	case 127:
		length, rest = binary.BigEndian.Uint64(rest), rest[8:]
	}
	if s.masked = s.head[1]&0x80 != 0; s.masked {
		copy(s.mask[:], rest)
	}
	s.left, s.at, s.last, s.control = length, 0, s.head[0]&0x80 != 0, opcode >= opClose
	reserved := s.head[0] & 0x70
	deflated := reserved == 0x40 && s.m.deflates && opcode != opMore
	switch {
	case length>>63 != 0, reserved != 0 && !deflated, opcode > opBinary && opcode < opClose:
		s.broken = true
		s.m.lost(true)
		return
	case !s.control && opcode != opMore:
		s.opcode, s.deflated, s.data, s.skipped = opcode, deflated, nil, false
	}
	if length == 0 {
		s.frameEnds()
	}
}

func (s *side) payload(p []byte) {
	if s.control || s.skipped {
		return
	}
	if int64(len(s.data)+len(p)) > s.m.limit {
		s.skipped, s.data = true, nil
		return
	}
	from := len(s.data)
	s.data = append(s.data, p...)
	if s.masked {
		for i := range s.data[from:] {
			s.data[from+i] ^= s.mask[(s.at+i)%4]
		}
		s.at = (s.at + len(p)) % 4
	}
}

func (s *side) frameEnds() {
	if s.control || !s.last {
		return
	}
	data := s.data
	s.data = nil
	if s.deflated && !s.skipped {
		plain, ok := s.inflate(data)
		if !ok {
			s.skipped = true
		}
		data = plain
	}
	if s.skipped {
		s.m.lost(false)
		// What is compressed after it refers to what is not known.
		s.broken = s.broken || s.deflated && !s.anew
		return
	}
	s.m.add(s.kind, s.opcode, data)
}

// windowSize is how far back a compressed message may refer (RFC 1951).
const windowSize = 32 << 10

// inflate takes the compression off a message (RFC 7692 section 7.2.2).
func (s *side) inflate(data []byte) ([]byte, bool) {
	data = append(data, 0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff)
	r := flate.NewReaderDict(bytes.NewReader(data), s.window)
	plain, err := io.ReadAll(io.LimitReader(r, s.m.limit+1))
	if err != nil || int64(len(plain)) > s.m.limit {
		return nil, false
	}
	if !s.anew {
		s.window = append(s.window, plain...)
		s.window = bytes.Clone(s.window[max(0, len(s.window)-windowSize):])
	}
	return plain, true
}

// extensions are those of a Sec-WebSocket-Extensions field, with the names of
// their parameters (RFC 6455 section 9.1).
func extensions(value string) iter.Seq2[string, map[string]bool] {
	return func(yield func(string, map[string]bool) bool) {
		for extension := range strings.SplitSeq(value, ",") {
			parts := strings.Split(extension, ";")
			parameters := map[string]bool{}
			for _, p := range parts[1:] {
				name, _, _ := strings.Cut(p, "=")
				parameters[strings.ToLower(strings.TrimSpace(name))] = true
			}
			if !yield(strings.ToLower(strings.TrimSpace(parts[0])), parameters) {
				return
			}
		}
	}
}
