package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// sessionSetter finds the answer that set the session cookie of the target,
// the last one before it.
func (in *Injection) sessionSetter() (*loginCookie, error) {
	for _, c := range loginCookies(in.Request()) {
		for i := in.Target - 1; i >= 0; i-- {
			x := in.Flow.Exchanges[i]
			if x.Response == nil {
				continue
			}
			for k, f := range x.Response.Header.All("set-cookie") {
				if line := browser.ParseSetCookie(f.Value); line.Name == c.Name && line.Value != "" {
					return &loginCookie{name: c.Name, entry: i, field: k, line: line, url: x.Request.URL}, nil
				}
			}
		}
	}
	return nil, cannot("no answer of the flow sets the session cookie")
}

// visit lets a browser decide about the session cookie of the target, after a
// rewrite of the line that sets it.
func (in *Injection) visit(v Visit, rewrite ...CookieRewrite) error {
	c, err := in.sessionSetter()
	if err != nil {
		return err
	}
	v.Cookie = c.name
	for _, r := range rewrite {
		r.Entry, r.Cookie = c.entry, c.name
		v.Rewrite = append(v.Rewrite, r)
	}
	in.Live.moves.Visit = &v
	return nil
}

// logout sends the flow's own logout, or that of the parameter, right before
// the target: what it ends is then over for the server. False: neither is there.
func (in *Injection) logout() bool {
	if route := in.With["logout"]; route != "" {
		method, path, _ := strings.Cut(route, " ")
		x := cloneExchange(in.Exchange())
		u := x.Request.ParsedURL()
		if u == nil {
			return false
		}
		u.Path, u.RawPath, u.RawQuery, u.Fragment = path, "", "", ""
		x.Request.Method, x.Request.URL, x.Request.Query, x.Request.Body = method, u.String(), nil, traffic.Body{}
		x.Response = nil
		in.Live.moves.Before = append(in.Live.moves.Before, x)
		return true
	}
	i := slices.IndexFunc(in.Flow.Exchanges, func(x *traffic.Exchange) bool { return EndsLogin(x) && hostOf(x) == hostOf(in.Exchange()) })
	if i < 0 { // a login for a whole site ends at another host of it
		site := browser.SiteOf(in.Request().URL).Host // the scheme may be that of the target
		i = slices.IndexFunc(in.Flow.Exchanges, func(x *traffic.Exchange) bool {
			return EndsLogin(x) && site != "" && browser.SiteOf(x.Request.URL).Host == site
		})
	}
	if i < 0 {
		return false
	}
	in.Live.moves.Before = append(in.Live.moves.Before, in.Flow.Exchanges[i])
	return true
}

// EndsLogin tells whether the exchange is a logout or a revocation (RFC 7009)
// that worked; most logouts lead back to the login. It knows them by the last
// words of the path, and DELETE of a session.
func EndsLogin(x *traffic.Exchange) bool {
	u := x.Request.ParsedURL()
	if u == nil || x.Response == nil || x.Response.Status < 200 || x.Response.Status > 399 || diff.IsPreflight(x) {
		return false
	}
	segments := strings.Split(strings.Trim(u.Path, "/"), "/")
	last := segments[len(segments)-1]
	if x.Request.Method == "DELETE" && hasWord(last, "session", "sessions", "login") {
		return true // as resources are ended (Rails, REST)
	}
	return hasWord(last, "logout", "signout", "logoff", "revoke", "revocation") || joined(last) == "signout"
}
