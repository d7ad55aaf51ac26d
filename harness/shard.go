package harness

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// A Shard is one share of the sessions of a plan: 3/8 is the third of eight.
// The zero value is all of them.
type Shard struct {
	Index int // from 1
	Of    int
}

// ParseShard reads "3/8".
func ParseShard(s string) (Shard, error) {
	index, of, found := strings.Cut(s, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	shard := Shard{i, n}
	if !found || err1 != nil || err2 != nil || n < 1 || shard.check() != nil {
		return Shard{}, refusal("--shard reads I/N with I from 1 to N, as 3/8")
	}
	return shard, nil
}

// ShardOfJob reads the share of a pod of a Kubernetes Indexed Job:
// JOB_COMPLETION_INDEX counts from 0, and JOB_COMPLETION_COUNT, which
// Kubernetes does not set by itself, is the number of completions of the
// manifest. False where there is no such job.
func ShardOfJob(getenv func(string) string) (Shard, bool, error) {
	index, count := getenv("JOB_COMPLETION_INDEX"), getenv("JOB_COMPLETION_COUNT")
	if index == "" {
		return Shard{}, false, nil
	}
	if count == "" {
		return Shard{}, false, refusal("JOB_COMPLETION_INDEX is set and JOB_COMPLETION_COUNT is not: give the completions of the Job in its env, or --shard")
	}
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(count)
	shard := Shard{i + 1, n}
	if err1 != nil || err2 != nil || n < 1 || shard.check() != nil {
		return Shard{}, false, refusal("JOB_COMPLETION_INDEX counts from 0 to JOB_COMPLETION_COUNT - 1: these two do not fit")
	}
	return shard, true, nil
}

// String is "3/8", "" of all.
func (s Shard) String() string {
	if s == (Shard{}) {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

func (s Shard) check() error {
	if s != (Shard{}) && (s.Index < 1 || s.Index > s.Of) {
		return refusal("shard %d of %d is none: shards count from 1", s.Index, s.Of)
	}
	return nil
}

// first tells the shard that speaks for what belongs to none.
func (s Shard) first() bool { return s.Index <= 1 }

// hasCase tells whether a scenario of a suite is of the shard: each has every
// so many.
func (s Shard) hasCase(i int) bool { return s.Of <= 1 || i%s.Of == s.Index-1 }

// share keeps the sessions of the shard. Each goes to the shard that the hash
// of its ID names, or to the next one with room: no shard gets more than a
// quarter above its share, unless one session alone is longer ("consistent
// hashing with bounded loads").
func (s Shard) share(all []Session) []Session {
	if s.Of <= 1 {
		return all
	}
	total := 0
	for _, session := range all {
		total += len(session.Entries)
	}
	room := (total*5/4 + s.Of - 1) / s.Of
	order := make([]int, len(all))
	hashes := make([]uint64, len(all))
	for i, session := range all {
		order[i], hashes[i] = i, hashOf(session.ID)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(hashes[a], hashes[b]), a-b) })
	load, mine := make([]int, s.Of), make([]bool, len(all))
	for _, i := range order {
		at := place(load, int(hashes[i]%uint64(s.Of)), len(all[i].Entries), room)
		load[at] += len(all[i].Entries)
		mine[i] = at == s.Index-1
	}
	var kept []Session
	for i, session := range all {
		if mine[i] {
			kept = append(kept, session)
		}
	}
	return kept
}

// place is the first shard from start on with room for n more, else the one
// with the least.
func place(load []int, start, n, room int) int {
	least := start
	for d := range load {
		at := (start + d) % len(load)
		if load[at]+n <= room {
			return at
		}
		if load[at] < load[least] {
			least = at
		}
	}
	return least
}

func hashOf(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return h.Sum64()
}
