package answers

import (
	"strings"

	"github.com/replaydiff/replay/diff"
)

// consequences marks what comes with another outcome: an error page is another
// page, of another type, with other policies. What is left tells why the outcome
// is another one, and what a client keeps of it.
func consequences(recorded, live diff.Outcome, changes []diff.Change) []diff.Change {
	if recorded.Same(live) || recorded.Status == live.Status {
		return changes
	}
	for i := range changes {
		if c := &changes[i]; c.Noise == "" && !tellsOfOutcome(c) {
			c.Noise = otherOutcome
		}
	}
	return changes
}

func tellsOfOutcome(c *diff.Change) bool {
	switch c.Part {
	case diff.Status, diff.Failure, diff.SetCookie, diff.Location, diff.Answer:
		return true
	case diff.Header:
		switch c.Name {
		case "location", "www-authenticate", "proxy-authenticate", "retry-after", "set-cookie", "refresh":
			return true
		}
		return strings.HasPrefix(c.Name, "access-control-") && c.Op != diff.Add
	case diff.Body:
		return c.Op == diff.Add && !c.WholeBody() && namesError(c.Name)
	}
	return false
}

// namesError tells a member of a JSON body in which servers say what is wrong
// (RFC 6749 section 5.2, RFC 9457 section 3.1, GraphQL, and what is common).
func namesError(pointer string) bool {
	if !strings.HasPrefix(pointer, "/") {
		return false
	}
	switch name := strings.ToLower(pointer[strings.LastIndexByte(pointer, '/')+1:]); name {
	case "message", "msg", "detail", "details", "title", "reason", "code", "type", "description", "fault", "faultstring":
		return true
	default:
		return strings.HasPrefix(name, "error") || strings.HasSuffix(name, "error") || strings.HasSuffix(name, "errors")
	}
}
