package scenarios

import (
	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A CrossOrigin is the request of a script to another origin, as far as a
// capture shows it.
type CrossOrigin struct {
	Request   browser.CORSRequest // its redirects are exchanges of their own
	Profile   browser.Profile
	Preflight *traffic.Exchange // nil where none was recorded
}

// CrossOriginOf reads the request of a script to another origin. It is false
// for what is none, and for what can't be told.
func CrossOriginOf(c *traffic.Capture, x *traffic.Exchange) (CrossOrigin, bool) {
	ask, known := askOf(c, x)
	if !known || !ask.cross || diff.IsPreflight(x) {
		return CrossOrigin{}, false
	}
	r := corsRead{corsAsk: ask, asked: preflightOf(c, x)}
	if r.asked != nil {
		r.author = announcedFields(r.asked)
	}
	credentials := browser.CredentialsSameOrigin
	if includesCredentials(x) {
		credentials = browser.CredentialsInclude
	}
	return CrossOrigin{Request: r.request(credentials), Profile: ask.profile, Preflight: r.asked}, true
}

// ScriptFields are the fields of a header that a script may have added: those
// that neither browsers nor proxies add of their own.
func ScriptFields(h traffic.Header) browser.Fields { return authorFields(h) }
