package devtools

import (
	"encoding/json"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// Field is where an exchange keeps its notes, in [traffic.Exchange.Unknown].
const Field = "/_devtools"

// Notes are what the browser said of one exchange. The zero value says
// nothing. The names of the JSON members are those of the DevTools protocol
// where it has one.
type Notes struct {
	// Request is the browser's own id of the request; the hops of a redirect
	// share one. The initiator of a preflight names that of the request that it
	// asks leave for ("/_initiator", requestId).
	Request string `json:"requestId,omitempty"`

	// Target is who asked: "page", "iframe" (of another process), "worker",
	// "shared_worker", "service_worker".
	Target string `json:"target,omitempty"`

	// Document is the URL of the document that asked, without query and
	// fragment; "" in workers.
	Document string `json:"documentURL,omitempty"`

	// Frame tells that it is a document for a frame within another.
	Frame bool `json:"frame,omitempty"`

	// Provisional tells that the headers of the request are those that the page
	// gave, before the browser added its own: the request never left, or the
	// browser did not say.
	Provisional bool `json:"provisionalHeaders,omitempty"`

	// Unfinished tells that the recording ended before the exchange did.
	Unfinished bool `json:"unfinished,omitempty"`

	Canceled bool       `json:"canceled,omitempty"`        // by the page or by leaving it
	Blocked  string     `json:"blockedReason,omitempty"`   // Network.BlockedReason: "csp", "mixed-content"
	CORS     *CORSError `json:"corsErrorStatus,omitempty"` // the check that failed

	Unsent  []Cookie `json:"unsent,omitempty"`  // kept in the browser and not sent (Network.CookieBlockedReason)
	Refused []Cookie `json:"refused,omitempty"` // set by the answer and not kept (Network.SetCookieBlockedReason)
	Exempt  []Cookie `json:"exempt,omitempty"`  // sent or kept although a rule forbids it (Network.CookieExemptionReason)

	Partition string `json:"partitionedBy,omitempty"` // the site by which cookies of the answer would be partitioned

	Issues []Issue `json:"issues,omitempty"` // of DevTools' panel, about this request

	// NoBody tells why a body that the browser had is not in the capture.
	NoBody string `json:"noBody,omitempty"`
}

// A CORSError is a failed check (Network.CorsErrorStatus).
type CORSError struct {
	Error     string `json:"corsError"`
	Parameter string `json:"failedParameter,omitempty"` // the header value or name that did not pass
}

// A Cookie is a cookie and what the browser has against it. Domain begins with
// a dot where hosts below it get the cookie too.
type Cookie struct {
	Name      string   `json:"name"`
	Domain    string   `json:"domain,omitempty"`
	Path      string   `json:"path,omitempty"`
	SameSite  string   `json:"sameSite,omitempty"`
	Secure    bool     `json:"secure,omitempty"`
	HTTPOnly  bool     `json:"httpOnly,omitempty"`
	Partition string   `json:"partitionedBy,omitempty"`
	Reasons   []string `json:"reasons"`
}

// An Issue is one of DevTools' issues (Audits.InspectorIssue).
type Issue struct {
	Code   string `json:"code"`             // "MixedContentIssue"
	Detail string `json:"detail,omitempty"` // its status, reason or directive, in the browser's word
}

// Of returns the notes of an exchange. It is false where the recorder keeps
// none, so that nothing follows from their silence.
func Of(x *traffic.Exchange) (Notes, bool) {
	value := x.Unknown.Get(Field)
	if value == nil {
		return Notes{}, false
	}
	var n Notes
	if json.Unmarshal(value, &n) != nil {
		return Notes{}, false
	}
	return n, true
}

// Field is the notes as a field of an exchange.
func (n Notes) Field() traffic.Field {
	value, err := json.Marshal(n)
	if err != nil {
		panic("devtools: notes are plain data: " + err.Error())
	}
	return traffic.Field{Pointer: Field, Value: value}
}

// A Source is who made an answer instead of the server.
type Source string

// The sources. The empty one is the server, or nobody knows.
const (
	HTTPCache     Source = "cache"          // the browser's memory, disk or prefetch cache
	CacheStorage  Source = "cache-storage"  // a service worker, from a cache of its own
	ServiceWorker Source = "service-worker" // a service worker, which made it
)

// SourceOf tells the answers that the browser gave itself. A service worker
// that passed the request on asked the server.
func SourceOf(x *traffic.Exchange) (s Source, field, value string) {
	if text(x, "/response/_fetchedViaServiceWorker") == "true" {
		// Beside it stands "disk", as that is where such caches are.
		switch v := text(x, "/response/_serviceWorkerResponseSource"); v {
		case "cache-storage":
			return CacheStorage, "_serviceWorkerResponseSource", v
		case "http-cache":
			return HTTPCache, "_serviceWorkerResponseSource", v
		case "fallback-code":
			return ServiceWorker, "_serviceWorkerResponseSource", v
		}
		return "", "", ""
	}
	if v := text(x, "/_fromCache"); v != "" {
		return HTTPCache, "_fromCache", v
	}
	return "", "", ""
}

// text is a field as a word: "" where it is absent, null or false.
func text(x *traffic.Exchange, pointer string) string {
	v := x.Unknown.Get(pointer)
	if v == nil || v.Kind() == jsontext.KindNull || v.Kind() == jsontext.KindFalse {
		return ""
	}
	return strings.Trim(string(v), `"`)
}
