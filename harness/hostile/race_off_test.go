//go:build !race

package hostile

// slow is how many times slower than usual the program runs.
const slow = 1
