package harness

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// Applications that sign in elsewhere: OAuth, SAML, a code by mail.

const (
	spa = "https://app.spa.example"
	idp = "https://id.spa.example"
	hub = "https://api.spa.example"
)

func jwt(claims map[string]any) string {
	b, _ := json.Marshal(claims)
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"RS256","kid":"2026-05"}`)) + "." + enc.EncodeToString(b) + "." + enc.EncodeToString(random(64))
}

// oauth is a page that signs in with the code flow and PKCE at another origin,
// and asks an API at a third.
func oauth() cloth {
	type grant struct{ challenge, nonce string }
	app := func(d *deployment) sites {
		codes, sessions, refresh, access := map[string]grant{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
		tokens := func(w http.ResponseWriter, nonce string) {
			now := d.now().Unix()
			audience := d.url(hub)
			if d.broken == "tokens are for another audience" {
				audience = d.url(hub) + "/v2"
			}
			at := jwt(map[string]any{"iss": d.url(idp), "aud": audience, "sub": "auth0|5f7c8ec7c33c6c004bbafe82", "iat": now, "exp": now + 3600, "jti": uuid(), "scope": "openid orders:read"})
			rt := base64.RawURLEncoding.EncodeToString(random(33))
			access[at] = true
			refresh[rt] = true
			answer := map[string]any{"access_token": at, "refresh_token": rt, "expires_in": 3600, "token_type": "Bearer", "scope": "openid orders:read"}
			if nonce != "" {
				answer["id_token"] = jwt(map[string]any{"iss": d.url(idp), "aud": "spa-client", "sub": "auth0|5f7c8ec7c33c6c004bbafe82", "nonce": nonce, "iat": now, "exp": now + 36000, "sid": secret(), "name": "Ada", "email": "ada@spa.example"})
			}
			w.Header().Set("Cache-Control", "no-store")
			reply(w, answer)
		}
		cors := func(w http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Origin") == d.url(spa) {
				w.Header().Set("Access-Control-Allow-Origin", d.url(spa))
				w.Header().Set("Vary", "Origin")
			}
			if r.Method != "OPTIONS" {
				return false
			}
			w.Header().Set("Access-Control-Allow-Headers", "authorization")
			w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
			w.WriteHeader(204)
			return true
		}
		return sites{
			spa: func(w http.ResponseWriter, r *http.Request) {
				html(w, `<!doctype html><div id=root></div><script src="/main.%s.js"></script>`, secret()[:8])
			},
			idp: func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				switch {
				case cors(w, r):
				case r.URL.Path == "/authorize" && !sessions[cookieOf(r, "idp")]:
					http.Redirect(w, r, "/u/login?state="+base64.RawURLEncoding.EncodeToString([]byte(r.URL.RawQuery)), http.StatusFound)
				case r.Method == "GET" && r.URL.Path == "/u/login":
					html(w, `<form method=post><input type="hidden" name="state" value="%s"><input name=username><input name=password></form>`, q.Get("state"))
				case r.URL.Path == "/u/login":
					sid := secret()
					sessions[sid] = true
					setCookie(w, "idp=%s; Path=/; Secure; HttpOnly; SameSite=None", sid)
					before, _ := base64.RawURLEncoding.DecodeString(r.FormValue("state"))
					http.Redirect(w, r, "/authorize?"+string(before), http.StatusFound)
				case r.URL.Path == "/authorize":
					code := base64.RawURLEncoding.EncodeToString(random(24))
					codes[code] = grant{q.Get("code_challenge"), q.Get("nonce")}
					w.Header().Set("Location", q.Get("redirect_uri")+"?code="+code+"&state="+q.Get("state")+"&iss="+url.QueryEscape(d.url(idp)))
					w.WriteHeader(302)
				case r.URL.Path == "/oauth/token" && r.FormValue("grant_type") == "authorization_code":
					sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
					g, ok := codes[r.FormValue("code")]
					delete(codes, r.FormValue("code"))
					if !ok || g.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) || d.broken == "codes are not taken" {
						w.WriteHeader(403)
						reply(w, map[string]any{"error": "invalid_grant"})
						return
					}
					tokens(w, g.nonce)
				case r.URL.Path == "/oauth/token":
					if !refresh[r.FormValue("refresh_token")] {
						w.WriteHeader(403)
						reply(w, map[string]any{"error": "invalid_grant"})
						return
					}
					if d.broken != "refresh tokens may be used again" {
						delete(refresh, r.FormValue("refresh_token"))
					}
					tokens(w, "")
				case r.URL.Path == "/userinfo" && access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]:
					reply(w, map[string]any{"sub": "auth0|5f7c8ec7c33c6c004bbafe82", "name": "Ada", "updated_at": d.now().Unix() - 60})
				default:
					w.WriteHeader(401)
				}
			},
			hub: func(w http.ResponseWriter, r *http.Request) {
				switch {
				case cors(w, r):
				case !access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] || d.broken == "tokens are refused":
					w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
					w.WriteHeader(401)
				default:
					reply(w, map[string]any{"orders": []any{map[string]any{"id": 7, "state": "open"}}, "role": "customer"})
				}
			},
		}
	}
	return cloth{"oauth", chrome, app, func(g *guest) {
		g.get(spa + "/")
		verifier, state := base64.RawURLEncoding.EncodeToString(random(32)), base64.RawURLEncoding.EncodeToString(random(16))
		sum := sha256.Sum256([]byte(verifier))
		q := url.Values{"response_type": {"code"}, "client_id": {"spa-client"}, "redirect_uri": {spa + "/callback"}, "scope": {"openid orders:read"}, "state": {state},
			"nonce": {secret()}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}
		login := g.follow(g.get(idp + "/authorize?" + q.Encode()))
		back := g.follow(g.form(login.at, "state", login.input("state"), "username", "ada", "password", "correct horse"))
		callback := g.follow(back)
		u, _ := url.Parse(callback.at)
		g.referer = spa + "/"
		g.common = []string{"Origin", spa, "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-site"}
		granted := g.form(idp+"/oauth/token", "grant_type", "authorization_code", "code", u.Query().Get("code"), "code_verifier", verifier, "client_id", "spa-client", "redirect_uri", spa+"/callback")
		ask := func(address, token string) {
			g.do("OPTIONS", address, "", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
			g.get(address, "Authorization", "Bearer "+token)
		}
		ask(idp+"/userinfo", granted.member("access_token"))
		ask(hub+"/orders", granted.member("access_token"))
		again := g.form(idp+"/oauth/token", "grant_type", "refresh_token", "refresh_token", granted.member("refresh_token"), "client_id", "spa-client")
		g.form(idp+"/oauth/token", "grant_type", "refresh_token", "refresh_token", granted.member("refresh_token"), "client_id", "spa-client")
		ask(hub+"/orders", again.member("access_token"))
	}, []breakage{
		{reason: "tokens are for another audience", field: "response.body/access_token"},
		{reason: "codes are not taken", field: "response.status"},
		{reason: "refresh tokens may be used again", field: "response.status"},
		{reason: "tokens are refused", field: "response.status"},
		{"the API allows no origin", "GET " + hub + "/orders", losing("Access-Control-Allow-Origin"), "response.header.access-control-allow-origin"},
		{"the API allows another origin", "GET " + hub + "/orders", header("Access-Control-Allow-Origin", "https://other.example"), "response.header.access-control-allow-origin"},
		{"the preflight allows no header", "OPTIONS " + hub + "/orders", losing("Access-Control-Allow-Headers"), "response.header.access-control-allow-headers"},
		{"the preflight fails", "OPTIONS " + hub + "/orders", status(405), "response.status"},
		{"tokens live shorter", "POST /oauth/token", inBody(`"expires_in":3600`, `"expires_in":60`), "response.body/expires_in"},
		{"a scope is lost", "POST /oauth/token", inBody(`"scope":"openid orders:read"`, `"scope":"openid"`), "response.body/scope"},
		{"no refresh token", "POST /oauth/token", inBody("refresh_token", "other"), "response.body/refresh_token"},
		{"tokens may be kept", "POST /oauth/token", losing("Cache-Control"), "response.header.cache-control"},
		{"another person", "GET /userinfo", inBody("Ada", "Eve"), "response.body/name"},
		{"another role", "GET " + hub + "/orders", inBody("customer", "owner"), "response.body/role"},
		{"the session at the IdP is lost elsewhere", "POST /u/login", inHeader("Set-Cookie", "SameSite=None", "SameSite=Strict"), "response.set-cookie.idp.samesite"},
		{"the code goes to another page", "GET /authorize", inHeader("Location", "/callback", "/signin"), "response.header.location"},
		{"the state is lost", "GET /authorize", inHeader("Location", "&state=", "&other="), "response.header.location"},
	}}
}

const (
	portal = "https://portal.example"
	staff  = "https://sso.staff.example"
)

// saml signs in with a form that a script posts to another origin.
func saml() cloth {
	app := func(d *deployment) sites {
		relays, people := map[string]bool{}, map[string]string{}
		return sites{
			portal: func(w http.ResponseWriter, r *http.Request) {
				switch r.Method + " " + r.URL.Path {
				case "GET /home":
					if people[cookieOf(r, "_shibsession")] == "" {
						relay := "ss:mem:" + secret() + secret()
						relays[relay] = true
						request := base64.StdEncoding.EncodeToString([]byte(`<AuthnRequest ID="_` + secret() + `" IssueInstant="` + d.now().UTC().Format("2006-01-02T15:04:05Z") + `" AssertionConsumerServiceURL="` + d.url(portal) + `/acs"/>`))
						w.Header().Set("Location", d.url(staff)+"/idp?SAMLRequest="+url.QueryEscape(request)+"&RelayState="+url.QueryEscape(relay))
						w.WriteHeader(302)
						return
					}
					html(w, "<h1>Welcome %s</h1>\n<p>You have 3 messages</p>", people[cookieOf(r, "_shibsession")])
				case "POST /acs":
					assertion, err := base64.StdEncoding.DecodeString(r.FormValue("SAMLResponse"))
					if err != nil || !relays[r.FormValue("RelayState")] || !strings.Contains(string(assertion), d.url(portal)) || d.broken == "assertions are refused" {
						refuse(w, 403, "The assertion can't be accepted")
						return
					}
					delete(relays, r.FormValue("RelayState"))
					sid := "_" + secret()
					people[sid] = between(string(assertion), "<NameID>", "<")
					setCookie(w, "_shibsession=%s; path=/; HttpOnly; Secure", sid)
					w.Header().Set("Location", d.url(portal)+"/home")
					w.WriteHeader(302)
				}
			},
			staff: func(w http.ResponseWriter, r *http.Request) {
				sso := func() {
					request, _ := base64.StdEncoding.DecodeString(r.FormValue("SAMLRequest"))
					acs := between(string(request), `AssertionConsumerServiceURL="`, `"`)
					response := base64.StdEncoding.EncodeToString([]byte(`<Response ID="_` + secret() + `" InResponseTo="` + between(string(request), `ID="`, `"`) + `" IssueInstant="` + d.now().UTC().Format("2006-01-02T15:04:05Z") +
						`" Destination="` + acs + `"><NameID>ada</NameID><SignatureValue>` + base64Of(64) + `</SignatureValue></Response>`))
					html(w, "<body onload=\"document.forms[0].submit()\"><form action=\"%s\" method=\"post\">\n<input type=\"hidden\" name=\"RelayState\" value=\"%s\"/>\n<input type=\"hidden\" name=\"SAMLResponse\" value=\"%s\"/>\n</form></body>", acs, strings.ReplaceAll(r.FormValue("RelayState"), ":", "&#x3a;"), response)
				}
				switch {
				case r.Method == "GET":
					html(w, "<form method=\"post\" action=\"/idp\">\n<input type=\"hidden\" name=\"SAMLRequest\" value=\"%s\">\n<input type=\"hidden\" name=\"RelayState\" value=\"%s\">\n<input name=\"user\"></form>", r.FormValue("SAMLRequest"), r.FormValue("RelayState"))
				case r.FormValue("password") != "correct horse":
					refuse(w, 401, "Wrong password")
				default:
					setCookie(w, "sso=%s; Path=/; Secure; HttpOnly; SameSite=None", secret())
					sso()
				}
			},
		}
	}
	return cloth{"saml", firefox, app, func(g *guest) {
		login := g.follow(g.get(portal + "/home"))
		post := g.form(staff+"/idp", "SAMLRequest", login.input("SAMLRequest"), "RelayState", login.input("RelayState"), "user", "ada", "password", "correct horse")
		relay := strings.ReplaceAll(post.input("RelayState"), "&#x3a;", ":")
		g.follow(g.form(portal+"/acs", "SAMLResponse", post.input("SAMLResponse"), "RelayState", relay))
	}, []breakage{
		{reason: "assertions are refused", field: "response.status"},
		{"the relay state is lost", "POST /idp", inBody("RelayState", "Other"), "response.body.{}"},
		{"the assertion is lost", "POST /idp", inBody("SAMLResponse", "Other"), "response.status"},
		{"the session is lost", "POST /acs", noCookie("_shibsession"), "response.set-cookie._shibsession"},
		{"the session loses Secure", "POST /acs", inHeader("Set-Cookie", "; Secure", ""), "response.set-cookie._shibsession.secure"},
		{"the session gets a domain", "POST /acs", inHeader("Set-Cookie", "path=/", "path=/; domain=other.example"), "response.set-cookie._shibsession.domain"},
		{"one sign-on is lost", "POST /idp", noCookie("sso"), "response.set-cookie.sso"},
		{"the home is elsewhere", "POST /acs", inHeader("Location", "/home", "/welcome"), "response.header.location"},
		{"nobody is signed in", "GET /home", inBody("Welcome ada", "Welcome guest"), "response.body.{}"},
		{"another count", "GET /home", inBody("3 messages", "0 messages"), "response.body.{}"},
		{"the IdP is broken", "GET /idp", status(500), "response.status"},
		{"the sign-on is another", "GET " + portal + "/home", inHeader("Location", "/idp?", "/oidc?"), "response.header.location"},
	}}
}

const post = "https://post.example"

// mailCode signs in with a code that its test mode answers with.
func mailCode() cloth {
	app := func(d *deployment) sites {
		codes, tokens, seen := map[string]string{}, map[string]bool{}, ""
		return sites{post: func(w http.ResponseWriter, r *http.Request) {
			var in map[string]string
			_ = json.NewDecoder(r.Body).Decode(&in)
			w.Header().Set("X-Request-Id", secret())
			fail := func(code int, text string) {
				w.Header().Set("Content-Type", "application/problem+json")
				w.WriteHeader(code)
				reply(w, map[string]any{"title": text, "status": code, "traceId": secret()})
			}
			switch route := r.Method + " " + r.URL.Path; {
			case route == "POST /v1/login/start":
				challenge, code := uuid(), d.code()
				codes[challenge] = code
				reply(w, map[string]any{"challenge_id": challenge, "dev_code": code, "expires_at": d.now().Add(600e9), "sent_to": "a***@post.example"})
			case route == "POST /v1/login/verify":
				if codes[in["challenge_id"]] != in["code"] || in["code"] == "" || d.broken == "codes are refused" {
					fail(401, "The code is wrong")
					return
				}
				delete(codes, in["challenge_id"])
				token := "pst_live_" + secret()[:24]
				tokens[token] = true
				reply(w, map[string]any{"token": token, "expires_in": 86400, "user": map[string]any{"id": "usr_9Kd72Lm0", "role": "member"}})
			case !tokens[r.Header.Get("X-Api-Key")]:
				fail(401, "No session")
			case route == "POST /v1/messages":
				seen = "msg_" + secret()[:14]
				w.Header().Set("Location", "/v1/messages/"+seen)
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(201)
				reply(w, map[string]any{"id": seen, "thread": map[string]any{"id": "thr_" + secret()[:14]}, "created": d.now().UnixNano(), "status": "queued"})
			case r.URL.Path == "/v1/messages/"+seen && seen != "":
				reply(w, map[string]any{"id": seen, "status": "queued", "ago": "1 minute ago"})
			case route == "DELETE /v1/session":
				if d.broken != "tokens outlive the session" {
					delete(tokens, r.Header.Get("X-Api-Key"))
				}
				w.WriteHeader(204)
			default:
				fail(404, "Nothing here")
			}
		}}
	}
	return cloth{"mail code", cassette, app, func(g *guest) {
		start := g.json("POST", post+"/v1/login/start", `{"email":"ada@post.example"}`)
		token := g.json("POST", post+"/v1/login/verify", `{"challenge_id":"`+start.member("challenge_id")+`","code":"`+start.member("dev_code")+`"}`).member("token")
		g.common = []string{"X-Api-Key", token}
		made := g.json("POST", post+"/v1/messages", `{"text":"hello"}`)
		g.get(post + made.header.Get("Location"))
		g.do("DELETE", post+"/v1/session", "")
		g.get(post + made.header.Get("Location"))
	}, []breakage{
		{reason: "codes are refused", field: "response.status"},
		{reason: "tokens outlive the session", field: "response.status"},
		{"the code is not told", "POST /v1/login/start", inBody("dev_code", "other"), "response.status"},
		{"codes live shorter", "POST /v1/login/start", inBody("expires_at", "expires"), "response.body/expires_at"},
		{"tokens live shorter", "POST /v1/login/verify", inBody(`"expires_in":86400`, `"expires_in":3600`), "response.body/expires_in"},
		{"another role", "POST /v1/login/verify", inBody("member", "admin"), "response.body/user/role"},
		{"another user", "POST /v1/login/verify", inBody("usr_9Kd72Lm0", "usr_9Kd72Lm1"), "response.body/user/id"},
		{"a message is sent at once", "POST /v1/messages", inBody("queued", "sent"), "response.body/status"},
		{"no address of the message", "POST /v1/messages", losing("Location"), "response.header.location"},
		{"another status", "POST /v1/messages", status(200), "response.status"},
		{"the thread is null", "POST /v1/messages", inBody(`"thread":{`, `"thread":null,"x":{`), "response.body/thread"},
		{"messages are lost", "GET /v1/messages/*", status(404), "response.status"},
		{"another type", "GET /v1/messages/*", header("Content-Type", "text/plain"), "response.header.content-type"},
	}}
}
