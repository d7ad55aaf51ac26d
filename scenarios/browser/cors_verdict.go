package browser

// A CORSVerdict is what the browser decided about one request, and why.
type CORSVerdict struct {
	Allowed bool     // the script gets an answer, be it an opaque one
	Rule    CORSRule // the first rule that failed, empty if Allowed
	Stage   CORSStage
	Hop     int    // the hop that it failed on, 0 is the request's own URL
	Got     string // the value compared: of the header, or of the request
	Want    string // what it was compared with
	Status  int    // of the answer that it failed on, 0 if there was none

	// Deviations are the named rules that made this profile decide, or ask,
	// otherwise than the text would; those of the preflight cache and of
	// counting header bytes are not traced to a single request.
	Deviations []CORSDeviation

	Preflight bool       // the first hop had an OPTIONS
	Reached   bool       // the first hop had the actual request
	LastHop   int        // the last hop that had it, -1 for none
	Wire      []CORSWire // every request that left, in order

	// What Chromium's DevTools call it: the cors_error enumeration with its
	// parameter, a net error, or what the call itself threw. Filled for all
	// profiles.
	Error     string
	Parameter string
	NetError  string
	JSError   string

	ResponseType string   // "basic", "cors", "opaque" or "opaqueredirect"
	AnswerStatus int      // what the script sees, 0 for an opaque answer
	Visible      []string // header names that it may read, lower case, sorted

	origin Origin
	url    string
	method string
	creds  FetchCredentials
}

// A CORSWire is one request that left the browser.
type CORSWire struct {
	Hop       int
	Preflight bool
	Method    string
	URL       string // without fragment and userinfo
	Origin    string // the Origin header, empty for none

	// Of a preflight only.
	RequestMethod  string // Access-Control-Request-Method
	RequestHeaders string // Access-Control-Request-Headers, empty for none

	// Credentials tells whether stored cookies may go along and Set-Cookie of
	// the answer counts.
	Credentials bool
}
