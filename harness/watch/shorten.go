package watch

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/scenarios"
)

// shorten lets the tokens of an answer live for Options.Lifetime, from when
// they were handed out first. nil: it hands out none.
func (w *Watch) shorten(text []byte, grants []grant) []byte {
	if len(grants) == 0 {
		return nil
	}
	changes := make(map[int]change)
	for _, g := range grants {
		now := w.now()
		if told := g.lifetime(); told > 0 && told <= w.options.Lifetime {
			w.keep(g.access, "", time.Time{}) // the server sees to it
			continue
		}
		value, own := w.minted(g.access, now), ""
		if value != g.access && w.options.Signer == nil {
			own = g.access
		}
		over := w.keep(value, own, now.Add(w.options.Lifetime)).over
		if over.IsZero() {
			continue // the client brought it along
		}
		if value != g.access {
			for _, m := range g.tokens {
				changes[m.start] = change{m.end, quoted(value)}
			}
		}
		for _, m := range g.lasts {
			changes[m.start] = change{m.end, inKind(m.value, strconv.Itoa(int(math.Round(max(0, over.Sub(now).Seconds())))))}
		}
		for _, m := range g.expires {
			if again := sameForm(m.value, over); again != nil {
				changes[m.start] = change{m.end, again}
			}
		}
	}
	return splice(text, changes)
}

func quoted(token string) []byte {
	text, err := jsontext.AppendQuote(nil, token)
	if err != nil { // no UTF-8, which base64 is not
		return []byte(`""`)
	}
	return text
}

// lifetime is what an answer says of it; 0: nothing.
func (g grant) lifetime() time.Duration {
	for _, m := range g.lasts {
		if n, err := strconv.ParseFloat(strings.Trim(string(m.value), `"`), 64); err == nil && n > 0 && n < 1e9 {
			return time.Duration(n * float64(time.Second))
		}
	}
	return 0
}

// minted is the token that the client is given: a JWT with another exp, else
// the one that it is.
func (w *Watch) minted(access string, now time.Time) string {
	jwt, ok := scenarios.ParseJWT(access)
	if !ok || jwt.Raw != access {
		return access
	}
	exp, ok := jwt.Time("exp")
	if !ok {
		return access
	}
	issued, ok := jwt.Time("iat")
	if !ok {
		issued = now
	}
	until := issued.Add(w.options.Lifetime)
	if !until.Before(exp) {
		return access
	}
	parts := strings.Split(access, ".")
	header, errHeader := base64.RawURLEncoding.DecodeString(parts[0])
	claims, errClaims := base64.RawURLEncoding.DecodeString(parts[1])
	if errHeader != nil || errClaims != nil {
		return access
	}
	claims = withExpiry(claims, until)
	if w.options.Signer != nil {
		if signed, err := w.options.Signer.Sign(header, claims); err == nil {
			return signed
		}
		return access
	}
	return parts[0] + "." + base64.RawURLEncoding.EncodeToString(claims) + "." + parts[2]
}

// withExpiry sets exp and leaves the other claims byte for byte.
func withExpiry(claims []byte, at time.Time) []byte {
	for _, m := range membersOf(claims) {
		if m.name == "exp" {
			return splice(claims, map[int]change{m.start: {m.end, strconv.AppendInt(nil, at.Unix(), 10)}})
		}
	}
	return claims
}

// inKind writes a number as the value before it: bare, or as a string.
func inKind(before jsontext.Value, number string) []byte {
	if before.Kind() == '"' {
		return []byte(`"` + number + `"`)
	}
	return []byte(number)
}

// sameForm writes a point in time as the value before it: seconds or
// milliseconds since 1970, or a date. nil: it is none of these.
func sameForm(before jsontext.Value, at time.Time) []byte {
	text := strings.Trim(string(before), `"`)
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		switch {
		case n < 1e9 || math.IsNaN(n):
			return nil
		case n < 1e11:
			return inKind(before, strconv.FormatInt(at.Unix(), 10))
		}
		return inKind(before, strconv.FormatInt(at.UnixMilli(), 10))
	}
	if _, err := time.Parse(time.RFC3339Nano, text); err == nil && before.Kind() == '"' {
		return []byte(`"` + at.UTC().Format(time.RFC3339Nano) + `"`)
	}
	return nil
}
