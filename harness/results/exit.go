package results

// The exit codes of a replay.
const (
	ExitSame      = 0 // every answer is as recorded, but for noise and what a baseline accepts
	ExitDifferent = 1 // an answer differs
	ExitTrouble   = 2 // it was not found out: a file, a flag, no request was sent, interrupted before a difference
	ExitRefused   = 3 // the run stopped, as its credentials were refused
	ExitNetwork   = 4 // an answer is missing, or the target can't be reached
)

// ExitCode is what the run comes to. What makes the rest of a report unreliable
// goes first: refused credentials, then missing answers, then differences. Only
// a run that came to the end it was told to can say that all is the same.
//
// Where the second of two targets refuses what the first accepted, that is the
// difference that was looked for.
//
// Of scenarios, one that is broken or accepted is a difference; where all that
// could be tested hold and some could not, an answer is missing.
//
// Groups decide whether answers differ, not Counts: a baseline accepts groups. A
// pair is the same where the working capture works and the failing one fails.
func (r *Report) ExitCode() int {
	switch {
	case r.Kind == Test:
		return r.exitOfCases()
	case r.Stopped != nil && r.Stopped.Reason == Refusals && !(r.Kind == Compare && len(r.Groups) > 0):
		return ExitRefused
	case r.Counts.Unanswered > 0, r.Stopped != nil && r.Stopped.Reason == Network:
		return ExitNetwork
	case len(r.Groups) > 0:
		return ExitDifferent
	case r.Kind == Pair && r.Live != nil && !(r.Live.OKWorks && r.Live.BadFails):
		return ExitDifferent
	case r.Counts.Sent == 0, r.Stopped != nil && r.Stopped.Reason == Interrupted:
		return ExitTrouble
	}
	return ExitSame
}
