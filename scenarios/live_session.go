package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// sessionSetter finds the answer that set the session cookie of the target,
// the last one before it.
func (in *Injection) sessionSetter() (*loginCookie, error) {
	for _, c := range in.Request().CookiePairs() {
		if !isSessionCookie(c.Name, c.Value) {
			continue
		}
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
	i := slices.IndexFunc(in.Flow.Exchanges, func(x *traffic.Exchange) bool { return endsLogin(x) && hostOf(x) == hostOf(in.Exchange()) })
	if i < 0 {
		return false
	}
	in.Live.moves.Before = append(in.Live.moves.Before, in.Flow.Exchanges[i])
	return true
}

// endsLogin knows a logout and a revocation (RFC 7009) by the last words of
// the path.
func endsLogin(x *traffic.Exchange) bool {
	u := x.Request.ParsedURL()
	if u == nil || !Works(x) {
		return false
	}
	segments := strings.Split(strings.Trim(u.Path, "/"), "/")
	return hasWord(segments[len(segments)-1], "logout", "signout", "logoff", "revoke", "revocation") || joined(segments[len(segments)-1]) == "signout"
}
