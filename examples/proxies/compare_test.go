package proxies_test

import (
	"bytes"
	"crypto/tls"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/examples/proxies"
	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/servers"
	"github.com/replaydiff/replay/harness/wire"
)

// start opens a proxy with one of the configurations in front of an app.
func start(t *testing.T, server, name, upstream string, config *tls.Config) string {
	t.Helper()
	conf, err := proxies.Read(server, name)
	if err != nil {
		t.Fatal(err)
	}
	values := servers.Values{"upstream": upstream}
	if strings.Contains(conf, "{{certificate}}") {
		values["certificate"], config.RootCAs = servers.Certificate(t)
	}
	return map[string]func(testing.TB, string, servers.Values) *servers.Server{
		"nginx": servers.NGINX, "apache": servers.Apache, "haproxy": servers.HAProxy,
	}[server](t, conf, values).URL
}

// compared replays the shop's capture of yesterday through two proxies.
func compared(t *testing.T, server, before, after string) *results.Report {
	t.Helper()
	open, err := shop.New(shop.Config{TrustProxy: true})
	if err != nil {
		t.Fatal(err)
	}
	app := httptest.NewServer(open)
	t.Cleanup(app.Close)
	capture, err := traffic.Open("../shop/ok.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = capture.Close() })
	config := &tls.Config{}
	upstream := app.Listener.Addr().String()
	plan := func(name string) *harness.Plan {
		p, err := harness.NewPlan(capture, harness.PlanOptions{
			Target: harness.Target{Base: start(t, server, name, upstream, config)},
			Unsafe: harness.Unsafe{All: true},
		})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	runner := &harness.Runner{Client: &wire.Client{TLS: config}}
	done, err := runner.Compare(t.Context(), plan(before), plan(after))
	if err != nil {
		t.Fatal(err)
	}
	return done.Report
}

func TestCompareLook(t *testing.T) {
	for _, server := range proxies.Servers() {
		for _, name := range proxies.Names(server) {
			t.Run(server+"/"+name, func(t *testing.T) {
				before := "right"
				if name == "forwarded-proto-lost" || name == "right-tls" {
					before = "right-tls"
				}
				r := compared(t, server, before, name)
				var b bytes.Buffer
				_ = report.Run(&b, r, report.RunOptions{})
				t.Logf("%s", b.String())
			})
		}
	}
}
