package main

import "testing"

// TestForCountsFromTheBegin: a browser takes seconds to start, which are none
// of the recording.
func TestForCountsFromTheBegin(t *testing.T) {
	f := endFlag{during: 1} // a nanosecond: over when it begins
	ctx, begin, stop := f.onceBegun(t.Context())
	defer stop()
	if err := ctx.Err(); err != nil {
		t.Fatalf("it ended before it began: %v", err)
	}
	begin()
	<-ctx.Done()

	at, stopAt := f.until(t.Context())
	defer stopAt()
	<-at.Done()
}
