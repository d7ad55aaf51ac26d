package harness

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Applications with forms and sessions: Rails, Django, Laravel, ASP.NET, Spring.

func html(w http.ResponseWriter, format string, args ...any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, format, args...)
}

func cookieOf(r *http.Request, name string) string {
	if c, err := r.Cookie(name); err == nil {
		return c.Value
	}
	return ""
}

func setCookie(w http.ResponseWriter, format string, args ...any) {
	w.Header().Add("Set-Cookie", fmt.Sprintf(format, args...))
}

func base64Of(n int) string { return base64.StdEncoding.EncodeToString(random(n)) }

// masked hides a secret behind another one each time, as Rails and Django do.
func masked(known map[string]string, secret string) string {
	m := base64Of(64)
	known[m] = secret
	return m
}

func refuse(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	fmt.Fprintf(w, "<!doctype html><title>%s</title><h1>%s</h1>", text, text)
}

const desk = "https://desk.example"

// rails keeps its session encrypted in a cookie that every answer sets anew.
func rails() cloth {
	type session struct{ user, csrf, flash string }
	app := func(d *deployment) sites {
		cookies, tokens, tickets := map[string]session{}, map[string]string{}, map[string]string{}
		return sites{desk: func(w http.ResponseWriter, r *http.Request) {
			s := cookies[cookieOf(r, "_desk_session")]
			if s.csrf == "" {
				s.csrf = secret()
			}
			flash := s.flash
			s.flash = ""
			send := func(answer func()) {
				sealed := url.QueryEscape(base64Of(120)) + "--" + url.QueryEscape(base64Of(12)) + "--" + url.QueryEscape(base64Of(16))
				cookies[sealed] = s
				setCookie(w, "_desk_session=%s; path=/; secure; HttpOnly; SameSite=Lax", sealed)
				w.Header().Set("X-Request-Id", uuid())
				w.Header().Set("X-Runtime", fmt.Sprintf("0.0%d", 10000+int(random(1)[0])*7))
				w.Header().Set("Etag", `W/"`+secret()+`"`)
				w.Header().Set("Cache-Control", "max-age=0, private, must-revalidate")
				w.Header().Set("X-Frame-Options", "SAMEORIGIN")
				w.Header().Set("Server-Timing", fmt.Sprintf("sql;dur=%d.31", random(1)[0]))
				answer()
			}
			layout := func(body string) {
				nonce := base64Of(16)
				w.Header().Set("Content-Security-Policy", "script-src 'self' 'nonce-"+nonce+"'; object-src 'none'")
				send(func() {
					html(w, "<html><head><meta name=\"csrf-token\" content=\"%s\">\n<script nonce=\"%s\" src=\"/assets/application-%s.js\"></script></head><body><p class=notice>%s</p>\n%s</body>", masked(tokens, s.csrf), nonce, secret(), flash, body)
				})
			}
			token := func() string { return masked(tokens, s.csrf) }
			verified := func() bool {
				given := r.Header.Get("X-CSRF-Token")
				if given == "" {
					given = r.FormValue("authenticity_token")
				}
				return tokens[given] == s.csrf && d.broken != "every CSRF token is refused"
			}
			redirect := func(to string) {
				send(func() {
					w.Header().Set("Location", d.url(desk)+to)
					w.WriteHeader(302)
					fmt.Fprintf(w, `<html><body>You are being <a href="%s">redirected</a>.</body></html>`, d.url(desk)+to)
				})
			}
			id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
			switch route := r.Method + " " + r.URL.Path; {
			case route == "GET /session/new":
				layout(`<form action="/session" method="post"><input type="hidden" name="authenticity_token" value="` + token() + `"><input name="email"></form>`)
			case r.Method != "GET" && !verified():
				refuse(w, 422, "The change you wanted was rejected")
			case route == "POST /session":
				s.user, s.flash, s.csrf = "Ada", "Signed in at "+d.now().Format("15:04:05"), secret()
				redirect("/dashboard")
			case s.user == "":
				redirect("/session/new")
			case route == "GET /dashboard":
				layout(fmt.Sprintf("<p>Hello %s, %s</p>\n<p>You have 4 tickets</p>\n<p>last seen %d minutes ago</p>\n"+
					"<form action=\"/session\" method=\"post\"><input type=\"hidden\" name=\"_method\" value=\"delete\"><input type=\"hidden\" name=\"authenticity_token\" value=\"%s\"></form>\n"+
					"<form action=\"/tickets\" method=\"post\"><input type=\"hidden\" name=\"authenticity_token\" value=\"%s\"></form>", s.user, d.now().Format("Monday, 2 January 2006"), 2+random(1)[0]%20, token(), token()))
			case route == "POST /tickets":
				n := d.next()
				tickets[n] = r.FormValue("ticket[title]")
				s.flash = "Ticket #" + n + " was made"
				redirect("/tickets/" + n)
			case r.Method == "DELETE" && route == "DELETE /session":
				if d.broken != "logging out does not end the session" {
					s.user = ""
				}
				redirect("/session/new")
			case tickets[id] == "":
				refuse(w, 404, "The page you were looking for doesn't exist")
			case r.Method == "GET":
				layout("<h1>Ticket #" + id + ": " + tickets[id] + "</h1>\n<time datetime=\"" + d.now().UTC().Format("2006-01-02T15:04:05Z") + "\">less than a minute ago</time>\n<a href=\"/tickets/" + id + "/edit\">Edit</a>")
			case r.Method == "PATCH":
				send(func() {
					reply(w, map[string]any{"id": d.number, "title": tickets[id], "updated_at": d.now(), "role": "agent"})
				})
			}
		}}
	}
	return cloth{"rails", firefox, app, func(g *guest) {
		p := g.get(desk + "/session/new")
		home := g.follow(g.form(desk+"/session", "authenticity_token", p.input("authenticity_token"), "email", "ada@desk.example", "password", "correct horse"))
		_, second, _ := strings.Cut(home.body, `action="/tickets"`)
		ticket := g.follow(g.form(desk+"/tickets", "authenticity_token", page{body: second}.input("authenticity_token"), "ticket[title]", "Broken lamp"))
		g.json("PATCH", ticket.at, `{"title":"Lamp"}`, "X-CSRF-Token", between(ticket.body, `content="`, `"`))
		meta := between(g.get(desk+"/dashboard").body, `content="`, `"`)
		g.do("DELETE", desk+"/session", "", "X-CSRF-Token", meta)
		g.get(desk + "/dashboard")
	}, []breakage{
		{reason: "every CSRF token is refused", field: "response.status"},
		{reason: "logging out does not end the session", field: "response.status"},
		{"the session cookie loses Secure", "GET /dashboard", inHeader("Set-Cookie", " secure;", ""), "response.set-cookie._desk_session.secure"},
		{"the session cookie loses SameSite", "POST /session", inHeader("Set-Cookie", "; SameSite=Lax", ""), "response.set-cookie._desk_session.samesite"},
		{"no session is begun", "POST /session", noCookie("_desk_session"), "response.set-cookie._desk_session"},
		{"the role of the user changes", "PATCH /tickets/*", inBody(`"agent"`, `"admin"`), "response.body/role"},
		{"logging in leads elsewhere", "POST /session", header("Location", "/onboarding"), "response.header.location"},
		{"one route breaks", "PATCH /tickets/*", status(500), "response.status"},
		{"a policy is lost", "GET /dashboard", losing("Content-Security-Policy"), "response.header.content-security-policy"},
		{"the policy lets in scripts", "GET /dashboard", inHeader("Content-Security-Policy", "'self'", "'self' 'unsafe-inline'"), "response.header.content-security-policy"},
		{"framing is let in", "GET /tickets/*", losing("X-Frame-Options"), "response.header.x-frame-options"},
		{"another number of tickets", "GET /dashboard", inBody("You have 4", "You have 5"), "response.body.{}"},
		{"answers may be kept by caches", "GET /dashboard", header("Cache-Control", "public, max-age=3600"), "response.header.cache-control.private"},
	}}
}

func uuid() string {
	b := random(16)
	return fmt.Sprintf("%x-%x-4%x-a%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])[:36]
}

const notes = "https://notes.example"

// django checks the Referer, masks its token and gives a new one at login.
func django() cloth {
	app := func(d *deployment) sites {
		sessions, tokens, made := map[string]string{}, map[string]string{}, []map[string]any{}
		return sites{notes: func(w http.ResponseWriter, r *http.Request) {
			csrf := cookieOf(r, "csrftoken")
			fresh := func() {
				csrf = secret()
				setCookie(w, "csrftoken=%s; expires=%s; Max-Age=31449600; Path=/; SameSite=Lax; Secure", csrf, d.now().UTC().AddDate(0, 0, 364).Format(http.TimeFormat))
			}
			user := sessions[cookieOf(r, "sessionid")]
			w.Header().Set("Vary", "Cookie")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Header().Set("Referrer-Policy", "same-origin")
			given := r.Header.Get("X-CSRFToken")
			if given == "" {
				given = tokens[r.FormValue("csrfmiddlewaretoken")]
			}
			if r.Method == "POST" && (given != csrf || csrf == "" || !strings.HasPrefix(r.Referer(), d.url(notes)+"/") || d.broken == "CSRF verification fails") {
				refuse(w, 403, "CSRF verification failed. Request aborted.")
				return
			}
			switch r.Method + " " + r.URL.Path {
			case "GET /accounts/login/":
				fresh()
				html(w, "<form method=post><input type=\"hidden\" name=\"csrfmiddlewaretoken\" value=\"%s\"><input name=username><input name=next value=\"%s\"></form>", masked(tokens, csrf), r.FormValue("next"))
			case "POST /accounts/login/":
				if r.FormValue("password") != "correct-horse-7" {
					refuse(w, 200, "Please enter a correct username and password")
					return
				}
				sid := base64Of(24)[:32]
				sessions[strings.NewReplacer("+", "x", "/", "y").Replace(sid)] = r.FormValue("username")
				if d.broken != "the CSRF cookie does not rotate" {
					fresh()
				}
				setCookie(w, "sessionid=%s; expires=%s; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax; Secure", strings.NewReplacer("+", "x", "/", "y").Replace(sid), d.now().UTC().AddDate(0, 0, 14).Format(http.TimeFormat))
				http.Redirect(w, r, "/", http.StatusFound)
			case "POST /accounts/logout/":
				if d.broken != "logging out does not end the session" {
					delete(sessions, cookieOf(r, "sessionid"))
				}
				setCookie(w, `sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax`)
				http.Redirect(w, r, "/accounts/login/", http.StatusFound)
			case "GET /api/me":
				if user == "" {
					w.WriteHeader(403)
					reply(w, map[string]any{"detail": "Authentication credentials were not provided."})
					return
				}
				reply(w, map[string]any{"username": user, "is_staff": false, "last_login": d.now().Format("2006-01-02T15:04:05.000000Z07:00"), "groups": []string{"authors"}})
			default:
				switch {
				case user == "":
					http.Redirect(w, r, "/accounts/login/?next="+url.QueryEscape(r.URL.Path), http.StatusFound)
				case r.URL.Path == "/":
					html(w, "<p>Hallo %s, heute ist der %s</p>\n<p>%s Uhr</p>\n<form><input type=\"hidden\" name=\"csrfmiddlewaretoken\" value=\"%s\"></form>", user, d.now().Format("02.01.2006"), d.now().Format("15:04"), masked(tokens, csrf))
				case r.Method == "POST":
					note := map[string]any{"id": d.next(), "uuid": uuid(), "created": d.now(), "text": "hello"}
					made = append(made, note)
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(201)
					reply(w, note)
				default:
					for _, note := range made {
						if strings.HasSuffix(r.URL.Path, "/"+note["id"].(string)) {
							reply(w, note)
							return
						}
					}
					reply(w, map[string]any{"count": len(made), "results": made})
				}
			}
		}}
	}
	return cloth{"django", chrome, app, func(g *guest) {
		g.get(notes + "/")
		p := g.get(notes + "/accounts/login/?next=/")
		home := g.follow(g.form(notes+"/accounts/login/", "csrfmiddlewaretoken", p.input("csrfmiddlewaretoken"), "username", "kim", "password", "correct-horse-7"))
		g.get(notes + "/api/me")
		u, _ := url.Parse(notes)
		token := func() string {
			for _, c := range g.jar.Cookies(u) {
				if c.Name == "csrftoken" {
					return c.Value
				}
			}
			return ""
		}
		made := g.json("POST", notes+"/api/notes", `{"text":"hello"}`, "X-CSRFToken", token())
		g.get(notes + "/api/notes/" + made.member("id"))
		g.get(notes + "/api/notes")
		g.form(notes+"/accounts/logout/", "csrfmiddlewaretoken", home.input("csrfmiddlewaretoken"))
		g.get(notes + "/api/me")
	}, []breakage{
		{reason: "CSRF verification fails", field: "response.status"},
		{reason: "the CSRF cookie does not rotate", field: "response.set-cookie.csrftoken"},
		{"the session cookie loses HttpOnly", "POST /accounts/login/", inHeader("Set-Cookie", " HttpOnly;", ""), "response.set-cookie.sessionid.httponly"},
		{"the session is kept for longer", "POST /accounts/login/", inHeader("Set-Cookie", "Max-Age=1209600", "Max-Age=12096000"), "response.set-cookie.sessionid.max-age"},
		{"the session cookie gets a path", "POST /accounts/login/", inHeader("Set-Cookie", "Max-Age=1209600; Path=/;", "Max-Age=1209600; Path=/admin;"), "response.status"},
		{"everybody is staff", "GET /api/me", inBody(`"is_staff":false`, `"is_staff":true`), "response.body/is_staff"},
		{"another group", "GET /api/me", inBody("authors", "editors"), "response.body/groups/{}"},
		{"the name of another", "GET /api/me", inBody("kim", "tim"), "response.body/username"},
		{"the list breaks", "GET /api/notes", status(502), "response.status"},
		{"types are guessed", "GET /", losing("X-Content-Type-Options"), "response.header.x-content-type-options"},
		{"caches mix people up", "GET /api/me", losing("Vary"), "response.header.vary"},
		{"logging in comes back to the form", "POST /accounts/login/", header("Location", "/accounts/login/"), "response.header.location"},
		{"the cookie is not taken away", "POST /accounts/logout/", noCookie("sessionid"), "response.set-cookie.sessionid"},
	}}
}
