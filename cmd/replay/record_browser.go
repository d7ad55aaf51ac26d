package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
)

// notOfBrowsers are flags of record that a browser has no switch for, each with
// what to do in their place. To ignore one in silence would record something
// else than was asked for.
var notOfBrowsers = []struct{ name, instead string }{
	{"cacert", "a browser trusts what the system and --profile do: import it there, or use --insecure"},
	{"cert", "a browser presents certificates of its --profile: import it there"},
	{"http2", "a browser chooses, up to --http1"},
	{"timeout", "a browser has its own"},
	{"listen", "a browser needs no address"},
}

// checkBrowser tells of each flag that would have no effect with --browser.
func checkBrowser(given func(flag string) bool) error {
	var wrong []error
	for _, f := range notOfBrowsers {
		if given(f.name) {
			wrong = append(wrong, fmt.Errorf("--%s has no effect with --browser: %s", f.name, f.instead))
		}
	}
	return errors.Join(wrong...)
}

// browserSwitches are the flags of connections, as Chromium spells them
// (chromium/src/content/public/common/content_switches.cc, net/docs/proxy.md).
func (f *sendFlags) browserSwitches() ([]string, error) {
	var list []string
	if f.dangerouslyInsecure {
		list = append(list, "--ignore-certificate-errors")
	}
	if f.http1 {
		list = append(list, "--disable-http2", "--disable-quic")
	}
	hosts, err := resolved(f.resolve)
	if len(hosts) > 0 {
		var rules []string
		for _, host := range slices.Sorted(maps.Keys(hosts)) {
			rules = append(rules, "MAP "+host+" "+hosts[host])
		}
		list = append(list, "--host-resolver-rules="+strings.Join(rules, ","))
	}
	if f.proxy == "" {
		return list, err
	}
	server, more := browserProxy(f.proxy)
	// Without the second switch loopback addresses are asked directly, and the
	// broken app is often one.
	return append(list, "--proxy-server="+server, "--proxy-bypass-list=<-loopback>"), errors.Join(err, more)
}

// browserProxy is a proxy as a switch names it, which has no place for a
// password.
func browserProxy(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("--proxy is no URL of a proxy: write it as http://127.0.0.1:3128")
	case u.User != nil:
		return "", errors.New("--proxy with a user name: a browser asks for it itself, so leave it out")
	case u.Port() == "":
		return u.Scheme + "://" + u.Host, nil
	}
	return u.Scheme + "://" + net.JoinHostPort(u.Hostname(), u.Port()), nil
}
