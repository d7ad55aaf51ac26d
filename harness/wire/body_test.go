package wire

import (
	"bytes"
	"testing"
)

// TestKnownLengthAllocatesOnce: a body whose length is known is read into its
// one place, with what stands before it in the buffer.
func TestKnownLengthAllocatesOnce(t *testing.T) {
	for _, length := range []int64{1, 100, 64 << 10, trusted} {
		content := bytes.NewReader(make([]byte, length))
		allocations := testing.AllocsPerRun(10, func() {
			content.Seek(0, 0)
			if got := readLength(content, length, 2*trusted); int64(len(got.body)) != length || got.err != nil {
				t.Errorf("%d bytes: %v", len(got.body), got.err)
			}
		})
		if allocations > 1 {
			t.Errorf("%d bytes: %v allocations", length, allocations)
		}
	}
}

// TestLongBody reads beyond what is allocated on the word of a length.
func TestLongBody(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789"), trusted/4)
	got := readLength(bytes.NewReader(want), int64(len(want)), 4*trusted)
	if !bytes.Equal(got.body, want) || got.err != nil {
		t.Errorf("%d bytes of %d: %v", len(got.body), len(want), got.err)
	}
}
