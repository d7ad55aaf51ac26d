package correlate

import (
	"encoding/binary"
	"strings"
)

// Translate returns recorded text with every value that has a live one
// replaced: as it is, or escaped for URLs, JSON and HTML. Where several answers
// handed out one value and now hand out different ones, it is the one learnt
// last; [Live.TranslateAt] knows better.
//
// Only values that a request carried on are known. Others that a server makes
// up anew each time, and nobody uses, are left to whoever judges noise.
func (l *Live) Translate(s string) string { return l.translate(s, nil) }

// TranslateAt is Translate for text of the answer to an entry: what that
// answer handed out goes before what others did.
func (l *Live) TranslateAt(entry int, s string) string {
	return l.translate(s, l.plan.outputs[entry])
}

func (l *Live) translate(s string, own []*production) string {
	if l.plan.count == 0 || s == "" {
		return s
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.plan.index().replace(s, func(value int) string {
		for _, p := range own {
			if got := l.got[p.number]; p.value0 == value && got.value != "" && !got.guess {
				return got.value
			}
		}
		return l.last[value]
	})
}

// A translator finds the recorded values of a plan in a text, in one pass.
type translator struct {
	byHead  map[uint64][]spelled // by the first eight bytes
	heads   [1 << 10]uint64      // bits of their hashes: most places have none
	short   map[string]int       // shorter values, which must be words of their own
	lengths [headLength]bool
}

const headLength = 8

// A spelled value is a value as one of the encodings writes it.
type spelled struct {
	text   string
	value  int
	encode func(string) string
}

func newTranslator(values [][]*production) *translator {
	t := &translator{byHead: make(map[uint64][]spelled), short: make(map[string]int)}
	for n, all := range values {
		value := all[0].value
		if len(value) < headLength {
			t.short[value], t.lengths[len(value)] = n, true
			continue
		}
		t.add(spelled{value, n, func(s string) string { return s }})
		for _, encode := range spellings {
			if text := encode(value); text != value {
				t.add(spelled{text, n, encode})
			}
		}
	}
	return t
}

// spellings are the ways to write a value that has characters of other
// meaning.
var spellings = []func(string) string{
	func(s string) string { return percent{form: true}.encode(s, "") },
	func(s string) string { return percent{}.encode(s, "%2f") },
	func(s string) string { return percent{}.encode(s, "/+=:@") },
	func(s string) string { return jsonCoding{}.encode(s, "") },
	func(s string) string { return jsonCoding{}.encode(s, `\/`) },
	func(s string) string { return entities{}.encode(s, "") },
}

func (t *translator) add(v spelled) {
	head := headOf(v.text)
	for _, other := range t.byHead[head] {
		if other.text == v.text {
			return
		}
	}
	t.byHead[head] = append(t.byHead[head], v)
	h := spread(head)
	t.heads[h>>6] |= 1 << (h & 63)
}

func headOf(s string) uint64 {
	var b [headLength]byte
	copy(b[:], s)
	return binary.LittleEndian.Uint64(b[:])
}

func spread(head uint64) uint64 { return head * 0x9E3779B97F4A7C15 >> 48 }

// replace puts in the values that now gives; "" leaves the recorded one.
func (t *translator) replace(s string, now func(value int) string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		n, by := t.match(s, i, now)
		if n == 0 {
			i++
			continue
		}
		b.WriteString(s[done:i])
		b.WriteString(by)
		i += n
		done = i
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// match finds a value at i, and what it is to become. The longest counts.
func (t *translator) match(s string, i int, now func(value int) string) (n int, by string) {
	if i+headLength <= len(s) {
		head := headOf(s[i:])
		if h := spread(head); t.heads[h>>6]&(1<<(h&63)) != 0 {
			for _, v := range t.byHead[head] {
				if len(v.text) <= n || !strings.HasPrefix(s[i:], v.text) {
					continue
				}
				if live := now(v.value); live != "" {
					n, by = len(v.text), v.encode(live)
				}
			}
		}
	}
	if n > 0 || len(t.short) == 0 || i > 0 && isAlnum(s[i-1]) {
		return n, by
	}
	for length := headLength - 1; length > 0; length-- {
		if !t.lengths[length] || i+length > len(s) || i+length < len(s) && isAlnum(s[i+length]) {
			continue
		}
		if value, ok := t.short[s[i:i+length]]; ok {
			if live := now(value); live != "" {
				return length, live
			}
		}
	}
	return 0, ""
}
