package diff

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// TestLawOnRealPairs checks the law between every two exchanges that are
// paired in real captures, and between each and its neighbour, with which it
// has little in common.
func TestLawOnRealPairs(t *testing.T) {
	files, err := filepath.Glob("../../shared/pairs/*/ok.*")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("the shared pairs are missing")
		}
		t.Skip("the shared pairs are not here")
	}
	edits := 0
	for _, file := range files {
		dir, ext := filepath.Dir(file), filepath.Ext(file)
		ok, bad := load(t, file), load(t, filepath.Join(dir, "bad"+ext))
		for _, p := range Align(ok, bad).Pairs {
			edits += checkRealLaw(t, file, ok.Exchanges[p.OK], bad.Exchanges[p.Bad])
			neighbour := (p.Bad + 1) % len(bad.Exchanges)
			edits += checkRealLaw(t, file, ok.Exchanges[p.OK], bad.Exchanges[neighbour])
		}
	}
	if edits < 1000 {
		t.Errorf("only %d edits were found in real pairs", edits)
	}
}

func checkRealLaw(t *testing.T, file string, ok, bad *traffic.Exchange) int {
	t.Helper()
	edits := Between(ok, bad)
	if equal := traffic.EqualExchange(ok, bad); equal != (len(edits) == 0) {
		t.Errorf("%s entries %d, %d: equal is %v with %d edits", file, ok.Index, bad.Index, equal, len(edits))
	}
	r := rand.New(rand.NewPCG(uint64(ok.Index), 9))
	r.Shuffle(len(edits), func(i, j int) { edits[i], edits[j] = edits[j], edits[i] })
	got, err := Apply(ok, edits)
	if err != nil || !traffic.EqualExchange(got, bad) {
		t.Errorf("%s entries %d, %d: all edits do not give the failing one (%v)", file, ok.Index, bad.Index, err)
	}
	if _, err := Apply(ok, edits[:len(edits)/2]); err != nil {
		t.Errorf("%s entries %d, %d: half of the edits: %v", file, ok.Index, bad.Index, err)
	}
	return len(edits)
}
