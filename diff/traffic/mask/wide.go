package mask

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A wide text is one in UTF-16 with its mark (RFC 2781 section 3.2), as some
// servers still answer: no name can be read in it byte by byte.
type wide struct {
	order interface {
		binary.ByteOrder
		binary.AppendByteOrder
	}
	mark string
	tail string // half a character at the end
}

// narrow takes a text out of UTF-16; false for all that is not exactly that.
func narrow(s string) (string, wide, bool) {
	w := wide{order: binary.LittleEndian, mark: "\xff\xfe"}
	if strings.HasPrefix(s, "\xfe\xff") {
		w = wide{order: binary.BigEndian, mark: "\xfe\xff"}
	}
	if !strings.HasPrefix(s, w.mark) {
		return "", w, false
	}
	if len(s)%2 != 0 { // it was cut off
		s, w.tail = s[:len(s)-1], s[len(s)-1:]
	}
	units := make([]uint16, 0, len(s)/2)
	for i := len(w.mark); i < len(s); i += 2 {
		units = append(units, w.order.Uint16([]byte(s[i:i+2])))
	}
	text := string(utf16.Decode(units))
	return text, w, w.widen(text) == s+w.tail && utf8.ValidString(text)
}

func (w wide) widen(text string) string {
	out := []byte(w.mark)
	for _, unit := range utf16.Encode([]rune(text)) {
		out = w.order.AppendUint16(out, unit)
	}
	return string(out) + w.tail
}
