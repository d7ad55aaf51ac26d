package diff

import "math/bits"

// A table is a hash table from keys to the entries that have them, used again
// for each stage. Key 0 is never stored.
type table struct {
	slots []slot
	next  []int32 // the following entry of ok with the same key
}

type slot struct {
	key     uint64
	ok, bad int32 // see join and joinUnique
}

const (
	nobody int32 = -1
	many   int32 = -2
)

// reset empties the table and makes room for n keys and entries below m.
func (t *table) reset(n, m int) {
	size := 1 << bits.Len(uint(2*n+1))
	if cap(t.slots) < size {
		t.slots = make([]slot, size)
	}
	t.slots = t.slots[:size]
	clear(t.slots)
	if len(t.next) < m {
		t.next = make([]int32, m)
	}
}

// find returns the slot of a key; a fresh one has key 0 there.
func (t *table) find(key uint64) *slot {
	mask := uint64(len(t.slots) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.key == key || s.key == 0 {
			return s
		}
	}
}

// A keyOf gives the key of an entry in one stage; entries of key 0 sit out.
type keyOf func(*entry) uint64

// join pairs free entries of equal keys in order: the first with the first.
// What one side has more of stays free.
func (a *aligner) join(ok, bad keyOf) {
	if len(a.ok.free) == 0 || len(a.bad.free) == 0 {
		return
	}
	t := &a.table
	t.reset(len(a.ok.free), len(a.ok.entries))
	for k := len(a.ok.free) - 1; k >= 0; k-- {
		i := a.ok.free[k]
		key := ok(&a.ok.entries[i])
		if key == 0 {
			continue
		}
		s := t.find(key)
		if s.key == 0 {
			*s = slot{key: key, ok: nobody}
		}
		t.next[i], s.ok = s.ok, i
	}
	paired := false
	for _, j := range a.bad.free {
		key := bad(&a.bad.entries[j])
		if key == 0 {
			continue
		}
		if s := t.find(key); s.key != 0 && s.ok != nobody {
			a.pair(int(s.ok), int(j), 0)
			s.ok = t.next[s.ok]
			paired = true
		}
	}
	if paired {
		a.compact()
	}
}

// joinUnique pairs free entries whose key occurs once on each side.
func (a *aligner) joinUnique(ok, bad keyOf) {
	if len(a.ok.free) == 0 || len(a.bad.free) == 0 {
		return
	}
	t := &a.table
	t.reset(len(a.ok.free), 0)
	for _, i := range a.ok.free {
		key := ok(&a.ok.entries[i])
		if key == 0 {
			continue
		}
		s := t.find(key)
		if s.key == 0 {
			*s = slot{key: key, ok: i, bad: nobody}
		} else {
			s.ok = many
		}
	}
	for _, j := range a.bad.free {
		key := bad(&a.bad.entries[j])
		if key == 0 {
			continue
		}
		if s := t.find(key); s.key != 0 {
			if s.bad == nobody {
				s.bad = j
			} else {
				s.bad = many
			}
		}
	}
	for _, s := range t.slots {
		if s.key != 0 && s.ok >= 0 && s.bad >= 0 {
			a.pair(int(s.ok), int(s.bad), 0)
		}
	}
	a.compact()
}

// compact drops what was paired from the free entries.
func (a *aligner) compact() {
	for _, s := range []*side{&a.ok, &a.bad} {
		free := s.free[:0]
		for _, i := range s.free {
			if s.mate[i] < 0 {
				free = append(free, i)
			}
		}
		s.free = free
	}
}
