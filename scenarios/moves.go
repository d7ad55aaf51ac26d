package scenarios

import "github.com/replaydiff/replay/diff"
import "github.com/replaydiff/replay/diff/traffic"

// Moves are how a cause is put into a live flow. Indices are those of the flow
// that was given.
type Moves struct {
	Edits  map[int][]diff.Edit // of requests alone, for diff.Apply
	Drop   []int               // entries that are not sent
	Before []*traffic.Exchange // requests that are sent right before the target: a logout, the same once more
	Burst  int                 // how often the target is sent at once; 0 is once
	Damage []Damage            // what the proxy does
	Visit  *Visit              // what the browser does; nil: none is asked

	NoCertificate bool // the connection presents no client certificate
}

// A Deed is something that proxies do.
type Deed string

// The deeds.
const (
	DropRequestField  Deed = "drop-request-field"  // Name
	SetRequestField   Deed = "set-request-field"   // Name, Value
	DropResponseField Deed = "drop-response-field" // Name
	StripPrefix       Deed = "strip-prefix"        // Value, from the path
	AnswerItself      Deed = "answer"              // Status, and the field Name with Value
	RedirectTo        Deed = "redirect"            // Status; to another name of the same server, path and query kept
	Hang              Deed = "hang-up"             // the connection is closed without an answer
	FreshConnection   Deed = "fresh-connection"    // every request goes to the server on a connection of its own
)

// Damage is one deed of a proxy.
type Damage struct {
	Entry  int // whose request and answer; EveryEntry for those of the whole flow
	Do     Deed
	Name   string
	Value  string
	Status int
}

// EveryEntry is the Entry of a damage to all exchanges.
const EveryEntry = -1

// A Visit is what a browser does, or refuses to do.
type Visit struct {
	Page string // origin of the page that asks; "" as recorded
	URL  string // asked instead of the recorded one; "" as recorded

	// CORS tells that the request is a script's: the preflight and the answer
	// are judged. Without it, only cookies are.
	CORS         bool
	Credentials  bool // the script asks with cookies
	LocalNetwork bool // the page is public, the target on the local network, and nobody gave leave

	// Cookie is the session cookie whose fate is judged; Rewrite what becomes
	// of Set-Cookie before the browser sees it. A cookie that is refused or
	// withheld does not go with the request.
	Cookie  string
	Rewrite []CookieRewrite
}

// A CookieRewrite changes a line of Set-Cookie.
type CookieRewrite struct {
	Entry     int    // whose answer sets the cookie
	Cookie    string // its name
	Rename    string // "": as it is
	Attribute string // "Domain"; "" changes the name alone
	Value     string // of the attribute
	Drop      bool   // the attribute is taken away
}
