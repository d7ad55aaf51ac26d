package browser

import (
	"slices"
	"strings"
)

// VisibleHeaders returns the names, in lower case and sorted, that a script
// may read of a cross-origin answer that passed the CORS check: the seven
// safelisted ones, and those that Access-Control-Expose-Headers names. "*"
// shows all but Set-Cookie, and is a plain name with credentials "include".
func VisibleHeaders(answer Fields, credentials FetchCredentials) []string {
	return visibleCORS(answer, credentials)
}

func visibleCORS(answer Fields, credentials FetchCredentials) []string {
	var exposed []string
	if value, present := answer.get("Access-Control-Expose-Headers"); present {
		exposed, _ = list(value) // one bad member and nothing is exposed
	}
	if credentials != CredentialsInclude && slices.Contains(exposed, "*") {
		return visibleBasic(answer)
	}
	return visible(answer, func(name string) bool {
		if safelistedResponseHeader(name) {
			return true
		}
		return slices.ContainsFunc(exposed, func(e string) bool { return strings.EqualFold(e, name) })
	})
}

func visibleBasic(answer Fields) []string {
	return visible(answer, func(string) bool { return true })
}

func visible(answer Fields, keep func(name string) bool) []string {
	names := make([]string, 0, len(answer))
	for _, f := range answer {
		if !keep(f.Name) {
			continue
		}
		if name := lowerName(f.Name); name != "set-cookie" && name != "set-cookie2" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// safelistedResponseHeader is the standard's CORS-safelisted response-header
// name. WWW-Authenticate and Retry-After are not among them, which is why
// "refresh after 401" works on the same origin only.
func safelistedResponseHeader(name string) bool {
	safe := ""
	switch len(name) {
	case 6:
		safe = "pragma"
	case 7:
		safe = "expires"
	case 12:
		safe = "content-type"
	case 13:
		return strings.EqualFold(name, "cache-control") || strings.EqualFold(name, "last-modified")
	case 14:
		safe = "content-length"
	case 16:
		safe = "content-language"
	default:
		return false
	}
	return strings.EqualFold(name, safe)
}

// resourcePolicyAllows is the cross-origin resource policy check, the one that
// applies where CORS does not.
func (d *decision) resourcePolicyAllows(answer Fields) bool {
	switch policy, _ := answer.get("Cross-Origin-Resource-Policy"); policy {
	case "same-origin":
		return false
	case "same-site":
		return sameSite(d.r.Origin, d.url.origin())
	}
	return true
}
