package results

import "time"

// Through is the kind of a [Passage].
const Through Kind = "through"

// A Passage is what a proxy made of the requests of a capture, and of the
// answers to them, seen from both sides of it. It holds no secret.
type Passage struct {
	Version  int       `json:"version"`
	Kind     Kind      `json:"kind"`     // Through
	Capture  string    `json:"capture"`  // file as named by the caller
	Proxy    string    `json:"proxy"`    // URL that was asked
	Upstream string    `json:"upstream"` // URL that the proxy came to
	Product  string    `json:"product"`  // "nginx"; "" where it can't be told
	By       string    `json:"by"`       // what told
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"`
	Stopped  *Stop     `json:"stopped,omitempty"`

	Counts   PassageCounts `json:"counts"`
	Findings []Altered     `json:"findings"`           // what breaks something, the most telling first
	Accepted []Altered     `json:"accepted"`           // findings that the baseline knows
	Changes  []Alteration  `json:"changes"`            // every change, those that are expected too
	Entries  []Passed      `json:"entries"`            // what became of each request, in the order of the capture; at most MaxExchanges
	Probes   []Probe       `json:"probes"`             // what passes beyond the capture
	Drift    []Drift       `json:"drift"`              // what differs from the baseline
	Vanished []string      `json:"vanished"`           // findings of the baseline that are no more
	Compared string        `json:"compared,omitempty"` // the baseline's file, where there is one
	Skipped  []Skip        `json:"skipped"`
	Errors   []ErrorCount  `json:"errors"`
	Warnings []string      `json:"warnings"`
}

// PassageCounts are numbers of recorded requests. Recorded is the sum of Skipped,
// Unsent and Sent; Sent is that of the four above it.
type PassageCounts struct {
	Recorded   int `json:"recorded"`
	Unchanged  int `json:"unchanged"`  // arrived, and came back, but for what is expected
	Changed    int `json:"changed"`    // arrived, with a change on the way there or back
	Answered   int `json:"answered"`   // never arrived: the proxy answered itself
	Unanswered int `json:"unanswered"` // network errors
	Sent       int `json:"sent"`
	Unsent     int `json:"unsent"` // kept back, as it was not proven that they come here; or the run ended before
	Skipped    int `json:"skipped"`
	Extra      int `json:"extra"` // requests beside the recorded ones: proofs and probes
}

// An AlterationKind says what a proxy did.
type AlterationKind string

// The kinds.
const (
	Dropped       AlterationKind = "dropped"
	Renamed       AlterationKind = "renamed"
	Rewritten     AlterationKind = "rewritten"
	Added         AlterationKind = "added"
	Duplicated    AlterationKind = "duplicated"
	Reencoded     AlterationKind = "re-encoded"
	PathRewritten AlterationKind = "path rewritten"
	MethodChanged AlterationKind = "method changed"
	BodyChanged   AlterationKind = "body changed"
	StatusChanged AlterationKind = "status changed"
	HopByHop      AlterationKind = "hop-by-hop"
	SpeltAnew     AlterationKind = "spelt anew" // the same in another case, order or layout
)

// AlterationKinds lists them.
func AlterationKinds() []AlterationKind {
	return []AlterationKind{Dropped, Renamed, Rewritten, Added, Duplicated, Reencoded, PathRewritten, MethodChanged, BodyChanged, StatusChanged, HopByHop, SpeltAnew}
}

// An Alteration is one change that a proxy made, in any number of messages.
type Alteration struct {
	Side     string         `json:"side"` // "request", "response"
	Kind     AlterationKind `json:"kind"`
	Field    string         `json:"field"` // "authorization", "path", "set-cookie sid path", "query page"
	Old      *string        `json:"old"`   // as sent; nil: none, or it varies
	New      *string        `json:"new"`   // as received
	Varies   bool           `json:"varies"`
	Expected string         `json:"expected,omitempty"` // why it is as it should be; "" where it is not
	Cause    string         `json:"cause,omitempty"`    // of the finding that it is part of
	Count    int            `json:"count"`
	Entry    int            `json:"entry"`   // the first
	Request  string         `json:"request"` // method and path of it
}

// An Altered is a finding: what the proxy does, where, and what mends it.
type Altered struct {
	Finding
	Does    string `json:"does"`    // what the proxy did, as a stable word: "authorization dropped"
	Count   int    `json:"count"`   // requests
	Entry   int    `json:"entry"`   // the first of them
	Request string `json:"request"` // method and path of it
	Curl    string `json:"curl,omitempty"`
}

// A Passed is what became of one recorded request.
type Passed struct {
	Entry    int    `json:"entry"`
	Request  string `json:"request"`            // method and path as sent
	Verdict  string `json:"verdict"`            // "unchanged", "changed", "answered", "unanswered", "unsent"
	Arrived  string `json:"arrived"`            // method and path as received; "" where it did not arrive
	Came     string `json:"came"`               // outcome at the client: "401"
	Answerer string `json:"answerer,omitempty"` // who answered, of what never arrived
}

// A Probe is one thing that was tried beyond the capture.
type Probe struct {
	Name    string `json:"name"`              // stable: "underscore-in-name"
	Sent    string `json:"sent"`              // what was sent, in words
	Outcome string `json:"outcome"`           // "kept", "dropped", "400 by nginx"
	Warning string `json:"warning,omitempty"` // what an app has to mind
}

// A Drift is what differs from a baseline.
type Drift struct {
	What   string `json:"what"`   // "probe underscore-in-name", "request added x-request-id"
	Before string `json:"before"` // "" where it was not there
	Now    string `json:"now"`
}

// ExitCode is what the passage comes to, as [Report.ExitCode] has it: findings
// and drift are differences. Changes without a finding are none.
func (p *Passage) ExitCode() int {
	switch {
	case p.Counts.Unanswered > 0, p.Stopped != nil && p.Stopped.Reason == Network:
		return ExitNetwork
	case len(p.Findings) > 0 || len(p.Drift) > 0:
		return ExitDifferent
	case p.Counts.Sent == 0 && len(p.Probes) == 0, p.Stopped != nil:
		return ExitTrouble
	}
	return ExitSame
}
