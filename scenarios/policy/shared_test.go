package policy_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/policy"
)

// TestNoFalseAlarm: of captures that work, and of those that real programs
// recorded, nothing is said; of failing ones, what their label says.
func TestNoFalseAlarm(t *testing.T) {
	read := 0
	for _, root := range []string{"../../../shared/pairs", "../../../shared/corpus"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			c, err := traffic.Open(path, traffic.Options{Partial: true})
			if err != nil {
				return nil // no capture
			}
			defer c.Close()
			read++
			truth, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "truth.json"))
			expired := strings.HasPrefix(filepath.Base(path), "bad.") && strings.Contains(string(truth), `"expired-token"`)
			for _, b := range policy.Judge(c, policy.Rules{}).Breaches {
				if !expired || b.Rule != policy.ExpiredSent {
					t.Errorf("%s: %s at entry %d: %s", path, b.Rule, b.Entry, b.Said)
				}
			}
			return nil
		})
		if err != nil && os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
	}
	if read == 0 {
		t.Skip("the captures are not there")
	}
	t.Logf("%d captures", read)
}

// BenchmarkJudge is a day behind a proxy: 20,000 calls, a refresh for each
// hundred.
func BenchmarkJudge(b *testing.B) {
	calls := []call{login(0)}
	token, renew := access1, renew1
	for i := range 20_000 {
		at := time.Duration(i) * 27 * time.Second // 100 of them are three quarters of an hour
		if i%100 == 99 {
			old := renew
			token, renew = fmt.Sprint(access1, i), fmt.Sprint(renew1, i)
			calls = append(calls, refresh(at, old, token, renew))
		}
		calls = append(calls, orders(at+time.Second, token, 200))
	}
	c := flow(0, calls...)
	for b.Loop() {
		if told := policy.Judge(c, policy.Rules{}).Breaches; len(told) > 0 {
			b.Fatalf("%+v", told[0])
		}
	}
}
