package credential

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// credentialsOf is [scenarios.CredentialsOf] without the fields that every
// request has: looking at the words of their names takes most of its time, and a
// run asks for each request that it sends.
func credentialsOf(r *traffic.Request) []scenarios.Credential {
	few := *r
	few.Header = slices.DeleteFunc(slices.Clone(r.Header), func(f traffic.HeaderField) bool { return isOrdinary(f.Name) })
	return scenarios.CredentialsOf(&few)
}

// isOrdinary knows fields that never hold a credential.
func isOrdinary(name string) bool {
	if strings.HasPrefix(name, ":") {
		return true
	}
	switch strings.ToLower(name) {
	case "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection", "content-encoding", "content-length",
		"date", "dnt", "forwarded", "host", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "origin", "pragma",
		"priority", "range", "referer", "save-data", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-fetch-dest", "sec-fetch-mode",
		"sec-fetch-site", "sec-fetch-user", "sec-gpc", "te", "traceparent", "tracestate", "transfer-encoding", "upgrade", "upgrade-insecure-requests",
		"user-agent", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-request-id", "x-requested-with":
		return true
	}
	return false
}
