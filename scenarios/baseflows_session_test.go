package scenarios

import "strings"

// sessionFlows are logged in by cookie.
func sessionFlows() []baseFlow {
	return []baseFlow{
		{"session", tuning, session{
			base: "https://www.thimble.test", login: "/login", home: "/account", pages: []string{"/account/orders", "/api/orders?limit=20"}, post: "/account/address",
			cookie: "_thimble_session", attributes: "; Path=/; HttpOnly; Secure; SameSite=Lax", field: "authenticity_token", form: true, server: "Server: nginx",
		}.record},
		{"session-two", checking, session{
			base: "https://intra.willow.example", login: "/accounts/login/", home: "/dashboard/", pages: []string{"/dashboard/tickets/", "/api/v3/tickets/?state=open"}, post: "/api/v3/tickets/",
			cookie: "sessionid", attributes: "; expires=Fri, 20 Mar 2026 10:00:00 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax; Secure", field: "csrfmiddlewaretoken",
			tokenCookie: "csrftoken", tokenHeader: "X-CSRFToken: ", server: "Server: gunicorn",
		}.record},
		{"session-copied", tuning, copied{"https://app.quince.test/api/v1/bookings", "quince.sid=s%3Ab81mQz0cTdYvR6sHbNeJ24fQz81kLmW0.aB3dEf", "Server: nginx"}.record},
		{"session-copied-two", checking, copied{"https://console.larch.example/rest/hosts", "JSESSIONID=5D1E8FF0B6C24A3C9B7F52D0E7A1C966; theme=dark", "Server: Apache-Coyote/1.1"}.record},
	}
}

// session is a form with a CSRF token, a redirect, pages, calls and a POST.
type session struct {
	base, login, home  string
	pages              []string
	post               string
	cookie, attributes string
	field              string // of the form
	form               bool   // the last POST is a form too
	tokenCookie        string // double submit: the token is in a cookie and
	tokenHeader        string // in a header
	server             string
}

func (f session) record(t *take) {
	t.client = []string{
		"User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
		"Accept: text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language: en-GB,en;q=0.9", "Accept-Encoding: gzip, deflate, br",
	}
	t.server = []string{f.server, "X-Frame-Options: DENY"}
	jar := map[string]string{}
	cookies := func() []string {
		var pairs []string
		for _, name := range []string{f.tokenCookie, f.cookie, "_ga"} {
			if jar[name] != "" {
				pairs = append(pairs, name+"="+jar[name])
			}
		}
		if pairs == nil {
			return nil
		}
		return []string{"Cookie: " + strings.Join(pairs, "; ")}
	}
	set := func(name string) string {
		return "Set-Cookie: " + name + "=" + jar[name] + f.attributes
	}
	page := func(token string) string {
		return "<!doctype html><title>Thimble</title><form method=post><input type=hidden name=" + f.field + " value=" + token + "></form>"
	}

	jar["_ga"] = "GA1.2.1800113.1772500000"
	jar[f.cookie] = t.opaque(32)
	csrf := t.opaque(32)
	answer := []string{set(f.cookie)}
	if f.tokenCookie != "" {
		jar[f.tokenCookie] = csrf
		answer = []string{set(f.tokenCookie)}
		delete(jar, f.cookie)
	}
	t.add(talk{ask: "GET " + f.base + f.login, send: []string{"Cookie: _ga=" + jar["_ga"]}, answer: answer, body2: page(csrf), kind: "document"})

	form := f.field + "=" + csrf + "&username=mira&password=needle-and-thread"
	sent := cookies()
	jar[f.cookie] = t.opaque(32) // a new session for the one who is logged in
	t.add(talk{
		ask: "POST " + f.base + f.login, send: append(sent, "Origin: "+f.base, "Referer: "+f.base+f.login), body: form, kind: "document",
		status: 302, answer: []string{"Location: " + f.base + f.home, set(f.cookie)}, decisive: true,
	})
	csrf = t.opaque(32)
	answer = nil
	if f.tokenCookie != "" {
		jar[f.tokenCookie] = csrf
		answer = []string{set(f.tokenCookie)}
	}
	t.add(talk{ask: "GET " + f.base + f.home, send: append(cookies(), "Referer: "+f.base+f.login), answer: answer, body2: page(csrf), kind: "document", decisive: true})
	for _, path := range f.pages {
		body, kind := "<!doctype html><title>Orders</title><table></table>", "document"
		if strings.Contains(path, "api") {
			body, kind = `{"orders":[{"id":5}]}`, "fetch"
		}
		t.add(talk{ask: "GET " + f.base + path, send: append(cookies(), "Referer: "+f.base+f.home), body2: body, kind: kind, decisive: true})
	}
	post := talk{ask: "POST " + f.base + f.post, send: append(cookies(), "Origin: "+f.base, "Referer: "+f.base+f.home), decisive: true, kind: "fetch"}
	if f.form {
		post.body, post.kind = f.field+"="+csrf+"&street=Mill+Lane+4", "document"
		post.status, post.answer = 303, []string{"Location: " + f.base + f.home}
	} else {
		post.send = append(post.send, f.tokenHeader+csrf)
		post.body, post.status, post.body2 = `{"title":"lamp"}`, 201, `{"id":88}`
	}
	t.add(post)
}

// copied is a session that was taken over from a browser: no login is seen.
type copied struct{ url, cookie, server string }

func (f copied) record(t *take) {
	t.client, t.server = []string{"User-Agent: curl/8.5.0", "Accept: application/json"}, []string{f.server}
	t.add(talk{ask: "GET " + f.url, send: []string{"Cookie: " + f.cookie}, body2: `{"list":[1,2,3]}`, decisive: true})
	t.add(talk{ask: "GET " + f.url + "/3", send: []string{"Cookie: " + f.cookie}, body2: `{"id":3}`, decisive: true})
}
