package accesslog

import (
	"net/netip"
	"strings"
)

// settle draws the conclusions of a line that was read to its end.
func (f *findings) settle(r *Record) {
	if f.query != "" && r.Target != "" && strings.IndexByte(r.Target, '?') < 0 {
		r.Target += "?" + strings.TrimPrefix(f.query, "?")
	}
	f.settleClient(r)
	if r.Answered == "" && r.Status != 0 {
		r.Answered, r.By = f.answered(r)
	}
}

// settleClient takes the first address of X-Forwarded-For where the connection
// came from the own network: there it was set by the proxy in front. On one
// from outside anyone could have set it.
func (f *findings) settleClient(r *Record) {
	if f.forwarded == "" {
		return
	}
	if a, err := netip.ParseAddr(r.Client); err == nil && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() {
		return
	}
	first, _, _ := strings.Cut(f.forwarded, ",")
	if first = withoutPort(strings.TrimSpace(first)); isAddress(first) {
		r.Client = first
	}
}

// answered tells who made the answer by what the line says of the upstream.
func (f *findings) answered(r *Record) (Answered, string) {
	switch {
	case f.origin.there:
		if lastStatus(f.origin.value) == 0 {
			return ByCDN, "the origin was not asked"
		}
		return "", ""
	case strings.HasPrefix(f.said, "response_sent_by_backend"):
		return ByApp, "the backend sent it"
	case f.said != "":
		return ByCDN, "the load balancer's own reason is in the line"
	case f.details == "via_upstream" && !setFlags(f.flags):
		r.UpstreamStatus = r.Status
		return ByApp, "it came from the upstream"
	case f.details != "" || setFlags(f.flags):
		return ByProxy, "the proxy's own reason is in the line"
	case f.upstream.there:
		r.UpstreamStatus = lastStatus(f.upstream.value)
		switch r.UpstreamStatus {
		case 0:
			return ByProxy, "no upstream answered"
		case r.Status:
			return ByApp, "the upstream's status is the same"
		}
		return ByProxy, "the upstream's status was another"
	case f.upstreamTime.there && !strings.ContainsAny(f.upstreamTime.value, "0123456789"):
		return ByProxy, "no upstream was asked"
	case f.upstreamTime.there:
		return ByApp, "an upstream answered"
	case strings.HasPrefix(r.Logger, "http.log.access"): // Caddy
		switch {
		case f.date:
			return ByApp, "the answer has the upstream's Date"
		case f.head:
			return ByProxy, "the answer has no field of an upstream"
		}
		return "", ""
	case !f.proxy && (f.app || r.Level != "" && r.Message != ""):
		return ByApp, "the app's own log has it"
	}
	return "", ""
}

// setFlags tells whether Envoy's response flags say anything.
func setFlags(s string) bool { return s != "" && s != "-" }

// lastStatus is the last of the statuses that nginx lists for the servers that
// it tried, and behind internal redirects: "502, 200 : 401".
func lastStatus(s string) int {
	if i := strings.LastIndexAny(s, ", "); i >= 0 {
		s = s[i+1:]
	}
	return statusOf(s)
}
