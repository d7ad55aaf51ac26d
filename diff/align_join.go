package diff

import "math/bits"

// A keyOf gives the key of an entry in one stage; entries of key 0 sit out.
type keyOf func(*entry) uint64

// A table is a hash table from keys to entries, used again for each stage.
type table struct {
	slots []slot
	next  []int32 // the following entry of ok with the same key
}

type slot struct {
	key     uint64 // 0: the slot is free
	ok, bad int32
}

const (
	nobody int32 = -1
	many   int32 = -2
)

// reset empties the table and makes room for n keys.
func (t *table) reset(n int) {
	size := 1 << bits.Len(uint(2*n+1))
	if cap(t.slots) < size {
		t.slots = make([]slot, size)
	}
	t.slots = t.slots[:size]
	clear(t.slots)
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

// A lane holds the entries of one side whose key occurs on both, but more
// than once: there is a choice to make.
type lane struct {
	at  []int32
	key []uint64
}

// join pairs free entries of equal keys in order: the first with the first.
// What one side has more of stays free.
func (a *aligner) join(ok, bad keyOf) {
	a.joinUnique(ok, bad)
	a.choose(nil)
	a.compact()
}

// joinUnique pairs free entries whose key occurs once on each side. The others
// that have a counterpart are left in the lanes.
func (a *aligner) joinUnique(ok, bad keyOf) {
	a.ok.lane.clear()
	a.bad.lane.clear()
	if len(a.ok.free) == 0 || len(a.bad.free) == 0 {
		return
	}
	a.fill(ok, bad)
	for _, j := range a.bad.free {
		if key := bad(&a.bad.entries[j]); key != 0 {
			s := a.table.find(key)
			switch {
			case s.key == 0:
			case s.ok >= 0 && s.bad >= 0:
				a.pair(int(s.ok), int(j), 0)
			default:
				a.bad.lane.add(j, key)
			}
		}
	}
	if len(a.bad.lane.at) > 0 {
		for _, i := range a.ok.free {
			if key := ok(&a.ok.entries[i]); key != 0 && a.ok.mate[i] < 0 && a.table.find(key).bad != nobody {
				a.ok.lane.add(i, key)
			}
		}
	}
	a.compact()
}

// fill notes the only entry of each key, or that there are many.
func (a *aligner) fill(ok, bad keyOf) {
	t := &a.table
	t.reset(len(a.ok.free))
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
}

// choose pairs what is in the lanes, in order, where the surroundings agree
// too; nil asks for none.
func (a *aligner) choose(surroundings func(*entry) uint64) {
	if len(a.ok.lane.at) == 0 || len(a.bad.lane.at) == 0 {
		return
	}
	t := &a.table
	t.reset(len(a.ok.lane.at))
	if t.next == nil {
		t.next = make([]int32, len(a.ok.entries))
	}
	fine := func(s *side, k int) uint64 {
		if surroundings == nil {
			return s.lane.key[k]
		}
		return mix(s.lane.key[k], surroundings(&s.entries[s.lane.at[k]]))
	}
	for k := len(a.ok.lane.at) - 1; k >= 0; k-- {
		key := fine(&a.ok, k)
		s := t.find(key)
		if s.key == 0 {
			*s = slot{key: key, ok: nobody}
		}
		i := a.ok.lane.at[k]
		t.next[i], s.ok = s.ok, i
	}
	for k, j := range a.bad.lane.at {
		if s := t.find(fine(&a.bad, k)); s.key != 0 && s.ok != nobody {
			a.pair(int(s.ok), int(j), 0)
			s.ok = t.next[s.ok]
		}
	}
	a.ok.lane.compact(a.ok.mate)
	a.bad.lane.compact(a.bad.mate)
}

func (l *lane) clear() { l.at, l.key = l.at[:0], l.key[:0] }

func (l *lane) add(i int32, key uint64) { l.at, l.key = append(l.at, i), append(l.key, key) }

func (l *lane) compact(mate []int32) {
	n := 0
	for k, i := range l.at {
		if mate[i] < 0 {
			l.at[n], l.key[n] = i, l.key[k]
			n++
		}
	}
	l.at, l.key = l.at[:n], l.key[:n]
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
