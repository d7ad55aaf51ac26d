package diff

import (
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// An Outcome is the coarse result of an exchange. A difference of outcomes is
// what a working and a failing capture diverge in; two outcomes that are the
// same may still differ in every header. Outcomes are comparable, but see
// [Outcome.Same].
type Outcome struct {
	Status int // as recorded; 0: no status line was seen
	Ending Ending
}

// An Ending says how an exchange ended, beyond its status.
type Ending uint8

// The endings.
const (
	Answered        Ending = iota // the status says it all
	LoginRedirect                 // sent to a login page or a second factor: a 401 in disguise
	ErrorRedirect                 // sent back with error= in the Location (RFC 6749 section 4.1.2.1)
	Blocked                       // the client refused the answer or never asked: CORS, mixed content, network
	Aborted                       // the client changed its mind: navigation, cancelled
	NoAnswer                      // status 0 and no reason given, as Firefox has it
	NoneWasRecorded               // the capture has no answers: curl lines
	Unfinished                    // the recording ended before the answer began
)

// OutcomeOf reads status, Location and the client's error; no body.
func OutcomeOf(x *traffic.Exchange) Outcome {
	if x.Response == nil {
		return Outcome{Ending: NoneWasRecorded}
	}
	o := Outcome{Status: max(0, x.Response.Status)}
	reason := x.Response.Error
	if x.Response.Unfinished() {
		if o.Status == 0 {
			return Outcome{Ending: Unfinished}
		}
		reason = "" // a stream, or a long answer: its status is known
	}
	switch {
	case o.Status == 0 && reason == "":
		o.Ending = NoAnswer
	case o.Status == 0 && isAbort(reason):
		o.Ending = Aborted
	case o.Status == 0:
		o.Ending = Blocked
	case o.Status < 400 && reason != "" && !isAbort(reason):
		// The answer arrived and was kept from the page: a CORS check. From 400
		// on the status is the better account.
		o.Ending = Blocked
	case 300 <= o.Status && o.Status < 400:
		o.Ending = redirectEnding(x)
	}
	return o
}

func (o Outcome) String() string {
	status := strconv.Itoa(o.Status)
	switch o.Ending {
	case LoginRedirect:
		return status + " to a login page"
	case ErrorRedirect:
		return status + " with an error"
	case Blocked:
		return "blocked"
	case Aborted:
		return "aborted"
	case NoAnswer:
		return "no answer"
	case NoneWasRecorded:
		return "not recorded"
	case Unfinished:
		return "unfinished"
	}
	return status
}

// Same tells whether two outcomes come to the same: 200, 204, 206 and 304
// do, and all plain redirects; 401 and 403 do not. It is an equivalence.
func (o Outcome) Same(p Outcome) bool { return o.class() == p.class() }

func (o Outcome) class() Outcome {
	switch {
	case o.Ending == NoAnswer:
		return Outcome{Ending: Blocked} // recorders differ in whether they know why
	case o.Ending != Answered:
		return Outcome{Ending: o.Ending}
	case o.Status/100 == 2, o.Status == 304:
		return Outcome{Status: 200}
	case o.Status/100 == 3:
		return Outcome{Status: 300}
	}
	return o
}

// Failed tells whether the request did not get what it asked for. An aborted
// request, one without a recorded answer and one that the recording did not wait
// for neither failed nor succeeded; a plain redirect did not fail so far.
func (o Outcome) Failed() bool {
	switch o.Ending {
	case Answered:
		return o.Status >= 400
	case LoginRedirect, ErrorRedirect, Blocked, NoAnswer:
		return true
	}
	return false
}

func (o Outcome) succeeded() bool {
	return o.Ending == Answered && (o.Status/100 == 2 || o.Status == 304 || o.Status == 101)
}

// isAbort tells a cancelled request from a refused one, in the words of
// Chromium, Firefox, WebKit and Playwright.
func isAbort(reason string) bool {
	reason = strings.ToLower(reason)
	return strings.Contains(reason, "err_aborted") || strings.Contains(reason, "binding_aborted") ||
		strings.Contains(reason, "cancelled") || strings.Contains(reason, "canceled")
}
