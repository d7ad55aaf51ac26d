package tree

import "strconv"

// A namer gives kids their names in Edit.Keys: the key, the index in a
// sequence, or key and ordinal where the key stands there already.
type namer struct {
	parts   Parts
	ordinal []int  // made on first use: most lists are equal
	lone    string // the key of a kid that is known to share it with none
}

func (n *namer) name(i int) string {
	if n.lone != "" {
		return n.lone
	}
	if n.parts.Mode == Sequence {
		return strconv.Itoa(i)
	}
	if n.ordinal == nil {
		n.ordinal = make([]int, len(n.parts.Kids))
		seen := make(map[string]int, len(n.parts.Kids))
		for k, kid := range n.parts.Kids {
			n.ordinal[k] = seen[kid.Key]
			seen[kid.Key]++
		}
	}
	key := n.parts.Kids[i].Key
	if n.ordinal[i] > 0 {
		key += "[" + strconv.Itoa(n.ordinal[i]) + "]"
	}
	return key
}

// matchKids returns for each old kid the index of its new counterpart, or -1.
func matchKids(old, new Parts) []int {
	if old.Mode == Sequence {
		return matchSequence(old.Kids, new.Kids)
	}
	return matchKeyed(old.Kids, new.Kids)
}

// matchKeyed pairs equal kids of one key first, then the rest of that key in
// order: of a=1&a=2 and a=2 the first is gone, not the second changed.
func matchKeyed(old, new []Kid) []int {
	if len(old) <= maxScanned && len(new) <= maxScanned {
		return matchFew(old, new)
	}
	match := make([]int, len(old))
	free := make(map[string][]int, len(new))
	for j, kid := range new {
		free[kid.Key] = append(free[kid.Key], j)
	}
	for i, kid := range old {
		match[i] = take(free, kid.Key, func(j int) bool { return new[j].Text == kid.Text })
	}
	for i, kid := range old {
		if match[i] < 0 {
			match[i] = take(free, kid.Key, func(int) bool { return true })
		}
	}
	return match
}

// maxScanned is up to how many kids looking through a list is faster than a map
// of it. Most header sections are shorter.
const maxScanned = 32

// matchFew is matchKeyed for short lists.
func matchFew(old, new []Kid) []int {
	match := make([]int, len(old))
	var taken [maxScanned]bool
	for i := range old {
		match[i] = -1
		for j := range new {
			if !taken[j] && new[j].Key == old[i].Key && new[j].Text == old[i].Text {
				match[i], taken[j] = j, true
				break
			}
		}
	}
	for i := range old {
		for j := 0; match[i] < 0 && j < len(new); j++ {
			if !taken[j] && new[j].Key == old[i].Key {
				match[i], taken[j] = j, true
			}
		}
	}
	return match
}

// take removes the first index under key that fits, and returns it or -1.
func take(free map[string][]int, key string, fits func(int) bool) int {
	rows := free[key]
	for n, j := range rows {
		if !fits(j) {
			if n >= maxEqualKeys {
				break // thousands of one key: order decides
			}
			continue
		}
		// Most often the first fits; shifting the few before it keeps order.
		copy(rows[1:n+1], rows[:n])
		free[key] = rows[1:]
		return j
	}
	return -1
}

const maxEqualKeys = 64

// matchSequence pairs the longest common subsequence, and between its anchors
// kid by kid, so that a changed element is a change and not a removal and an
// addition.
func matchSequence(old, new []Kid) []int {
	match := commonSubsequence(old, new)
	i, j := 0, 0
	for i <= len(old) {
		end := i
		for end < len(old) && match[end] < 0 {
			end++
		}
		stop := len(new)
		if end < len(old) {
			stop = match[end]
		}
		for i < end && j < stop {
			match[i] = j
			i, j = i+1, j+1
		}
		i, j = end+1, stop+1
	}
	return match
}
