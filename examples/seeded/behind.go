package seeded

import (
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/replaydiff/replay/harness/servers"
)

// CheckBehind runs the suite against the right app behind nginx with each
// configuration of the folder nginx: right.conf, of which it has nothing to say,
// and broken ones, which are the faults of the seeds. Where nginx is not
// installed the test is skipped, and fails in CI.
func (b *Bench) CheckBehind(t *testing.T, seeds []Seed) {
	t.Helper()
	for _, f := range b.behind(t, "right") {
		t.Errorf("right.conf: %s: %s: %s", f.name, f.verdict, f.told)
	}
	for _, s := range seeds {
		found := b.behind(t, s.Fault)
		if !slices.ContainsFunc(found, func(f finding) bool { return strings.HasPrefix(f.name, s.By) && f.verdict == s.Verdict }) || s.By == "" {
			t.Errorf("%s.conf: %s is not %s; what failed: %v", s.Fault, s.By, s.Verdict, found)
		}
	}
	files, err := os.ReadDir("nginx")
	if err != nil || len(files) != len(seeds)+1 {
		t.Errorf("%d configurations, %d rows and the right one: %v", len(files), len(seeds), err)
	}
}

func (b *Bench) behind(t *testing.T, name string) []finding {
	t.Helper()
	app, err := b.App("")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(app)
	defer server.Close()
	return b.run(t, Behind(t, "nginx/"+name+".conf", server.Listener.Addr().String()))
}

// Behind starts nginx with the configuration in a file before an app, and
// returns its URL.
func Behind(tb testing.TB, file, upstream string) string {
	tb.Helper()
	conf, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return servers.NGINX(tb, string(conf), servers.Values{"upstream": upstream}).URL
}
