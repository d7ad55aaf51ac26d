package through

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// answeredFault is what it breaks that a request never arrived; nil where the
// proxy's own answer comes to the same as the recorded one: a file that it serves,
// a preflight that it answers, a cache. Here tells that others for the same path
// did arrive.
func answeredFault(recorded, live *traffic.Exchange, here bool) *fault {
	was, is := diff.OutcomeOf(recorded), diff.OutcomeOf(live)
	status := live.Response.Status
	preflight := diff.IsPreflight(recorded)
	switch {
	case recorded.Response == nil && !is.Failed():
		return nil
	case was.Same(is):
		return sameStatusFault(recorded, live, preflight)
	case status == 401 || status == 403 || status == 407 || is.Ending == diff.LoginRedirect:
		return deniedFault(status)
	case status == 500 && scenarios.AnswererOf(live.Response).Product == "nginx":
		f := deniedFault(status)
		f.note = "nginx says 500 where the service behind auth_request answers neither 2xx nor 401 or 403"
		return f
	case status == 429:
		return &fault{cause: "rate-limited", does: "rate limited", says: "{who} limits the rate of requests: they never come to the app."}
	case status == 503 && scenarios.AnswererOf(live.Response).Product == "nginx":
		return &fault{cause: "rate-limited", does: "rate limited", sure: 0.8, says: "{who} limits the rate of requests: they never come to the app.",
			note: "503 is what nginx says for limit_req and limit_conn, and else where `return 503` stands"}
	case (status == 400 || status == 404) && strings.Contains(strings.ToLower(pathOf(urlOf(targetOf(live)))), "%2f"):
		return &fault{cause: "proxy-rewrite", mend: scenarios.PathDecoded, does: "%2F refused",
			says: "{who} refuses paths with %2F: they never come to the app."}
	case (status == 400 || status == 431 || status == 494) && headSize(live.Request.Header) > largeHead:
		return &fault{cause: "cookie-too-large", does: "long fields refused",
			says: fmt.Sprintf("{who} refuses a header section of %d bytes.", headSize(live.Request.Header))}
	case status == 413:
		return bodyRefused(0)
	case status == 502 && here && recorded.Request.Body.Present():
		f := bodyRefused(0.8)
		f.note = "requests without a body for the same path came here"
		return f
	}
	return whollyAnswered(status, preflight)
}

// whollyAnswered is what all requests for a path meet.
func whollyAnswered(status int, preflight bool) *fault {
	switch {
	case status >= 502 && status <= 504:
		return &fault{cause: "proxy-rewrite", mend: scenarios.UpstreamSilent, does: "sent elsewhere", sure: 0.9, wholly: true,
			says: "{who} takes these paths to another upstream, which does not answer."}
	case status >= 300 && status < 400 && status != 304:
		return &fault{cause: "proxy-rewrite", mend: scenarios.RequestRedirected, does: "redirected", sure: 0.9, wholly: true,
			says: "{who} redirects requests itself that the app answered before."}
	case preflight:
		return preflightFault("")
	}
	return notForwarded("")
}

func notForwarded(note string) *fault {
	return &fault{cause: "proxy-rewrite", mend: scenarios.RequestAnswered, does: "not forwarded", sure: 0.9, wholly: true, note: note,
		says: "{who} answers requests itself that the app answered before."}
}

func preflightFault(note string) *fault {
	return &fault{cause: "cors-preflight-failed", mend: scenarios.PreflightRefused, does: "preflight refused", note: note,
		says: "{who} answers preflights itself, and does not give leave: a browser never sends the request."}
}

func bodyRefused(sure float64) *fault {
	return &fault{cause: "proxy-rewrite", mend: scenarios.BodyRefused, does: "body refused", sure: sure,
		says: "{who} refuses the body of requests as too large: they never come to the app."}
}

// sameStatusFault is what an answer of the proxy's own breaks although its status
// is the recorded one: a preflight without the app's leave, a page or nothing at
// all in the place of data.
func sameStatusFault(recorded, live *traffic.Exchange, preflight bool) *fault {
	if preflight {
		if why, withdrawn := leaveWithdrawn(recorded, live); withdrawn {
			return preflightFault(why)
		}
		return nil
	}
	old, errOld := recorded.Response.Body.Bytes(0)
	new, errNew := live.Response.Body.Bytes(0)
	switch {
	case live.Request.Method != "GET" || !bodyAllowed(live.Response.Status) || errOld != nil || errNew != nil || len(old) == 0:
		return nil
	case len(new) == 0:
		return notForwarded("the answer has no body, and the app's had one")
	case essence(recorded.Response) != essence(live.Response):
		return notForwarded("the answer has another type than the app's")
	}
	return nil
}

// essence is the media type of an answer without its parameters.
func essence(r *traffic.Response) string {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// cachedFault is an answer that was given to another request.
func cachedFault() *fault {
	return &fault{cause: "cached-auth-response", does: "answered from a cache",
		says: "{who} gives a request the answer to an earlier one: one user can get the page of another."}
}

const deniedCause = "proxy-auth-denied"

func deniedFault(status int) *fault {
	f := &fault{cause: deniedCause, mend: scenarios.AccessAsked, does: "access denied",
		says: "{who} asks for credentials of its own, and refuses the app's: the requests never come to the app."}
	if status == 403 {
		f.says = "{who} refuses requests itself: they never come to the app."
	}
	return f
}

func targetOf(x *traffic.Exchange) string {
	_, rest, _ := strings.Cut(x.Request.URL, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return "/"
}
