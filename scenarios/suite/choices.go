package suite

// A Malformed is a form in which Authorization is broken.
type Malformed string

// The forms.
const (
	Doubled   Malformed = "doubled"    // the scheme twice
	Undefined Malformed = "undefined"  // the word undefined for a token
	Template  Malformed = "template"   // a placeholder that was not filled in
	Quoted    Malformed = "quoted"     // quotes around the token
	Truncated Malformed = "truncated"  // half of the token
	BadBase64 Malformed = "bad-base64" // Basic that is no Base64
	NoColon   Malformed = "no-colon"   // Basic without a colon
	Alone     Malformed = "alone"      // the scheme and nothing behind
)

// A KeyPlace is where an API key goes instead.
type KeyPlace string

// The places.
const (
	OtherHeader KeyPlace = "header" // a header of another name
	InQuery     KeyPlace = "query"
)

// A Forgery is what is done to the signature of a token.
type Forgery string

// The forgeries.
const (
	Flipped  Forgery = "flipped" // one character is another
	AlgNone  Forgery = "none"    // alg is none, and the signature is gone
	Unsigned Forgery = "removed" // the signature is gone
)

// A VerifierFault is what is done to code_verifier.
type VerifierFault string

// The faults.
const (
	VerifierAltered VerifierFault = "altered" // it is another
	VerifierRemoved VerifierFault = "removed" // it is gone
)

// A GrantFault is what is wrong with a code or refresh token.
type GrantFault string

// The faults.
const (
	UnknownGrant GrantFault = "unknown" // nobody issued it
	UsedTwice    GrantFault = "twice"   // it was used right before
)

// A PathMistake is what is wrong with a path.
type PathMistake string

// The mistakes.
const (
	DoubleSlash  PathMistake = "double-slash" // two slashes at the start
	Typo         PathMistake = "typo"         // one letter more at the end
	OtherVersion PathMistake = "version"      // a version before the last segment
)
