package credential

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"
)

func jwt(claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"HS256"}`)) + "." + part([]byte(claims)) + "." + part([]byte("signature"))
}

func TestLifetime(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	claims := func(iat, exp time.Duration) string {
		return jwt(fmt.Sprintf(`{"iat":%d,"exp":%d}`, now.Add(iat).Unix(), now.Add(exp).Unix()))
	}
	const never = time.Duration(-1)
	for _, row := range []struct {
		token  string
		beside time.Duration
		date   time.Duration // of the issuer's clock against ours
		known  bool
		want   time.Duration
		reason string
	}{
		{"opaque", time.Hour, 0, false, time.Hour, "expires_in"},
		{"opaque", 0, 0, false, never, "nothing says"},
		{claims(0, time.Hour), time.Minute, 0, false, time.Minute, "expires_in goes before exp"},
		{claims(0, time.Hour), 0, 0, false, time.Hour, "exp"},
		{claims(-4*time.Minute, time.Minute), 0, 0, false, time.Minute, "a token that was handed out again"},
		{claims(3*time.Minute, 13*time.Minute), 0, 0, false, 10 * time.Minute, "an issuer whose clock is ahead"},
		{claims(-4*time.Minute, -2*time.Minute), 0, 0, false, 2 * time.Minute, "one so far behind that a new token seems expired"},
		{claims(-time.Hour, -time.Minute), 0, 0, false, -time.Minute, "one that is expired"},
		{jwt(fmt.Sprintf(`{"exp":%d}`, now.Add(time.Hour).Unix())), 0, 0, false, time.Hour, "no iat"},
		{jwt(`{"sub":"a"}`), 0, 0, false, never, "no exp"},
		{claims(2*time.Hour, 3*time.Hour), 0, 2 * time.Hour, true, time.Hour, "the Date of the answer tells the issuer's clock"},
		{"opaque", math.MaxInt64, 0, false, maxLifetime, "for ever"},
	} {
		date := time.Time{}
		if row.known {
			date = now.Add(row.date)
		}
		c := timed(Credential{Token: row.token}, now, row.beside, date)
		got := c.Expires.Sub(now)
		if c.Expires.IsZero() {
			got = never
		}
		if got != row.want {
			t.Errorf("%s: %s, want %s", row.reason, got, row.want)
		}
	}
}

func TestSeconds(t *testing.T) {
	for _, row := range []struct {
		value any
		want  time.Duration
	}{
		{3600.0, time.Hour}, {"3600", time.Hour}, {" 3600.0 ", time.Hour}, {json.Number("1e3"), 1000 * time.Second}, {int64(60), time.Minute},
		{nil, 0}, {"soon", 0}, {-1.0, 0}, {math.NaN(), 0}, {math.Inf(1), maxLifetime}, {1e300, maxLifetime}, {[]any{}, 0},
	} {
		if got := seconds(row.value); got != row.want {
			t.Errorf("%v: %s, want %s", row.value, got, row.want)
		}
	}
}
