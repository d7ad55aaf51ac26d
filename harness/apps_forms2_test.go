package harness

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const till = "https://till.example"

// laravel hands its token out in a cookie that scripts send back in a header.
func laravel() cloth {
	app := func(d *deployment) sites {
		sessions, xsrf := map[string]map[string]string{}, map[string]string{}
		sealed := func() string {
			return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(`{"iv":"` + base64Of(16) + `","value":"` + base64Of(60) + `","mac":"` + secret() + `","tag":""}`)))
		}
		return sites{till: func(w http.ResponseWriter, r *http.Request) {
			s := sessions[cookieOf(r, "till_session")]
			if s == nil {
				s = map[string]string{"token": base64Of(30)}
			}
			open := func() {
				x, id := sealed(), sealed()
				plain, _ := url.QueryUnescape(x)
				xsrf[plain], sessions[id] = s["token"], s
				end := d.now().UTC().Add(2 * 3600e9).Format("Mon, 02-Jan-2006 15:04:05 GMT")
				setCookie(w, "XSRF-TOKEN=%s; expires=%s; Max-Age=7200; path=/; samesite=lax", x, end)
				setCookie(w, "till_session=%s; expires=%s; Max-Age=7200; path=/; httponly; samesite=lax", id, end)
				w.Header().Set("X-RateLimit-Limit", "60")
				w.Header().Set("X-RateLimit-Remaining", fmt.Sprint(60-d.asked%10-int(random(1)[0])%20))
			}
			given := r.Header.Get("X-XSRF-TOKEN")
			if r.Method != "GET" && (xsrf[given] != s["token"] || given == "" || d.broken == "the page has expired") && r.FormValue("_token") != s["token"] {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(419)
				reply(w, map[string]any{"message": "CSRF token mismatch."})
				return
			}
			switch route := r.Method + " " + r.URL.Path; {
			case route == "GET /sanctum/csrf-cookie":
				open()
				w.WriteHeader(204)
			case route == "POST /login":
				if d.broken != "the session does not rotate" {
					delete(sessions, cookieOf(r, "till_session"))
					s = map[string]string{"token": base64Of(30), "user": "ada"}
				}
				s["user"] = "ada"
				open()
				reply(w, map[string]any{"two_factor": false})
			case s["user"] == "":
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(401)
				reply(w, map[string]any{"message": "Unauthenticated."})
			case route == "GET /api/user":
				open()
				reply(w, map[string]any{"data": map[string]any{"name": "Ada", "role": "cashier", "avatar": "/storage/" + secret() + ".png", "unread": 3}})
			case route == "POST /api/receipts":
				open()
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(201)
				s["receipt"] = "01J" + strings.ToUpper(secret()[:23])
				reply(w, map[string]any{"data": map[string]any{"id": s["receipt"], "no": "R-2026-" + d.next(), "total": "41.50", "created_at": d.now()}})
			case r.URL.Path == "/api/receipts/"+s["receipt"]:
				open()
				reply(w, map[string]any{"data": map[string]any{"id": s["receipt"], "total": "41.50", "pdf": d.url(till) + "/receipts/" + s["receipt"] + ".pdf?expires=" + fmt.Sprint(d.now().Unix()+600) + "&signature=" + secret() + secret()}})
			case route == "POST /logout":
				if d.broken != "logging out does not end the session" {
					s["user"] = ""
				}
				open()
				w.WriteHeader(204)
			default:
				refuse(w, 404, "Not Found")
			}
		}}
	}
	return cloth{"laravel", playwright, app, func(g *guest) {
		u, _ := url.Parse(till)
		token := func() string {
			for _, c := range g.jar.Cookies(u) {
				if c.Name == "XSRF-TOKEN" {
					v, _ := url.QueryUnescape(c.Value)
					return v
				}
			}
			return ""
		}
		g.common = []string{"Accept", "application/json", "X-Requested-With", "XMLHttpRequest"}
		g.get(till + "/sanctum/csrf-cookie")
		g.json("POST", till+"/login", `{"email":"ada@till.example","password":"correct horse"}`, "X-XSRF-TOKEN", token())
		g.get(till+"/api/user", "X-XSRF-TOKEN", token())
		made := g.json("POST", till+"/api/receipts", `{"total":"41.50"}`, "X-XSRF-TOKEN", token())
		g.get(till+"/api/receipts/"+made.member("id"), "X-XSRF-TOKEN", token())
		g.do("POST", till+"/logout", "", "X-XSRF-TOKEN", token())
		g.get(till + "/api/user")
	}, []breakage{
		{reason: "the page has expired", field: "response.status"},
		{reason: "logging out does not end the session", field: "response.status"},
		{"the session cookie can be read", "POST /login", inHeader("Set-Cookie", " httponly;", ""), "response.set-cookie.till_session.httponly"},
		{"no token is handed out", "GET /sanctum/csrf-cookie", noCookie("XSRF-TOKEN"), "response.set-cookie.XSRF-TOKEN"},
		{"scripts can't read the token", "GET /sanctum/csrf-cookie", inHeader("Set-Cookie", "path=/; samesite", "path=/; httponly; samesite"), "response.set-cookie.XSRF-TOKEN.httponly"},
		{"another role", "GET /api/user", inBody("cashier", "manager"), "response.body/data/role"},
		{"a count that is no noise", "GET /api/user", inBody(`"unread":3`, `"unread":0`), "response.body/data/unread"},
		{"another total", "GET /api/receipts/*", inBody("41.50", "41.05"), "response.body/data/total"},
		{"a member is lost", "GET /api/receipts/*", inBody(`"pdf"`, `"file"`), "response.body/data/pdf"},
		{"the rate limit is spent", "GET /api/user", header("X-RateLimit-Remaining", "0"), "response.header.x-ratelimit-remaining"},
		{"the rate limit is another", "GET /api/user", header("X-RateLimit-Limit", "6"), "response.header.x-ratelimit-limit"},
		{"a page instead of data", "GET /api/user", header("Content-Type", "text/html"), "response.header.content-type"},
		{"creating is gone", "POST /api/receipts", status(404), "response.status"},
	}}
}

const cart = "https://cart.example"

// aspnet keeps the state of a page in the page, and its cookie in pieces.
func aspnet() cloth {
	app := func(d *deployment) sites {
		views, forgery, users := map[string]string{}, map[string]string{}, map[string]bool{}
		return sites{cart: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Frame-Options", "SAMEORIGIN")
			w.Header().Set("X-Aspnet-Version", "4.0.30319")
			form := func(action, extra string) {
				view, event, key := "/wEP"+base64Of(90), "/wEd"+base64Of(30), secret()
				verify, cookie := "CfDJ8"+base64.RawURLEncoding.EncodeToString(random(80)), cookieOf(r, ".AspNetCore.Antiforgery.w5W7x28NAIs")
				if cookie == "" {
					cookie = "CfDJ8" + base64.RawURLEncoding.EncodeToString(random(60))
					setCookie(w, ".AspNetCore.Antiforgery.w5W7x28NAIs=%s; path=/; samesite=strict; httponly", cookie)
				}
				views[view], forgery[verify] = event, cookie
				html(w, "<form method=\"post\" action=\"%s\" id=\"form1\">\n<input type=\"hidden\" name=\"__VIEWSTATE\" id=\"__VIEWSTATE\" value=\"%s\" />\n<input type=\"hidden\" name=\"__VIEWSTATEGENERATOR\" value=\"CA0B0334\" />\n"+
					"<input type=\"hidden\" name=\"__EVENTVALIDATION\" value=\"%s\" />\n<input name=\"__RequestVerificationToken\" type=\"hidden\" value=\"%s\" />\n%s</form>\n<script src=\"/WebResource.axd?d=%s&amp;t=%d\"></script>", action, view, event, verify, extra, key, d.now().UnixMicro()*10+621355968000000000)
			}
			valid := r.FormValue("__EVENTVALIDATION") != "" && views[r.FormValue("__VIEWSTATE")] == r.FormValue("__EVENTVALIDATION") &&
				forgery[r.FormValue("__RequestVerificationToken")] == cookieOf(r, ".AspNetCore.Antiforgery.w5W7x28NAIs")
			user := users[cookieOf(r, ".AspNetCore.CookiesC1")+cookieOf(r, ".AspNetCore.CookiesC2")]
			switch route := r.Method + " " + r.URL.Path; {
			case r.Method == "POST" && (!valid || d.broken == "view states are not valid"):
				refuse(w, 500, "Validation of viewstate MAC failed")
			case route == "GET /Login.aspx":
				form("./Login.aspx", "<input name=\"User\" />")
			case route == "POST /Login.aspx":
				c1, c2 := "CfDJ8"+base64.RawURLEncoding.EncodeToString(random(300)), base64.RawURLEncoding.EncodeToString(random(100))
				users[c1+c2] = true
				setCookie(w, ".AspNetCore.Cookies=chunks-2; path=/; secure; samesite=lax; httponly")
				setCookie(w, ".AspNetCore.CookiesC1=%s; path=/; secure; samesite=lax; httponly", c1)
				setCookie(w, ".AspNetCore.CookiesC2=%s; path=/; secure; samesite=lax; httponly", c2)
				http.Redirect(w, r, "/Cart.aspx", http.StatusFound)
			case !user:
				http.Redirect(w, r, "/Login.aspx?ReturnUrl="+url.QueryEscape(r.URL.Path), http.StatusFound)
			case r.URL.Path == "/Cart.aspx":
				quantity := "1"
				if r.Method == "POST" {
					quantity = r.FormValue("Quantity")
				}
				form("./Cart.aspx", "<span id=\"Total\">EUR "+quantity+"4.90</span>\n<span id=\"Printed\">"+d.now().Format("1/2/2006 3:04:05 PM")+"</span>\n")
			case r.URL.Path == "/api/status":
				reply(w, map[string]any{"serverTime": fmt.Sprintf("/Date(%d)/", d.now().UnixMilli()), "traceId": "00-" + secret() + "-" + secret()[:16] + "-00", "canOrder": true, "limit": 500})
			}
		}}
	}
	return cloth{"asp.net", mitmproxy, app, func(g *guest) {
		post := func(p page, pairs ...string) page {
			for _, name := range []string{"__VIEWSTATE", "__VIEWSTATEGENERATOR", "__EVENTVALIDATION", "__RequestVerificationToken"} {
				value := p.input(name)
				if name == "__VIEWSTATE" {
					value = between(p.body, `id="__VIEWSTATE" value="`, `"`)
				}
				pairs = append(pairs, name, value)
			}
			return g.form(p.at, pairs...)
		}
		g.get(cart + "/Cart.aspx")
		basket := g.follow(post(g.get(cart+"/Login.aspx"), "User", "ada", "Password", "correct horse"))
		p := post(basket, "__EVENTTARGET", "", "Quantity", "2")
		post(p, "__EVENTTARGET", "Add", "Quantity", "3")
		g.get(cart + "/api/status")
	}, []breakage{
		{reason: "view states are not valid", field: "response.status"},
		{"one piece of the cookie is lost", "POST /Login.aspx", noCookie(".AspNetCore.CookiesC2"), "response.set-cookie..AspNetCore.CookiesC2"},
		{"the cookie has more pieces", "POST /Login.aspx", inHeader("Set-Cookie", "chunks-2", "chunks-3"), "response.set-cookie..AspNetCore.Cookies.value"},
		{"a cookie loses Secure", "POST /Login.aspx", inHeader("Set-Cookie", " secure;", ""), "response.set-cookie..AspNetCore.CookiesC1.secure"},
		{"the forgery cookie is lax", "GET /Login.aspx", inHeader("Set-Cookie", "strict", "lax"), "response.set-cookie..AspNetCore.Antiforgery.{}.samesite"},
		{"no forgery cookie", "GET /Login.aspx", noCookie(".AspNetCore.Antiforgery.w5W7x28NAIs"), "response.status"},
		{"a field of the form is lost", "GET /Login.aspx", inBody("__RequestVerificationToken", "__Other"), "response.status"},
		{"another total", "POST /Cart.aspx", inBody("4.90", "9.90"), "response.body.{}"},
		{"the login leads elsewhere", "POST /Login.aspx", header("Location", "/Default.aspx"), "response.header.location"},
		{"an API says no", "GET /api/status", inBody(`"canOrder":true`, `"canOrder":false`), "response.body/canOrder"},
		{"another limit", "GET /api/status", inBody(`"limit":500`, `"limit":50`), "response.body/limit"},
		{"maintenance", "GET /api/status", status(503), "response.status"},
		{"framing is let in", "GET /Cart.aspx", losing("X-Frame-Options"), "response.header.x-frame-options"},
	}}
}

const bank = "https://bank.example"

// spring puts its session into the path where it has seen no cookie yet.
func spring() cloth {
	app := func(d *deployment) sites {
		sessions := map[string]string{} // id: "csrf user"
		return sites{bank: func(w http.ResponseWriter, r *http.Request) {
			path, inPath, _ := strings.Cut(r.URL.Path, ";jsessionid=")
			id := cookieOf(r, "JSESSIONID")
			if id == "" {
				id = inPath
			}
			begin := func(user string) string {
				id = strings.ToUpper(secret())
				sessions[id] = uuid() + " " + user
				setCookie(w, "JSESSIONID=%s; Path=/; Secure; HttpOnly; SameSite=Strict", id)
				return id
			}
			for name, value := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-cache, no-store, max-age=0, must-revalidate", "Strict-Transport-Security": "max-age=31536000 ; includeSubDomains", "Expires": "0"} {
				w.Header().Set(name, value)
			}
			csrf, user, _ := strings.Cut(sessions[id], " ")
			given := r.FormValue("_csrf")
			if given == "" {
				given = r.Header.Get("X-CSRF-TOKEN")
			}
			switch route := r.Method + " " + path; {
			case r.Method == "POST" && (given != csrf || csrf == "" || d.broken == "an invalid CSRF token"):
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(403)
				reply(w, map[string]any{"timestamp": d.now(), "status": 403, "error": "Forbidden", "path": path})
			case route == "GET /login":
				begin("")
				csrf, _, _ = strings.Cut(sessions[id], " ")
				html(w, "<form action=\"/login;jsessionid=%s\" method=\"post\">\n<input name=\"_csrf\" type=\"hidden\" value=\"%s\" /></form>", id, csrf)
			case route == "POST /login":
				delete(sessions, id)
				if d.broken == "the session stays as it was" {
					sessions[id] = uuid() + " ada"
				} else {
					begin("ada")
				}
				w.Header().Set("Location", d.url(bank)+"/accounts")
				w.WriteHeader(302)
			case user == "":
				w.Header().Set("Location", d.url(bank)+"/login")
				w.WriteHeader(302)
			case route == "GET /accounts":
				html(w, "<meta name=\"_csrf\" content=\"%s\"/>\n<meta name=\"_csrf_header\" content=\"X-CSRF-TOKEN\"/>\n<p>Balance: 1,204.50</p>\n<p>As of %s</p>", csrf, d.now().Format("Jan 2, 2006, 3:04:05 PM"))
			case route == "POST /transfers":
				w.Header().Set("Location", d.url(bank)+"/transfers/"+d.next())
				w.WriteHeader(201)
			case strings.HasPrefix(route, "GET /transfers/"):
				reply(w, map[string]any{"transferId": d.number, "state": "BOOKED", "bookedAt": d.now(), "amount": 12.5, "_links": map[string]any{"self": map[string]any{"href": d.url(bank) + path}}})
			case route == "POST /logout":
				if d.broken != "logging out does not end the session" {
					delete(sessions, id)
				}
				setCookie(w, "JSESSIONID=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; Secure; HttpOnly")
				w.Header().Set("Location", d.url(bank)+"/login?logout")
				w.WriteHeader(302)
			}
		}}
	}
	return cloth{"spring", chrome, app, func(g *guest) {
		p := g.get(bank + "/login")
		home := g.follow(g.form(absolute(p.at, between(p.body, `action="`, `"`)), "_csrf", p.input("_csrf"), "username", "ada", "password", "correct horse"))
		token := between(home.body, `content="`, `"`)
		made := g.json("POST", bank+"/transfers", `{"amount":12.5,"to":"NL91ABNA0417164300"}`, "X-CSRF-TOKEN", token)
		g.get(made.header.Get("Location"))
		g.form(bank+"/logout", "_csrf", token)
		g.get(bank + "/accounts")
	}, []breakage{
		{reason: "an invalid CSRF token", field: "response.status"},
		{reason: "the session stays as it was", field: "response.set-cookie.JSESSIONID"},
		{"the cookie loses Secure", "GET /login", inHeader("Set-Cookie", " Secure;", ""), "response.set-cookie.JSESSIONID.secure"},
		{"the cookie can be read", "POST /login*", inHeader("Set-Cookie", " HttpOnly;", ""), "response.set-cookie.JSESSIONID.httponly"},
		{"the cookie goes to other sites", "POST /login*", inHeader("Set-Cookie", "Strict", "None"), "response.set-cookie.JSESSIONID.samesite"},
		{"TLS is not required", "GET /accounts", losing("Strict-Transport-Security"), "response.header.strict-transport-security"},
		{"answers may be kept", "GET /accounts", losing("Cache-Control"), "response.header.cache-control"},
		{"another balance", "GET /accounts", inBody("1,204.50", "1,402.50"), "response.body.{}"},
		{"a transfer is held", "GET /transfers/*", inBody("BOOKED", "HELD"), "response.body/state"},
		{"another amount", "GET /transfers/*", inBody(`"amount":12.5`, `"amount":125`), "response.body/amount"},
		{"a link is broken", "GET /transfers/*", inBody("/transfers/", "/internal/"), "response.body/_links/self/href"},
		{"a transfer is not found", "GET /transfers/*", status(404), "response.status"},
		{"logging in leads to an error", "POST /login*", header("Location", "/login?error"), "response.header.location"},
		{"the cookie stays", "POST /logout", noCookie("JSESSIONID"), "response.set-cookie.JSESSIONID"},
	}}
}
