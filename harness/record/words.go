package record

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// words keeps one copy of what many exchanges say: names of fields, most of
// their values, hosts. A recording of 100,000 exchanges says little that is new.
type words struct {
	known map[string]string
	bytes int
}

// maxWords bounds the bytes of what is shared; then it begins anew.
const maxWords = 8 << 20

func (w *words) of(s string) string {
	if s == "" {
		return ""
	}
	if same, ok := w.known[s]; ok {
		return same
	}
	if w.bytes += len(s); w.known == nil || w.bytes > maxWords {
		w.known, w.bytes = make(map[string]string), len(s)
	}
	// A copy: the string may be a part of a whole header section.
	s = strings.Clone(s)
	w.known[s] = s
	return s
}

// share makes an exchange hold shared strings.
func (w *words) share(x *traffic.Exchange) {
	q := &x.Request
	q.Method, q.Proto, q.URL, q.Header = w.of(q.Method), w.of(q.Proto), w.of(q.URL), w.header(q.Header)
	x.Recorded.ServerIP = w.of(x.Recorded.ServerIP)
	if p := x.Response; p != nil {
		p.StatusText, p.Proto, p.Header = w.of(p.StatusText), w.of(p.Proto), w.header(p.Header)
		p.Body.MediaType = w.of(p.Body.MediaType)
	}
}

func (w *words) header(h traffic.Header) traffic.Header {
	out := make(traffic.Header, len(h))
	for i, f := range h {
		out[i] = traffic.HeaderField{Name: w.of(f.Name), Value: w.of(f.Value)}
	}
	return out
}
