package scenarios

import (
	"fmt"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func refreshMissing() *Cause {
	return &Cause{
		ID:    "refresh-missing",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "The token expired and the client did not refresh it, although it can.",
		Looks: "The working capture holds a refresh (grant_type=refresh_token, a path such as /auth/refresh, a silent prompt=none) and the failing one " +
			"goes on with the old token until it is refused; or a new token was issued and the old one is still sent.",
		Unlike: []Unlike{
			{"expired-token", "nothing shows that this client can refresh"},
			{"invalid-grant", "the refresh was tried and refused"},
			{"auth-loop", "the refresh is repeated, without end"},
			{"cookie-path-mismatch", "the refresh was sent without its cookie"},
		},
		Advice: []Advice{
			{Client, "Refresh at three quarters of the lifetime, and once on a 401: one refresh for all waiting calls, one retry.",
				"refreshing ??= refresh().finally(() => refreshing = null); await refreshing"},
			{App, "Rotate refresh tokens with a short grace, so that two tabs don't lock each other out.", ""},
			{Gateway, "Ask for a refresh token at the login.", "scope=openid offline_access"},
		},
		Refs:     []string{"RFC 6749 sections 1.5 and 6", "RFC 9700 section 4.14.2"},
		Prior:    -0.5,
		Explains: []string{"expired-token"},
		Detect:   detectRefreshMissing,
		Inject:   injectRefreshMissing,
		Parameters: []Parameter{
			{Name: "ago", Type: TypeDuration, Default: "1h", Doc: "how long the token is over"},
			{Name: "token", Type: TypeSecret, Doc: "a token that is over, instead of one that is signed for the test"},
		},
		Enforced: ByClient,
		Needs:    []Need{SigningKey, OtherToken},
		Live:     liveRefreshMissing,
		Expect:   refuses(expect.Hole, 401, 403, 400),
	}
}

func detectRefreshMissing(v *View) []Evidence {
	if !v.refused() || !v.tokenIsOver() {
		return nil
	}
	if tried, _, is := lastRefresh(v.Comparison.Bad, len(v.Comparison.Bad.Exchanges)); is {
		if !Works(tried) {
			return []Evidence{v.against(RulesOut, FromFlow, "a refresh was tried and refused")}
		}
		return v.oldTokenKept(tried)
	}
	var evidence []Evidence
	if v.Good != nil {
		if x, how, is := lastRefresh(v.Comparison.OK, len(v.Comparison.OK.Exchanges)); is && Works(x) {
			evidence = append(evidence,
				Evidence{Strength: Decisive, Source: FromFlow, Side: OK, Entry: x.Index, Note: "when it worked, the client refreshed its token (" + how + ")"},
				v.observed(Strong, FromTime, v.credentialPlace(), "the failing request carries a token that is over, and no refresh precedes it"))
		}
	}
	return append(evidence, v.unusedRefreshToken()...)
}

// tokenIsOver tells whether the failing token expired, by its exp or by what
// the answer says.
func (v *View) tokenIsOver() bool {
	if v.clearly("expired-token") {
		return true
	}
	for _, e := range detectExpiredToken(v) {
		if e.Source == FromTime && (e.Strength == Strong || e.Strength == Decisive) {
			return true
		}
	}
	return false
}

// lastRefresh finds the last refresh before an entry, and how it is told.
func lastRefresh(c *traffic.Capture, before int) (x *traffic.Exchange, how string, is bool) {
	for i := min(before, len(c.Exchanges)) - 1; i >= 0; i-- {
		if how, is := isRefresh(c.Exchanges[i]); is {
			return c.Exchanges[i], how, true
		}
	}
	return nil, "", false
}

// silentLogin is a login with prompt=none (OpenID Connect Core section 3.1.2.1).
const silentLogin = "a silent login"

func isRefresh(x *traffic.Exchange) (how string, is bool) {
	if x.Request.Method == "OPTIONS" || x.Response == nil {
		return "", false
	}
	u := x.Request.ParsedURL()
	if u == nil {
		return "", false
	}
	if strings.Contains(u.RawQuery, "prompt=none") {
		return silentLogin, true
	}
	if x.Request.Method == "GET" && !hasWord(u.Path, "auth", "oauth", "oauth2", "token", "session") {
		return "", false
	}
	if hasWord(u.Path, "refresh", "renew", "refreshtoken") {
		return "a call to renew it", true
	}
	if x.Request.Method != "POST" {
		return "", false
	}
	if strings.Contains(u.RawQuery, "grant_type=refresh_token") {
		return "grant_type=refresh_token", true
	}
	for _, f := range bodyFields(&x.Request) {
		if joined(f.Name) == "granttype" && f.Value == "refresh_token" {
			return "grant_type=refresh_token", true
		}
	}
	return "", false
}

// oldTokenKept finds a token that was still sent after a new one was issued.
func (v *View) oldTokenKept(refresh *traffic.Exchange) []Evidence {
	c, ok := bearerOf(v)
	if !ok {
		return nil
	}
	if issue, issued := v.IssuedBy(Bad, len(v.Comparison.Bad.Exchanges), c.Value); issued && issue.Entry >= refresh.Index {
		return nil
	}
	uses := v.UsedBefore(Bad, len(v.Comparison.Bad.Exchanges), c.Value)
	if len(uses) < 2 || uses[0] > refresh.Index || uses[len(uses)-1] < refresh.Index {
		return nil
	}
	return []Evidence{
		{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: refresh.Index, Note: "a refresh handed out a new token before, and the old one is still sent"},
		v.observed(Strong, FromTime, v.at(c), "the token is over"),
	}
}

// unusedRefreshToken finds a refresh token that was issued and never used.
func (v *View) unusedRefreshToken() []Evidence {
	c, ok := bearerOf(v)
	if !ok {
		return nil
	}
	issue, ok := v.IssuedBy(Bad, v.Failed.Index, c.Value)
	if !ok {
		return nil
	}
	x := v.Comparison.Bad.Exchanges[issue.Entry]
	content, err := x.Response.Body.Bytes(maxSearchedBody)
	if err != nil || !strings.Contains(string(content), `"refresh_token"`) && !strings.Contains(string(content), `"refreshToken"`) {
		return nil
	}
	return []Evidence{{Strength: Strong, Source: FromFlow, Side: Bad, Entry: issue.Entry, Note: "a refresh token was handed out with it, and never used"}}
}

// injectRefreshMissing drops the refreshes before the target, keeps the token
// of before, and lets the clock go on past its end.
func injectRefreshMissing(in *Injection) error {
	_, c, ok := TokenOf(in.Exchange())
	refresh, _, is := lastRefresh(in.Flow, in.Target)
	if !ok || !is {
		return fmt.Errorf("%w: the flow has no token that is refreshed", ErrCannotInject)
	}
	var old *JWT
	for _, x := range in.Flow.Exchanges[:refresh.Index] {
		if token, at, ok := TokenOf(x); ok && at.Name == c.Name && token.Raw != c.Value {
			old = token
		}
	}
	if old == nil {
		return fmt.Errorf("%w: no request before the refresh carries the token of before", ErrCannotInject)
	}
	exp, okExp := old.Time("exp")
	at, okAt := in.timeOf(in.Exchange())
	if !okExp || !okAt {
		return fmt.Errorf("%w: the token or the capture tells no time", ErrCannotInject)
	}
	in.replaceCredential(c, old.Raw, c.Value)
	for i := in.Target - 1; i >= 0; i-- {
		if _, is := isRefresh(in.Flow.Exchanges[i]); is {
			in.remove(i)
		}
	}
	if late := exp.Add(time.Hour); at.Before(late) {
		in.passTime(late.Sub(at))
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Error: "invalid_token", Description: "The access token expired", Code: "token_expired"})
	return nil
}

// liveRefreshMissing leaves the refresh away and goes on with a token that is
// over.
func liveRefreshMissing(in *Injection) error {
	if _, _, is := lastRefresh(in.Flow, in.Target); !is {
		return cannot("the flow has no token that is refreshed")
	}
	for i, x := range in.Flow.Exchanges[:in.Target] {
		if _, is := isRefresh(x); is {
			in.Live.moves.Drop = append(in.Live.moves.Drop, i)
		}
	}
	return liveExpiredToken(in)
}
