package through

import (
	"net"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// judgeHost judges a Host that came otherwise. An app that is told the public
// one beside it is well served; one that gets the name without its port most
// often is.
func (x *passage) judgeHost(a *alteration) {
	public := x.request.Host
	if a.new != nil {
		name, port := splitHost(*a.new)
		was, _ := splitHost(public)
		switch {
		case sameHost(public, *a.new, x.request.Scheme):
			a.expected = "the same, with or without its default port"
			return
		case strings.EqualFold(name, was) && port == "":
			return // told as a change: what compares Origin with Host may refuse
		}
	}
	for _, told := range toldHosts(x.arrived.Request.Header) {
		name, _ := splitHost(told)
		if was, _ := splitHost(public); strings.EqualFold(name, was) {
			a.expected = "Host is the upstream's, and another field tells the public one"
			return
		}
	}
	a.fault = forwardedFault("Host is not the public one, and no X-Forwarded-Host tells it")
}

func splitHost(host string) (name, port string) {
	if name, port, err := net.SplitHostPort(host); err == nil {
		return name, port
	}
	return strings.Trim(host, "[]"), ""
}

func sameHost(a, b, scheme string) bool {
	nameA, portA := splitHost(a)
	nameB, portB := splitHost(b)
	usual := map[string]string{"http": "80", "https": "443"}[scheme]
	if portA == usual {
		portA = ""
	}
	if portB == usual {
		portB = ""
	}
	return strings.EqualFold(nameA, nameB) && portA == portB
}

// toldHosts are the public hosts that proxies tell of (RFC 7239 section 5.3, and
// what was there before it).
func toldHosts(h traffic.Header) []string {
	var list []string
	for _, name := range []string{"X-Forwarded-Host", "X-Original-Host", "X-Host"} {
		for _, v := range h.Values(name) {
			for host := range strings.SplitSeq(v, ",") {
				list = append(list, strings.TrimSpace(host))
			}
		}
	}
	return append(list, forwardedParameters(h, "host")...)
}

// forwardedParameters are the values of one parameter of Forwarded.
func forwardedParameters(h traffic.Header, name string) []string {
	var list []string
	for _, v := range h.Values("Forwarded") {
		for element := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ';' }) {
			key, value, found := strings.Cut(strings.TrimSpace(element), "=")
			if found && strings.EqualFold(key, name) {
				list = append(list, strings.Trim(value, `"`))
			}
		}
	}
	return list
}

// schemeFields tell an app that the client spoke HTTPS; the value is what they
// hold then.
var schemeFields = []struct{ name, value string }{
	{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Scheme", "https"}, {"X-Scheme", "https"}, {"X-Url-Scheme", "https"},
	{"X-Forwarded-Protocol", "https"}, {"CloudFront-Forwarded-Proto", "https"}, {"X-Forwarded-Ssl", "on"}, {"X-Forwarded-Https", "on"},
	{"Front-End-Https", "on"}, {"X-Https", "on"}, {"X-ARR-SSL", ""},
}

// schemeTold tells whether an app can know that the client spoke HTTPS.
func schemeTold(h traffic.Header) bool {
	for _, f := range schemeFields {
		for _, v := range h.Values(f.name) {
			first, _, _ := strings.Cut(v, ",")
			first = strings.TrimSpace(first)
			if first == "" && f.value != "" {
				continue
			}
			if f.value == "" || strings.EqualFold(first, f.value) || strings.EqualFold(first, "wss") {
				return true
			}
		}
	}
	for _, v := range forwardedParameters(h, "proto") {
		if strings.EqualFold(v, "https") {
			return true
		}
	}
	return false
}

// schemeUntold is an app behind plain HTTP that is not told of the client's HTTPS.
func (x *passage) schemeUntold() (alteration, bool) {
	if x.request.Scheme != "https" || x.received.TLS != nil || schemeTold(x.arrived.Request.Header) {
		return alteration{}, false
	}
	a := alteration{side: diff.Request, kind: results.Dropped, part: diff.Scheme, fault: schemeFault()}
	old, new := "https", "http"
	a.old, a.new = &old, &new
	if told := x.arrived.Request.Header.Get("X-Forwarded-Proto"); told != "" {
		a.kind, a.fault = results.Rewritten, schemeWrong()
	}
	return a, true
}
