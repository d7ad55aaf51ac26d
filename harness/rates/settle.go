package rates

import "math"

// settle finds the ends of a spike around its block: the stretch of windows for
// which the likelihood of the block's rate over that of the rate before is the
// greatest.
func (s *Spike) settle(all sums, least int64) {
	n := len(all) - 1
	from, to := s.From, s.To
	for range 2 { // the second time with the rates of the ends that were found
		block, before := all.of(from, to), all.of(0, from)
		f, e := stretch(all, from, to, (float64(before.Refused)+0.5)/(float64(before.Requests)+1), block.Rate())
		if w := all.of(f, e); w.Refused < least || w.Rate() <= all.of(0, f).Rate() {
			break
		}
		from, to = f, e
	}
	s.From, s.To, s.Before, s.During, s.Ongoing = from, to, all.of(0, from), all.of(from, to), to == n
}

// stretch grows from the window between from and to that speaks most for the
// rate p1 over p0, to either side as far as the sum grows.
func stretch(all sums, from, to int, p0, p1 float64) (int, int) {
	p1 = min(p1, 1-1e-6)
	more, less := math.Log(p1/p0), math.Log((1-p1)/(1-p0))
	score := func(i int) float64 {
		w := all.of(i, i+1)
		return float64(w.Refused)*more + float64(w.Requests-w.Refused)*less
	}
	top := from
	for i := from; i < to; i++ {
		if score(i) > score(top) {
			top = i
		}
	}
	grow := func(step, end int) int {
		best, at, sum := 0.0, top, 0.0
		for i := top + step; i != end; i += step {
			if sum += score(i); sum > best {
				best, at = sum, i
			}
		}
		return at
	}
	return grow(-1, 0), grow(1, len(all)-1) + 1
}

// sums are the sums of all windows before each.
type sums []Window

func sumsOf(w []Window) sums {
	s := make(sums, len(w)+1)
	for i := range w {
		s[i+1] = s[i]
		s[i+1].add(w[i])
	}
	return s
}

func (s sums) of(from, to int) Window {
	return Window{s[to].Requests - s[from].Requests, s[to].Refused - s[from].Refused}
}

// sameTime is the same time of the days before.
func (s sums) sameTime(i, length, day int) (w Window) {
	if day <= 0 {
		return w
	}
	for at := i - day; at >= 0; at -= day {
		w.add(s.of(at, min(at+length, i)))
	}
	return w
}
