package trail

import (
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/accesslog"
)

// fits tells whether a line with a method and a path can be of an exchange:
// nothing that both sides tell is another.
func (x *index) fits(entry int, r *accesslog.Record) bool {
	e := x.capture.Exchanges[entry]
	if r.Method != "" && r.Method != e.Request.Method || r.Target != "" && !samePath(pathOf(&e.Request), r.Path()) {
		return false
	}
	return sameQuery(e.Request.URL, r.Target) && sameAgent(e.Request.Header.Get("User-Agent"), r.UserAgent)
}

// samePath is true also for a path of which a proxy took the first segments.
func samePath(recorded, logged string) bool {
	return recorded == logged || len(logged) > 2 && strings.HasPrefix(logged, "/") && strings.HasSuffix(recorded, logged)
}

// sameQuery compares queries where the line has one: many logs leave it out, or
// take secrets out of it.
func sameQuery(recorded, target string) bool {
	_, logged, has := strings.Cut(target, "?")
	if !has || logged == "" {
		return true
	}
	recorded, _, _ = strings.Cut(recorded, "#")
	_, was, _ := strings.Cut(recorded, "?")
	if was == logged {
		return true
	}
	a, errA := url.ParseQuery(was)
	b, errB := url.ParseQuery(logged)
	if errA != nil || errB != nil || len(a) != len(b) {
		return false
	}
	for name, values := range a {
		others, ok := b[name]
		if !ok || len(values) != len(others) {
			return false
		}
		for i := range values {
			if values[i] != others[i] && !isRedacted(others[i]) {
				return false
			}
		}
	}
	return true
}

// isRedacted knows what loggers write in place of a secret.
func isRedacted(value string) bool {
	return strings.Trim(value, "*xX-") == "" || strings.Trim(value, "[]<>{}()*-_ ") == "" ||
		strings.Contains(strings.ToLower(value), "redacted") || strings.Contains(strings.ToLower(value), "filtered") || strings.Contains(strings.ToLower(value), "masked")
}

// sameAgent compares user agents where both are known; logs cut long ones, and
// CloudFront sends its own to the origin unless it is told to forward it.
func sameAgent(recorded, logged string) bool {
	if recorded == "" || logged == "" || logged == "-" || logged == "Amazon CloudFront" {
		return true
	}
	return recorded == logged || len(logged) >= 32 && strings.HasPrefix(recorded, strings.TrimRight(logged, ".…"))
}

// sameStatus compares what was answered; 0 is not known.
func sameStatus(e *traffic.Exchange, r *accesslog.Record) bool {
	if r.Status == 0 || e.Response == nil || e.Response.Status <= 0 {
		return true
	}
	return r.Status == e.Response.Status
}

// sameHost compares host names where both are known. A log of what stands behind
// a proxy may have another.
func sameHost(e *traffic.Exchange, r *accesslog.Record) bool {
	u := e.Request.ParsedURL()
	return r.Host == "" || u == nil || hostName(r.Host) == hostName(u.Host)
}

// hostName is a host in lower case, without its port.
func hostName(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return strings.ToLower(host)
}
