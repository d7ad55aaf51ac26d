package scenarios

import "github.com/replaydiff/replay/diff"

// A Strength is how much a piece of evidence weighs.
type Strength uint8

// The strengths (natural log odds in rank.go).
const (
	Weak     Strength = iota + 1
	Strong            // speaks for it
	Decisive          // almost never seen without this cause
	Against           // counter-evidence
	RulesOut          // can't be this cause
)

// A Source is where evidence comes from. Two pieces of one source are not
// independent.
type Source string

// The sources.
const (
	FromRequest    Source = "request"    // what changed in the request
	FromText       Source = "text"       // what the answer says in words or codes
	FromChallenge  Source = "challenge"  // WWW-Authenticate and its kin
	FromStatus     Source = "status"     // status, redirects, who answered
	FromTime       Source = "time"       // clocks, lifetimes, order of exchanges
	FromSimulation Source = "simulation" // what a browser would have done
	FromFlow       Source = "flow"       // other exchanges of the captures
	FromInside     Source = "inside"     // a second vantage point behind a proxy
	FromLog        Source = "log"        // what servers logged of the failing exchange
	FromTrial      Source = "trial"      // requests that were sent to find out
	FromBrowser    Source = "browser"    // what the browser said of its own decision (scenarios/devtools)
)

// A Side tells the two captures apart.
type Side string

// The sides.
const (
	OK  Side = "ok"
	Bad Side = "bad"
)

// Evidence is one observation for or against a cause.
type Evidence struct {
	Strength Strength
	Source   Source

	Side  Side // which capture Entry is of
	Entry int  // index of the exchange

	// At is the place and the values, as captured; they are masked where they
	// are shown. Zero where the evidence is no single field.
	At diff.Edit

	Note string // what it says: a clause in lower case without captured values
}

// Speaks tells whether the evidence is for the cause.
func (e Evidence) Speaks() bool { return e.Strength <= Decisive }
