package browser

import "strings"

// IsRedirect tells the statuses that clients follow (Fetch, "redirect status"):
// 300, 304, 305 and 306 are ordinary answers.
func IsRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// RedirectsToGET tells whether what follows a redirect is a GET without a body,
// whatever was sent before (Fetch, "HTTP-redirect fetch", step 12).
func RedirectsToGET(status int, method string) bool {
	return (status == 301 || status == 302) && method == "POST" || status == 303 && method != "GET" && method != "HEAD"
}

// IsBodyField tells the fields that such a GET is sent without, in any case
// (Fetch, "request-body-header name").
func IsBodyField(name string) bool {
	switch strings.ToLower(name) {
	case "content-encoding", "content-language", "content-location", "content-type":
		return true
	}
	return false
}
