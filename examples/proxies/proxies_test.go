package proxies_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/examples/proxies"
)

// right is what a customer sees where nothing is broken.
func right() sight {
	return sight{
		"cookie": "Path=/; HttpOnly; SameSite=Lax", "link": "http", "login": "303", "account": "200", "cart": "200", "order": "201 200 304",
		"token": "200", "api": "200", "origin": scripts, "preflight": "204", "stock": "200",
	}
}

// broken is what else is seen through a configuration, over all servers.
func broken() map[string]sight {
	noSession := sight{"account": "303", "cart": "401", "order": "401 303 303"}
	return map[string]sight{
		"right":                 {},
		"right-forwarded-host":  {},
		"right-guarded":         {},
		"right-tls":             {"cookie": "Path=/; HttpOnly; Secure; SameSite=Lax", "link": "https"},
		"authorization-dropped": {"api": `401 Bearer realm="shop"`},
		"cookie-path-rewritten": with(noSession, sight{"cookie": "Path=/shop/; HttpOnly; SameSite=Lax", "login": "403"}),
		"forwarded-proto-lost":  {},
		"set-cookie-stripped":   with(noSession, sight{"cookie": "", "login": "403"}),
		"header-inheritance-lost": with(noSession, sight{
			"login": "403",
		}),
		"host-lost":               with(noSession, sight{"login": "403"}),
		"cors-doubled":            {"origin": scripts + " and " + scripts},
		"underscores-dropped":     {"stock": "403"},
		"path-rewritten":          {"token": "404", "api": "404", "origin": "", "preflight": "404", "stock": "404"},
		"auth-request-in-the-way": {"api": "401", "origin": "", "stock": "401"},
		"basic-auth-in-the-way":   {"token": "401", "api": `401 Basic realm="staging"`, "origin": "", "preflight": "401", "stock": "401"},
		"options-refused":         {"preflight": "405"},

		"apache/auth-request-in-the-way": {"api": "403", "origin": "", "stock": "403"},
	}
}

func with(a, b sight) sight {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// Through every right configuration everything works, and through each broken
// one a customer sees what it says in its first line, and nothing else amiss.
func TestConfigurations(t *testing.T) {
	for _, server := range proxies.Servers() {
		for _, name := range proxies.Names(server) {
			t.Run(server+"/"+name, func(t *testing.T) {
				amiss, known := broken()[server+"/"+name]
				if !known {
					amiss, known = broken()[name]
				}
				if !known {
					t.Fatal("nobody has said what is seen through it")
				}
				want := with(right(), amiss)
				if diff := cmp.Diff(want, look(t, through(t, server, name))); diff != "" {
					t.Errorf("seen through it (- said, + seen):\n%s", diff)
				}
			})
		}
	}
}

// Every file says what it is, and a broken one where.
func TestTexts(t *testing.T) {
	for _, server := range proxies.Servers() {
		names := proxies.Names(server)
		if !slices.Contains(names, "right") || len(names) < 10 {
			t.Errorf("%s: only %s", server, names)
		}
		for _, name := range names {
			conf, err := proxies.Read(server, name)
			if err != nil {
				t.Fatal(err)
			}
			title := proxies.Title(conf)
			isRight := strings.HasPrefix(name, "right")
			if isRight != strings.HasPrefix(title, "Right: ") || isRight == strings.HasPrefix(title, "Broken: ") {
				t.Errorf("%s/%s: first line %q", server, name, title)
			}
			if n := strings.Count(conf, "# WRONG: "); (n == 1) == isRight {
				t.Errorf("%s/%s: %d lines say WRONG", server, name, n)
			}
		}
	}
}

func TestReadUnknown(t *testing.T) {
	_, err := proxies.Read("haproxy", "rihgt")
	if err == nil || !strings.HasPrefix(err.Error(), `no configuration "rihgt" for haproxy; there are: auth-request-in-the-way, `) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat("haproxy/right.conf"); err != nil {
		t.Error(err)
	}
}
