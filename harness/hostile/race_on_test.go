//go:build race

package hostile

// slow is how many times slower than usual the program runs: the race
// detector takes five to ten times as long, and keeps what it saw in memory.
const slow = 10
