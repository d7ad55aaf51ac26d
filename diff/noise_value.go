package diff

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// valueNoise says why another value does not matter whatever its name: both
// are random ids of one form, or both are times. Numbers count as times within
// a day of the capture; with a zero at, from 2001 to 2286.
func valueNoise(old, new string, at time.Time) Noise {
	x, y := shapeOf(old), shapeOf(new)
	if x.kind == plain || x != y {
		return ""
	}
	if x.kind == seconds || x.kind == millis {
		if !near(old, x.kind, at) || !near(new, y.kind, at) {
			return ""
		}
	}
	return x.noise()
}

// A shape is the form of a volatile value. Equal shapes look alike.
type shape struct {
	kind   shapeKind
	length int // of hex digits
}

type shapeKind uint8

const (
	plain shapeKind = iota
	uuidShape
	ulidShape
	hexShape
	seconds
	millis
	isoTime
	httpTime
)

func (s shape) noise() Noise {
	switch s.kind {
	case plain:
		return ""
	case seconds, millis, isoTime, httpTime:
		return noiseClock
	}
	return noiseVolatile
}

func shapeOf(v string) shape {
	v = strings.Trim(v, `"`)
	switch {
	case allDigits(v):
		switch len(v) {
		case 10:
			return shape{kind: seconds}
		case 13:
			return shape{kind: millis}
		}
	case isUUID(v):
		return shape{kind: uuidShape}
	case isULID(v):
		return shape{kind: ulidShape}
	case len(v) >= 16 && isHex(v) && hasDigit(v):
		return shape{kind: hexShape, length: len(v)}
	case len(v) > 4 && v[4] == '-' && isTime(v, time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05"):
		return shape{kind: isoTime}
	case strings.IndexByte(v, ':') > 0 && isTime(v, http.TimeFormat, time.RFC1123Z, time.RFC850, time.ANSIC):
		return shape{kind: httpTime}
	}
	return shape{}
}

func isTime(v string, layouts ...string) bool {
	if len(v) < 19 || len(v) > 40 {
		return false
	}
	for _, layout := range layouts {
		if _, err := time.Parse(layout, v); err == nil {
			return true
		}
	}
	return false
}

// near tells whether a number is a time within a day of at.
func near(v string, unit shapeKind, at time.Time) bool {
	n, err := strconv.ParseInt(strings.Trim(v, `"`), 10, 64)
	if err != nil {
		return false
	}
	t := time.Unix(n, 0)
	if unit == millis {
		t = time.UnixMilli(n)
	}
	if at.IsZero() {
		return n >= 1e9 // ten or thirteen digits without leading zeros
	}
	d := t.Sub(at)
	return -24*time.Hour <= d && d <= 24*time.Hour
}

// jsonFieldNoise judges a member of a JSON body by its name, then by its
// value. Both values have to be there: what comes or goes matters.
func jsonFieldNoise(name, old, new string, at time.Time) Noise {
	if old == "" || new == "" {
		return ""
	}
	switch bareName(name) {
	case "state", "nonce", "codechallenge", "codeverifier", "jti":
		if len(old) >= 8 && len(new) >= 8 {
			return noiseOnce
		}
		return ""
	case "code":
		// An authorization code, not the number of an error.
		if len(old) >= 16 && len(new) >= 16 && !allDigits(old) && (IsRandom(old) || isHex(old)) {
			return noiseOnce
		}
		return ""
	}
	if CarriesAuthority(name) {
		return ""
	}
	if namesTrace(name) {
		return noiseTracing
	}
	return valueNoise(old, new, at)
}

// bareName is a name in lower case without separators.
func bareName(name string) string {
	if strings.ContainsAny(name, "_-") {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "_", ""), "-", "")
	}
	return strings.ToLower(name)
}
