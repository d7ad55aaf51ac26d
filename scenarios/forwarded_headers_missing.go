package scenarios

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func forwardedHeadersMissing() *Cause {
	return &Cause{
		ID: "forwarded-headers-missing", Kind: Mechanism, Group: Proxies,
		Means: "The app no longer learns the public host, port or scheme from the proxy, and builds its own URLs from the inner ones.",
		Looks: "Redirects, redirect_uri, issuer, links or cookie domains name an inner host or port; an origin check fails though the page's origin did not change.",
		Unlike: []Unlike{
			{"tls-termination", "the scheme alone is wrong"},
			{"ip-not-allowed", "the client's address alone matters"},
			{"proxy-rewrite", "the path is wrong"},
		},
		Advice: []Advice{
			{Nginx, "Any proxy_set_header in a location discards the inherited ones: repeat them all.", "proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme;\nproxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"},
			{Apache, "Keep the host and tell the scheme.", "ProxyPreserveHost On\nRequestHeader set X-Forwarded-Proto https"},
			{HAProxy, "Tell address and scheme.", "option forwardfor\nhttp-request set-header X-Forwarded-Proto https if { ssl_fc }"},
			{App, "Trust your own proxies, and no others.", "server.forward-headers-strategy=framework"},
		},
		Mends: []Mend{
			{ForwardedLost, Advice{Nginx, "Any proxy_set_header in a location discards all those of the server block: repeat them there.", "proxy_set_header Host $http_host;\nproxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\nproxy_set_header X-Forwarded-Proto $scheme;"}},
			{ForwardedLost, Advice{Apache, "Keep the host, and leave ProxyAddHeaders on.", "ProxyPreserveHost On\nRequestHeader set X-Forwarded-Proto expr=%{REQUEST_SCHEME}"}},
			{ForwardedLost, Advice{HAProxy, "Take out what sets Host, and tell address, host and scheme.", "# http-request set-header Host …\noption forwardfor\nhttp-request set-header X-Forwarded-Host %[req.hdr(Host)]\nhttp-request set-header X-Forwarded-Proto https if { ssl_fc }"}},
			{ForwardedLost, Advice{Caddy, "Caddy keeps Host and adds X-Forwarded-*: take out what changes them.", "# header_up Host {upstream_hostport}\n# header_up -X-Forwarded-Host"}},
			{ForwardedLost, Advice{Envoy, "Take out the rewrite of the host, and let Envoy tell the public one.", "append_x_forwarded_host: true"}},
		},
		Refs:           []string{"RFC 7239", "RFC 9110 section 7.6.3"},
		Prior:          -0.5,
		Explains:       []string{"redirect-uri-mismatch", "csrf-token-mismatch", "tls-termination", "tls-or-network-error"},
		SeenFromInside: true,
		Detect:         detectForwardedMissing,
		Inject:         injectForwardedMissing,
		Enforced:       ByProxy,
		Live:           liveForwardedMissing,
		Expect:         or(refuses(expect.Lenient, 400, 401, 403), sentAway()),
	}
}

func detectForwardedMissing(v *View) []Evidence {
	asked := v.Failed.Request.ParsedURL()
	if asked == nil {
		return nil
	}
	var found []Evidence
	for _, x := range v.capture(Bad).Exchanges[:v.Failed.Index+1] {
		if e, ok := v.innerURL(x); ok {
			found = append(found, e)
			break
		}
	}
	if hit, ok := v.Says("forwarded-headers-missing"); ok {
		found = append(found, v.observed(Strong, hit.Source, hit.At, "the origin check fails, and the page's origin is that of the request"))
	}
	return found
}

// hearOwnOrigin hears a failed check of Origin, which is not one of the token,
// as what it is where Origin is right: the app has its own address wrong. What
// else is said of a CSRF check, there or in a log, is said of the same one.
func (v *View) hearOwnOrigin(said ...[]Hit) {
	const token = "csrf-token-mismatch"
	hits := slices.Concat(said...)
	if !v.sameOriginField() || !slices.ContainsFunc(hits, func(h Hit) bool { return h.Cause == token && strings.HasPrefix(h.words, "origin checking failed") }) {
		return
	}
	for _, list := range said {
		for i := range list {
			if list[i].Cause == token {
				list[i].Cause = "forwarded-headers-missing"
			}
		}
	}
}

// sameOriginField tells whether Origin names the origin of the request.
func (v *View) sameOriginField() bool {
	origin := v.Failed.Request.Header.Get("origin")
	return origin != "" && sameOrigin(origin, v.Failed.Request.URL)
}

// innerURL finds a redirect of a public host to an inner one, or a
// redirect_uri that names one, where the working capture has neither.
func (v *View) innerURL(x *traffic.Exchange) (Evidence, bool) {
	location := locationOf(x)
	from := x.Request.ParsedURL()
	if location == "" || from == nil || isInner(from.Hostname()) {
		return Evidence{}, false
	}
	to, err := from.Parse(location)
	if err != nil {
		return Evidence{}, false
	}
	e := Evidence{Strength: Strong, Source: FromStatus, Side: Bad, Entry: x.Index, At: seen(diff.Response, diff.Location, "", location)}
	before := ""
	if y, ok := v.Counterpart(Bad, x.Index); ok && y.Response != nil {
		before = locationOf(y)
	}
	switch {
	case before == location:
		return Evidence{}, false
	case isInner(to.Hostname()):
		e.Strength, e.Note = Decisive, "a redirect leads from a public host to an inner one"
		return e, true
	case sameHost(to, from) && innerPort(to) && !innerPort(from):
		e.Note = "a redirect leads to an inner port"
		return e, true
	}
	for _, name := range []string{"redirect_uri", "redirect_url", "returnTo", "service", "post_logout_redirect_uri"} {
		if back, err := url.Parse(to.Query().Get(name)); err == nil && back.Host != "" && (isInner(back.Hostname()) || sameHost(back, from) && (innerPort(back) && !innerPort(from) || back.Scheme == "http" && from.Scheme == "https")) {
			e.Note = "the URL to come back to is not the public one"
			return e, true
		}
	}
	return Evidence{}, false
}

func sameHost(a, b *url.URL) bool { return strings.EqualFold(a.Hostname(), b.Hostname()) }

// innerPort knows the ports that apps listen on behind a proxy.
func innerPort(u *url.URL) bool {
	switch u.Port() {
	case "", "80", "443", "8443":
		return false
	}
	return true
}

// isInner knows hosts that no public client can reach (RFC 1918, RFC 6762,
// names without a dot, cluster names).
func isInner(host string) bool {
	if host == "" {
		return false
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, end := range []string{".internal", ".local", ".svc", ".cluster.local", ".lan", ".intranet", ".consul", ".localdomain", ".corp", ".home.arpa"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return !strings.Contains(host, ".")
}

func injectForwardedMissing(in *Injection) error {
	u := in.Request().ParsedURL()
	if u == nil || u.Host == "" || isInner(u.Hostname()) {
		return fmt.Errorf("%w: the host is an inner one", ErrCannotInject)
	}
	inner := url.URL{Scheme: "http", Host: "app.internal:8080", Path: "/login", RawQuery: "next=" + url.QueryEscape(u.Path)}
	x := in.Exchange()
	x.Response = &traffic.Response{Status: 302, Proto: x.Request.Proto, Header: traffic.Header{{Name: "Location", Value: inner.String()}}}
	return nil
}

func liveForwardedMissing(in *Injection) error {
	for _, name := range []string{"forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port"} {
		if err := in.damage(Damage{Entry: EveryEntry, Do: DropRequestField, Name: name}); err != nil {
			return err
		}
	}
	return in.damage(Damage{Entry: EveryEntry, Do: SetRequestField, Name: "host", Value: "app.internal:8080"})
}
