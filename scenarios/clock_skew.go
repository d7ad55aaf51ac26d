package scenarios

import (
	"fmt"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func clockSkew() *Cause {
	return &Cause{
		ID:    "clock-skew",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "Client, server and token issuer disagree about what time it is.",
		Looks: "The signing time of a request (X-Amz-Date, DPoP iat, a client assertion) is minutes away from the server's Date, and the client's " +
			"clock is off by as much; or a token's nbf or iat lies in the server's future. Answers say \"not yet valid\", RequestTimeTooSkewed, " +
			"\"Signature not yet current\". An offset of whole hours is a time zone taken for UTC.",
		Unlike: []Unlike{
			{"expired-token", "exp is over by every clock"},
			{"request-signature-invalid", "the client's clock is right; the signature is old, or over other bytes"},
			{"dpop-or-mtls-binding", "the proof's time is right and something else in it is not"},
		},
		Advice: []Advice{
			{Client, "Set the clock automatically; sign with UTC.", "timedatectl set-ntp true"},
			{App, "Allow a minute on exp, nbf and iat, and keep every node and container host in time.", "jwt.verify(token, key, { clockTolerance: 60 })"},
			{Envoy, "Allow a minute.", "clock_skew_seconds: 60"},
			{Gateway, "Keep the identity provider in time as well: its clock writes iat and nbf.", "chronyc tracking"},
		},
		Refs:   []string{"RFC 7519 sections 4.1.5 and 4.1.6", "RFC 9110 section 6.6.1", "RFC 9449 section 11.1"},
		Prior:  -0.5,
		Detect: detectClockSkew,
		Inject: injectClockSkew,
		Parameters: []Parameter{
			{Name: "ahead", Type: TypeDuration, Default: "10m", Doc: "how far the clock of the issuer is ahead"},
		},
		Enforced: ByClient,
		Needs:    []Need{SigningKey},
		Live:     liveClockSkew,
		Expect:   refuses(expect.Hole, 401, 403, 400),
	}
}

const (
	clockIsOff   = 2 * time.Minute  // a client's clock that matters
	clockIsRight = 30 * time.Second // one that does not
	commonLeeway = time.Minute      // of Envoy, Spring and Nimbus for nbf and iat
	signingAge   = 5 * time.Minute  // what AWS allows but for S3 (15 minutes), and what a DPoP proof lives at most
)

func detectClockSkew(v *View) []Evidence {
	evidence := v.heard(Decisive, "clock-skew", "the answer speaks of the time of the request or the token")
	says := v.clearly("clock-skew")
	evidence = append(evidence, v.tokenOfTheFuture(says)...)
	evidence = append(evidence, v.signedAtAnotherTime(says)...)
	evidence = append(evidence, v.saysExpiredTooEarly()...)
	if len(evidence) == 0 {
		return nil
	}
	return append(evidence, v.saysAnother("clock-skew", "request-signature-invalid", "expired-token")...)
}

// tokenOfTheFuture finds a token that is not good yet. For a bearer token only
// the servers' clocks count: the client's has no part in it.
func (v *View) tokenOfTheFuture(says bool) []Evidence {
	p := v.tokens()
	at, uncertain, known := v.ServerTime(Bad, v.Failed)
	if p.bad == nil || !known || !v.refused() {
		return nil
	}
	for _, claim := range []string{"nbf", "iat"} {
		from, ok := p.bad.Time(claim)
		early := from.Sub(at)
		if !ok || early <= commonLeeway+uncertain || v.okToo(claim, p.ok) {
			continue
		}
		strength := Strong
		if says || claim == "nbf" && p.decides(v) && v.status() == 401 {
			strength = Decisive
		}
		return []Evidence{v.observed(strength, FromTime, v.claim(p.badAt, claim, p.bad.Written(claim)),
			"the token is good from "+roughly(early)+" after the request, by the server's clock")}
	}
	return nil
}

// okToo tells whether the working token was of the future as well.
func (v *View) okToo(claim string, ok *JWT) bool {
	if ok == nil {
		return false
	}
	from, hasClaim := ok.Time(claim)
	at, uncertain, known := v.ServerTime(OK, v.Good)
	return hasClaim && known && from.Sub(at) > commonLeeway+uncertain
}

// signedAtAnotherTime compares the time that the client wrote into a signature
// or proof with the server's, and with how far the client's clock is off.
func (v *View) signedAtAnotherTime(says bool) []Evidence {
	signed, place, ok := clientTime(&v.Failed.Request)
	at, uncertain, known := v.ServerTime(Bad, v.Failed)
	if !ok || !known || (!says && !v.refused()) {
		return nil
	}
	lag := at.Sub(signed)
	if lag.Abs() <= min(signingAge, clockIsOff+uncertain) {
		return []Evidence{v.against(Against, FromTime, "the request was signed at the server's time")}
	}
	clock, hasClock := v.ClientClock(Bad)
	right, hasRight := v.ClientClock(OK)
	switch {
	case !hasClock:
		if lag.Abs() <= signingAge {
			return nil
		}
		return []Evidence{v.observed(Strong, FromTime, place, "the request was signed "+roughly(lag)+beside(lag)+" the server's time")}
	case clock.Offset.Abs() <= clockIsOff || (lag-clock.Offset).Abs() > signingAge:
		return []Evidence{v.against(Against, FromTime, "the client's clock is right: the signature itself is of another time")}
	case hasRight && right.Offset.Abs() > clockIsRight+right.Uncertainty && v.Good != nil && (right.Offset-clock.Offset).Abs() < clockIsOff:
		return []Evidence{v.against(Against, FromTime, "the client's clock was as far off when it worked")}
	}
	evidence := []Evidence{v.observed(Decisive, FromTime, place, "the client's clock is "+roughly(clock.Offset)+beside(clock.Offset)+
		" the server's, and the request is signed with that time")}
	if rest := clock.Offset.Round(30 * time.Minute); (clock.Offset-rest).Abs() < clockIsRight && clock.Offset.Abs() >= 30*time.Minute {
		evidence = append(evidence, v.observed(Weak, FromTime, diff.Edit{}, "the offset is of whole or half hours: a local time taken for UTC"))
	}
	return evidence
}

func beside(lag time.Duration) string {
	if lag > 0 {
		return " behind"
	}
	return " ahead of"
}

// clientTime is the time by the client's clock that a request was signed with:
// in a request signature, a DPoP proof or a client assertion. A URL that was
// signed beforehand has none.
func clientTime(r *traffic.Request) (time.Time, diff.Edit, bool) {
	if s, ok := SigningOf(r); ok && s.Part == diff.Header && !s.At.IsZero() {
		return s.At, seen(diff.Request, diff.Header, s.AtName, r.Header.Get(s.AtName)), true
	}
	if p, ok := ProofOf(r); ok {
		if at, ok := p.Time("iat"); ok {
			return at, seen(diff.Request, diff.Header, "dpop", p.Raw), true
		}
	}
	for _, f := range bodyFields(r) {
		if f.Name != "client_assertion" {
			continue
		}
		if t, ok := ParseJWT(f.Value); ok {
			at, ok := t.Time("iat")
			return at, seen(diff.Request, diff.Body, f.Name, f.Value), ok
		}
	}
	for _, name := range []string{"x-timestamp", "x-request-timestamp", "x-auth-timestamp", "timestamp"} {
		if at, ok := readTime(r.Header.Get(name)); ok && hasRequestSignature(r) {
			return at, seen(diff.Request, diff.Header, name, r.Header.Get(name)), true
		}
	}
	return time.Time{}, diff.Edit{}, false
}

func hasRequestSignature(r *traffic.Request) bool {
	for _, c := range headerCredentials(nil, r.Header) {
		if c.Kind == RequestSignature {
			return true
		}
	}
	return false
}

// saysExpiredTooEarly finds a token that is called expired before its end by
// the very clock that stamps the answer: another node judged it.
func (v *View) saysExpiredTooEarly() []Evidence {
	hit, _ := v.Says("expired-token")
	says := v.clearly("expired-token")
	p := v.tokens()
	if !says || p.bad == nil || !p.decides(v) {
		return nil
	}
	exp, ok := p.bad.Time("exp")
	at, uncertain, known := v.ServerTime(Bad, v.Failed)
	if early := exp.Sub(at); ok && known && early > commonLeeway+uncertain {
		return []Evidence{v.observed(Strong, FromTime, hit.At, "the answer calls the token expired "+roughly(early)+" before its end, by its own Date")}
	}
	return nil
}

// injectClockSkew shifts the client's clock where it signs with it. Elsewhere
// it is the token issuer's clock that is ahead.
func injectClockSkew(in *Injection) error {
	refusal := Refusal{Status: 403, Error: "RequestTimeTooSkewed", Description: "The difference between the request time and the server's time is too large",
		Code: "RequestTimeTooSkewed"}
	r := in.Request()
	if s, ok := SigningOf(r); ok && s.Part == diff.Header && !s.At.IsZero() {
		const slow = -40 * time.Minute
		for i := range in.Flow.Exchanges {
			shiftStarted(in.own(i), slow)
		}
		SetHeader(&r.Header, s.AtName, s.At.Add(slow).Format(basicISO))
		in.replaceCredential(Credential{Part: diff.Header}, fmt.Sprintf("%016x%016x%016x%016x", in.Rand.Uint64(), in.Rand.Uint64(), in.Rand.Uint64(), in.Rand.Uint64()), s.Signature)
		in.Refuse(refusal)
		return nil
	}
	at, ok := in.timeOf(in.Exchange())
	if !ok {
		return fmt.Errorf("%w: the capture has no clock", ErrCannotInject)
	}
	ahead := at.Add(10 * time.Minute).Unix()
	if err := in.forge(map[string]any{"iat": ahead, "nbf": ahead, "exp": ahead + 3600}); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Error: "invalid_token", Description: "The token is not yet valid (nbf)", Code: "token_not_yet_valid"})
	return nil
}

// liveClockSkew signs a token of an issuer whose clock is ahead. The times of
// a signed request are part of its signature, for which keys are elsewhere.
func liveClockSkew(in *Injection) error {
	if s, ok := SigningOf(in.Request()); ok && !s.At.IsZero() {
		return fmt.Errorf("%w: another time needs another signature of the request, and no key for that can be given", ErrNotTestable)
	}
	ahead := in.Now.Add(in.duration("ahead"))
	return in.resign(map[string]any{"iat": ahead.Unix(), "nbf": ahead.Unix(), "exp": ahead.Add(time.Hour).Unix()})
}
