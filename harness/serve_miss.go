package harness

import (
	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A MissReason is why nothing recorded answers a request.
type MissReason string

// The reasons, in the order in which they are asked for.
const (
	MissUpgrade   MissReason = "upgrade"   // a WebSocket, a tunnel
	MissTooLong   MissReason = "too-long"  // a body that is longer than is read
	MissNothing   MissReason = "nothing"   // nothing like it was recorded
	MissUsedUp    MissReason = "used-up"   // all that fit have answered already
	MissTurn      MissReason = "turn"      // it fits, but another exchange comes first
	MissDifferent MissReason = "different" // the nearest one differs in Changes
	MissNoOrigin  MissReason = "no-origin" // nothing was recorded of that host
)

// A Miss is a request that nothing recorded answers.
type Miss struct {
	Reason MissReason

	// Asked is the request in recorded terms: the address of the server is the
	// recorded origin. Its values are as they came.
	Asked *traffic.Request

	Nearest int           // entry of the nearest recorded exchange; -1: none
	Changes []diff.Change // from the nearest one to the request; those that are no noise kept it from fitting

	first int    // of MissTurn: the entry whose turn it was
	text  string // what String says
}

// String tells the miss, masked: what was asked, the nearest recorded
// exchange, and what differs.
func (m Miss) String() string { return m.text }
