package browser

import "strings"

// A FetchMode is the mode of a request.
type FetchMode int

const (
	ModeCORS       FetchMode = iota // fetch, XMLHttpRequest, crossorigin=…, modules, fonts
	ModeNoCORS                      // img, script, link, sendBeacon with a plain type
	ModeSameOrigin                  // fetch with mode "same-origin", workers
	ModeNavigate                    // links, forms, frames, the address bar
	ModeWebSocket
)

func (m FetchMode) String() string {
	return [...]string{"cors", "no-cors", "same-origin", "navigate", "websocket"}[m]
}

// FetchCredentials says whether cookies, HTTP authentication and client
// certificates go along.
type FetchCredentials int

const (
	CredentialsSameOrigin FetchCredentials = iota // the default of fetch and XMLHttpRequest
	CredentialsInclude                            // withCredentials
	CredentialsOmit
)

func (c FetchCredentials) String() string {
	return [...]string{"same-origin", "include", "omit"}[c]
}

// FetchRedirect is what the script wants done with a redirect.
type FetchRedirect int

const (
	RedirectFollow FetchRedirect = iota
	RedirectManual
	RedirectError
)

// FetchAPI is the way the script asked. It decides what throws at once, and
// whether repeated headers are one or several.
type FetchAPI int

const (
	ViaFetch FetchAPI = iota
	ViaXHR
)

// BodyKind is what the script gave as body.
type BodyKind int

const (
	NoBody        BodyKind = iota
	TextBody               // a string: text/plain;charset=UTF-8
	FormBody               // URLSearchParams: application/x-www-form-urlencoded;charset=UTF-8
	MultipartBody          // FormData: multipart/form-data; boundary=…
	BytesBody              // ArrayBuffer or view: no type
	BlobBody               // Blob or File: its own type
	StreamBody             // ReadableStream: no type, cannot be sent twice
)

// A CORSRequest is what a page asks the browser to fetch.
type CORSRequest struct {
	Origin      Origin // of the page; zero is an opaque origin
	SecurePage  bool   // an opaque page below https; a page of an https origin needs no flag
	Method      string // as the script wrote it; empty is GET
	URL         string // absolute
	Mode        FetchMode
	Credentials FetchCredentials
	Redirect    FetchRedirect
	Via         FetchAPI

	Header   Fields // as the script wrote them, forbidden ones included
	Body     BodyKind
	BodyType string // the type of a BlobBody

	// UploadListener: there is a listener on xhr.upload.
	UploadListener bool

	// LocalNetwork: the target is on the local network or this machine, the
	// page is not, and the user has not given permission.
	LocalNetworkDenied bool
}

// A CORSAnswer is what a server answered.
type CORSAnswer struct {
	Status int
	Header Fields
}

// A CORSHop is one URL of a redirect chain with its answers; the first hop is
// the request's own URL. Preflight is what an OPTIONS would get there, nil if
// that is not known.
type CORSHop struct {
	Preflight *CORSAnswer
	Answer    CORSAnswer
}

// bodyContentType is the Content-Type that a body brings along (Fetch section
// "Bodies", extract).
func (r *CORSRequest) bodyContentType(p Profile) string {
	switch r.Body {
	case TextBody:
		return "text/plain;charset=UTF-8"
	case FormBody:
		return "application/x-www-form-urlencoded;charset=UTF-8"
	case MultipartBody:
		return "multipart/form-data; boundary=----WebKitFormBoundary0000000000000000"
	case BlobBody:
		t := blobType(r.BodyType)
		if p == Chromium && r.Via == ViaXHR && mimeEssence(t) == "" {
			return "" // deviation: what is no MIME type is left out
		}
		return t
	}
	return ""
}

// blobType is what the Blob constructor makes of a type (File API section
// 3.1): lower case, and nothing where a byte is outside printable ASCII.
func blobType(s string) string {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7E {
			return ""
		}
	}
	return strings.ToLower(s)
}

// normalizeMethod upper-cases the six methods that scripts misspell, and no
// other: "patch" stays what it is (Fetch section "Methods").
func normalizeMethod(method string) string {
	switch method {
	case "":
		return "GET"
	case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH":
		return method
	}
	for _, known := range [...]string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"} {
		if strings.EqualFold(method, known) {
			return known
		}
	}
	return method
}

func forbiddenMethod(method string) bool {
	return strings.EqualFold(method, "CONNECT") || strings.EqualFold(method, "TRACE") || strings.EqualFold(method, "TRACK")
}

func safelistedMethod(method string) bool {
	return method == "GET" || method == "HEAD" || method == "POST"
}
