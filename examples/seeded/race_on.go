//go:build race

package seeded

// raced tells that the race detector watches, which makes everything slow: one
// mistake in four is enough for it.
const raced = true
