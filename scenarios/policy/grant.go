package policy

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A grant is what an answer hands out.
type grant struct {
	access   string
	refresh  string        // the refresh token beside it; "" none, or a cookie
	lifetime time.Duration // as the answer tells it; 0: it does not
	cookie   bool          // the token is a cookie
}

// The bounds of what is read as a grant.
const (
	maxGrant = 256 << 10 // bytes of a body
	minToken = 8         // bytes of a token: what is shorter occurs by chance
	maxDepth = 3         // {"data":{"session":{"access_token":…
)

// grantOf reads what an answer hands out: the members of a token answer (RFC
// 6749 section 5.1) in the spellings of the field, else the cookies of an
// exchange that renews or logs in.
func grantOf(x *traffic.Exchange, renews bool) (grant, bool) {
	if x.Response == nil || x.Response.Status/100 != 2 && x.Response.Status/100 != 3 {
		return grant{}, false
	}
	if g, ok := grantInBody(x.Response); ok {
		return g, true
	}
	return grantInCookies(x, renews)
}

func grantInBody(r *traffic.Response) (grant, bool) {
	kind := strings.ToLower(r.Header.Get("content-type") + r.Body.MediaType)
	if kind != "" && !strings.Contains(kind, "json") || !r.Body.Present() {
		return grant{}, false
	}
	content, err := r.Body.Bytes(maxGrant)
	if err != nil || len(content) == 0 || content[0] != '{' || !speaksOfTokens(content) {
		return grant{}, false
	}
	var members map[string]any
	if json.Unmarshal(content, &members) != nil {
		return grant{}, false
	}
	return grantIn(members, maxDepth)
}

// speaksOfTokens spares the parsing of all that an API answers beside.
func speaksOfTokens(content []byte) bool {
	return bytes.Contains(content, []byte("oken")) || bytes.Contains(content, []byte(`"jwt"`)) || bytes.Contains(content, []byte(`"access"`))
}

// grantIn reads the members of an object, else of the objects in it.
func grantIn(members map[string]any, depth int) (grant, bool) {
	g := grant{
		access:  textOf(members, AccessNames()...),
		refresh: textOf(members, "refresh_token", "refreshtoken", "refresh"),
	}
	if g.access != "" {
		g.lifetime = secondsOf(members, "expires_in", "expiresin")
		return g, true
	}
	if depth <= 1 {
		return grant{}, false
	}
	for _, name := range []string{"data", "result", "tokens", "token", "session", "auth", "AuthenticationResult", "response"} {
		if inner, is := members[name].(map[string]any); is {
			if g, ok := grantIn(inner, depth-1); ok {
				return g, true
			}
		}
	}
	return grant{}, false
}

// AccessNames are the members of answers that hand out an access token, in
// lower case, the surest first: of a grant with an access_token and an id_token
// the first is meant.
func AccessNames() []string {
	return []string{"access_token", "accesstoken", "jwt", "token", "access", "authtoken", "auth_token", "idtoken", "id_token"}
}

// member is the value of a name in any case; the same of several each time.
func member(members map[string]any, name string) any {
	for _, key := range slices.Sorted(maps.Keys(members)) {
		if strings.EqualFold(key, name) {
			return members[key]
		}
	}
	return nil
}

// textOf is the first member that is a token. An object under one of the names
// is none, nor is a word.
func textOf(members map[string]any, names ...string) string {
	for _, name := range names {
		if s, is := member(members, name).(string); is && len(s) >= minToken && (isMasked(s) || !strings.ContainsAny(s, " \t\r\n")) && !scenarios.IsBlackened(s) {
			return s
		}
	}
	return ""
}

// secondsOf reads a lifetime as servers write it: 3600, 3600.0 or "3600".
func secondsOf(members map[string]any, names ...string) time.Duration {
	const most = float64(10 * 365 * 24 * time.Hour / time.Second)
	for _, name := range names {
		n := math.NaN()
		switch value := member(members, name).(type) {
		case float64:
			n = value
		case string:
			n, _ = strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
		if n > 0 && n < most {
			return time.Duration(n * float64(time.Second))
		}
	}
	return 0
}

// grantInCookies finds the access token among the cookies that are set: a JWT,
// or, where the exchange is there to renew them, the one that lives shortest.
func grantInCookies(x *traffic.Exchange, renews bool) (grant, bool) {
	var best grant
	for _, line := range scenarios.SetCookieLines(x.Response) {
		c := browser.ParseSetCookie(line)
		_, readable := jwtOf(c.Value)
		if len(c.Value) < minToken || scenarios.IsBlackened(c.Value) || !readable && !(renews && carriesLogin(c)) {
			continue
		}
		g := grant{access: c.Value, lifetime: cookieLifetime(c), cookie: true}
		if best.access == "" || 0 < g.lifetime && (best.lifetime == 0 || g.lifetime < best.lifetime) {
			best = g
		}
	}
	return best, best.access != ""
}

// carriesLogin asks whether a cookie is one that opens doors.
func carriesLogin(c browser.SetCookie) bool {
	r := traffic.Request{Header: traffic.Header{{Name: "Cookie", Value: c.Name + "=" + c.Value}}}
	return slices.ContainsFunc(scenarios.CredentialsOf(&r), func(c scenarios.Credential) bool { return c.Kind == scenarios.SessionCookie })
}

// cookieLifetime is the Max-Age of a cookie. Expires is no lifetime: it is a
// time of the server's clock, which is judged by browsers.
func cookieLifetime(c browser.SetCookie) time.Duration {
	for _, a := range slices.Backward(c.Attributes) {
		if !strings.EqualFold(a.Name, "max-age") {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(a.Value), 10, 32); err == nil && n > 0 {
			return time.Duration(n) * time.Second
		}
	}
	return 0
}

// jwtOf reads a token as it may stand in a header or a cookie.
func jwtOf(value string) (*scenarios.JWT, bool) { return scenarios.ParseJWT(strings.Trim(value, `"`)) }

// isMasked tells a value that was masked so that the same is still the same.
func isMasked(s string) bool { return strings.HasPrefix(s, "‹") }
