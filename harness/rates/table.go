package rates

import (
	"cmp"
	"slices"
	"strings"
)

// A table counts by key, for the keys with the most events, and has an other
// row for the rest. It is the algorithm of Misra and Gries (Finding repeated
// elements, 1982), run in batches: when four times the capacity is used, all
// above the capacity goes into the other row.
//
// Its error is known: a key that is in no row had at most floor events, and a
// row lacks at most its missed events, which is no more; they are in the other
// row. floor is at most events/capacity, and 0 until the first time that the
// table was full. Sums are exact.
type table struct {
	by       Breakdown
	capacity int
	rows     map[string]*series
	other    series
	floor    int64
}

func newTable(by Breakdown, capacity int) *table {
	return &table{by: by, capacity: capacity, rows: make(map[string]*series, 2*capacity)}
}

// row is the series of a key, which is copied when it is new.
func (t *table) row(key []byte) *series {
	if s := t.rows[string(key)]; s != nil {
		return s
	}
	if len(t.rows) >= 4*t.capacity {
		t.prune()
	}
	s := &series{missed: t.floor}
	t.rows[string(key)] = s
	return s
}

// weight is the most events that a key can have had.
func (s *series) weight() int64 { return s.counts.Requests + s.missed }

func (t *table) prune() {
	keys := t.sorted(func(s *series) int64 { return s.weight() })
	for _, key := range keys[t.capacity:] {
		s := t.rows[key]
		t.floor = max(t.floor, s.weight())
		t.other.join(s)
		delete(t.rows, key)
	}
}

// sorted are the keys, those of the highest rank first.
func (t *table) sorted(rank func(*series) int64) []string {
	type ranked struct {
		key  string
		rank int64
	}
	list := make([]ranked, 0, len(t.rows))
	for key, s := range t.rows {
		list = append(list, ranked{key, rank(s)})
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), strings.Compare(a.key, b.key))
	})
	keys := make([]string, len(list))
	for i := range list {
		keys[i] = list[i].key
	}
	return keys
}

// rename gives rows other keys, and joins those that get the same.
func (t *table) rename(name func(string) string) {
	for _, key := range t.sorted(func(*series) int64 { return 0 }) {
		to := name(key)
		if to == key {
			continue
		}
		s := t.rows[key]
		delete(t.rows, key)
		if had := t.rows[to]; had != nil {
			had.join(s)
			had.missed = max(had.missed, s.missed)
			continue
		}
		t.rows[to] = s
	}
}

// each calls f for all series, the other row's too.
func (t *table) each(f func(*series)) {
	for _, s := range t.rows {
		f(s)
	}
	f(&t.other)
}
