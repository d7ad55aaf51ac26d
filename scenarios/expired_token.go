package scenarios

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func expiredToken() *Cause {
	return &Cause{
		ID:    "expired-token",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "The access token's lifetime is over at the server's time.",
		Looks: "The token's exp lies before the server's Date, while the working request's token was still good. " +
			"Answers say \"expired\", or a plain 401; Envoy, Spring and ASP.NET put it into WWW-Authenticate. " +
			"An opaque token shows it by the expires_in of the answer that issued it.",
		Unlike: []Unlike{
			{"clock-skew", "exp is still ahead of the server's own Date, and it says expired all the same"},
			{"revoked-token", "exp is still ahead; the token was withdrawn"},
			{"refresh-missing", "the same fact, where the working capture shows a refresh that the failing one lacks"},
			{"session-expired", "a session cookie on the server's side, not a token with a lifetime of its own"},
		},
		Advice: []Advice{
			{Client, "Refresh at 70–80 % of the lifetime, and once more on a 401 that says invalid_token.",
				"if (Date.now() > issuedAt + 0.75 * expires_in * 1000) await refresh()"},
			{App, "Say it, so that clients know to refresh.", `WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"`},
			{Envoy, "Allow clocks to differ by a minute, not more.", "clock_skew_seconds: 60"},
		},
		Refs:   []string{"RFC 7519 section 4.1.4", "RFC 6750 section 3.1", "RFC 9068 section 4"},
		Prior:  0,
		Detect: detectExpiredToken,
		Inject: injectExpiredToken,
		Parameters: []Parameter{
			{Name: "ago", Type: TypeDuration, Default: "1h", Doc: "how long the token is over"},
			{Name: "token", Type: TypeSecret, Doc: "a token that is over, instead of one that is signed for the test"},
		},
		Enforced: ByClient,
		Needs:    []Need{SigningKey, OtherToken},
		Live:     liveExpiredToken,
		Expect:   refuses(expect.Hole, 401, 403, 400),
	}
}

// largestLeeway is the clock difference that the most lenient validator allows
// by default (.NET: 5 minutes; Envoy, Spring and Nimbus: one; most others: none).
const largestLeeway = 5 * time.Minute

func detectExpiredToken(v *View) []Evidence {
	if _, link := SignedLinkOf(&v.Failed.Request); link || !v.refused() {
		return nil // a link's end is signed-url-expired
	}
	says := v.clearly("expired-token")
	evidence := v.heard(Decisive, "expired-token", "the answer says that the token expired")
	p := v.tokens()
	if p.bad == nil {
		return append(evidence, v.expiredOpaque(says)...)
	}
	exp, ok := p.bad.Time("exp")
	at, uncertain, known := v.ServerTime(Bad, v.Failed)
	if !ok || !known {
		return evidence
	}
	place := v.claim(p.badAt, "exp", p.bad.Written("exp"))
	switch over := at.Sub(exp); {
	case over > uncertain:
		evidence = append(evidence, v.observed(v.weighExpiry(p, over, says), FromTime, place, "the token expired "+roughly(over)+" before the request, by the server's clock"))
		evidence = append(evidence, v.acceptedBefore(p, exp)...)
	case over < -largestLeeway-uncertain && !says:
		return []Evidence{v.against(RulesOut, FromTime, "the token was good for another "+roughly(-over))}
	case over < -uncertain:
		evidence = append(evidence, v.against(Against, FromTime, "by the server's clock the token was good for another "+roughly(-over)))
	}
	if len(evidence) == 0 {
		return nil
	}
	return append(evidence, v.saysAnother("expired-token", "refresh-missing", "session-expired")...)
}

// weighExpiry weighs a token that is over by its exp. Where the server accepted
// such a token in the working capture, it does not look at exp.
func (v *View) weighExpiry(p tokenPair, over time.Duration, says bool) Strength {
	if says {
		return Decisive
	}
	if p.ok != nil {
		exp, hasExp := p.ok.Time("exp")
		at, _, known := v.ServerTime(OK, v.Good)
		if hasExp && known && at.Sub(exp) > largestLeeway {
			return Weak
		}
	}
	switch {
	case !p.decides(v) || p.badAt.Part == diff.Cookie || over < time.Minute:
		return Weak
	case (v.status() == 401 || v.status() == 200) && over > largestLeeway && !v.clearly(missingVoice):
		return Decisive // 200: GraphQL and its kin refuse in the body
	}
	return Strong
}

// acceptedBefore finds an exchange that took the same token while it was good.
func (v *View) acceptedBefore(p tokenPair, exp time.Time) []Evidence {
	for _, i := range v.UsedBefore(Bad, v.Failed.Index, p.badAt.Value) {
		x := v.Comparison.Bad.Exchanges[i]
		at, _, ok := v.ServerTime(Bad, x)
		if ok && Works(x) && hostnameOf(x) == hostnameOf(v.Failed) && at.Before(exp) {
			return []Evidence{{Strength: Strong, Source: FromFlow, Side: Bad, Entry: i, Note: "the same token was accepted while it was good"}}
		}
	}
	return nil
}

// expiredOpaque looks at when an opaque token was issued, and for how long.
func (v *View) expiredOpaque(says bool) []Evidence {
	c, ok := bearerOf(v)
	if !ok {
		return nil
	}
	issue, ok := v.IssuedBy(Bad, v.Failed.Index, c.Value)
	if !ok {
		return nil
	}
	x := v.Comparison.Bad.Exchanges[issue.Entry]
	lifetime, ok := expiresIn(x.Response.Body.Bytes)
	from, _, known := v.ServerTime(Bad, x)
	at, uncertain, knownNow := v.ServerTime(Bad, v.Failed)
	if !ok || !known || !knownNow || at.Sub(from) <= lifetime+uncertain {
		return nil
	}
	strength := Weak
	if says || v.status() == 401 {
		strength = Strong
	}
	return []Evidence{v.observed(strength, FromTime, v.at(c), "the token was issued for "+roughly(lifetime)+" and used "+roughly(at.Sub(from))+" later")}
}

// expiresIn reads the lifetime from a token response (RFC 6749 section 5.1).
func expiresIn(read func(limit int64) ([]byte, error)) (time.Duration, bool) {
	content, err := read(maxSearchedBody)
	if err != nil {
		return 0, false
	}
	var answer struct {
		ExpiresIn float64 `json:"expires_in"`
	}
	if json.Unmarshal(content, &answer) != nil || answer.ExpiresIn <= 0 || answer.ExpiresIn > 1e9 {
		return 0, false
	}
	return time.Duration(answer.ExpiresIn * float64(time.Second)), true
}

// bearerOf returns the token in Authorization of the failing request. Basic,
// Digest, NTLM and signatures are none: what they show is not handed out.
func bearerOf(v *View) (Credential, bool) { return bearerIn(&v.Failed.Request) }

func bearerIn(r *traffic.Request) (Credential, bool) {
	for _, c := range CredentialsOf(r) {
		if c.Kind != Authorization {
			continue
		}
		switch strings.ToLower(c.Scheme) {
		case "", "bearer", "dpop", "token", "jwt", "oauth", "privatetoken", "apikey", "api-key", "key":
			return c, len(c.Value) >= minTraced
		}
		return Credential{}, false
	}
	return Credential{}, false
}

// roughly is a duration for people: "3 days", "2 hours", "45 seconds".
func roughly(d time.Duration) string {
	d = d.Abs()
	for _, unit := range []struct {
		name string
		is   time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		if n := d.Round(unit.is) / unit.is; d >= unit.is {
			if n == 1 {
				return "1 " + unit.name
			}
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return "less than a second"
}

// injectExpiredToken lets the clock go on past the token's end: the token stays
// the same, since another exp would need a signature (and be another cause).
func injectExpiredToken(in *Injection) error {
	token, _, ok := TokenOf(in.Exchange())
	if !ok {
		return fmt.Errorf("%w: the request carries no token that can be read", ErrCannotInject)
	}
	exp, ok := token.Time("exp")
	if !ok {
		return fmt.Errorf("%w: the token has no exp", ErrCannotInject)
	}
	at, ok := in.timeOf(in.Exchange())
	if !ok {
		return fmt.Errorf("%w: the capture has no clock", ErrCannotInject)
	}
	if late := exp.Add(time.Hour); at.Before(late) {
		in.passTime(late.Sub(at))
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Error: "invalid_token", Description: "The access token expired", Code: "token_expired"})
	return nil
}

// liveExpiredToken needs a token that is signed properly and over: another exp
// under the old signature would be token-signature-invalid.
func liveExpiredToken(in *Injection) error {
	if given, err := in.givenToken(in.over); given || err != nil {
		return err
	}
	token, _, ok := TokenOf(in.Exchange())
	if !ok {
		return in.unreadable()
	}
	return in.resign(endedBefore(token, in.Now.Add(-in.duration("ago"))))
}

// endedBefore are the claims of a token that was good until then. What was
// issued after its own end would be refused for that.
func endedBefore(token *JWT, end time.Time) map[string]any {
	claims := map[string]any{"exp": end.Unix()}
	lifetime := time.Hour
	exp, hasExp := token.Time("exp")
	if iat, ok := token.Time("iat"); ok && hasExp && exp.After(iat) {
		lifetime = exp.Sub(iat)
	}
	for _, claim := range []string{"iat", "nbf", "auth_time"} {
		if at, ok := token.Time(claim); ok && at.After(end.Add(-time.Minute)) {
			claims[claim] = end.Add(-lifetime).Unix()
		}
	}
	return claims
}
