package scenarios

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// urls returns the URLs of the working and of the failing request; false where
// there is none that worked.
func (v *View) urls() (good, bad *url.URL, ok bool) {
	if v.worked() == nil {
		return nil, nil, false
	}
	good, bad = v.Good.Request.ParsedURL(), v.Failed.Request.ParsedURL()
	return good, bad, good != nil && bad != nil
}

// mattering returns the first change of a part of the request's URL or method
// that matters.
func (v *View) mattering(parts ...diff.Part) (diff.Change, bool) {
	for _, c := range v.Matter() {
		if slices.Contains(parts, c.Part) {
			return c, true
		}
	}
	return diff.Change{}, false
}

// keepsCredentials tells whether the failing request sends each credential
// that the working one does, be its value renewed.
func (v *View) keepsCredentials() bool {
	bad := sentWith(v.Failed)
	for _, c := range withoutDoorless(sentWith(v.worked())) {
		if !slices.ContainsFunc(bad, func(b Credential) bool { return b.Part == c.Part && b.Name == c.Name }) {
			return false
		}
	}
	return true
}

// succeedsAt tells whether another exchange of a side worked at URLs that fit.
func (v *View) succeedsAt(side Side, fits func(*url.URL) bool) bool {
	return slices.ContainsFunc(v.capture(side).Exchanges, func(x *traffic.Exchange) bool {
		u := x.Request.ParsedURL()
		return u != nil && x != v.Failed && fits(u) && Works(x) && !diff.IsPreflight(x)
	})
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}

// isLocalNetwork tells private and loopback addresses, and names that only a
// local network resolves.
func isLocalNetwork(host string) bool {
	if isLoopback(host) || strings.HasSuffix(host, ".local") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast())
}

// isIdentifier tells path segments that name a thing rather than a kind.
func isIdentifier(segment string) bool {
	return segment != "" && strings.Trim(segment, "0123456789") == "" || looksRandom(segment) ||
		len(segment) == 36 && strings.Count(segment, "-") == 4
}
