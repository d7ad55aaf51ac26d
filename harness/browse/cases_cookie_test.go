package browse

import (
	"fmt"
	"net/http"
	"strings"
)

const ticket = "7fKq9ZsWb2XnR4tGvL0c"

// account is a site with a login: POST /login sets the line, GET /me wants the
// cookie.
func account(good, bad string) func(http.ResponseWriter, *http.Request, bool) {
	return func(w http.ResponseWriter, r *http.Request, broken bool) {
		openTo(w, r)
		switch r.URL.Path {
		case "/login":
			line := good
			if broken {
				line = bad
			}
			host, _, _ := strings.Cut(r.Host, ":")
			_, site, _ := strings.Cut(host, ".")
			w.Header().Add("Set-Cookie", strings.NewReplacer("HOST", host, "SITE", site, "VALUE", ticket).Replace(line))
			jsonAnswer(w, `{"ok":true}`)
		default:
			me(w, r)
		}
	}
}

// me knows who has the ticket.
func me(w http.ResponseWriter, r *http.Request) {
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Value, ticket) {
			jsonAnswer(w, `{"name":"Ada"}`)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprint(w, `{"error":"login required"}`)
}

// openTo lets every page read and send cookies.
func openTo(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" {
		w.Header().Set(allowOrigin, origin)
		w.Header().Set(allowCredentials, "true")
		w.Header().Set("Vary", "Origin")
	}
}

const (
	loginHere = `await (await fetch('/login', {method: 'POST', body: new URLSearchParams({user: 'ada', password: 'made-up'})})).text(); await (await fetch('/me')).text();`
	partner   = `const url = 'https://api.partner-kN.test'; await (await fetch(url + '/login', {method: 'POST', credentials: 'include'})).text(); await (await fetch(url + '/me', {credentials: 'include'})).text();`
)

func cookieCases() []kase {
	const samesite, secure, domain, path, prefix = "cookie-samesite-blocked", "cookie-secure-over-http", "cookie-domain-mismatch", "cookie-path-mismatch", "cookie-prefix-rejected"
	here := func(name, good, bad, want, says, reason string) kase {
		return kase{name: name, page: "https://app.kN.test/-/page", script: loginHere, serve: account(good, bad), want: want, says: says, reason: reason}
	}
	return []kase{
		here("Domain of another site", "sid=VALUE; Path=/; Domain=SITE", "sid=VALUE; Path=/; Domain=backend.internal", domain, "InvalidDomain", "the name that the backend has"),
		here("Domain below", "sid=VALUE; Path=/", "sid=VALUE; Path=/; Domain=x.HOST", domain, "InvalidDomain", "a host may name those above it only"),
		here("Path", "sid=VALUE; Path=/", "sid=VALUE; Path=/portal", path, "NotOnPath", "the context path of the backend"),
		here("None without Secure", "sid=VALUE; Path=/; SameSite=None; Secure", "sid=VALUE; Path=/; SameSite=None", samesite, "SameSiteNoneInsecure", "refused when it is set"),
		here("__Host- with Domain", "__Host-sid=VALUE; Path=/; Secure", "__Host-sid=VALUE; Path=/; Secure; Domain=HOST", prefix, "InvalidPrefix", "the prefix forbids Domain"),
		here("__Secure- without Secure", "__Secure-sid=VALUE; Path=/; Secure", "__Secure-sid=VALUE; Path=/", prefix, "InvalidPrefix", "a proxy took the flag away"),
		here("too large", "sid=VALUE; Path=/", "sid="+strings.Repeat("Zk3vQ9", 700)+"; Path=/", "cookie-too-large", "NameValuePairExceedsMaxSize", "too many claims in the cookie"),
		{name: "Secure over http", page: "http://app.kN.test/-/page", script: loginHere, serve: account("sid=VALUE; Path=/", "sid=VALUE; Path=/; Secure"), want: secure, says: "SecureOnly", reason: "refused when it is set"},
		{name: "Secure, then http", page: "https://app.kN.test/-/page", script: `await (await fetch('/login', {method: 'POST'})).text(); location = 'http://app.kN.test/home'; await new Promise(() => {});`,
			serve: home(account("sid=VALUE; Path=/", "sid=VALUE; Path=/; Secure")), want: secure, says: "SecureOnly", reason: "kept, and not sent to http"},
		{name: "host of a sibling", page: "https://login.kN.test/-/page",
			script: `await (await fetch('/login', {method: 'POST'})).text(); await (await fetch('https://api.kN.test/me', {credentials: 'include'})).text();`,
			serve:  account("sid=VALUE; Path=/; Domain=SITE", "sid=VALUE; Path=/"), want: domain, says: "DomainMismatch", reason: "kept, for the host alone that set it"},
		{name: "Lax and a form of another site", page: "https://app.kN.test/-/page", script: `await (await fetch('/login', {method: 'POST'})).text(); location = 'https://id.other-kN.test/form'; await new Promise(() => {});`,
			serve: home(account("sid=VALUE; Path=/; SameSite=None; Secure", "sid=VALUE; Path=/; SameSite=Lax; Secure")), want: samesite, says: "SameSiteLax", reason: "a login that comes back by POST"},
		{name: "Strict and a link of another site", page: "https://app.kN.test/-/page", script: `await (await fetch('/login', {method: 'POST'})).text(); location = 'https://id.other-kN.test/link'; await new Promise(() => {});`,
			serve: home(account("sid=VALUE; Path=/; SameSite=Lax; Secure", "sid=VALUE; Path=/; SameSite=Strict; Secure")), want: samesite, says: "SameSiteStrict", reason: "a link in a mail"},
		{name: "Strict set by a script", page: "https://app.kN.test/-/page",
			script: `document.cookie = 'sid=` + ticket + `; Path=/; Secure; SameSite=' + (bad ? 'Strict' : 'Lax'); location = 'https://id.other-kN.test/link'; await new Promise(() => {});`,
			serve:  home(account("", "")), want: samesite, says: "SameSiteStrict", reason: "no answer set it, so the browser's word is all there is"},
		{name: "third party", page: "https://www.kN.test/-/page", script: partner,
			serve: account("sid=VALUE; Path=/; SameSite=None; Secure; Partitioned", "sid=VALUE; Path=/; SameSite=None; Secure"), want: samesite, says: "UserPreferences", reason: "cookies of third parties are blocked"},
	}
}

// home adds pages to an account: /home wants the cookie, and the other site has
// a form and a link that lead there.
func home(next func(http.ResponseWriter, *http.Request, bool)) func(http.ResponseWriter, *http.Request, bool) {
	return func(w http.ResponseWriter, r *http.Request, bad bool) {
		site := strings.TrimPrefix(strings.TrimPrefix(r.Host, "id.other-"), "app.")
		switch r.URL.Path {
		case "/home":
			if c, err := r.Cookie("sid"); err != nil || !strings.HasPrefix(c.Value, ticket) {
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(http.StatusUnauthorized)
				fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><title>Login required</title>Please sign in.<script>fetch('/-/done', {method: 'POST'})</script>`)
				return
			}
			document(w, "Welcome, Ada.", "done()")
		case "/form":
			document(w, `<form method="post" action="https://app.`+site+`/home"><input name="code" value="4711"></form>`, "document.forms[0].submit()")
		case "/link":
			document(w, `<a href="https://app.`+site+`/home">on</a>`, "document.links[0].click()")
		default:
			next(w, r, bad)
		}
	}
}
