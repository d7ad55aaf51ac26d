package through

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// leaveWithdrawn tells an answer to a preflight that no longer gives the leave
// that the recorded one gave: a browser decides by its fields, and not by the
// status alone (Fetch, section "CORS-preflight fetch").
func leaveWithdrawn(recorded, live *traffic.Exchange) (why string, withdrawn bool) {
	if recorded.Response == nil || live.Response == nil {
		return "", false
	}
	for _, credentials := range []browser.FetchCredentials{browser.CredentialsInclude, browser.CredentialsOmit} {
		if _, leave := leaveOf(recorded, recorded.Response, credentials); leave {
			why, leave = leaveOf(recorded, live.Response, credentials)
			return why, !leave
		}
	}
	return "", false
}

// leaveOf is what a browser makes of an answer to a recorded preflight.
func leaveOf(recorded *traffic.Exchange, r *traffic.Response, credentials browser.FetchCredentials) (why string, leave bool) {
	h := recorded.Request.Header
	origin, err := browser.ParseOrigin(h.Get("Origin"))
	if err != nil {
		return "", false
	}
	asks := browser.CORSRequest{Origin: origin, Method: h.Get("Access-Control-Request-Method"), URL: recorded.Request.URL, Credentials: credentials}
	for name := range strings.SplitSeq(h.Get("Access-Control-Request-Headers"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			asks.Header = append(asks.Header, browser.Field{Name: name, Value: unsafeValue})
		}
	}
	answer := &browser.CORSAnswer{Status: r.Status}
	for _, f := range r.Header {
		answer.Header = append(answer.Header, browser.Field{Name: f.Name, Value: f.Value})
	}
	v := browser.Decide(asks, []browser.CORSHop{{Preflight: answer}}, browser.Chromium)
	if v.Allowed || v.Stage == browser.StageAnswer {
		return "", true
	}
	_, why, _ = strings.Cut(v.Sentence(), ", but ") // what goes before it tells of the request
	return why, false
}

// unsafeValue is one for which leave is needed whatever the field: a quote is
// in no value that is safe by itself (Fetch, "CORS-unsafe request-header byte").
const unsafeValue = `"x"`
