package traffic

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

// FuzzUnwrap: what is around a capture, compression, an archive, a byte order,
// a call, is taken off within the limits, and what is read is written back.
func FuzzUnwrap(f *testing.F) {
	har := []byte(inLog(`{"response":{"content":{"mimeType":"image/png","_file":"x.png"}}}`))
	for _, seed := range [][]byte{
		gzipped(f, har), gzipped(f, gzipped(f, har)), zipped(f, "a.har", string(har), "x.png", "x"), zipped(f, "../a.har", "{}", "a.har", string(har)),
		inUTF16(binary.LittleEndian, string(har)), inUTF16(binary.BigEndian, string(har)), append([]byte("\ufeff\ufeff"), har...), append(append([]byte("cb("), har...), ");"...),
		{0x28, 0xb5, 0x2f, 0xfd}, {0x78, 0x9c}, {0x1f, 0x8b, 8}, []byte("PK\x03\x04"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := Read(bytes.NewReader(file), "in", Options{Limits: Limits{Unpacked: 1 << 20, Body: 64 << 10, Entries: 100}})
		if err != nil {
			return
		}
		defer c.Close()
		var b bytes.Buffer
		if err := Write(&b, c, HAR); err != nil {
			return
		}
		again, err := Read(&b, "in", Options{})
		if err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		defer again.Close()
		if len(again.Exchanges) != len(c.Exchanges) {
			t.Errorf("%d exchanges became %d", len(c.Exchanges), len(again.Exchanges))
		}
		_ = Write(io.Discard, again, Curl)
	})
}

// FuzzCookiePairs: a Cookie header never gives more than it has.
func FuzzCookiePairs(f *testing.F) {
	for _, s := range []string{"a=b; c=d", "a", "=b", `a="b;c"`, ";;", "a=b;a=c", "a=\x00", "\xff=\xfe"} {
		f.Add(s, "")
		f.Add(s, "a")
	}
	f.Fuzz(func(t *testing.T, line, listed string) {
		r := Request{Header: Header{{"Cookie", line}}}
		if listed != "" {
			r.Cookies = []Cookie{{Name: listed, Value: line}}
		}
		n := 0
		for _, p := range r.CookiePairs() {
			n += len(p.Name) + len(p.Value)
		}
		if n > len(line)*2+len(listed) {
			t.Errorf("%d bytes of names and values out of %d", n, len(line))
		}
	})
}
