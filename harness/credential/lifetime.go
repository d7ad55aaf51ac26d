package credential

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// maxLifetime bounds lifetimes; what is longer is as good as for ever.
const maxLifetime = 10 * 365 * 24 * time.Hour

// jwtOf returns the token of a credential where it is a JWT.
func jwtOf(c Credential) (*scenarios.JWT, bool) {
	candidates := []string{c.Token}
	for _, f := range c.Fields {
		_, rest, ok := strings.Cut(f.Value, " ")
		if !ok {
			rest = f.Value
		}
		candidates = append(candidates, strings.TrimSpace(rest))
	}
	for _, list := range [][]traffic.Param{c.Cookies, c.Query} {
		for _, p := range list {
			candidates = append(candidates, p.Value)
		}
	}
	for _, text := range candidates {
		if token, ok := scenarios.ParseJWT(text); ok {
			return token, true
		}
	}
	return nil, false
}

// expiryOf returns the end that a JWT names, by the clock of its issuer; zero
// where it names none.
func expiryOf(c Credential) time.Time {
	if token, ok := jwtOf(c); ok {
		if end, ok := token.Time("exp"); ok {
			return end
		}
	}
	return time.Time{}
}

// timed gives a credential that was fetched at now its times by the local
// clock. A lifetime that came beside it counts from now, so that no clock of a
// server matters (RFC 6749 section 5.1). The exp of a JWT is a time of the
// issuer's clock, which the Date of its answer tells; zero: unknown.
func timed(c Credential, now time.Time, lifetime time.Duration, date time.Time) Credential {
	c.Issued = now
	if lifetime > 0 {
		c.Expires = now.Add(min(lifetime, maxLifetime))
		return c
	}
	token, ok := jwtOf(c)
	if !ok {
		return c
	}
	exp, ok := token.Time("exp")
	switch {
	case !ok:
	case !date.IsZero():
		c.Expires = now.Add(exp.Sub(date))
	default:
		c.Expires = now.Add(left(token, exp, now))
	}
	return c
}

// left is how long a JWT is good where the issuer's clock is unknown: exp − now,
// but not more than exp − iat, its whole lifetime. Where the clocks are so far
// apart that a new token seems expired, the lifetime is all there is to go by.
func left(token *scenarios.JWT, exp, now time.Time) time.Duration {
	rest := exp.Sub(now)
	iat, ok := token.Time("iat")
	if !ok || !exp.After(iat) || iat.Sub(now).Abs() > maxSkew {
		return rest
	}
	if whole := exp.Sub(iat); rest <= 0 || rest > whole {
		return whole
	}
	return rest
}

// maxSkew is how far an issuer's clock may be from the local one for an iat to
// mean now.
const maxSkew = 5 * time.Minute

// seconds reads a lifetime as servers write it: 3600, 3600.0 or "3600"; 0 where
// it is none.
func seconds(value any) time.Duration {
	n := number(value)
	switch {
	case math.IsNaN(n) || n <= 0:
		return 0
	case n >= maxLifetime.Seconds():
		return maxLifetime
	}
	return time.Duration(n * float64(time.Second))
}

// until is the time that is left until a number of seconds since 1970, 0 where
// it is none or past.
func until(value any, now time.Time) time.Duration {
	n := number(value)
	if math.IsNaN(n) || n <= 0 {
		return 0
	}
	return seconds(n - float64(now.Unix()))
}

func number(value any) float64 {
	n := math.NaN()
	switch v := value.(type) {
	case float64:
		n = v
	case int64:
		n = float64(v)
	case json.Number:
		n, _ = v.Float64()
	case string:
		if parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
			n = parsed
		}
	}
	return n
}
