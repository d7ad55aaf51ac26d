package traffic_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
)

// TestHeaderOf: names in their order, the values of each in theirs, and nothing
// is lost on the way back.
func TestHeaderOf(t *testing.T) {
	h := http.Header{"Vary": {"Origin", "Accept"}, "Accept": {"a"}, "Empty": {""}, "None": {}}
	got := traffic.HeaderOf(h)
	want := traffic.Header{{Name: "Accept", Value: "a"}, {Name: "Empty", Value: ""}, {Name: "Vary", Value: "Origin"}, {Name: "Vary", Value: "Accept"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	delete(h, "None")
	if d := cmp.Diff(h, got.HTTP()); d != "" {
		t.Error(d)
	}
	if traffic.HeaderOf(nil) != nil {
		t.Error("no header has fields")
	}
}
