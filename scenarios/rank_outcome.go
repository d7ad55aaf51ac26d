package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// expects tells whether a cause can end as this exchange did. What it does not
// know, it expects.
func (c *Cause) expects(x *traffic.Exchange) bool {
	if x.Response == nil {
		return true
	}
	switch c.Group {
	case Credentials, Tokens, OAuth, Sessions:
		return endsRefused(x)
	case CORS:
		if c.ID == "credentials-not-sent" {
			return endsRefused(x)
		}
		return endsWithheld(x)
	}
	return true
}

// endsRefused are the answers of one who asks for credentials and does not
// like them.
func endsRefused(x *traffic.Exchange) bool {
	o := diff.OutcomeOf(x)
	switch o.Ending {
	case diff.NoAnswer:
		return false
	case diff.Blocked:
		// A reason of its own (a certificate, a redirect loop) is no CORS check.
		reason := strings.ToUpper(x.Response.Error)
		return strings.Contains(reason, "ERR_") && !strings.Contains(reason, "ERR_FAILED") && !strings.Contains(reason, "ERR_BLOCKED")
	case diff.Answered:
		switch o.Status {
		case 408, 411, 413, 415, 426, 429:
			return false
		case 500: // a cookie or token that nobody caught
			return true
		}
		return o.Status < 500
	}
	return true
}

// endsWithheld are the ends of a CORS check: no answer for the script, be it
// that the server answered well, or a preflight that got any answer. A server
// may refuse a foreign Origin with 403; its other refusals have reasons of
// their own, which a missing CORS header only hides from the script.
func endsWithheld(x *traffic.Exchange) bool {
	if x.Request.Method == "OPTIONS" {
		return true
	}
	o := diff.OutcomeOf(x)
	return o.Ending != diff.Answered || o.Status < 400 || o.Status == 403
}
