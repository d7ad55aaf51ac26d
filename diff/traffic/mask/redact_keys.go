package mask

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// longestSearched is how many bytes of a body are looked through for marks.
const longestSearched = 64 << 10

// Keys are the ids of the keys that the marks of a capture were made with, in
// ascending order: one for what one [Redactor] wrote, none where nothing is
// marked. They are looked for in URLs and headers, and in bodies where those
// have none.
//
// Marks of different keys can't be compared: that they differ does not tell
// whether the secrets do.
func Keys(c *traffic.Capture) []string {
	if c == nil {
		return nil
	}
	k := keys{}
	for _, x := range c.Exchanges {
		k.text(x.Request.URL)
		k.header(x.Request.Header)
		if x.Response != nil {
			k.header(x.Response.Header)
		}
	}
	for i := 0; i < len(c.Exchanges) && len(k) == 0; i++ {
		x := c.Exchanges[i]
		k.body(x.Request.Body)
		if x.Response != nil {
			k.body(x.Response.Body)
		}
	}
	list := make([]string, 0, len(k))
	for id := range k {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

type keys map[string]bool

// basicPrefix begins marks in Base64.
const basicPrefix = "bWFza2VkL"

func (k keys) text(s string) {
	for {
		i := strings.Index(s, markPrefix)
		if i < 0 {
			return
		}
		if id := MarkKey(s[i:]); id != "" {
			k[id] = true
		}
		s = s[i+len(markPrefix):]
	}
}

// header looks into Basic credentials too: their marks are in Base64.
func (k keys) header(h traffic.Header) {
	for _, f := range h {
		k.text(f.Value)
		if i := strings.Index(f.Value, basicPrefix); i >= 0 {
			if plain, ok := decodeBasic(f.Value[i:]); ok {
				k.text(plain)
			}
		}
	}
}

func (k keys) body(b traffic.Body) {
	if !b.Present() || b.MaxLen() > longestSearched {
		return
	}
	if text, err := b.Text(longestSearched); err == nil {
		k.text(text)
	}
}

// Marks are the marks that a text holds, Basic credentials included, each
// without the padding and the flaw behind it.
func Marks(s string) []string {
	var list []string
	if i := strings.Index(s, basicPrefix); i >= 0 {
		if plain, ok := decodeBasic(s[i:]); ok {
			s = plain
		}
	}
	for {
		i := strings.Index(s, markPrefix)
		if i < 0 {
			return list
		}
		if n := bareLength(s[i:]); n > 0 {
			list = append(list, s[i:i+n])
		}
		s = s[i+len(markPrefix):]
	}
}

// bareLength is the length of the mark that s begins with, without its padding
// and its flaw.
func bareLength(s string) int {
	at := marks.FindStringSubmatchIndex(s)
	if at == nil {
		return 0
	}
	if at[3] > 0 {
		return at[3]
	}
	return len(strings.TrimRight(s[:len(markPrefix)+run(s[len(markPrefix):], wordDash)], "-"))
}

// Replace has the redactor write one mark for another wherever it stands, below
// encodings too; for a value that is no mark, where it is a secret. Call it
// before anything else.
func (r *Redactor) Replace(value, mark string) {
	m := r.masker()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.file.instead[value] = mark
}

// written is what is written for a mark that stands in the text already.
func (f *file) written(mark string) string {
	n := bareLength(mark)
	if other, ok := f.instead[mark[:n]]; ok {
		return other + mark[n:]
	}
	return mark
}
