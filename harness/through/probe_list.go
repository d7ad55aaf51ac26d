package through

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// catalogue lists the probes, in the order of the table. No value of it is a
// credential of anybody.
func catalogue() []probe {
	var list []probe
	list = append(list, nameProbes()...)
	list = append(list, authorizationProbes()...)
	list = append(list, cookieProbes()...)
	list = append(list, pathProbes()...)
	list = append(list, forwardedProbes()...)
	list = append(list, messageProbes()...)
	return append(list, answerProbes()...)
}

func field(name, value string) traffic.Header { return traffic.Header{{Name: name, Value: value}} }

// fieldOutcome tells what became of a field.
func fieldOutcome(name, value string) func(*passed) string {
	return func(p *passed) string {
		got := p.main.Header.Values(name)
		switch {
		case len(got) == 0:
			return "dropped"
		case len(got) > 1:
			return strconv.Itoa(len(got)) + " fields"
		case got[0] == value:
			return "kept"
		}
		return "rewritten"
	}
}

func keeps(name, sent, header, value string) probe {
	return probe{name: name, sent: sent, fields: field(header, value), outcome: fieldOutcome(header, value)}
}

func nameProbes() []probe {
	return []probe{
		keeps("underscore-in-name", "X_Replay_Probe: a", "X_Replay_Probe", "a"),
		keeps("dot-in-name", "X-Replay.Probe: a", "X-Replay.Probe", "a"),
		keeps("unknown-field", "X-Replay-Probe: a", "X-Replay-Probe", "a"),
		{name: "field-twice", sent: "two fields X-Replay-Probe", fields: append(field("X-Replay-Probe", "a"), field("X-Replay-Probe", "b")...),
			outcome: func(p *passed) string {
				switch got := p.main.Header.Values("X-Replay-Probe"); {
				case len(got) == 2:
					return "kept"
				case len(got) == 1 && sameList(got[0], "a, b"):
					return "one field with both"
				case len(got) == 1:
					return "one is dropped"
				}
				return "dropped"
			}},
		{name: "hundred-fields", sent: "100 fields X-Replay-1 to X-Replay-100", fields: hundred(), outcome: func(p *passed) string {
			n := 0
			for _, f := range hundred() {
				if p.main.Header.Has(f.Name) {
					n++
				}
			}
			if n == len(hundred()) {
				return "kept"
			}
			return strconv.Itoa(n) + " arrive"
		}},
	}
}

func hundred() traffic.Header {
	var h traffic.Header
	for i := 1; i <= 100; i++ {
		h = append(h, traffic.HeaderField{Name: "X-Replay-" + strconv.Itoa(i), Value: "a"})
	}
	return h
}

func authorizationProbes() []probe {
	var list []probe
	for _, s := range []struct{ scheme, value string }{
		{"Basic", "cHJvYmU6cHJvYmU="}, {"Bearer", "probe"}, {"Digest", `username="probe", realm="probe", nonce="p", uri="/", response="0"`},
		{"Negotiate", "cHJvYmU="}, {"NTLM", "cHJvYmU="}, {"DPoP", "probe"}, {"AWS4-HMAC-SHA256", "Credential=probe/20200101/eu/s3/aws4_request, SignedHeaders=host, Signature=0"},
		{"Token", "probe"}, {"ApiKey", "probe"},
	} {
		list = append(list, keeps("authorization-"+strings.ToLower(s.scheme), "Authorization: "+s.scheme+" …", "Authorization", s.scheme+" "+s.value))
	}
	return append(list,
		keeps("x-api-key", "X-Api-Key: …", "X-Api-Key", "probe"),
		keeps("x-csrf-token", "X-CSRF-Token: …", "X-CSRF-Token", "probe"),
		keeps("origin", "Origin: https://probe.example", "Origin", "https://probe.example"),
	)
}

func cookieProbes() []probe {
	list := []probe{keeps("cookie", "Cookie: probe=a", "Cookie", "probe=a")}
	for _, kib := range []int{4, 7, 15, 30, 60} {
		value := "probe=" + strings.Repeat("a", kib<<10)
		list = append(list, keeps(fmt.Sprintf("cookie-%dk", kib), fmt.Sprintf("a cookie of %d KiB", kib), "Cookie", value))
	}
	return list
}

func pathProbes() []probe {
	same := func(p *passed) string {
		old, new := pathOf(urlOf(p.sent.Target)), pathOf(urlOf(p.main.Target))
		cut := strings.LastIndex(old, "/probe")
		switch {
		case old == new, strings.HasSuffix(new, old[cut:]):
			return "kept"
		case unreservedDecoded(old) == unreservedDecoded(new):
			return "re-encoded, the same path"
		case strings.HasSuffix(decoded(new), decoded(old[cut:])):
			return "decoded"
		case strings.HasSuffix(decoded(new), mergedSlashes(decoded(old[cut:]))):
			return "slashes merged"
		}
		return "rewritten"
	}
	query := func(p *passed) string {
		_, old, _ := strings.Cut(p.sent.Target, "?")
		_, new, _ := strings.Cut(p.main.Target, "?")
		switch {
		case old == new:
			return "kept"
		case new == "":
			return "dropped"
		case sameDecoded(old, new):
			return "re-encoded, the same query"
		}
		return "rewritten"
	}
	return []probe{
		{name: "encoded-slash", sent: "/probe/a%2Fb", target: "/probe/a%2Fb", outcome: same},
		{name: "double-slash", sent: "/probe//a", target: "/probe//a", outcome: same},
		{name: "encoded-space", sent: "/probe/a%20b", target: "/probe/a%20b", outcome: same},
		{name: "encoded-unreserved", sent: "/probe/%7Ea", target: "/probe/%7Ea", outcome: same},
		{name: "encoded-percent", sent: "/probe/a%252Fb", target: "/probe/a%252Fb", outcome: same},
		{name: "semicolon", sent: "/probe/a;v=1", target: "/probe/a;v=1", outcome: same},
		{name: "non-ascii", sent: "/probe/%C3%A4", target: "/probe/%C3%A4", outcome: same},
		{name: "dot-segments", sent: "/probe/a/../b", target: "/probe/a/../b", outcome: func(p *passed) string {
			switch new := pathOf(urlOf(p.main.Target)); {
			case strings.HasSuffix(new, "/probe/a/../b"):
				return "kept"
			case strings.HasSuffix(new, "/probe/b"):
				return "taken out"
			}
			return "rewritten"
		}},
		{name: "trailing-slash", sent: "/probe/", target: "/probe/", outcome: same},
		{name: "query", sent: "?a=1&a=2&b", query: "?a=1&a=2&b", outcome: query},
		{name: "query-encoded", sent: "?a=%2F%20+%3D", query: "?a=%2F%20+%3D", outcome: query},
		{name: "url-8k", sent: "a query of 8 KiB", query: "?a=" + strings.Repeat("a", 8<<10), outcome: query},
	}
}
