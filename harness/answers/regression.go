package answers

import (
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// Regression tells whether a change between two answers breaks or weakens
// something: what worked fails now, what was refused is let in, or a protection
// is lost. Another text in a page is only a difference.
func Regression(recorded, live *traffic.Exchange, c diff.Change) bool {
	if c.Noise != "" || c.Side != diff.Response {
		return false
	}
	switch c.Part {
	case diff.Answer:
		return c.Op == diff.Remove
	case diff.Status:
		return worse(recorded, live)
	case diff.Failure:
		return c.Op == diff.Add
	case diff.SetCookie:
		return weakerCookie(c)
	case diff.Header:
		return weakerHeader(recorded, live, c)
	}
	return false
}

// worse compares outcomes: it worked and fails, or it was refused and is not
// any more. A failure that is another failure broke before.
func worse(recorded, live *traffic.Exchange) bool {
	old, new := diff.OutcomeOf(recorded), diff.OutcomeOf(live)
	switch {
	case old.Same(new):
		return false
	case !old.Failed():
		return new.Failed()
	}
	return refused(old) && !new.Failed()
}

// refused tells an answer that kept somebody out.
func refused(o diff.Outcome) bool {
	switch o.Status {
	case 401, 403, 407, 451:
		return true
	}
	return o.Ending == diff.LoginRedirect
}

// weakerCookie tells what exposes a cookie: an attribute that protected it is
// gone, or it is gone itself.
func weakerCookie(c diff.Change) bool {
	switch c.Sub {
	case "":
		return c.Op == diff.Remove
	case "secure", "httponly", "partitioned":
		return c.Op == diff.Remove
	case "samesite":
		return strictness(c.New) < strictness(c.Old)
	case "domain", "path":
		return true // wider, others get it; narrower, it is not sent where it was
	case "value":
		return c.New == "" && c.Old != ""
	}
	return false
}

// strictness orders SameSite; what a browser makes of a missing one, Lax with
// exceptions, is less than Lax (RFC 6265bis section 5.6.7.1).
func strictness(v string) int {
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "strict":
		return 3
	case "lax":
		return 2
	case "none":
		return 0
	}
	return 1
}

func weakerHeader(recorded, live *traffic.Exchange, c diff.Change) bool {
	switch name := c.Name; {
	case name == "strict-transport-security":
		return c.Op == diff.Remove || c.Op == diff.Replace && maxAge(c.New) < maxAge(c.Old) || lostWord(c, "includesubdomains")
	case name == "access-control-allow-origin", name == "access-control-allow-credentials",
		name == "access-control-allow-methods", name == "access-control-allow-headers":
		return weakerCORS(c)
	case name == "access-control-expose-headers":
		return c.Op == diff.Remove
	case strings.HasPrefix(name, "access-control-"):
		return false
	case name == "vary":
		return c.Op == diff.Remove && (keepsApart(c.Sub) || c.Sub == "" && keepsApart(c.Old))
	case name == "cache-control":
		return weakerCaching(c)
	case security(name):
		return c.Op == diff.Remove || c.Op == diff.Replace && weakerPolicy(name, c.Old, c.New)
	case name == "www-authenticate" || name == "proxy-authenticate":
		return challengeLost(live, c)
	case name == "location":
		return c.Op == diff.Remove || worse(recorded, live)
	}
	return false
}

// weakerCORS: taken away, pages can't read the answer any more; widened, others
// can.
func weakerCORS(c diff.Change) bool {
	return c.Op != diff.Add || c.Sub != "" && c.New == "*" || c.Sub == "" && strings.TrimSpace(c.New) == "*" ||
		c.Name == "access-control-allow-credentials"
}

// weakerCaching: what was not to be kept, or for one user only, may be now.
func weakerCaching(c diff.Change) bool {
	lost, gained := strings.ToLower(c.Old), strings.ToLower(c.New)
	for _, word := range []string{"no-store", "private", "no-cache"} {
		if strings.Contains(lost, word) && !strings.Contains(gained, word) {
			return true
		}
	}
	return strings.Contains(gained, "public") && !strings.Contains(lost, "public")
}

// keepsApart tells the request fields by which caches keep the answers to
// different users apart.
func keepsApart(member string) bool {
	for name := range strings.SplitSeq(strings.ToLower(member), ",") {
		switch strings.TrimSpace(name) {
		case "origin", "cookie", "authorization", "*":
			return true
		}
	}
	return false
}

// weakerPolicy compares two values of one policy by what they allow, as far as
// single words tell.
func weakerPolicy(name, old, new string) bool {
	old, new = strings.ToLower(old), strings.ToLower(new)
	switch name {
	case "x-frame-options":
		return strings.TrimSpace(new) != "deny" && strings.TrimSpace(new) != "sameorigin" || strings.TrimSpace(old) == "deny"
	case "x-content-type-options":
		return strings.TrimSpace(old) == "nosniff"
	case "referrer-policy":
		return strings.Contains(new, "unsafe-url")
	case "content-security-policy":
		for _, word := range []string{"'unsafe-inline'", "'unsafe-eval'", " *", "data:", "http:"} {
			if strings.Contains(new, word) && !strings.Contains(old, word) {
				return true
			}
		}
		for directive := range strings.SplitSeq(old, ";") {
			if fields := strings.Fields(directive); len(fields) > 0 && !strings.Contains(new, fields[0]) {
				return true
			}
		}
	}
	return false
}

// challengeLost: a 401 has to say what it wants (RFC 9110 section 15.5.2).
// Without its challenge clients don't ask for credentials; where no 401 is
// left, the status says more.
func challengeLost(live *traffic.Exchange, c diff.Change) bool {
	return c.Op == diff.Remove && !hasParameter(c.Sub) && live != nil && live.Response != nil &&
		(live.Response.Status == 401 || live.Response.Status == 407)
}

// hasParameter tells a parameter of a challenge from a challenge.
func hasParameter(sub string) bool { return strings.Contains(sub, ".") }

func lostWord(c diff.Change, word string) bool {
	return strings.Contains(strings.ToLower(c.Old), word) && !strings.Contains(strings.ToLower(c.New), word)
}

// maxAge reads max-age of Strict-Transport-Security (RFC 6797 section 6.1.1);
// -1: none.
func maxAge(v string) int64 {
	for directive := range strings.SplitSeq(v, ";") {
		name, value, _ := strings.Cut(directive, "=")
		if strings.EqualFold(strings.TrimSpace(name), "max-age") {
			if n, err := strconv.ParseInt(strings.Trim(strings.TrimSpace(value), `"`), 10, 64); err == nil {
				return n
			}
		}
	}
	return -1
}
