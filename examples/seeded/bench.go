package seeded

import (
	"cmp"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// A Seed is a mistake that is put into an app.
type Seed struct {
	Fault string
	Does  string // what it does, in a sentence

	// By is the scenario that has to find it, by the beginning of its name, and
	// Verdict what that comes to.
	By      string
	Verdict results.CaseVerdict
}

// A Bench is a suite and the apps that it runs against.
type Bench struct {
	Suite *suite.Suite

	// App makes the app with a fault; "" is none.
	App func(fault string) (http.Handler, error)

	// Guard makes the guard for an app that listens at that URL.
	Guard func(url string) *harness.Guard
}

// A finding is a scenario that failed.
type finding struct {
	name    string
	verdict results.CaseVerdict
	told    string
}

// Check runs the suite against the right app, of which it has nothing to say,
// and against one with each mistake, which it has to find as the seed says. All
// that it found is compared with the list in a file, or written to it; "" is no
// list.
func (b *Bench) Check(t *testing.T, seeds []Seed, file string, write bool) {
	t.Helper()
	for _, f := range b.Run(t, "") {
		t.Errorf("the right app: %s: %s: %s", f.name, f.verdict, f.told)
	}
	var list strings.Builder
	for i, s := range seeds {
		if raced && i%4 != 0 {
			continue
		}
		found := b.Run(t, s.Fault)
		if !slices.ContainsFunc(found, func(f finding) bool { return strings.HasPrefix(f.name, s.By) && f.verdict == s.Verdict }) || s.By == "" {
			t.Errorf("%s (%s): %s is not %s; what failed: %v", s.Fault, s.Does, s.By, s.Verdict, found)
		}
		fmt.Fprintf(&list, "%s: %s\n", s.Fault, s.Does)
		for _, f := range found {
			fmt.Fprintf(&list, "    %-14s%s\n", f.verdict, f.name)
		}
	}
	if file != "" && !raced {
		compare(t, file, list.String(), write)
	}
}

func compare(t *testing.T, file, list string, write bool) {
	t.Helper()
	if write {
		if err := os.WriteFile(file, []byte(list), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	had, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(had) != list {
		t.Errorf("%s lists other scenarios than failed now: go test . -run %s -update, and read what changed", file, t.Name())
	}
}

// Run runs the suite against the app with a fault and returns the scenarios that
// failed, the worst first.
func (b *Bench) Run(t *testing.T, fault string) []finding {
	t.Helper()
	app, err := b.App(fault)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(app)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // apps with a mistake panic
	server.Start()
	defer server.Close()
	return b.run(t, server.URL)
}

func (b *Bench) run(t *testing.T, url string) []finding {
	t.Helper()
	g := b.Guard(url)
	defer g.Close()
	r, err := g.Run(t.Context(), b.Suite.Cases())
	if err != nil {
		t.Fatal(err)
	}
	var found []finding
	for _, c := range r.Cases {
		if c.Failed() {
			found = append(found, finding{c.Name, c.Verdict, c.Reason + strings.Join(c.Mismatch, "; ")})
		}
	}
	worst := results.CaseVerdicts()
	slices.SortStableFunc(found, func(a, b finding) int {
		return cmp.Compare(slices.Index(worst, a.verdict), slices.Index(worst, b.verdict))
	})
	return found
}
