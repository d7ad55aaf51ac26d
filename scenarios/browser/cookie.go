package browser

import (
	"math"
	"strings"
	"time"
)

// Cookie is a cookie as a browser keeps it.
type Cookie struct {
	Name, Value string
	Domain      string // canonical host, without a leading dot
	HostOnly    bool   // goes to Domain alone, not below it
	Path        string
	Secure      bool
	HTTPOnly    bool
	SameSite    SameSite
	Priority    Priority
	Partition   PartitionKey // zero: not partitioned
	Created     time.Time
	LastAccess  time.Time
	Expires     time.Time // zero: until the session ends

	seq uint64 // order among cookies of one instant
}

// Expired reports whether the lifetime is over at that time.
func (c *Cookie) Expired(now time.Time) bool {
	return !c.Expires.IsZero() && !c.Expires.After(now)
}

// Pair is the cookie as it stands in a Cookie header.
func (c *Cookie) Pair() Pair { return Pair{c.Name, c.Value} }

// SameSite is the attribute as it was set. The zero value means that it was
// absent or unknown.
type SameSite uint8

// The values of SameSite.
const (
	SameSiteDefault SameSite = iota
	SameSiteNone
	SameSiteLax
	SameSiteStrict
)

var sameSiteNames = [...]string{"unspecified", "None", "Lax", "Strict"}

func (s SameSite) String() string { return sameSiteNames[s%4] }

func parseSameSite(value string) SameSite {
	for i, name := range sameSiteNames {
		if i > 0 && strings.EqualFold(value, name) {
			return SameSite(i)
		}
	}
	return SameSiteDefault
}

// Priority is Chromium's attribute, which decides who is evicted first.
type Priority uint8

// The values of Priority, the zero value being the default.
const (
	PriorityMedium Priority = iota
	PriorityLow
	PriorityHigh
)

func parsePriority(value string) Priority {
	switch {
	case strings.EqualFold(value, "low"):
		return PriorityLow
	case strings.EqualFold(value, "high"):
		return PriorityHigh
	}
	return PriorityMedium
}

// PartitionKey says below which page a partitioned cookie is seen (CHIPS): the
// site of the top-level page, and whether a frame or the request itself is
// cross-site to it. The zero value is that of an unpartitioned cookie.
type PartitionKey struct {
	TopLevelSite      Site
	CrossSiteAncestor bool
}

func (k PartitionKey) none() bool { return k.TopLevelSite.Host == "" && !k.CrossSiteAncestor }

func (k PartitionKey) String() string {
	if k.CrossSiteAncestor {
		return k.TopLevelSite.String() + " (cross-site)"
	}
	return k.TopLevelSite.String()
}

const maxLifetime = 400 * 24 * time.Hour // RFC 6265bis §5.5

// expiry is steps 6 to 8 of the storage model: zero for a session cookie.
func (s *SetCookie) expiry(now time.Time, p Profile) time.Time {
	t := s.rawExpiry(now, p)
	if limit := now.Add(maxLifetime); t.After(limit) {
		return limit
	}
	return t
}

func (s *SetCookie) rawExpiry(now time.Time, p Profile) time.Time {
	if life, ok := lastValid(s, "max-age", p, maxAge); ok {
		if life <= 0 {
			return time.Unix(0, 0).UTC() // "the earliest representable date"
		}
		return now.Add(life)
	}
	if t, ok := lastValid(s, "expires", p, ParseCookieDate); ok {
		return t
	}
	return time.Time{}
}

// lastValid reads the last attribute of that name. The text drops unreadable
// values while it parses (§5.6.1, §5.6.2), so that an earlier one counts;
// browsers look at the last one alone.
func lastValid[T any](s *SetCookie, name string, p Profile, read func(string, Profile) (T, bool)) (v T, ok bool) {
	for i := len(s.Attributes) - 1; i >= 0; i-- {
		a := &s.Attributes[i]
		if len(a.Value) > maxAttributeSize || !strings.EqualFold(a.Name, name) {
			continue
		}
		if v, ok = read(a.Value, p); ok || p.Has(DeviationCookieLastLifetime) {
			return v, ok
		}
	}
	return v, false
}

// maxAge reads delta-seconds (§5.6.2). What does not fit is clipped.
func maxAge(value string, p Profile) (time.Duration, bool) {
	digits, negative := strings.CutPrefix(value, "-")
	if !negative && p.Has(DeviationCookieMaxAgePlus) {
		digits = strings.TrimPrefix(digits, "+")
	}
	var n int64
	for i := range len(digits) {
		d := int64(digits[i]) - '0'
		switch {
		case d < 0 || d > 9:
			return 0, false
		case n <= (math.MaxInt64-d)/10:
			n = n*10 + d
		case p.Has(DeviationCookieMaxAgePlus):
			return clipped(math.MaxInt64, negative), true
		default:
			n = math.MaxInt64
		}
	}
	return clipped(n, negative), digits != ""
}

func clipped(seconds int64, negative bool) time.Duration {
	if negative {
		return 0
	}
	return min(time.Duration(min(seconds, 1<<30))*time.Second, maxLifetime)
}
