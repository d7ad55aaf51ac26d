package results

import "time"

// An Isolation is which of the changes of a failing request break it, found by
// sending the working one with some of them. It holds no secret.
type Isolation struct {
	Version  int       `json:"version"`
	Captures []string  `json:"captures"` // files as named by the caller, the working one first
	Targets  []Target  `json:"targets"`
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"`
	Requests int       `json:"requests"` // that were sent, those before the request in question included

	Verdict  IsolationVerdict `json:"verdict"`
	Sentence string           `json:"sentence"` // what that means, and what to do next

	Entry    int    `json:"entry"`     // the request in question, of the working capture; -1: there is none
	BadEntry int    `json:"bad_entry"` // of the failing one
	Request  string `json:"request"`   // method and URL as sent
	Before   []int  `json:"before"`    // entries that are sent before it
	Recorded Ends   `json:"recorded"`  // outcomes of the captures
	Now      Ends   `json:"now"`       // outcomes of today; "" where it was not asked

	Changes []IsolationChange `json:"changes"` // what is put into the working request, by number
	Left    []LeftChange      `json:"left"`    // what differs and was not tried, and why
	Trials  []IsolationTrial  `json:"trials"`  // in the order of sending
	Culprit []Culprit         `json:"culprits"`

	// Cleared are the numbers of the changes that were seen to make no
	// difference: the working request with all of them works.
	Cleared []int `json:"cleared"`

	Findings     []Finding `json:"findings"`     // causes, best first, with what was proved
	Contradicted []Finding `json:"contradicted"` // causes that the captures suggest, and the trials refute

	// Curl are two commands, of the working request and of the same with the
	// culprit; nil where none was found.
	Curl *CurlPair `json:"curl,omitempty"`

	Stopped  *Stop    `json:"stopped,omitempty"`
	Warnings []string `json:"warnings"`
}

// An IsolationVerdict is what an isolation came to.
type IsolationVerdict string

// The verdicts.
const (
	CulpritProved IsolationVerdict = "proved"       // a minimal set of changes, confirmed from both ends
	CulpritFound  IsolationVerdict = "found"        // one that breaks the request; another may as well
	Narrowed      IsolationVerdict = "narrowed"     // the trials ended before it was minimal
	WorksNow      IsolationVerdict = "works now"    // the failing request does not fail any more
	NothingFails  IsolationVerdict = "no failure"   // nothing in the failing capture fails
	NotInRequest  IsolationVerdict = "not in it"    // it fails, and not for what differs in the requests
	NotComparable IsolationVerdict = "not testable" // the working request does not work now, or nothing can be said
	Unsteady      IsolationVerdict = "flaky"        // the same request was answered in two ways
)

// Ends are the outcomes of a working and a failing request: "200", "302 to a login".
type Ends struct {
	OK  string `json:"ok"`
	Bad string `json:"bad"`
}

// An IsolationChange is what can be put into a request by itself.
type IsolationChange struct {
	Number   int     `json:"number"`   // from 1, the likeliest first
	Entry    int     `json:"entry"`    // of the working capture
	Request  string  `json:"request"`  // method and path of that entry, where it is not the one in question; else ""
	Place    string  `json:"place"`    // "header authorization scheme"
	Fields   []Field `json:"fields"`   // the edits, masked
	Together string  `json:"together"` // why it is only put in with others; "" where it stands alone
	With     []int   `json:"with"`     // their numbers
	Noise    string  `json:"noise"`    // why it usually does not matter; ""
}

// A LeftChange is a difference that was not tried.
type LeftChange struct {
	Entry int    `json:"entry"`
	Place string `json:"place"`
	Why   string `json:"why"`
}

// An IsolationTrial is one playing of the working request with some changes.
type IsolationTrial struct {
	Stage   string `json:"stage"`   // "premise", "guess", "search", "minimal", "confirm", "narrow"
	Changes []int  `json:"changes"` // numbers of those that were put in
	All     bool   `json:"all"`     // all of them were
	Answer  string `json:"answer"`  // the outcome: "401"
	Verdict string `json:"verdict"` // "works", "fails", "neither"
	Note    string `json:"note,omitempty"`
}

// A Culprit is a minimal set of changes that breaks the request: without any of
// them it was not seen to fail.
type Culprit struct {
	Changes    []int  `json:"changes"`    // numbers
	Sufficient bool   `json:"sufficient"` // the working request with them fails
	Necessary  bool   `json:"necessary"`  // the failing request without them works
	Sentence   string `json:"sentence"`
}

// A CurlPair is a minimal pair of requests as curl commands, secrets masked.
type CurlPair struct {
	OK  string `json:"ok"`
	Bad string `json:"bad"`
}

// ExitCode is what an isolation comes to: different where a change was found
// that breaks the request, the same where nothing fails now.
func (r *Isolation) ExitCode() int {
	if r.Stopped != nil {
		switch r.Stopped.Reason {
		case Network:
			return ExitNetwork
		case Refusals:
			return ExitRefused
		}
	}
	switch r.Verdict {
	case CulpritProved, CulpritFound:
		return ExitDifferent
	case WorksNow, NothingFails:
		return ExitSame
	}
	return ExitTrouble
}
