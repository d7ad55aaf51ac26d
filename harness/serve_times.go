package harness

import (
	"net/http"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// answeredAt is when an answer was recorded: its own Date, else the recorder's
// clock; zero where neither is known.
func answeredAt(x *traffic.Exchange) time.Time {
	if date, err := http.ParseTime(x.Response.Header.Get("Date")); err == nil {
		return date
	}
	return x.Recorded.Started.Time
}

// moveExpires moves the Expires of a cookie as far as the answer is moved: a
// client would drop what ended long ago, as the recorded client did not. One
// that had ended then, for the cookie is deleted, stays.
func moveExpires(line string, answered, now time.Time) string {
	if answered.IsZero() {
		return line
	}
	attributes := strings.Split(line, ";")
	for i, attribute := range attributes[1:] {
		name, value, ok := strings.Cut(attribute, "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "expires") {
			continue
		}
		expires, ok := browser.ParseCookieDate(value, browser.Standard)
		if ok && expires.After(answered) {
			attributes[i+1] = name + "=" + now.Add(expires.Sub(answered)).UTC().Format(http.TimeFormat)
		}
	}
	return strings.Join(attributes, ";")
}
