package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// TestNamelessField: some recorders keep a line that is no field; it has a value
// and no name, and is compared as any other.
func TestNamelessField(t *testing.T) {
	of := func(value string) *traffic.Exchange {
		return &traffic.Exchange{Request: traffic.Request{Method: "GET", URL: "https://a.example/", Header: traffic.Header{{Name: "Accept", Value: "*/*"}, {Name: "", Value: value}}}}
	}
	ok, bad := of("one"), of("two")
	edits := diff.Between(ok, bad)
	if len(edits) == 0 {
		t.Fatal("nothing differs")
	}
	made, err := diff.Apply(ok, edits)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(bad.Request.Header, made.Request.Header); d != "" {
		t.Error(d)
	}
}
