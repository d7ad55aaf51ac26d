package trail

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// An idField is a header field that names a request to whoever logs it.
type idField struct {
	name string // lower case
	kind string // in words
	read func(value string) []string
}

// kindTrace is what an id of several requests is called: all that a page or a
// service asked for in one go.
const kindTrace = "trace"

// idFields are the fields of requests and answers that hold ids. Some are
// written into logs in another form than they are sent.
var idFields = []idField{
	{"x-request-id", "request id", whole},
	{"request-id", "request id", requestID},
	{"x-requestid", "request id", whole},
	{"x-correlation-id", "correlation id", whole},
	{"x-correlationid", "correlation id", whole},
	{"correlation-id", "correlation id", whole},
	{"x-transaction-id", "transaction id", whole},
	{"x-amzn-trace-id", "X-Ray trace", xray},
	{"x-amzn-requestid", "request id", whole},
	{"x-amz-request-id", "request id", whole},
	{"x-amz-apigw-id", "request id", whole},
	{"x-amz-cf-id", "CloudFront id", whole},
	{"x-amz-id-2", "request id", whole},
	{"x-azure-ref", "Front Door id", whole},
	{"x-arr-log-id", "request id", whole},
	{"x-ms-request-id", "request id", whole},
	{"x-appgw-trace-id", "request id", whole},
	{"x-kong-request-id", "request id", whole},
	{"x-github-request-id", "request id", whole},
	{"x-vercel-id", "Vercel id", lastOf("::")},
	{"x-nf-request-id", "request id", whole},
	{"x-render-origin-server-request-id", "request id", whole},
	{"rndr-id", "request id", whole},
	{"fly-request-id", "request id", whole},
	{"x-fastly-request-id", "request id", whole},
	{"x-akamai-request-id", "request id", whole},
	{"akamai-grn", "Akamai id", whole},
	{"x-envoy-request-id", "request id", whole},
	{"x-unique-id", "request id", whole},
	{"x-trace-id", kindTrace, whole},
	{"cf-ray", "Cloudflare ray", firstOf("-")},
	{"traceparent", kindTrace, traceparent},
	{"traceresponse", kindTrace, traceparent},
	{"x-b3-traceid", kindTrace, whole},
	{"b3", kindTrace, firstOf("-")},
	{"x-cloud-trace-context", kindTrace, firstOf("/")},
	{"x-datadog-trace-id", kindTrace, whole},
	{"uber-trace-id", kindTrace, firstOf(":")},
	{"sentry-trace", kindTrace, firstOf("-")},
	{"server-timing", kindTrace, serverTiming},
}

// An id is one that an exchange carries.
type id struct{ text, kind string }

// idsOf lists the ids of an exchange, as they are compared.
func idsOf(x *traffic.Exchange) []id {
	var list []id
	add := func(h traffic.Header) {
		for _, f := range h {
			for i := range idFields {
				if !strings.EqualFold(f.Name, idFields[i].name) {
					continue
				}
				for _, text := range idFields[i].read(strings.TrimSpace(f.Value)) {
					if text = canonicalID(text); text != "" {
						list = append(list, id{text, idFields[i].kind})
					}
				}
			}
		}
	}
	add(x.Request.Header)
	if x.Response != nil {
		add(x.Response.Header)
	}
	return list
}

// minID is the length below which an id is no id: "1" names nothing.
const minID = 6

// canonicalID is an id as it is compared: UUIDs are logged with hyphens and
// without, hex digits in either case. "" is none.
func canonicalID(text string) string {
	text = strings.Trim(text, `"'<>[]() `)
	if len(text) < minID || len(text) > 256 || strings.Trim(text, "0-") == "" {
		return ""
	}
	hex := true
	for i := range len(text) {
		c := text[i]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == '-') {
			hex = false
			break
		}
	}
	if hex {
		return strings.ToLower(strings.ReplaceAll(text, "-", ""))
	}
	return text
}

func whole(value string) []string { return []string{value} }

func firstOf(separator string) func(string) []string {
	return func(value string) []string {
		first, _, _ := strings.Cut(value, separator)
		return []string{first}
	}
}

// lastOf keeps the whole as well: loggers differ.
func lastOf(separator string) func(string) []string {
	return func(value string) []string {
		if i := strings.LastIndex(value, separator); i >= 0 {
			return []string{value, value[i+len(separator):]}
		}
		return []string{value}
	}
}

// traceparent is "00-TRACE-SPAN-FLAGS" (W3C Trace Context, section 3.2). The
// trace may be of a whole page; it is told apart by method and path then.
func traceparent(value string) []string {
	parts := strings.Split(value, "-")
	if len(parts) < 3 {
		return nil
	}
	return []string{parts[1]}
}

// xray is "Root=1-EPOCH-RANDOM;Parent=…;Self=…". OpenTelemetry logs the root as
// a trace id of 32 digits.
func xray(value string) []string {
	var list []string
	for part := range strings.SplitSeq(value, ";") {
		name, text, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name == "Root" || name == "Self" {
			list = append(list, text, strings.TrimPrefix(text, "1-"))
		}
	}
	if len(list) == 0 {
		list = append(list, value)
	}
	return append(list, value)
}

// requestID is also the hierarchical one of .NET: "|TRACE.SPAN.".
func requestID(value string) []string {
	if root, found := strings.CutPrefix(value, "|"); found {
		root, _, _ = strings.Cut(root, ".")
		return []string{root, value}
	}
	return []string{value}
}

// serverTiming holds ids in the descriptions of metrics with such a name:
// traceparent;desc="00-…-…-01".
func serverTiming(value string) []string {
	var list []string
	for metric := range strings.SplitSeq(value, ",") {
		name, rest, _ := strings.Cut(strings.TrimSpace(metric), ";")
		for param := range strings.SplitSeq(rest, ";") {
			key, text, _ := strings.Cut(strings.TrimSpace(param), "=")
			if !strings.EqualFold(key, "desc") {
				continue
			}
			text = strings.Trim(text, `"`)
			switch name = strings.ToLower(name); {
			case strings.Contains(name, "traceparent"):
				list = append(list, traceparent(text)...)
			case strings.Contains(name, "trace"), strings.Contains(name, "requestid"), strings.Contains(name, "request-id"), name == "rid", name == "ray":
				list = append(list, text)
			}
		}
	}
	return list
}
