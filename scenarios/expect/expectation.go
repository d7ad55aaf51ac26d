package expect

import "time"

// An Expectation is what should come back. The zero value expects nothing in
// particular.
type Expectation struct {
	Any      []Answer   // one of them must hold
	Accepted Acceptance // what it means if the request succeeds all the same
}

// IsZero tells whether nothing is expected.
func (e Expectation) IsZero() bool { return len(e.Any) == 0 && e.Accepted == "" }

// An Acceptance is what it means that a server accepts a request with a fault.
type Acceptance string

// The acceptances. A server that takes an expired token has a hole; one that
// takes a token without the word Bearer is lenient, and the cause can't happen
// there.
const (
	Fault   Acceptance = ""        // an answer as good or bad as any that is not expected
	Hole    Acceptance = "hole"    // the most important finding: accepted what it should refuse
	Lenient Acceptance = "lenient" // not reproduced: this server does not mind
)

// An Answer describes an answer. What is not set may be anything.
type Answer struct {
	Status     []Span      // any of them
	Challenges []Auth      // each is among those of WWW-Authenticate and Proxy-Authenticate
	Headers    []Field     // each
	Cookies    []SetCookie // each
	JSON       []Member    // each, in a JSON body
	Body       []Value     // each, in the body as text

	Login      LoginForm     // the answer asks for a login
	Disguised  bool          // a good status whose content refuses: errors of GraphQL, of OAuth, of gRPC, a block page
	Voice      Voice         // how a refusal speaks of the credential
	Unanswered bool          // no status line came: refused, reset, a TLS alert
	Recorded   bool          // the outcome is the recorded one, and the answer differs in noise at most
	CORS       CORS          // what a browser lets the page do
	Within     time.Duration // at most; 0: any time
}

// A Span is a range of status codes, both ends included.
type Span struct{ From, To int }

// An Auth is a challenge: its scheme, and what some of its parameters are.
type Auth struct {
	Scheme string
	Params []Field
}

// A Field is a name and what its value must be. Names of headers are compared
// without case.
type Field struct {
	Name string
	Want Value
}

// A Member is a value in a JSON body, by its JSON Pointer (RFC 6901).
type Member struct {
	Pointer string
	Want    Value
}

// A SetCookie is what happens to a cookie in Set-Cookie.
type SetCookie struct {
	Name       string
	State      CookieState
	Attributes []Field // of the line that sets it
}

// A CookieState is what an answer does to a cookie.
type CookieState string

// The states.
const (
	Set       CookieState = "set"
	Deleted   CookieState = "deleted"   // an expiry that is over, or Max-Age of 0
	Untouched CookieState = "untouched" // no Set-Cookie names it
)

// CookieStates lists them all.
func CookieStates() []CookieState { return []CookieState{Set, Deleted, Untouched} }

// A LoginForm is how an answer asks for a login.
type LoginForm string

// The forms.
const (
	LoginRedirect LoginForm = "redirect" // to a login page
	LoginPage     LoginForm = "page"     // a login form instead of the content, with a good status
	AnyLogin      LoginForm = "any"
)

// LoginForms lists them all.
func LoginForms() []LoginForm { return []LoginForm{LoginRedirect, LoginPage, AnyLogin} }

// A Voice is how a refusal speaks (RFC 6750 section 3.1).
type Voice string

// The voices.
const (
	Missing Voice = "missing" // as if no credential had arrived
	Invalid Voice = "invalid" // as if one had arrived and was refused
)

// Voices lists them all.
func Voices() []Voice { return []Voice{Missing, Invalid} }

// A CORS is the verdict of a browser.
type CORS string

// The verdicts.
const (
	CORSAllowed CORS = "allowed"
	CORSBlocked CORS = "blocked"
)

// CORSVerdicts lists them all.
func CORSVerdicts() []CORS { return []CORS{CORSAllowed, CORSBlocked} }
