package through

import (
	"bufio"
	"strings"
	"testing"
)

// FuzzReadRaw: whatever a proxy answers, reading ends, and a status is one.
func FuzzReadRaw(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 999999999999 x\r\n\r\n",
		"HTTP/1.1 99 x\r\n\r\n", "", "\x16\x03\x01", "HTTP/1.1 -12 x\r\n\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := readRaw(bufio.NewReader(strings.NewReader(text)), "GET")
		if err == nil && (a.Status < 200 || a.Status > 999) {
			t.Errorf("status %d", a.Status)
		}
	})
}
