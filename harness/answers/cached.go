package answers

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// cached says which of two answers is less than the whole, because a client had
// it already.
type cached uint8

const (
	whole    cached = iota
	oldShort        // recorded as not modified, or from a cache
	newShort
)

// cachedOf compares the answers of one resource: a 304 stands for the 200 that
// the client has (RFC 9110 section 15.4.5), and has fewer fields.
func cachedOf(recorded *traffic.Exchange, old, new *traffic.Response) cached {
	switch {
	case old.Status == 304 && new.Status == 200:
		return oldShort
	case old.Status == 200 && new.Status == 304:
		return newShort
	case old.Status == 200 && new.Status == 200 && recorded.Unknown.Get("/_fromCache") != nil:
		return oldShort
	}
	return whole
}

// notModified is what a cache alone changes: the status, the body, and fields
// that the short answer need not have.
func (p *pair) notModified(c *diff.Change) diff.Noise {
	short, long := diff.Add, diff.Remove
	switch p.cached {
	case whole:
		return ""
	case newShort:
		short, long = long, short
	}
	switch c.Part {
	case diff.Status:
		return fromCache
	case diff.Body:
		if p.old.Status == 304 || p.new.Status == 304 {
			return fromCache
		}
	case diff.Header:
		if c.Op == short || c.Op == long && metadata(c.Name) {
			return fromCache
		}
	case diff.SetCookie:
		if c.Op == short && c.Sub == "" {
			return fromCache
		}
	}
	return ""
}

// metadata tells the fields that describe a body, which an answer without one
// leaves out or computes for itself.
func metadata(name string) bool {
	return strings.HasPrefix(name, "content-") && name != "content-security-policy" && name != "content-security-policy-report-only"
}
