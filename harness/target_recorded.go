package harness

import (
	"net"
	"net/netip"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// recordedHosts refuses targets that are what was recorded: most captures come
// from a system that people depend on.
func (rs *routes) recordedHosts(c *traffic.Capture) error {
	hosts := map[string]bool{}
	for _, x := range c.Exchanges {
		if _, origin := rs.of(x.Request.URL); origin != "" {
			scheme, host, _ := strings.Cut(origin, "://")
			hosts[identityOf(scheme, host)] = true
		}
		if ip := x.Recorded.ServerIP; ip != "" {
			if a, err := netip.ParseAddr(strings.Trim(ip, "[]")); err == nil && !a.IsLoopback() {
				hosts[a.Unmap().String()] = true
			}
		}
	}
	var wrong mistakes
	for _, r := range rs.list {
		if hosts[identityOf(r.scheme, r.host)] {
			wrong.add("%s is the recorded host itself: --allow-recorded-host sends to it", r.origin())
		}
	}
	return wrong.err()
}

// identityOf tells machines apart: by the host, whatever the port; on this
// machine, where everything has one host, by the port.
func identityOf(scheme, host string) string {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.Trim(host, "[]"), defaultPort(scheme)
	}
	name = strings.TrimSuffix(name, ".")
	if isLoopbackName(name) {
		return "loopback:" + port
	}
	if a, err := netip.ParseAddr(name); err == nil {
		return a.Unmap().String()
	}
	return name
}

// isLoopbackName tells the names of this machine (RFC 6761 section 6.3).
func isLoopbackName(name string) bool {
	a, err := netip.ParseAddr(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && a.IsLoopback()
}
