package tree

// maxDistance bounds the work on two sequences that have little in common: the
// memory is its square. Beyond it the middle is left unmatched.
const maxDistance = 128

// commonSubsequence returns for each old kid the index of the equal new kid
// that it is matched with, or -1; the matches ascend. After E. Myers, "An
// O(ND) difference algorithm and its variations" (1986).
func commonSubsequence(old, new []Kid) []int {
	match := make([]int, len(old))
	for i := range match {
		match[i] = -1
	}
	lead := 0
	for lead < len(old) && lead < len(new) && old[lead].Text == new[lead].Text {
		match[lead] = lead
		lead++
	}
	a, b := old[lead:], new[lead:]
	for len(a) > 0 && len(b) > 0 && a[len(a)-1].Text == b[len(b)-1].Text {
		match[lead+len(a)-1] = lead + len(b) - 1
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) > 0 && len(b) > 0 {
		shortestEdit(a, b, func(i, j int) { match[lead+i] = lead + j })
	}
	return match
}

// shortestEdit calls pair for the diagonals of a shortest edit path, if there
// is one within maxDistance.
func shortestEdit(a, b []Kid, pair func(i, j int)) {
	limit := min(len(a)+len(b), maxDistance)
	furthest := make([]int32, 2*limit+2) // x by diagonal k, at k+limit
	var trace [][]int32
	for d := 0; d <= limit; d++ {
		// Only the diagonals -d…d are ever looked at again.
		trace = append(trace, append([]int32(nil), furthest[max(0, limit-d-1):limit+d+2]...))
		for k := -d; k <= d; k += 2 {
			var x int
			if k == -d || (k != d && furthest[limit+k-1] < furthest[limit+k+1]) {
				x = int(furthest[limit+k+1])
			} else {
				x = int(furthest[limit+k-1]) + 1
			}
			y := x - k
			for x < len(a) && y < len(b) && y >= 0 && a[x].Text == b[y].Text {
				x, y = x+1, y+1
			}
			furthest[limit+k] = int32(x)
			if x >= len(a) && y >= len(b) {
				backtrack(trace, limit, len(a), len(b), pair)
				return
			}
		}
	}
}

func backtrack(trace [][]int32, limit, x, y int, pair func(i, j int)) {
	for d := len(trace) - 1; d >= 0; d-- {
		row := trace[d]
		from := max(0, limit-d-1)
		at := func(k int) int { return int(row[limit+k-from]) }
		k := x - y
		previous := k - 1
		if k == -d || (k != d && at(k-1) < at(k+1)) {
			previous = k + 1
		}
		beforeX := 0
		if d > 0 {
			beforeX = at(previous)
		}
		beforeY := beforeX - previous
		if d == 0 {
			beforeY = 0
		}
		for x > beforeX && y > beforeY {
			x, y = x-1, y-1
			pair(x, y)
		}
		x, y = beforeX, beforeY
	}
}
