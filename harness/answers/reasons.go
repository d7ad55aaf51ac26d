package answers

import "github.com/replaydiff/replay/diff"

// The reasons why a difference between a recorded and a live answer does not
// matter, beside those of package diff.
const (
	carriedOn    diff.Noise = "carried on"     // a value with a live replacement, or the origin that was mapped
	issuedAgain  diff.Noise = "issued again"   // a token, a session id: another one of the same form
	oneTime      diff.Noise = "one-time value" // nonces, random values in texts
	clock        diff.Noise = "clock"          // a time, seen from its own answer
	lifetime     diff.Noise = "same lifetime"  // an expiry as far from its own answer as it was
	created      diff.Noise = "created id"     // what the request made has another id today
	spelling     diff.Noise = "spelling"       // the same, written differently
	volatile     diff.Noise = "volatile id"    // a random value for one of the same form
	buildHash    diff.Noise = "build hash"     // the hash of a file in its name
	duration     diff.Noise = "timing"         // how long it took
	budget       diff.Noise = "rate limit"     // how much of it is left, while some is
	negotiation  diff.Noise = "negotiation"    // what compression alone changes
	fromCache    diff.Noise = "cache"          // one of both was not modified, or came from a cache
	redacted     diff.Noise = "redacted"       // the capture has a placeholder in its place
	notRecorded  diff.Noise = "not recorded"   // the capture does not hold what was answered
	clientSide   diff.Noise = "recorder"       // never on the wire
	product      diff.Noise = "product"        // which program answered, or stood on the way
	otherOutcome diff.Noise = "comes with the other outcome"
	aborted      diff.Noise = "aborted" // the client did not wait for the recorded answer
)
