package results

// A Plan is what a replay would send, as data. Like a [Report] it holds no
// secret.
type Plan struct {
	Version  int           `json:"version"`  // of the JSON form: [Version]
	Captures []string      `json:"captures"` // files as named by the caller
	Targets  []Target      `json:"targets"`
	Shard    string        `json:"shard,omitempty"` // "3/8"
	Requests []PlanRequest `json:"requests"`        // in the order of the capture
	Links    []PlanLink    `json:"links"`           // values carried on, by producer
	Warnings []string      `json:"warnings"`
}

// A PlanRequest is a recorded request and what would become of it.
type PlanRequest struct {
	Flow     Flow   `json:"flow,omitempty"`
	Entry    int    `json:"entry"`
	Method   string `json:"method"`
	Recorded string `json:"recorded"`       // URL of the capture
	Sent     string `json:"sent"`           // URL that would be asked; "" where it is skipped
	Session  int    `json:"session"`        // requests of one session go one after the other; counted from 1
	Note     string `json:"note,omitempty"` // what is special: "preflight, asked anew", "login"
	Skip     *Why   `json:"skip,omitempty"` // nil: it is sent
}

// A Why is the reason for which a request is not sent.
type Why struct {
	Reason string `json:"reason"` // as in [Skip]
	Text   string `json:"text"`   // a sentence with the flag that would send it
}

// A PlanLink is a value of an answer that a later request carries on.
type PlanLink struct {
	Flow     Flow      `json:"flow,omitempty"`
	Name     string    `json:"name"`               // by which it can be switched off
	From     PlanPlace `json:"from"`               // of the answer that hands it out
	To       PlanPlace `json:"to"`                 // of the request that carries it on
	Encoding string    `json:"encoding,omitempty"` // of the value at To: "url", "base64"
	Value    string    `json:"value,omitempty"`    // as recorded, masked
}

// A PlanPlace is a place in an exchange.
type PlanPlace struct {
	Entry int    `json:"entry"`
	Path  string `json:"path"` // as of an edit: "response.body/csrf", "request.header.x-csrf-token"
}
