package results

import "slices"

// Test is the kind of a report of scenarios: [Report.Cases] tells of each that
// was tried, Counts.Extra how many requests were sent for them, and
// Counts.Unsent how many scenarios were not tried.
const Test Kind = "test"

// A CaseVerdict is what a scenario came to.
type CaseVerdict string

// The verdicts, the worst first.
const (
	CaseAccepted      CaseVerdict = "accepted"       // the target accepted what it should refuse
	CaseBroken        CaseVerdict = "broken"         // another answer than the one that should be
	CaseNotTestable   CaseVerdict = "not testable"   // the untouched request fails, or something is missing
	CaseNotReproduced CaseVerdict = "not reproduced" // the target does not mind, and that is fine
	CaseHolds         CaseVerdict = "holds"
)

// CaseVerdicts lists them, the worst first.
func CaseVerdicts() []CaseVerdict {
	return []CaseVerdict{CaseAccepted, CaseBroken, CaseNotTestable, CaseNotReproduced, CaseHolds}
}

// A Case is one scenario on one route, from one origin, by one user. It holds
// no secret.
type Case struct {
	Number  int         `json:"number"`          // in its suite, from 1
	Name    string      `json:"name"`            // unique in its suite
	Cause   string      `json:"cause"`           // "" for what is asked of a client
	Route   string      `json:"route,omitempty"` // "GET /orders/{}"
	User    string      `json:"user,omitempty"`
	Verdict CaseVerdict `json:"verdict"`

	// Reason is, for what is not testable, why, and what to give. For others it
	// says what was done besides the edits: "through a proxy that drops
	// Authorization".
	Reason string `json:"reason,omitempty"`

	Entry    int      `json:"entry"`   // of the request in the capture; -1 where no request is asked
	Request  string   `json:"request"` // method and URL as sent
	Edits    []Field  `json:"edits"`   // what was changed in requests
	Want     string   `json:"want"`    // the answer that should come, in words
	Stated   bool     `json:"stated"`  // the scenario itself says what should come, not its cause
	Recorded string   `json:"recorded"`
	Control  string   `json:"control"`  // outcome of the untouched request: "200"
	Came     string   `json:"came"`     // outcome of the changed one; "" where none came
	Mismatch []string `json:"mismatch"` // a sentence for each thing that does not hold
	Changed  []Field  `json:"changed"`  // how the answer differs from that to the untouched request
	Curl     string   `json:"curl,omitempty"`
	Finding  *Finding `json:"finding,omitempty"` // the likely cause of an answer that should not be

	Seconds  float64 `json:"seconds"`
	Requests int     `json:"requests"` // sent for it
}

// Failed tells whether the scenario makes its suite fail: an answer that should
// not be, or a scenario that could not be tested.
func (c *Case) Failed() bool {
	return c.Verdict != CaseHolds && c.Verdict != CaseNotReproduced
}

// exitOfCases is the exit code of a report of scenarios.
func (r *Report) exitOfCases() int {
	code := ExitSame
	for i := range r.Cases {
		switch r.Cases[i].Verdict {
		case CaseAccepted, CaseBroken:
			return ExitDifferent
		case CaseNotTestable:
			code = ExitNetwork
		}
	}
	switch {
	case r.Stopped != nil && r.Stopped.Reason == Network:
		return ExitNetwork
	case len(r.Cases) == 0 || r.Stopped != nil:
		return ExitTrouble
	}
	return code
}

// Append adds the scenarios of another suite to a report.
func (r *Report) Append(other *Report) {
	r.Cases = append(r.Cases, other.Cases...)
	r.Captures = append(r.Captures, other.Captures...)
	for _, t := range other.Targets {
		if !slices.Contains(r.Targets, t) {
			r.Targets = append(r.Targets, t)
		}
	}
	r.Counts.Extra += other.Counts.Extra
	r.Counts.Unsent += other.Counts.Unsent
	r.Warnings = append(r.Warnings, other.Warnings...)
	r.Seconds += other.Seconds
	if r.Stopped == nil {
		r.Stopped = other.Stopped
	}
}
