package policy

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// A client is what a flow shows of the one who made it: which tokens it got,
// sent and renewed.
type client struct {
	*timeline
	tokens   map[string]*token // by value
	byUse    []*token          // as they were first seen
	renewals []*renewal        // as they began
	sent     []*token          // by entry: what the request carries; nil: none that is followed
}

// A token is an access token and its history.
type token struct {
	issued  int    // the entry that handed it out; -1: brought along
	refresh string // the refresh token beside it
	uses    []int
	chosen  bool     // a program put it into Authorization; a cookie goes with everything
	renewed *renewal // the first that worked

	from     time.Time     // when it was issued, by the client's clock; zero: unknown
	lifetime time.Duration // 0: unknown
	slack    time.Duration // how far from and its end may be off
	exp      time.Time     // by the server's clock; zero: unknown
}

// A renewal is an exchange that asked for a new token.
type renewal struct {
	scenarios.Refresh
	entry   int
	secret  string // what it is made with: the refresh token, else the cookies; "" unknown
	old     *token // nil: it can't be told
	granted grant  // access is "" where nothing came
	worked  bool
	refused bool
}

func readClient(flow *traffic.Capture) *client {
	c := &client{timeline: newTimeline(flow), tokens: map[string]*token{}, sent: make([]*token, len(flow.Exchanges))}
	var silent *renewal // a login without a person, whose token is still to come
	for _, i := range c.order {
		x := flow.Exchanges[i]
		if diff.IsPreflight(x) {
			continue
		}
		c.send(i, x)
		r := c.renewalOf(i, x)
		if r != nil && r.Silent {
			silent = r
			c.renewals = append(c.renewals, r)
			continue
		}
		g, ok := grantOf(x, r != nil)
		if r != nil && g.refresh == "" {
			g.refresh = r.Token // it stays the same one (RFC 6749 section 6)
		}
		if r != nil && (ok || r.refused || r.Token != "") {
			c.renewals = append(c.renewals, r)
		}
		if !ok {
			continue
		}
		if r == nil {
			r, silent = silent, nil
		}
		c.renew(r, g)
		c.grant(i, g)
	}
	return c
}

// renew notes what a renewal came to; nil is none.
func (c *client) renew(r *renewal, g grant) {
	if r == nil {
		return
	}
	r.granted, r.worked = g, true
	if r.old != nil && r.old.renewed == nil && c.tokens[g.access] != r.old {
		r.old.renewed = r
	}
}

// send notes the token that a request carries.
func (c *client) send(entry int, x *traffic.Exchange) {
	value, readable, chosen := c.carried(&x.Request)
	if value == "" {
		return
	}
	t := c.tokens[value]
	if t == nil {
		t = &token{issued: -1}
		c.tokens[value] = t
		c.byUse = append(c.byUse, t)
	}
	if readable != nil {
		c.date(t, readable, entry)
	}
	t.chosen = t.chosen || chosen
	t.uses = append(t.uses, entry)
	c.sent[entry] = t
}

// carried is the token of a request: that of Authorization, else one that was
// handed out in the flow or can be read; one in a query that nobody handed out is
// of a link. A browser sends its cookies with all
// that it asks; of several, the one with the shortest life is the access token.
func (c *client) carried(r *traffic.Request) (token string, readable *scenarios.JWT, chosen bool) {
	best, bestJWT := "", (*scenarios.JWT)(nil)
	for _, cred := range scenarios.CredentialsOf(r) {
		value := strings.Trim(cred.Value, `"`)
		jwt, readable := jwtOf(value)
		switch {
		case len(value) < minToken || scenarios.IsBlackened(value):
		case cred.Kind == scenarios.Authorization:
			if IsTokenScheme(cred.Scheme) || cred.Scheme == "" && (readable || c.tokens[value] != nil) {
				return value, jwt, true
			}
			return "", nil, false // another scheme decides
		case cred.Kind != scenarios.APIKey && cred.Kind != scenarios.SessionCookie || cred.Part == diff.Body:
		case c.tokens[value] != nil, readable && cred.Part != diff.Query && jwt.Use() != scenarios.IDUse && jwt.Use() != scenarios.RefreshUse:
			if best == "" || c.shorter(value, best) {
				best, bestJWT = value, jwt
			}
		}
	}
	return best, bestJWT, false
}

// IsTokenScheme knows the schemes of tokens that a client is handed (RFC 6750, RFC
// 9449, and the Token of many frameworks).
func IsTokenScheme(scheme string) bool {
	switch strings.ToLower(scheme) {
	case "bearer", "dpop", "token", "jwt":
		return true
	}
	return false
}

func (c *client) shorter(a, b string) bool {
	life := func(value string) time.Duration {
		if t := c.tokens[value]; t != nil {
			return t.lifetime
		}
		return 0
	}
	return 0 < life(a) && (life(b) == 0 || life(a) < life(b))
}

// date gives a token that was brought along its times, from its claims.
func (c *client) date(t *token, jwt *scenarios.JWT, entry int) {
	if t.exp.IsZero() {
		t.exp, _ = jwt.Time("exp")
	}
	iat, ok := jwt.Time("iat")
	if !ok || t.exp.IsZero() || !t.exp.After(iat) || t.lifetime > 0 {
		return
	}
	offset, slack, ok := c.ahead(entry)
	if ok {
		t.lifetime, t.from, t.slack = t.exp.Sub(iat), iat.Add(-offset), slack+time.Second
	}
}

// grant notes a token that was handed out. What the answer says about its life
// counts by the client's own clock, from when the answer was made.
func (c *client) grant(entry int, g grant) {
	t := c.tokens[g.access]
	if t == nil {
		t = &token{issued: entry}
		c.tokens[g.access] = t
		c.byUse = append(c.byUse, t)
	}
	if g.refresh != "" {
		t.refresh = g.refresh
	}
	jwt, readable := jwtOf(g.access)
	if readable {
		t.exp, _ = jwt.Time("exp")
	}
	lifetime := g.lifetime
	if iat, ok := issuedAt(jwt); ok && t.exp.After(iat) && (lifetime == 0 || g.cookie) {
		lifetime = t.exp.Sub(iat)
	}
	if lifetime > 0 && c.known(entry) && t.issued == entry {
		half := c.end[entry].Sub(c.start[entry]) / 2
		t.lifetime, t.from, t.slack = lifetime, c.start[entry].Add(half), half+time.Second
	}
}

func issuedAt(jwt *scenarios.JWT) (time.Time, bool) {
	if jwt == nil {
		return time.Time{}, false
	}
	return jwt.Time("iat")
}

// renewalOf reads an exchange that asks for a new token. A path that speaks of a
// refresh is none where nothing is handed out and nobody is refused.
func (c *client) renewalOf(entry int, x *traffic.Exchange) *renewal {
	r, is := scenarios.RefreshOf(x)
	if !is || x.Response == nil {
		return nil
	}
	n := &renewal{Refresh: r, entry: entry, secret: r.Token}
	switch x.Response.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		n.refused = r.Token != "" || aboutLogins(x)
	}
	if r.Silent {
		n.refused = diff.OutcomeOf(x).Ending == diff.ErrorRedirect
	}
	if n.secret == "" {
		n.secret = sessionOf(&x.Request)
	}
	if n.secret != "" {
		n.secret += "\x00" + r.For
	}
	n.old = c.renewedBy(n)
	return n
}

// aboutLogins tells a path of logins and tokens from that of a report that is
// made anew.
func aboutLogins(x *traffic.Exchange) bool {
	u := x.Request.ParsedURL()
	return u != nil && slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(u.Path), func(r rune) bool { return strings.ContainsRune("/-_.", r) }), func(word string) bool {
		switch word {
		case "auth", "oauth", "oauth2", "token", "tokens", "session", "sessions", "login", "account", "accounts", "identity", "sso", "jwt":
			return true
		}
		return false
	})
}

// sessionOf are the cookies of a request that open doors.
func sessionOf(r *traffic.Request) string {
	var b strings.Builder
	for _, c := range scenarios.CredentialsOf(r) {
		if c.Kind == scenarios.SessionCookie && !scenarios.IsBlackened(c.Value) {
			b.WriteString(c.Name + "=" + c.Value + "; ")
		}
	}
	return b.String()
}

// renewedBy is the token that a renewal is to replace: the one that came with
// its refresh token, the one that it carries, else the only one that there is.
func (c *client) renewedBy(r *renewal) *token {
	if r.Token != "" {
		for _, t := range slices.Backward(c.byUse) {
			if t.refresh == r.Token && c.before(t, r.entry) {
				return t
			}
		}
	}
	if t := c.sent[r.entry]; t != nil {
		return t
	}
	var only *token
	for _, t := range c.byUse {
		switch {
		case t.renewed != nil || !c.before(t, r.entry) || len(t.uses) == 0 && t.issued < 0:
		case only != nil:
			return nil
		default:
			only = t
		}
	}
	return only
}

// before tells whether a token was there before an entry began.
func (c *client) before(t *token, entry int) bool {
	if t.issued >= 0 {
		return t.issued != entry
	}
	return len(t.uses) > 0 && t.uses[0] != entry
}
