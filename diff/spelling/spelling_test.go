package spelling

import "testing"

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		reason string
		a, b   string
		want   int
	}{
		{"equal", "header", "header", 0},
		{"nothing and all", "", "abc", 3},
		{"one replaced", "expired", "expited", 1},
		{"one left out", "expird-token", "expired-token", 1},
		{"two swapped count twice", "haeder", "header", 2},
		{"nothing in common", "abc", "xyz", 3},
	} {
		if got := Distance(tt.a, tt.b); got != tt.want || Distance(tt.b, tt.a) != got {
			t.Errorf("%s: %d, want %d both ways", tt.reason, got, tt.want)
		}
	}
}
