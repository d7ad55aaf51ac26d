package browser

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// firstRefused returns which of the refused names the browser complains about.
//
// The standard takes the first in alphabetical order. Chromium walks through
// its header map, a hash table, and so names x-one before content-type. That
// decides nothing but the name in the message; it is here so that ours is the
// one in the console.
func (n *PreflightNeed) firstRefused(refused []string, p Profile) string {
	if p != Chromium || len(refused) == 1 {
		return refused[0]
	}
	names := make([]string, len(n.author))
	for i, h := range n.author {
		names[i] = h.name
	}
	if !n.xhr {
		slices.Sort(names) // fetch keeps its headers sorted, XMLHttpRequest as they came
	}
	for _, name := range headerTable(names) {
		if slices.Contains(refused, name) {
			return name
		}
	}
	return refused[0]
}

// headerTable puts names into a table of Chromium's size and probing, and
// returns its slots, empty ones included.
func headerTable(names []string) []string {
	// Four headers of the browser are in there, too, and it doubles when half
	// full.
	size := uint64(16)
	for size < 2*uint64(len(names)+4)+1 {
		size *= 2
	}
	table := make([]string, size)
	for _, name := range names {
		slot := headerHash(name) % size
		for probe := uint64(1); table[slot] != ""; probe++ {
			slot = (slot + probe) % size
		}
		table[slot] = name
	}
	return table
}

// headerHash is rapidhash (Nicolas De Carli, 2024) over the name as UTF-16,
// little endian, as Chromium's case-folding string hash has it.
func headerHash(name string) uint64 {
	const seed, s0, s1, s2 = 0xbdd89aa982704029, 0x2d358dccaa6c78a5, 0x8bb84b93962eacc9, 0x4b33a62ed433d4a3
	p := make([]byte, 0, 2*len(name))
	for i := range len(name) {
		p = append(p, name[i], 0)
	}
	n := uint64(len(p))
	h := uint64(seed) ^ rapidMix(seed^s0, s1) ^ n
	var a, b uint64
	switch {
	case n == 0:
	case n < 4:
		a = uint64(p[0])
	case n <= 16:
		last := n - 4
		delta := (n & 24) >> (n >> 3)
		a = rapid32(p)<<32 | rapid32(p[last:])
		b = rapid32(p[delta:])<<32 | rapid32(p[last-delta:])
	default:
		rest := p
		if x, y := h, h; n > 48 {
			for ; len(rest) >= 48; rest = rest[48:] {
				h = rapidMix(rapid64(rest)^s0, rapid64(rest[8:])^h)
				x = rapidMix(rapid64(rest[16:])^s1, rapid64(rest[24:])^x)
				y = rapidMix(rapid64(rest[32:])^s2, rapid64(rest[40:])^y)
			}
			h ^= x ^ y
		}
		if len(rest) > 16 {
			h = rapidMix(rapid64(rest)^s2, rapid64(rest[8:])^h^s1)
			if len(rest) > 32 {
				h = rapidMix(rapid64(rest[16:])^s2, rapid64(rest[24:])^h)
			}
		}
		a, b = rapid64(p[n-16:]), rapid64(p[n-8:])
	}
	b, a = bits.Mul64(a^s1, b^h)
	return rapidMix(a^s0^n, b^s1)
}

func rapidMix(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}

func rapid32(p []byte) uint64 { return uint64(binary.LittleEndian.Uint32(p)) }

func rapid64(p []byte) uint64 { return binary.LittleEndian.Uint64(p) }
