package canary

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"html"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// part is how many bytes of a secret are enough to tell of it.
const part = 12

// A Leak is a secret that was found, or a part of it.
type Leak struct {
	Secret
	How   string // "raw", "base64, gzip": below what it was found
	Found string // the text around it
}

// A Hunter looks for secrets.
type Hunter struct {
	parts map[string]int // of the secrets, by their parts
	list  []Secret
	begin [1 << 16]bool // the first two bytes of parts
}

// NewHunter looks for all of the list. A part that is in an excepted text is no
// secret: the prefix by which a kind of key is known.
func NewHunter(list []Secret, except ...string) *Hunter {
	h := &Hunter{parts: map[string]int{}, list: list}
	known := strings.Join(except, "\x00")
	for i, s := range list {
		for at := 0; at+min(part, len(s.Value)) <= len(s.Value); at++ {
			piece := s.Value[at : at+min(part, len(s.Value))]
			if strings.Contains(known, piece) {
				continue
			}
			h.parts[piece] = i
			h.begin[uint16(piece[0])<<8|uint16(piece[1])] = true
		}
	}
	return h
}

// Hunt returns each secret that is left in a text, once.
func (h *Hunter) Hunt(text string) []Leak {
	found := map[int]Leak{}
	seen := map[string]int{}
	h.read(text, "raw", 4, seen, func(i int, how, around string) {
		if _, known := found[i]; !known {
			found[i] = Leak{h.list[i], how, around}
		}
	})
	var leaks []Leak
	for i := range h.list {
		if leak, ok := found[i]; ok {
			leaks = append(leaks, leak)
		}
	}
	return leaks
}

// read looks into a text and into all that can be read out of it.
func (h *Hunter) read(text, how string, depth int, seen map[string]int, found func(i int, how, around string)) {
	if len(text) < part || seen[text] >= depth {
		return
	}
	seen[text] = depth
	h.search(text, how, found)
	if plain, ok := unpacked(text); ok {
		h.read(plain, "compressed in "+how, depth-1, seen, found)
	}
	eachBase64(text, func(raw string) {
		if readable(strings.ReplaceAll(raw, "\x00", "")) || compressed(raw) {
			h.read(raw, "Base64 in "+how, depth-1, seen, found)
			return
		}
		h.search(raw, "Base64 in "+how, found)
		if _, known := seen[raw]; !known && !utf8.ValidString(raw) {
			seen[raw] = 0
			if plain, ok := inflated(brotli.NewReader(strings.NewReader(raw))); ok && readable(plain) {
				h.read(plain, "brotli in Base64 in "+how, depth-1, seen, found)
			}
		}
	})
	for name, plain := range plainer(text) {
		if plain != text {
			h.read(plain, name+" in "+how, depth-1, seen, found)
		}
	}
}

func (h *Hunter) search(text, how string, found func(i int, how, around string)) {
	for at := 0; at+part <= len(text); at++ {
		if !h.begin[uint16(text[at])<<8|uint16(text[at+1])] {
			continue
		}
		if i, ok := h.parts[text[at:at+part]]; ok {
			found(i, how, text[max(0, at-60):min(len(text), at+60)])
		}
	}
}

// plainer are other readings of a text as a whole.
func plainer(text string) map[string]string {
	all := map[string]string{}
	if strings.Contains(text, "%") {
		all["URL-encoded"] = percentDecoded(text)
	}
	if strings.Contains(text, "\\") {
		all["escaped"] = unescaped(text)
	}
	if strings.Contains(text, "&") {
		all["HTML"] = html.UnescapeString(text)
	}
	if strings.Contains(text, "\x00") {
		all["UTF-16"] = strings.ReplaceAll(text, "\x00", "")
	}
	if strings.Contains(text, "\n") {
		all["wrapped"] = strings.Join(strings.Fields(text), "")
	}
	return all
}

// percentDecoded decodes what can be decoded.
func percentDecoded(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unescaped takes one layer of backslashes off.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n', 'r', 't':
			b.WriteByte(' ')
		case 'u':
			if i+4 < len(s) {
				if r, err := strconv.ParseUint(s[i+1:i+5], 16, 32); err == nil {
					b.WriteRune(rune(r))
					i += 4
				}
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// eachBase64 decodes runs of Base64 in either alphabet, from each of their first
// four bytes on.
func eachBase64(text string, decoded func(raw string)) {
	for at := 0; at < len(text); {
		n := 0
		for at+n < len(text) && sextet(text[at+n]) {
			n++
		}
		if n >= part {
			core := strings.NewReplacer("-", "+", "_", "/").Replace(text[at : at+n])
			for from := range 4 {
				piece := core[from:]
				if len(piece)%4 == 1 {
					piece = piece[:len(piece)-1]
				}
				if raw, err := base64.RawStdEncoding.DecodeString(piece); err == nil {
					decoded(string(raw))
				}
			}
		}
		at += n + 1
	}
}

func sextet(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("+/-_", c) >= 0
}

// readable tells text from bytes.
func readable(s string) bool {
	plain := 0
	for i := range len(s) {
		if c := s[i]; c >= ' ' && c < 0x7f || c == '\n' {
			plain++
		}
	}
	return plain*10 >= len(s)*9
}

func compressed(s string) bool {
	_, ok := unpacked(s)
	return ok
}

// unpacked takes a coding off that is known by its first bytes.
func unpacked(text string) (string, bool) {
	switch {
	case strings.HasPrefix(text, "\x1f\x8b"):
		r, err := gzip.NewReader(strings.NewReader(text))
		if err != nil {
			return "", false
		}
		return inflated(r)
	case strings.HasPrefix(text, "\x28\xb5\x2f\xfd"):
		r, err := zstd.NewReader(strings.NewReader(text), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return "", false
		}
		defer r.Close()
		return inflated(r)
	case strings.HasPrefix(text, "\x78"):
		if r, err := zlib.NewReader(strings.NewReader(text)); err == nil {
			return inflated(r)
		}
	}
	return "", false
}

func inflated(r io.Reader) (string, bool) {
	var b bytes.Buffer
	_, err := io.Copy(&b, io.LimitReader(r, 1<<20))
	return b.String(), err == nil && b.Len() >= part
}
