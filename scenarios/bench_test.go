package scenarios

import (
	"math/rand/v2"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// longPair is a page loaded many times over, which fails once near the end.
func longPair(pages int) (ok, bad *traffic.Capture) {
	record := func(number uint64) *traffic.Capture {
		t := newTake("page", number)
		for _, f := range baseFlows() {
			if f.name == "page" {
				for range pages {
					f.record(t)
				}
			}
		}
		return t.capture
	}
	ok = record(0)
	in := NewInjection(record(1), len(ok.Exchanges)-12, Informative, rand.New(rand.NewPCG(1, 2)))
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Error: "invalid_token", Description: "The access token expired"})
	return ok, in.Flow
}

func BenchmarkCompare(b *testing.B) {
	ok, bad := longPair(200)
	for b.Loop() {
		diff.Compare(ok, bad, diff.Options{})
	}
}

// BenchmarkDiagnose is to cost a fifth of the comparison at most.
func BenchmarkDiagnose(b *testing.B) {
	ok, bad := longPair(200)
	c := diff.Compare(ok, bad, diff.Options{})
	for b.Loop() {
		Diagnose(c)
	}
}
