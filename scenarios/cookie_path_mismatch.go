package scenarios

import (
	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func cookiePathMismatch() *Cause {
	return &Cause{
		ID:    "cookie-path-mismatch",
		Kind:  Mechanism,
		Group: Sessions,
		Means: "The Path of the session cookie does not cover the path of the failing request.",
		Looks: "The login sets the cookie with a Path that is none of the request's, differs in case, or has no Path at a deep URL " +
			"(the default is the directory of that URL); the cookie is missing from then on.",
		Unlike: []Unlike{
			{"wrong-path", "there the request would fail with the cookie too"},
			{"proxy-rewrite", "there a proxy changes the path of the request itself"},
			{"cookie-domain-mismatch", "there the host does not fit"},
		},
		Advice: []Advice{
			{App, "Set the cookie for the whole host.", "Set-Cookie: session=…; Path=/; Secure; HttpOnly"},
			{App, "Java servlets name the cookie's path after the context, case included.", "server.servlet.session.cookie.path=/"},
			{Nginx, "Rewrite the path that the backend sees to the public one.", "proxy_cookie_path /backend/ /;"},
			{Apache, "Rewrite the path that the backend sees to the public one.", "ProxyPassReverseCookiePath /backend /"},
		},
		Refs:     []string{"RFC 6265bis sections 5.1.4 and 5.8.3"},
		Prior:    -0.5,
		Explains: []string{"session-cookie-missing", "missing-credentials", "auth-loop"},
		Detect:   detectCookiePathMismatch,
		Inject:   injectCookiePathMismatch,
		Parameters: []Parameter{
			{Name: "path", Type: TypePath, Default: "/elsewhere", Doc: "what Path becomes"},
		},
		Enforced: ByBrowser,
		Live:     liveCookiePathMismatch,
		Expect:   refuses(expect.Lenient, noSession...),
	}
}

func detectCookiePathMismatch(v *View) []Evidence {
	list := v.ruleEvidence("cookie-path-mismatch")
	if len(list) == 0 {
		return nil
	}
	return append(list, v.owns("the failing request has another path", func(c diff.Change) bool { return c.Part == diff.Path })...)
}

// injectCookiePathMismatch lets the login name a path that exists nowhere.
func injectCookiePathMismatch(in *Injection) error {
	c, err := in.loginCookie()
	if err != nil {
		return err
	}
	c.set("Path", "/"+in.word()+"/app")
	return in.withhold(c)
}

func liveCookiePathMismatch(in *Injection) error {
	return in.visit(Visit{}, CookieRewrite{Attribute: "Path", Value: in.With["path"]})
}
