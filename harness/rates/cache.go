package rates

import (
	"hash/maphash"
	"strings"
)

// A cache keeps what was made of a text that comes again and again. A text takes
// the place of another with the same hash: so it is bounded, and never has to be
// emptied. What is made may not depend on what was made before.
type cache[V any] struct {
	seed  maphash.Seed
	slots []slot[V]
}

type slot[V any] struct {
	text  string
	value V
	used  bool
}

const (
	cacheSlots    = 1 << 12
	maxCachedText = 1 << 10 // bytes; longer texts are not kept
)

// place is where a text would be.
func (c *cache[V]) place(hash uint64) *slot[V] { return &c.slots[hash%cacheSlots] }

func (c *cache[V]) init() {
	if c.slots == nil {
		c.seed, c.slots = maphash.MakeSeed(), make([]slot[V], cacheSlots)
	}
}

// of is what made makes of a text, of which nothing is kept but copies: texts of
// logs are parts of whole chunks.
func (c *cache[V]) of(text string, made func(string) V) V {
	c.init()
	s := c.place(maphash.String(c.seed, text))
	if s.used && s.text == text {
		return s.value
	}
	return s.put(strings.Clone(text), made)
}

// ofBytes is of, of a text that is still being built.
func (c *cache[V]) ofBytes(text []byte, made func(string) V) V {
	c.init()
	s := c.place(maphash.Bytes(c.seed, text))
	if s.used && s.text == string(text) {
		return s.value
	}
	return s.put(string(text), made)
}

func (s *slot[V]) put(text string, made func(string) V) V {
	value := made(text)
	if len(text) <= maxCachedText {
		*s = slot[V]{text, value, true}
	}
	return value
}

// clear forgets all.
func (c *cache[V]) clear() { clear(c.slots) }
