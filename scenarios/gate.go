package scenarios

// gates tells which causes have to be left out of the ranking, since what would
// show them was removed from a capture on export.
func gates(v *View) (gated func(id string) bool) {
	bad, _ := Sanitized(v.Comparison.Bad)
	good, _ := Sanitized(v.Comparison.OK)
	return func(id string) bool {
		switch needsRemoved[id] {
		case onBad:
			return bad
		case onBoth:
			return bad || good
		}
		return false
	}
}

// A need tells in which captures a cause looks for Cookie, Set-Cookie and
// Authorization.
type need uint8

const (
	onBad  need = iota + 1 // the failing capture alone shows it
	onBoth                 // it is seen by comparison
)

// needsRemoved are the causes that are told by the presence, the absence or
// the value of the fields that exports remove.
var needsRemoved = map[string]need{
	"missing-credentials":     onBoth,
	"wrong-credentials":       onBoth,
	"missing-bearer-prefix":   onBad,
	"wrong-auth-scheme":       onBoth,
	"malformed-authorization": onBad,

	"session-cookie-missing": onBoth,
	"session-expired":        onBad,
	"stale-cookie":           onBoth,
	"cookie-domain-mismatch": onBad,
	"cookie-path-mismatch":   onBad,

	"cookie-secure-over-http":  onBad,
	"cookie-samesite-blocked":  onBad,
	"cookie-prefix-rejected":   onBad,
	"login-gives-no-session":   onBoth,
	"credentials-not-sent":     onBoth,
	"cookie-stripped-by-proxy": onBoth,
	"login-state-lost":         onBad,

	"authorization-dropped-by-proxy":    onBoth,
	"authorization-dropped-on-redirect": onBad,
	"dpop-or-mtls-binding":              onBoth,
	"integrated-auth-broken":            onBad,
	"no-difference":                     onBoth,
}
