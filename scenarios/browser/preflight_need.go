package browser

import (
	"slices"
	"strings"
)

// A PreflightNeed says whether the browser asks before it sends, and why.
type PreflightNeed struct {
	Needed  bool
	Method  string   // the normalized method; it is itself a reason if MethodUnsafe
	Headers []string // unsafe header names, lower case, sorted, unique
	Forced  bool     // an upload listener or a stream asks for it

	MethodUnsafe bool

	author []header
	xhr    bool
}

// NeedsPreflight tells what in the request would make a browser send an
// OPTIONS first, if the target is another origin. Header values count: a long,
// quoted or JSON value makes a safelisted header unsafe.
func NeedsPreflight(r CORSRequest, p Profile) PreflightNeed {
	method := normalizeMethod(r.Method)
	return preflightNeed(&r, method, authorHeaders(&r, method, p), p)
}

func preflightNeed(r *CORSRequest, method string, headers []header, p Profile) PreflightNeed {
	need := PreflightNeed{
		Method:       method,
		MethodUnsafe: !safelistedMethod(method),
		Headers:      unsafeNames(headers, p),
		Forced:       r.Body == StreamBody || r.UploadListener && r.Via == ViaXHR,
		author:       headers,
		xhr:          r.Via == ViaXHR,
	}
	if p == Chromium && r.UploadListener && !r.hasBody(method) {
		need.Forced = false // deviation: nothing to upload, nobody listens
	}
	need.Needed = need.MethodUnsafe || need.Forced || len(need.Headers) > 0
	return need
}

// hasBody: XMLHttpRequest drops the body of GET and HEAD, fetch refuses it.
func (r *CORSRequest) hasBody(method string) bool {
	return r.Body != NoBody && method != "GET" && method != "HEAD"
}

// A header is a normalized request header: lower-case name, trimmed value.
type header struct{ name, value string }

// authorHeaders are the headers that the script adds to the request: without
// forbidden ones, with the Content-Type of the body.
func authorHeaders(r *CORSRequest, method string, p Profile) []header {
	if len(r.Header) == 0 && r.Body == NoBody {
		return nil
	}
	headers := make([]header, 0, len(r.Header)+1)
	typed := false
	for _, f := range r.Header {
		h := header{lowerName(f.Name), trimHTTP(f.Value)}
		if forbiddenRequestHeader(h.name, h.value) || p == Chromium && h.name == "user-agent" {
			continue
		}
		if r.Mode == ModeNoCORS && !noCORSSafelisted(h, p) {
			continue // the headers guard "request-no-cors" drops it silently
		}
		typed = typed || h.name == "content-type"
		headers = addHeader(headers, h, r.Via == ViaXHR || p == Chromium)
	}
	if !typed && r.hasBody(method) {
		if t := r.bodyContentType(p); t != "" {
			headers = append(headers, header{"content-type", t})
		}
	}
	return headers
}

// noCORSSafelisted is the standard's no-CORS-safelisted request-header.
func noCORSSafelisted(h header, p Profile) bool {
	switch h.name {
	case "accept", "accept-language", "content-language", "content-type":
		return safelisted(h.name, h.value, p)
	}
	return false
}

// addHeader appends h, or combines it with an earlier one of the name:
// XMLHttpRequest always does, fetch keeps two entries, and Chromium combines
// for both before it counts bytes.
func addHeader(headers []header, h header, combine bool) []header {
	if combine {
		for i := range headers {
			if headers[i].name == h.name {
				headers[i].value += ", " + h.value
				return headers
			}
		}
	}
	return append(headers, h)
}

// unsafeNames is the standard's "CORS-unsafe request-header names".
func unsafeNames(headers []header, p Profile) []string {
	var names []string
	total := 0
	for _, h := range headers {
		if safelisted(h.name, h.value, p) {
			total += len(h.value)
			continue
		}
		names = append(names, h.name)
	}
	if total > safelistedTotalMax {
		for _, h := range headers {
			names = append(names, h.name)
		}
	}
	if len(names) > 1 {
		slices.Sort(names)
		names = slices.Compact(names)
	}
	return names
}

// PreflightHeader is what the OPTIONS request carries besides Accept: */* and
// the Referer: never cookies, Authorization or the script's own headers, which
// is why a server that asks for credentials on OPTIONS breaks every such
// request.
func (n PreflightNeed) PreflightHeader(origin Origin) Fields {
	fields := Fields{{"Origin", origin.String()}, {"Access-Control-Request-Method", n.Method}}
	if len(n.Headers) > 0 {
		fields = append(fields, Field{"Access-Control-Request-Headers", strings.Join(n.Headers, ",")})
	}
	return fields
}
