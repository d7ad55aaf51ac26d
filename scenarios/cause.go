package scenarios

import "github.com/replaydiff/replay/scenarios/expect"

// A Kind says how a cause stands to the others.
type Kind string

// The kinds. A symptom or a shape never competes with the mechanism that
// explains it: it is shown below it.
const (
	Mechanism Kind = "mechanism"
	Symptom   Kind = "symptom" // session-cookie-missing: something else took the cookie away
	Shape     Kind = "shape"   // auth-loop: how another cause looks over time
	Verdict   Kind = "verdict" // no-difference, sanitized-capture: about the captures
)

// A Group is a chapter of the catalogue.
type Group string

// The groups, in the order of the catalogue.
const (
	Credentials   Group = "credentials"
	Tokens        Group = "tokens"
	OAuth         Group = "oauth"
	Sessions      Group = "cookies and sessions"
	CORS          Group = "cors"
	Target        Group = "origin and path"
	Proxies       Group = "proxy and server"
	AccessControl Group = "access control"
	Captures      Group = "the capture itself"
)

// A Cause is one reason for which a request fails. Its prose is the one
// source of what terminals, pages and the README say about it.
type Cause struct {
	ID    string // stable: "missing-bearer-prefix"
	Kind  Kind
	Group Group

	Means  string   // one sentence: what went wrong
	Looks  string   // how it is recognised in captures
	Unlike []Unlike // what it is taken for, and what tells them apart
	Advice []Advice
	Mends  []Mend   // what undoes, in a proxy's configuration, what a proxy was seen to do
	Refs   []string // sections of standards and documentation

	Prior    float64  // natural log odds before any evidence; 0 is common
	Explains []string // ids of symptoms and shapes that it is the mechanism of

	// SeenFromInside tells that a client's capture can't show this cause for
	// certain: its confidence is capped without a second vantage point.
	SeenFromInside bool

	// Detect returns the evidence for and against the cause in a view, none
	// where it has nothing to say.
	Detect func(*View) []Evidence

	// Inject changes a working flow so that it fails of this cause. nil where
	// no client can cause it.
	Inject func(*Injection) error

	// Parameters are what can be chosen of the injection; Enforced is who makes
	// the cause happen in a live run, and Needs what that takes beyond a working
	// flow: any of them will do.
	Parameters []Parameter
	Enforced   Enforcement
	Needs      []Need

	// Live puts the cause into a flow that will be sent, where that is not done
	// as for a capture. See [Cause.InjectLive].
	Live func(*Injection) error

	// Expect is what a server should answer to it, in whatever words.
	Expect expect.Expectation
}

// Unlike tells a cause from a similar one.
type Unlike struct {
	ID   string // of the other cause
	Text string // what tells them apart
}

// A Place is where advice is to be followed.
type Place string

// The places.
const (
	Client  Place = "client"
	App     Place = "app"
	Nginx   Place = "nginx"
	Apache  Place = "apache"
	HAProxy Place = "haproxy"
	Caddy   Place = "caddy"
	Envoy   Place = "envoy"
	Gateway Place = "gateway" // API gateways, CDNs, identity providers
)

// Advice is what to do at one place.
type Advice struct {
	Where   Place
	Text    string // a sentence
	Snippet string // code or configuration, a line or three; may be empty
}
