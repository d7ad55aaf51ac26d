package browser

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Site is a schemeful site (HTML, "site"): a scheme and a registrable domain,
// or the whole host where there is none (IP addresses, single labels, public
// suffixes). Ports are not part of it. The zero value is an opaque site, which
// is same-site with nothing, itself included.
type Site struct {
	Scheme string // "http" or "https"; the scheme of a WebSocket URL is mapped to these
	Host   string
}

// SiteOf is the site of a URL or of a serialised origin; opaque for "null", for
// data: URLs and for anything else that is not http, https, ws or wss.
func SiteOf(rawURL string) Site {
	t, err := parseTarget(rawURL)
	if err != nil {
		return Site{}
	}
	return t.site()
}

// SameSite reports whether both are the same schemeful site. http and https of
// one host are different sites.
func (s Site) SameSite(t Site) bool { return !s.Opaque() && s == t }

// Opaque reports whether the site is that of an opaque origin.
func (s Site) Opaque() bool { return s == Site{} }

// String is the serialisation "https://example.com", or "null".
func (s Site) String() string {
	if s.Opaque() {
		return "null"
	}
	return s.Scheme + "://" + s.Host
}

func siteOfHost(scheme, host string) Site {
	switch scheme {
	case "ws":
		scheme = "http"
	case "wss":
		scheme = "https"
	}
	if r := RegistrableDomain(host); r != "" {
		host = r
	}
	return Site{scheme, host}
}

// RegistrableDomain is the public suffix of host plus one label, by the Public
// Suffix List with its private section, or "" where there is none: for a public
// suffix itself, a single label and an IP address. Host is in canonical form
// ([CanonicalHost]). A trailing dot makes another name and is kept.
func RegistrableDomain(host string) string {
	if isIP(host) {
		return ""
	}
	core, dot := strings.TrimLeft(host, "."), ""
	if c, ok := strings.CutSuffix(core, "."); ok {
		core, dot = c, "."
	}
	suffix := publicSuffix(core)
	if core == "" || suffix == "" || len(core) <= len(suffix)+1 {
		return ""
	}
	// An empty label before the suffix ("shop..test") yields a name that begins
	// with a dot, which equals no real host: that is what makes such a Domain fail.
	rest := core[:len(core)-len(suffix)-1]
	return core[strings.LastIndexByte(rest, '.')+1:] + dot
}

// publicSuffix differs from the package it calls in one point: browsers take the
// parent of a wildcard rule for a suffix too (kawasaki.jp under *.kawasaki.jp),
// where the algorithm of the list finds only "jp".
func publicSuffix(host string) string {
	s, _ := publicsuffix.PublicSuffix(host)
	if s != host && wildcardParent(host) {
		return host
	}
	return s
}

// wildcardParent reports whether the list has the rule "*." + host: then a label
// that no exception names is a suffix below it.
func wildcardParent(host string) bool {
	probe := "0." + host
	s, _ := publicsuffix.PublicSuffix(probe)
	return s == probe
}

// listedSuffix asks the list itself, as RFC 6265bis §5.7 step 9 does. A trailing
// dot is not looked through: "test." is not the suffix "test".
func listedSuffix(host string) bool {
	s, _ := publicsuffix.PublicSuffix(host)
	return host != "" && !isIP(host) && !strings.HasSuffix(host, ".") && s == host
}

// domainMatch is RFC 6265bis §5.1.3, host in canonical form, domain without its
// leading dot.
func domainMatch(host, domain string) bool {
	if host == domain {
		return true
	}
	n := len(host) - len(domain)
	return n > 0 && domain != "" && host[n-1] == '.' && host[n:] == domain && !isIP(host)
}

func isIP(host string) bool {
	if strings.HasPrefix(host, "[") {
		return true
	}
	if host == "" || host[len(host)-1] < '0' || host[len(host)-1] > '9' {
		return false // a name that ends in a digit is rare: this saves the parse
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}
