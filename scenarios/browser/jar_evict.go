package browser

import (
	"cmp"
	"slices"
	"time"
)

// Chromium's limits, used for every profile: Firefox keeps 180 (150) a site and
// 3000 in all too, the text asks for at least 50 and 3000 (RFC 6265bis §6.1).
const (
	siteLimit, siteKeep = 180, 150
	jarLimit, jarKeep   = 3300, 3000
	partitionBytes      = 10240 // of names and values, a site and partition
	safeFromPurge       = 30 * 24 * time.Hour
	keepLow, keepMedium = 30, 50
	keepHigh            = siteKeep - keepLow - keepMedium
)

// evict brings the group, and then the whole jar, back under the limits.
func (j *Jar) evict(key groupKey, now time.Time) {
	if !key.partition.none() {
		j.evictPartition(key, now)
		return
	}
	if len(j.groups[key]) > siteLimit {
		j.dropExpired(key, now)
		if group := j.groups[key]; len(group) > siteLimit {
			j.drop(key, siteVictims(group), now, "its site had more than 180 cookies")
		}
	}
	if j.plain > jarLimit && now.After(j.purge) {
		j.evictAll(now)
	}
}

// siteVictims picks the cookies that go when a site has too many: by priority
// and Secure, the least recently used first, each priority keeping its quota.
func siteVictims(group []*Cookie) map[*Cookie]bool {
	goal := len(group) - siteKeep
	oldest := byUse(group)
	gone := make(map[*Cookie]bool, goal)
	for _, round := range []struct {
		priority Priority
		keep     int
		insecure bool // Secure cookies are spared in this round
	}{
		{PriorityLow, keepLow, true}, {PriorityLow, keepLow, false},
		{PriorityMedium, keepMedium, true}, {PriorityHigh, keepHigh, true},
		{PriorityMedium, keepMedium, false}, {PriorityHigh, keepHigh, false},
	} {
		candidates, all := 0, 0
		for _, c := range oldest {
			if c.Priority == round.priority && !gone[c] {
				all++
				if !(round.insecure && c.Secure) {
					candidates++
				}
			}
		}
		excess := min(candidates, all-round.keep)
		for _, c := range oldest {
			if excess <= 0 || goal == 0 {
				break
			}
			if c.Priority == round.priority && !gone[c] && !(round.insecure && c.Secure) {
				gone[c] = true
				excess--
				goal--
			}
		}
	}
	return gone
}

// evictPartition keeps a site below one partition at 180 cookies and 10 KiB.
func (j *Jar) evictPartition(key groupKey, now time.Time) {
	group := j.groups[key]
	if len(group) <= siteLimit && pairBytes(group) <= partitionBytes {
		return
	}
	j.dropExpired(key, now)
	group = j.groups[key]
	size, left, gone := pairBytes(group), len(group), map[*Cookie]bool{}
	for _, c := range byUse(group) {
		if left <= siteLimit && size <= partitionBytes {
			break
		}
		gone[c] = true
		size -= len(c.Name) + len(c.Value)
		left--
	}
	j.drop(key, gone, now, "its site had more than 180 cookies or 10 KiB below one top-level site")
}

func pairBytes(group []*Cookie) int {
	n := 0
	for _, c := range group {
		n += len(c.Name) + len(c.Value)
	}
	return n
}

// evictAll drops the least recently used cookies of the jar, Secure ones last,
// but none that was used within 30 days. It notes when the next cookie can be
// that old, so that a jar of fresh cookies is not searched again and again.
func (j *Jar) evictAll(now time.Time) {
	var all []*Cookie
	for key, group := range j.groups {
		if key.partition.none() {
			all = append(all, group...)
		}
	}
	slices.SortFunc(all, func(a, b *Cookie) int {
		if a.Secure != b.Secure {
			if b.Secure {
				return -1
			}
			return 1
		}
		return useOrder(a, b)
	})
	goal := len(all) - jarKeep
	byGroup := map[groupKey]map[*Cookie]bool{}
	next := now.Add(safeFromPurge)
	for _, c := range all {
		if goal > 0 && (c.Expired(now) || now.Sub(c.LastAccess) > safeFromPurge) {
			key := keyOf(c)
			if byGroup[key] == nil {
				byGroup[key] = map[*Cookie]bool{}
			}
			byGroup[key][c] = true
			goal--
		} else if t := c.LastAccess.Add(safeFromPurge); t.Before(next) {
			next = t
		}
	}
	j.purge = next
	for key, gone := range byGroup {
		j.drop(key, gone, now, "the jar had more than 3300 cookies")
	}
}

func (j *Jar) dropExpired(key groupKey, now time.Time) {
	gone := map[*Cookie]bool{}
	for _, c := range j.groups[key] {
		if c.Expired(now) {
			gone[c] = true
		}
	}
	j.drop(key, gone, now, "its lifetime was over")
}

func (j *Jar) drop(key groupKey, gone map[*Cookie]bool, now time.Time, because string) {
	kept := slices.DeleteFunc(j.groups[key], func(c *Cookie) bool {
		if gone[c] {
			j.past.add(event{name: c.Name, site: Site{Host: key.domain}, at: now, verdict: evictedVerdict(now, because)})
		}
		return gone[c]
	})
	j.count(key, -len(gone))
	j.put(key, kept)
}

// byUse is a copy of the group, the least recently used cookie first.
func byUse(group []*Cookie) []*Cookie {
	sorted := slices.Clone(group)
	slices.SortFunc(sorted, useOrder)
	return sorted
}

func useOrder(a, b *Cookie) int {
	return cmp.Or(a.LastAccess.Compare(b.LastAccess), a.Created.Compare(b.Created), cmp.Compare(a.seq, b.seq))
}
