package browse

import (
	"fmt"
	"net/http"
)

func otherCases() []kase {
	return []kase{
		{name: "http from https", page: shopPage, script: `await (await fetch((bad ? 'http' : 'https') + '://api.kN.test/v2/stock')).json();`, serve: stock(nil), want: "wrong-scheme", says: "mixed-content", reason: "never sent"},
		{name: "refusal out of the cache", page: "http://app.kN.test/-/page", script: `await (await fetch('/v1/me')).text(); await (await fetch('/v1/login', {method: 'POST'})).text(); await (await fetch('/v1/me')).text();`,
			serve: func(w http.ResponseWriter, r *http.Request, bad bool) {
				switch c, _ := r.Cookie("sid"); {
				case r.URL.Path == "/v1/login":
					http.SetCookie(w, &http.Cookie{Name: "sid", Value: ticket, Path: "/"})
				case c != nil:
					jsonAnswer(w, `{"name":"Ada"}`)
				default:
					w.Header().Set("Cache-Control", map[bool]string{true: "max-age=600", false: "no-store"}[bad])
					w.WriteHeader(http.StatusForbidden) // no browser keeps a 401
					fmt.Fprint(w, "login required")
				}
			}, want: "cached-auth-response", alone: onlyPair, says: "disk", reason: "the refusal was kept, so the login changes nothing"},
		{name: "refusal of a service worker", page: "http://app.kN.localhost/-/page",
			script: `await navigator.serviceWorker.register('/worker.js'); await navigator.serviceWorker.ready;
if (!navigator.serviceWorker.controller) await new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done));
await (await fetch('/v1/me')).text();`,
			serve: func(w http.ResponseWriter, r *http.Request, bad bool) {
				if r.URL.Path != "/worker.js" {
					jsonAnswer(w, `{"name":"Ada"}`)
					return
				}
				w.Header().Set("Content-Type", "text/javascript")
				fmt.Fprintf(w, `const bad = %v;
addEventListener('install', e => e.waitUntil((async () => { const c = await caches.open('v1'); await c.put('/v1/me', new Response('login required', {status: 401})); await skipWaiting(); })()));
addEventListener('activate', e => e.waitUntil(clients.claim()));
addEventListener('fetch', e => { if (bad && e.request.url.endsWith('/v1/me')) e.respondWith(caches.match('/v1/me')); });`, bad)
			}, want: "cached-auth-response", says: "cache-storage", reason: "an old refusal in a cache of the page's own"},
		{name: "Authorization lost on the way", page: "https://app.kN.test/-/page", script: `await (await fetch('/v1/report', {headers: {Authorization: 'Bearer bm90LWEtcmVhbC10b2tlbg'}})).text();`,
			serve: func(w http.ResponseWriter, r *http.Request, bad bool) {
				openTo(w, r)
				w.Header().Set(allowHeaders, "authorization")
				switch {
				case r.Method == http.MethodOptions:
					w.WriteHeader(http.StatusNoContent)
				case bad && r.URL.Path == "/v1/report":
					http.Redirect(w, r, "https://files."+r.Host[len("app."):]+"/v1/files/report", http.StatusFound)
				case r.Header.Get("Authorization") == "":
					w.Header().Set("WWW-Authenticate", `Bearer realm="files"`)
					w.WriteHeader(http.StatusUnauthorized)
				default:
					jsonAnswer(w, `{"report":1}`)
				}
			}, want: "authorization-dropped-on-redirect", reason: "fetch takes it away across origins"},
		{name: "no answer", page: "https://app.kN.test/-/page", script: `await (await fetch('/v1/me')).text();`,
			serve: func(w http.ResponseWriter, r *http.Request, bad bool) {
				if bad {
					panic(http.ErrAbortHandler)
				}
				jsonAnswer(w, `{"name":"Ada"}`)
			}, want: "tls-or-network-error", reason: "the server hangs up"},
		{name: "policy of the page", page: "https://app.kN.test/start", serve: func(w http.ResponseWriter, r *http.Request, bad bool) {
			if r.URL.Path == "/start" {
				if bad {
					w.Header().Set("Content-Security-Policy", "connect-src 'self'")
				}
				document(w, "", `try { await (await fetch('https://api.`+r.Host[len("app."):]+`/v2/stock')).json() } catch (e) {} done()`)
				return
			}
			stock(nil)(w, r, false)
		}, want: "", says: "csp", reason: "no cause of this catalogue, and no other may be blamed"},
		{name: "nothing", page: "https://app.kN.test/-/page", script: loginHere + `fetch('/me').then(r => r.text()); await (await fetch('/me')).text();`,
			serve: account("sid=VALUE; Path=/", "sid=VALUE; Path=/; Priority=High"), want: "", reason: "both work"},
	}
}
