package browse

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"

	"github.com/replaydiff/replay/scenarios/devtools"
)

// maxIssues bounds those that are kept with one request.
const maxIssues = 16

// onIssue files an issue of DevTools' panel with the request that it names.
// Those of a cookie or of CORS say what the raw headers and the failure say
// better; those without a request are of the page.
func onIssue(r *recorder, params json.RawMessage) {
	read(params, func(e *issueAdded) {
		switch e.Issue.Code {
		case "CorsIssue", "CookieIssue":
			return
		}
		for _, raw := range e.Issue.Details {
			var d struct {
				Request                                     *struct{ RequestID string }
				ResolutionStatus, Reason, ViolatedDirective string

				BlockedURL   string
				IsReportOnly bool
			}
			if json.Unmarshal(raw, &d) != nil {
				continue
			}
			if d.Request == nil && recordable(d.BlockedURL) && !d.IsReportOnly {
				r.neverAsked(d.BlockedURL, d.ViolatedDirective)
			}
			if d.Request == nil || r.done[d.Request.RequestID] {
				continue
			}
			f := r.flow(d.Request.RequestID)
			issue := devtools.Issue{Code: e.Issue.Code, Detail: d.ResolutionStatus + d.Reason + d.ViolatedDirective}
			if len(f.issues) < maxIssues && !slices.Contains(f.issues, issue) {
				f.issues = append(f.issues, issue)
			}
		}
	})
}

// neverAsked tells of what a page's policy stopped before it was a request: the
// browser names neither its method nor its headers, so it is in no capture.
func (r *recorder) neverAsked(blocked, directive string) {
	u, err := url.Parse(blocked)
	if err != nil || len(r.stopped) >= maxIssues || slices.Contains(r.stopped, u.Host+directive) {
		return
	}
	r.stopped = append(r.stopped, u.Host+directive)
	r.notice("a page's Content-Security-Policy (" + directive + ") stopped a request to " + u.Host + ": it is not in the recording")
}

func decoded(text string, isBase64 bool) ([]byte, error) {
	if !isBase64 {
		return []byte(text), nil
	}
	return base64.StdEncoding.DecodeString(text)
}
