package diff

import "strings"

// headerNoise says why another value of a header field, or its coming and
// going, does not matter. Names are compared without case.
func headerNoise(request bool, name, old, new string) Noise {
	name = strings.ToLower(strings.TrimSpace(name))
	if noise, known := messageNoise[name]; known {
		return noise
	}
	if hasAnyPrefix(name, tracingFamilies) || namesTrace(name) {
		return noiseTracing
	}
	if request {
		return requestNoise(name, old, new)
	}
	return responseNoise(name, old, new)
}

// messageNoise holds for requests and responses.
var messageNoise = map[string]Noise{
	"connection": noiseFraming, "keep-alive": noiseFraming, "proxy-connection": noiseFraming,
	"content-length": noiseFraming, "transfer-encoding": noiseFraming, "te": noiseFraming, "trailer": noiseFraming,
	"priority": noiseNegotiation,

	"traceparent": noiseTracing, "traceresponse": noiseTracing, "tracestate": noiseTracing, "baggage": noiseTracing, "b3": noiseTracing,
	"sentry-trace": noiseTracing, "newrelic": noiseTracing, "uber-trace-id": noiseTracing,
	"x-amzn-trace-id": noiseTracing, "x-cloud-trace-context": noiseTracing, "grpc-trace-bin": noiseTracing,
	"amz-sdk-invocation-id": noiseTracing, "amz-sdk-request": noiseTracing, "idempotency-key": noiseTracing,
	"cf-ray": noiseTracing, "x-amz-id-2": noiseTracing, "x-azure-ref": noiseTracing, "akamai-grn": noiseTracing,
	"x-amz-apigw-id": noiseTracing, "apigw-requestid": noiseTracing, "x-amzn-requestid": noiseTracing,
	"postman-token":     noiseTracing, // a new UUID for each request of that client
	"x-auth0-requestid": noiseTracing, "x-requestid": noiseTracing, "x-github-request-id": noiseTracing,
	"sec-websocket-key": noiseOnce, "sec-websocket-accept": noiseOnce,
}

var tracingFamilies = []string{"x-b3-", "x-datadog-", "x-session-replay", "ot-tracer-", "x-newrelic-"}

// namesTrace tells names that end in the id of a request, trace or span.
func namesTrace(name string) bool {
	w := words(name)
	if n := len(w); n >= 2 && w[n-1] == "id" {
		switch w[n-2] {
		case "request", "req", "correlation", "trace", "span", "transaction", "invocation", "operation", "activity":
			return true
		}
	}
	return false
}

var requestHeaderNoise = map[string]Noise{
	"accept": noiseNegotiation, "accept-encoding": noiseNegotiation, "accept-language": noiseNegotiation,
	"accept-charset": noiseNegotiation, "cache-control": noiseNegotiation, "pragma": noiseNegotiation,
	"dnt": noiseNegotiation, "sec-gpc": noiseNegotiation, "upgrade-insecure-requests": noiseNegotiation,
	"save-data": noiseHint, "downlink": noiseHint, "ect": noiseHint, "rtt": noiseHint,
	"device-memory": noiseHint, "viewport-width": noiseHint, "dpr": noiseHint, "width": noiseHint,
	"if-none-match": noiseValidator, "if-modified-since": noiseValidator, "if-range": noiseValidator, "range": noiseValidator,
	"sec-fetch-dest": noiseFetch, "sec-fetch-user": noiseFetch, "sec-purpose": noiseFetch, "purpose": noiseFetch,
	"x-moz": noiseFetch, "x-client-data": noiseClient, "user-agent": noiseClient,
	"x-amz-user-agent": noiseClient, "x-goog-api-client": noiseClient,
}

func requestNoise(name, old, new string) Noise {
	if noise, known := requestHeaderNoise[name]; known {
		return noise
	}
	switch {
	case strings.HasPrefix(name, "sec-ch-"):
		return noiseHint
	case name == "referer" && old != "" && new != "" && withoutQuery(old) == withoutQuery(new):
		return noiseReferer
	}
	return ""
}

// withoutQuery cuts a URL before its query; the fragment goes with it.
func withoutQuery(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		return url[:i]
	}
	return url
}

var responseHeaderNoise = map[string]Noise{
	"date": noiseClock,
	"age":  noiseCache, "expires": noiseCache, "vary": noiseCache, "x-served-by": noiseCache, "x-cache": noiseCache,
	"cf-cache-status": noiseCache, "x-varnish": noiseCache, "x-drupal-cache": noiseCache, "x-proxy-cache": noiseCache,
	"etag": noiseValidator, "last-modified": noiseValidator, "accept-ranges": noiseNegotiation,
	"content-encoding": noiseNegotiation,
	"server-timing":    noiseTiming, "timing-allow-origin": noiseTiming, "x-runtime": noiseTiming,
	"x-response-time": noiseTiming, "x-timer": noiseTiming, "x-envoy-upstream-service-time": noiseTiming,
	"x-kong-upstream-latency": noiseTiming, "x-kong-proxy-latency": noiseTiming,
	"nel": noisePolicy, "report-to": noisePolicy, "reporting-endpoints": noisePolicy, "alt-svc": noisePolicy,
	"strict-transport-security": noisePolicy, "content-security-policy": noisePolicy,
	"content-security-policy-report-only": noisePolicy, "permissions-policy": noisePolicy, "feature-policy": noisePolicy,
	"x-frame-options": noisePolicy, "x-xss-protection": noisePolicy, "x-content-type-options": noisePolicy,
	"referrer-policy": noisePolicy, "accept-ch": noisePolicy, "critical-ch": noisePolicy,
}

func responseNoise(name, old, new string) Noise {
	if noise, known := responseHeaderNoise[name]; known {
		return noise
	}
	switch {
	case strings.HasPrefix(name, "x-cache-"), strings.HasPrefix(name, "x-amz-cf-"):
		return noiseCache
	case CarriesAuthority(name), responseMatters[name], strings.HasPrefix(name, "access-control-"):
		return ""
	}
	if old, new := shapeOf(old), shapeOf(new); old.kind != plain && old == new {
		return old.noise()
	}
	return ""
}

// responseMatters are fields whose value is never judged by its form.
var responseMatters = map[string]bool{
	"set-cookie": true, "www-authenticate": true, "proxy-authenticate": true, "location": true, "server": true, "via": true,
	"content-type": true, "retry-after": true, "content-location": true,
}
