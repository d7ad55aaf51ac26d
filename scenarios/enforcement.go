package scenarios

// An Enforcement is who makes a cause happen in a live run.
type Enforcement string

// The enforcements.
const (
	ByClient  Enforcement = "client"  // the request is sent with edits
	ByBrowser Enforcement = "browser" // package browser decides with the real server's answers
	ByProxy   Enforcement = "proxy"   // a proxy between client and server does the damage
	ByCapture Enforcement = "capture" // the capture is changed and judged; nothing is sent
)

// A Need is what a cause takes beyond a working flow. Where several are
// named, any of them will do.
type Need string

// The needs.
const (
	SigningKey        Need = "sign-with"          // a key that the target trusts, or a command that mints tokens
	OtherToken        Need = "token"              // a token that is over, revoked, narrower: parameter token
	OtherCookie       Need = "cookie"             // a session that is over: parameter cookie
	LogoutInFlow      Need = "logout"             // a logout or revocation: in the flow, or parameter logout
	OldLink           Need = "url"                // a signed link that is over: parameter url
	SiblingHost       Need = "host"               // another host that may be asked: parameter host
	HTTPSTarget       Need = "https-target"       // the target is reached over https
	ClientCertificate Need = "client-certificate" // the run presents one, which can be left away
	Burst             Need = "requests"           // leave to send many requests at once: parameter requests
)

// Doc says what is to be given, in words that follow "needs".
func (n Need) Doc() string {
	switch n {
	case SigningKey:
		return "sign-with"
	case OtherToken:
		return "with: {token: env:NAME}"
	case OtherCookie:
		return "with: {cookie: env:NAME}"
	case LogoutInFlow:
		return "a logout in the capture"
	case OldLink:
		return "with: {url: env:NAME}"
	case SiblingHost:
		return "with: {host: NAME}"
	case HTTPSTarget:
		return "a target over https"
	case ClientCertificate:
		return "a run with a client certificate"
	case Burst:
		return "with: {requests: N}"
	}
	return string(n)
}

// Needs lists them all.
func Needs() []Need {
	return []Need{SigningKey, OtherToken, OtherCookie, LogoutInFlow, OldLink, SiblingHost, HTTPSTarget, ClientCertificate, Burst}
}
