package scenarios

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func revokedToken() *Cause {
	return &Cause{
		ID:    "revoked-token",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "A token that was accepted before, and is not over, is refused: it was withdrawn by a logout, a revocation, a new password or the detection of reuse.",
		Looks: "The very same token worked earlier, exp is still ahead, and in between somebody logged out, revoked it or changed the password. " +
			"Answers say \"revoked\", \"blacklisted\", \"Session not active\"; introspection says active: false.",
		Unlike: []Unlike{
			{"expired-token", "exp has passed"},
			{"token-signature-invalid", "the issuer's keys changed"},
			{"session-expired", "a cookie, not a token"},
			{"no-difference", "no such event is in the captures: then it may be the server's side as well"},
		},
		Advice: []Advice{
			{Client, "On invalid_token with exp ahead, refresh once, then ask for a login.", ""},
			{App, "Tell the owner that the token was revoked, and keep access tokens short-lived.", `{"error":"invalid_token","error_description":"The token was revoked"}`},
			{Gateway, "Look whether parallel refreshes set off the detection of reuse: allow a short grace.", ""},
		},
		Refs:   []string{"RFC 7009", "RFC 7662 section 2.2", "RFC 9700 section 4.14", "OpenID Connect Back-Channel Logout 1.0"},
		Prior:  -0.5,
		Detect: detectRevokedToken,
		Inject: injectRevokedToken,
		Parameters: []Parameter{
			{Name: "logout", Type: TypeRoute, Doc: "the request that revokes the token, where the capture has none"},
			{Name: "token", Type: TypeSecret, Doc: "a token that was revoked, instead of one that is signed for the test"},
		},
		Enforced: ByClient,
		Needs:    []Need{OtherToken, LogoutInFlow},
		Live:     liveRevokedToken,
		Expect:   refuses(expect.Lenient, 401, 403, 400),
	}
}

func detectRevokedToken(v *View) []Evidence {
	if !v.refused() {
		return nil
	}
	evidence := v.heard(Decisive, "revoked-token", "the answer says that the token was withdrawn")
	c, ok := bearerOf(v)
	if token, at, isJWT := TokenOf(v.Failed); isJWT {
		c, ok = at, true
		exp, hasExp := token.Time("exp")
		now, uncertain, known := v.ServerTime(Bad, v.Failed)
		if hasExp && known && now.Sub(exp) > uncertain {
			return []Evidence{v.against(RulesOut, FromTime, "the token is over anyway")}
		}
	}
	if !ok {
		return evidence
	}
	if since, known := v.lastSeenGood(c); known {
		evidence = append(evidence, v.withdrawn(c, since)...)
	}
	if len(evidence) == 0 {
		return nil
	}
	return append(evidence, v.saysAnother("revoked-token")...)
}

// lastSeenGood returns the last entry of the failing capture that accepted the
// same value or handed it out, -1 where it was the working one.
func (v *View) lastSeenGood(c Credential) (entry int, known bool) {
	entries := v.UsedBefore(Bad, v.Failed.Index, c.Value)
	for i := len(entries) - 1; i >= 0; i-- {
		x := v.Comparison.Bad.Exchanges[entries[i]]
		if _, ends := withdraws(x); !ends && Works(x) && hostnameOf(x) == hostnameOf(v.Failed) {
			return entries[i], true
		}
	}
	if issue, ok := v.IssuedBy(Bad, v.Failed.Index, c.Value); ok {
		return issue.Entry, true
	}
	if v.Good != nil {
		like, ok := counterpartCredential(&v.Good.Request, c)
		return -1, ok && like.Value == c.Value
	}
	return -1, false
}

// withdrawn looks for what took the token back since it was good. Without such
// an event the refusal may have any reason.
func (v *View) withdrawn(c Credential, since int) []Evidence {
	same := v.observed(Weak, FromRequest, seen(diff.Request, c.Part, c.Name, c.Value), "the same token was good before")
	for i := since + 1; i < v.Failed.Index; i++ {
		x := v.Comparison.Bad.Exchanges[i]
		what, is := withdraws(x)
		if !is || !Works(x) {
			continue
		}
		strength := Strong
		if v.status() == http.StatusUnauthorized || v.Voice() == Invalid {
			strength = Decisive
		}
		return []Evidence{same, {Strength: strength, Source: FromFlow, Side: Bad, Entry: i, Note: "in between there was " + what}}
	}
	if v.Voice() == Missing || v.Voice() == Silent {
		return nil // nothing speaks of the token at all
	}
	return []Evidence{same}
}

// withdraws knows requests that end a token's life (RFC 7009 section 2, OIDC
// RP-Initiated Logout).
func withdraws(x *traffic.Exchange) (what string, is bool) {
	path, _, _ := strings.Cut(x.Request.URL, "?")
	_, path, _ = strings.Cut(path, "://")
	_, path, _ = strings.Cut(path, "/")
	unsafe := x.Request.Method != http.MethodGet && x.Request.Method != http.MethodHead && x.Request.Method != http.MethodOptions
	name := joined(path)
	switch {
	case hasWord(path, "logout", "signout", "logoff", "endsession") || strings.HasSuffix(name, "signout") || strings.HasSuffix(name, "logout") || strings.HasSuffix(name, "endsession"):
		return "a logout", true
	case unsafe && hasWord(path, "revoke", "revocation", "revocations"):
		return "a revocation", true
	case x.Request.Method == http.MethodDelete && hasWord(path, "session", "sessions", "token", "tokens"):
		return "the end of a session", true
	case unsafe && hasWord(path, "password", "passwd") && hasWord(path, "change", "reset", "update", "password"):
		return "a change of password", true
	}
	return "", false
}

// injectRevokedToken puts a revocation before the target, with the same token.
// A server that validates JWTs alone accepts it all the same when it is
// replayed: then it is not reproduced, which is no failure.
func injectRevokedToken(in *Injection) error {
	c, ok := bearerIn(in.Request())
	if !ok {
		return fmt.Errorf("%w: the request carries no token", ErrCannotInject)
	}
	if !in.carriedBefore(c.Value) && (in.Server == Mute || in.Server == Plain) {
		return fmt.Errorf("%w: nothing shows that the token was good before", ErrCannotInject)
	}
	u := in.Request().ParsedURL()
	if u == nil {
		return fmt.Errorf("%w: the URL can't be parsed", ErrCannotInject)
	}
	revoke := cloneExchange(in.Exchange())
	u.Path, u.RawPath, u.RawQuery, u.Fragment = "/oauth/revoke", "", "", ""
	revoke.Request.Method, revoke.Request.URL, revoke.Request.Query = http.MethodPost, u.String(), nil
	revoke.Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte("token="+c.Value))
	if revoke.Response != nil {
		revoke.Response.Status, revoke.Response.StatusText, revoke.Response.Body = http.StatusOK, "", traffic.Body{}
	}
	in.insert(in.Target, revoke)
	in.Target++
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Error: "invalid_token", Description: "The token has been revoked", Code: "token_revoked"})
	return nil
}

// carriedBefore tells whether an exchange before the target carries a value or
// hands it out.
func (in *Injection) carriedBefore(value string) bool {
	side := &flowSide{capture: in.Flow, issuesOf: map[string][]Issue{}, usesOf: map[string][]int{}}
	uses, issues := side.uses(value), side.issues(value)
	return len(uses) > 0 && uses[0] < in.Target || len(issues) > 0 && issues[0].Entry < in.Target
}

// remove takes an exchange other than the target out of the flow.
func (in *Injection) remove(at int) {
	list := in.Flow.Exchanges
	in.Flow.Exchanges = append(list[:at:at], list[at+1:]...)
	in.renumber()
	if at < in.Target {
		in.Target--
	}
}

// liveRevokedToken revokes the token and then uses it. Servers that verify
// tokens alone know nothing of that, and take it.
func liveRevokedToken(in *Injection) error {
	if given, err := in.givenToken(nil); given || err != nil {
		return err
	}
	_, value, ok := in.tokenPlace()
	if !ok {
		return cannot("the request carries no token")
	}
	if !in.logout() {
		return needs("the token has to be revoked first", OtherToken, LogoutInFlow)
	}
	for _, x := range in.Live.moves.Before { // a route that was given: RFC 7009 section 2.1
		if x.Response == nil {
			x.Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte("token="+url.QueryEscape(value)))
			SetHeader(&x.Request.Header, "Content-Type", "application/x-www-form-urlencoded")
		}
	}
	return nil
}
