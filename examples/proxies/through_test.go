package proxies_test

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/examples/proxies"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/servers"
	bothsides "github.com/replaydiff/replay/harness/through"
	"github.com/replaydiff/replay/harness/wire"
)

// A mended is the finding of a broken configuration, and what stands in the line
// that mends it, by server.
type mended struct {
	cause, does                   string
	nginx, apache, haproxy, caddy string // "": the server has no such mistake
}

func (m mended) of(server string) string {
	return map[string]string{"nginx": m.nginx, "apache": m.apache, "haproxy": m.haproxy, "caddy": m.caddy}[server]
}

// mends are the findings by configuration.
func mends() map[string]mended {
	return map[string]mended{
		"authorization-dropped": {"authorization-dropped-by-proxy", "authorization dropped",
			`proxy_set_header Authorization "";`, "RequestHeader unset Authorization", "http-request del-header Authorization", "header_up -Authorization"},
		"underscores-dropped": {"authorization-dropped-by-proxy", "api_key dropped",
			"underscores_in_headers on;", "", "option http-restrict-req-hdr-names", ""},
		"cookie-path-rewritten": {"cookie-stripped-by-proxy", "set-cookie path rewritten",
			"proxy_cookie_path / ", "ProxyPassReverseCookiePath / ", "http-response replace-header Set-Cookie", "header_down Set-Cookie"},
		"set-cookie-stripped": {"cookie-stripped-by-proxy", "set-cookie dropped",
			"proxy_hide_header Set-Cookie;", "Header unset Set-Cookie", "http-response del-header Set-Cookie", "header_down -Set-Cookie"},
		"forwarded-proto-lost": {"tls-termination", "x-forwarded-proto missing",
			"proxy_set_header X-Forwarded-Proto $scheme;", "RequestHeader set X-Forwarded-Proto https", "set-header X-Forwarded-Proto https if { ssl_fc }", "header_up -X-Forwarded-Proto"},
		"header-inheritance-lost": {"forwarded-headers-missing", "forwarded fields lost",
			"proxy_set_header Host $http_host;", "ProxyPreserveHost On", "http-request set-header Host", "header_up Host {upstream_hostport}"},
		"host-lost": {"forwarded-headers-missing", "forwarded fields lost",
			"proxy_set_header Host $http_host;", "ProxyPreserveHost On", "http-request set-header Host", "header_up Host {upstream_hostport}"},
		"path-rewritten": {"proxy-rewrite", "path rewritten",
			"proxy_pass http://app;", "ProxyPass /api/ http://app/api/ nocanon", "http-request replace-path", "handle /api/*"},
		"auth-request-in-the-way": {"proxy-auth-denied", "access denied", "auth_request off;", "Require all granted", "deny", "forward_auth"},
		"basic-auth-in-the-way":   {"proxy-auth-denied", "access denied", "auth_basic off;", "Require all granted", "http-request auth", "basic_auth"},
		"options-refused":         {"cors-preflight-failed", "preflight refused", "$request_method", "REQUEST_METHOD", "METH_OPTIONS", "@options"},
		"cors-doubled": {"cors-origin-not-allowed", "access-control-allow-origin doubled",
			"add_header Access-Control-Allow-Origin", "Header always set Access-Control-Allow-Origin", "http-response add-header Access-Control-Allow-Origin", "+Access-Control-Allow-Origin"},
	}
}

// passage sends the shop's capture through a server with a configuration, and is
// the app behind it.
func passage(t *testing.T, server, conf string, probe bool) *results.Passage {
	t.Helper()
	capture, err := traffic.Open("../shop/ok.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer capture.Close()
	stand, err := bothsides.Listen("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer stand.Close()
	file, pool := servers.Certificate(t)
	s := starters()[server](t, conf, servers.Values{"upstream": stand.Addr, "certificate": file})
	stand.Client, stand.Probe = &wire.Client{TLS: &tls.Config{RootCAs: pool}}, probe
	plan, err := harness.NewPlan(capture, harness.PlanOptions{Target: harness.Target{Base: s.URL}, Unsafe: harness.Unsafe{All: true}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := harness.Through(t.Context(), plan, stand)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func passageText(t *testing.T, p *results.Passage) string {
	t.Helper()
	var b strings.Builder
	if err := report.Passage(&b, p, report.RunOptions{All: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Each broken configuration is one finding, with the line that mends it, and
// each right one is none.
func TestThrough(t *testing.T) {
	for _, server := range proxies.Servers() {
		for _, name := range proxies.Names(server) {
			t.Run(server+"/"+name, func(t *testing.T) {
				conf, err := proxies.Read(server, name)
				if err != nil {
					t.Fatal(err)
				}
				p := passage(t, server, conf, false)
				if got := strings.ToLower(p.Product); got != server {
					t.Errorf("the proxy is taken for %q (%s)", p.Product, p.By)
				}
				if strings.HasPrefix(name, "right") {
					if p.ExitCode() != results.ExitSame || p.Counts.Unchanged != p.Counts.Recorded {
						t.Error(passageText(t, p))
					}
					return
				}
				checkMend(t, p, server, mends()[name])
			})
		}
	}
}

func checkMend(t *testing.T, p *results.Passage, server string, want mended) {
	t.Helper()
	if p.ExitCode() != results.ExitDifferent || len(p.Findings) != 1 {
		t.Fatalf("want the one finding %q\n%s", want.does, passageText(t, p))
	}
	f := p.Findings[0]
	if f.Cause != want.cause || f.Does != want.does || len(f.Fix) == 0 {
		t.Fatalf("want %s, %q\n%s", want.cause, want.does, passageText(t, p))
	}
	for _, a := range f.Fix {
		if a.Where != server {
			t.Errorf("advice for %s, which is not there", a.Where)
		}
		if strings.Contains(a.Text+"\n"+a.Snippet, want.of(server)) && want.of(server) != "" {
			return
		}
	}
	t.Errorf("no advice has %q\n%s", want.of(server), passageText(t, p))
}

// A capture has its password and its tokens in it, and no report has.
func TestThroughMasks(t *testing.T) {
	conf, err := proxies.Read("nginx", "authorization-dropped")
	if err != nil {
		t.Fatal(err)
	}
	p := passage(t, "nginx", conf, true)
	var all strings.Builder
	if err := report.PassageJSON(&all, p); err != nil {
		t.Fatal(err)
	}
	all.WriteString(passageText(t, p))
	for _, secret := range []string{"earl-grey-at-five", "eyJ", "m8HVigQJbpEsLbCDfQTsJQ"} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("%.3s… is shown", secret)
		}
	}
}

// What passes differs from server to server; the baseline of one configuration
// tells the next change, of what the capture holds and of what it does not.
func TestThroughProbes(t *testing.T) {
	outcomes := map[string]map[string]string{
		"nginx":   {"underscore-in-name": "kept", "double-slash": "kept", "cookie-30k": "400 by nginx", "body-2m": "413 by nginx", "trailer": "dropped", "connection-nominated": "kept"},
		"apache":  {"encoded-slash": "kept", "hundred-fields": "400 by Apache", "connection-nominated": "dropped", "body-2m": "kept"},
		"haproxy": {"trailer": "kept", "cookie-30k": "400 by HAProxy", "body-2m": "kept"},
		"caddy":   {"connection-nominated": "dropped", "hundred-fields": "kept", "cookie-30k": "kept"},
	}
	for _, server := range proxies.Servers() {
		t.Run(server, func(t *testing.T) {
			conf, err := proxies.Read(server, "right")
			if err != nil {
				t.Fatal(err)
			}
			p := passage(t, server, conf, true)
			got := map[string]string{}
			for _, probe := range p.Probes {
				got[probe.Name] = probe.Outcome
			}
			for name, want := range outcomes[server] {
				if got[name] != want {
					t.Errorf("%s: %q, want %q", name, got[name], want)
				}
			}
			if len(got) < 50 || len(got) != len(p.Probes) {
				t.Errorf("%d probes of %d names", len(p.Probes), len(got))
			}
		})
	}
}

func TestThroughBaseline(t *testing.T) {
	conf, err := proxies.Read("nginx", "right")
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	if err := results.WritePassageBaseline(&file, passage(t, "nginx", conf, true)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		was, is string
		drift   []string
		reason  string
	}{
		{"", "", nil, "nothing changed"},
		{"underscores_in_headers on;", "", []string{"probe underscore-in-name"}, "the probe shows what one request of the capture does as a finding"},
		{"location / {", "merge_slashes on; large_client_header_buffers 4 64k;\n\tlocation / {", []string{"probe cookie-15k", "probe cookie-30k", "probe cookie-60k", "probe url-8k"}, "longer fields pass now"},
		{"location / {", "location / {\n\t\tproxy_set_header X-Tenant acme;", []string{"request added x-tenant"}, "a field is added now"},
	} {
		known, err := results.ReadPassageBaseline(strings.NewReader(file.String()), "before.yaml")
		if err != nil {
			t.Fatal(err)
		}
		p := passage(t, "nginx", strings.Replace(conf, tt.was, tt.is, 1), true)
		known.Apply(p)
		var drift []string
		for _, d := range p.Drift {
			drift = append(drift, d.What)
		}
		if strings.Join(drift, "\n") != strings.Join(tt.drift, "\n") {
			t.Errorf("%s: %q, want %q", tt.reason, drift, tt.drift)
		}
		if different := p.ExitCode() == results.ExitDifferent; different != (len(tt.drift) > 0) {
			t.Errorf("%s: exit code %d", tt.reason, p.ExitCode())
		}
	}
}
