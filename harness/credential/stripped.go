package credential

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// stripped tells whether a capture as a whole lost its credentials: the entry
// that shows it, and by what it is known; "" where nothing shows it. doubt is
// why it may have lost some where nothing shows that it had any.
//
// That an export leaves credentials out by default is no proof that there were
// any: most pages are public. It takes an exchange that shows someone logged in.
// Where the capture itself logs in, its session comes back by the live login;
// a token that was to be sent in Authorization does not.
func stripped(c *traffic.Capture) (entry int, why, doubt string) {
	if entry := askedFor(c); entry >= 0 {
		return entry, "its preflight asks for Authorization, which is not there", ""
	}
	sanitized, by := scenarios.Sanitized(c)
	if !sanitized || carriesCredential(c) {
		return -1, "", ""
	}
	loggedIn := false
	for _, x := range c.Exchanges {
		switch why := showsLogin(x); {
		case isJSONSuccess(x) && handsOut(x.Response):
			return x.Index, "its answer hands out a token, which no request carries", ""
		case why != "" && !loggedIn:
			return x.Index, why, ""
		}
		loggedIn = loggedIn || isLogin(&x.Request, credentialsOf(&x.Request))
	}
	return -1, "", by
}

func carriesCredential(c *traffic.Capture) bool {
	return slices.ContainsFunc(c.Exchanges, func(x *traffic.Exchange) bool {
		return slices.ContainsFunc(credentialsOf(&x.Request), provesWho)
	})
}

// askedFor finds a request that succeeded without the Authorization that its
// preflight had asked to send (Fetch, section 4.8). Chrome lists a preflight
// behind its request.
func askedFor(c *traffic.Capture) int {
	asked := map[string]bool{}
	for _, x := range c.Exchanges {
		if r := &x.Request; isPreflight(r) {
			fields := listed(r.Header.Values("access-control-request-headers"))
			if slices.Contains(fields, "authorization") {
				asked[r.Header.Get("access-control-request-method")+" "+withoutFragment(r.URL)] = true
			}
		}
	}
	for _, x := range c.Exchanges {
		r := &x.Request
		if asked[r.Method+" "+withoutFragment(r.URL)] && !r.Header.Has("authorization") && succeeded(x) {
			return x.Index
		}
	}
	return -1
}

func withoutFragment(url string) string {
	url, _, _ = strings.Cut(url, "#")
	return url
}

func succeeded(x *traffic.Exchange) bool {
	return x.Response != nil && 200 <= x.Response.Status && x.Response.Status < 300
}

// showsLogin tells by what an exchange shows that its client was logged in, or
// was asked to be.
func showsLogin(x *traffic.Exchange) string {
	r := x.Response
	switch {
	case r == nil:
	case r.Status == 401:
		return "it was answered 401"
	case diff.OutcomeOf(x).Ending == diff.LoginRedirect:
		return "it was sent to a login"
	case !succeeded(x):
	case sendsCSRF(&x.Request):
		return "it was sent with a CSRF token, which belongs to a session"
	case slices.Contains(listed(r.Header.Values("vary")), "authorization"):
		return "its answer depends on Authorization"
	case isJSON(r) && asksWho(&x.Request):
		return "its answer tells who is logged in"
	}
	return ""
}

func listed(values []string) []string {
	var list []string
	for _, v := range values {
		for member := range strings.SplitSeq(v, ",") {
			list = append(list, strings.ToLower(strings.TrimSpace(member)))
		}
	}
	return list
}

func sendsCSRF(r *traffic.Request) bool {
	return slices.ContainsFunc(credentialsOf(r), func(c scenarios.Credential) bool {
		return c.Kind == scenarios.CSRFToken && c.Part == diff.Header
	})
}

func isJSONSuccess(x *traffic.Exchange) bool { return succeeded(x) && isJSON(x.Response) }

func isJSON(r *traffic.Response) bool {
	mediaType := strings.ToLower(first(r.Body.MediaType, r.Header.Get("content-type")))
	mediaType, _, _ = strings.Cut(mediaType, ";")
	return strings.HasSuffix(strings.TrimSpace(mediaType), "json")
}

// handsOut tells an answer of a token endpoint (RFC 6749 section 5.1).
func handsOut(r *traffic.Response) bool {
	if !r.Body.Present() || r.Body.MaxLen() > maxSearchedBody {
		return false
	}
	for _, pointer := range []string{"/access_token", "/accessToken"} {
		if value, _ := pointed(r, pointer); value != "" {
			return true
		}
	}
	return false
}

// asksWho knows the paths at which APIs tell a client who it is.
func asksWho(r *traffic.Request) bool {
	u := r.ParsedURL()
	if u == nil {
		return false
	}
	segments := strings.Split(strings.ToLower(strings.Trim(u.Path, "/")), "/")
	switch segments[len(segments)-1] {
	case "me", "whoami", "userinfo", "current_user", "current-user", "currentuser", "myself":
		return true
	}
	return false
}
