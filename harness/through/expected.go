package through

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/harness/results"
)

// hopByHop are the fields of one connection (RFC 9110 section 7.6.1), and those
// that the next proxy takes for itself (section 11.7).
var hopByHop = []string{
	"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings",
	"proxy-authorization", "proxy-authenticate", "proxy-authentication-info", "max-forwards", "expect", "via",
}

func isHopByHop(name string) bool { return slices.Contains(hopByHop, name) }

// forwarded are the fields by which proxies tell the app of the client.
var forwarded = []string{
	"forwarded", "x-real-ip", "x-client-ip", "true-client-ip", "x-cluster-client-ip", "x-original-forwarded-for", "cf-connecting-ip",
	"fastly-client-ip", "front-end-https", "x-scheme", "x-url-scheme", "x-original-host", "x-original-uri", "x-original-url",
	"x-rewrite-url", "x-script-name", "x-proxyuser-ip", "x-host", "x-https", "x-arr-ssl",
}

func isForwarded(name string) bool {
	return strings.HasPrefix(name, "x-forwarded-") && !carriesCredential(name) || slices.Contains(forwarded, name)
}

// carriesCredential tells the few names of the family that hold a token.
func carriesCredential(name string) bool {
	return strings.HasSuffix(name, "-access-token") || strings.HasSuffix(name, "-authorization")
}

// tracing are fields by which a request is followed through many programs.
var tracing = []string{"x-request-id", "x-correlation-id", "request-id", "traceparent", "tracestate", "baggage", "b3", "x-cloud-trace-context",
	"x-amzn-trace-id", "uber-trace-id", "sentry-trace", "x-request-start", "x-queue-start", "x-unique-id", "x-trace-id"}

// addedByProxies is why a proxy adds a field to a request; "" where that is
// nothing that proxies do.
func addedByProxies(name string) string {
	switch {
	case slices.Contains(tracing, name), strings.HasPrefix(name, "x-b3-"), strings.HasPrefix(name, "x-datadog-"):
		return "it follows the request through logs"
	case strings.HasPrefix(name, "x-envoy-"), strings.HasPrefix(name, "cf-"), strings.HasPrefix(name, "cdn-"), strings.HasPrefix(name, "x-amz-cf-"),
		strings.HasPrefix(name, "x-azure-"), strings.HasPrefix(name, "fastly-"), strings.HasPrefix(name, "x-kong-"),
		name == "surrogate-capability", name == "x-varnish", name == "early-data", name == "x-bluecoat-via", name == "x-akamai-edgescape":
		return "the proxy's own"
	case strings.HasPrefix(name, "ssl-client-"), strings.HasPrefix(name, "x-ssl-"), strings.HasPrefix(name, "x-client-cert"), name == "client-cert", name == "client-cert-chain":
		return "the proxy tells of the client's certificate (RFC 9440)"
	case name == "accept-encoding", name == "user-agent":
		return "the proxy speaks for itself"
	}
	return ""
}

// proxysOwn is why a proxy takes a field away, or writes it anew; "" where it
// has no business with it.
func proxysOwn(name string) string {
	switch name {
	case "accept-encoding":
		return "the proxy decides itself on compression"
	case "if-none-match", "if-modified-since", "if-range", "range", "if-match", "if-unmodified-since":
		return "a cache asks for the whole, and answers conditions itself"
	case "proxy":
		return "it would be taken for a variable of the environment by CGI (CVE-2016-5385)"
	case "early-data":
		return "the proxy's own"
	}
	if slices.Contains(tracing, name) {
		return "it follows the request through logs"
	}
	return ""
}

// ownOfAnswers is why a proxy changes a field of an answer; "" where the change is
// worth telling.
func ownOfAnswers(name string, kind results.AlterationKind) string {
	switch name {
	case "server", "date", "x-powered-by":
		return "the proxy names itself, or nobody"
	case "accept-ranges", "age", "alt-svc", "nel", "report-to", "server-timing", "expect-ct", "warning":
		return "the proxy's own"
	case "content-encoding":
		return "the proxy compresses"
	case "strict-transport-security", "x-frame-options", "x-content-type-options", "referrer-policy", "permissions-policy", "x-xss-protection":
		if kind == results.Added || kind == results.Duplicated {
			return "the proxy makes answers stricter"
		}
	}
	if hasAnyPrefix(name, "x-cache", "x-served-by", "x-timer", "x-accel-", "x-envoy-", "x-kong-", "cf-", "x-amz-cf-", "x-varnish", "x-request-id", "x-proxy-", "x-upstream-") && kind != results.Dropped {
		return "the proxy's own"
	}
	if strings.HasPrefix(name, "x-accel-") {
		return "it was meant for the proxy"
	}
	return ""
}

func hasAnyPrefix(name string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// carriesAuthority tells fields of requests whose loss can be what a 401 or a
// 403 comes of.
func carriesAuthority(name string) bool {
	switch {
	case name == "origin" || name == "referer" || name == "authorization" || name == "x-requested-with":
		return true
	case name == "user-agent" || hasAnyPrefix(name, "sec-", "x-client-data", "x-client-version", "client-hint", "x-forwarded-client-cert"):
		return false
	}
	return diff.CarriesAuthority(name)
}
