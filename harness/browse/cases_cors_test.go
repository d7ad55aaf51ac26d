package browse

import (
	"net/http"
	"strings"
)

// The page asks api.kN.test, which is another origin of its site.
const (
	shopPage = "https://app.kN.test/-/page"
	simple   = `await (await fetch('https://api.kN.test/v2/stock?item=7')).json();`
	asked    = `await (await fetch('https://api.kN.test/v2/stock', {method: 'PATCH', headers: {'Content-Type': 'application/json', 'X-Tenant': 'west'}, body: '{"item":7}'})).json();`
	withUser = `await fetch('https://api.kN.test/session', {method: 'POST', credentials: 'include'}); await (await fetch('https://api.kN.test/v2/stock', {credentials: 'include'})).json();`
	askUser  = `await (await fetch('https://api.kN.test/v2/stock', {method: 'PATCH', credentials: 'include', headers: {'X-Tenant': 'west'}})).json();`
)

func jsonAnswer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(body))
}

// stock is an API that other origins may use. Change alters its headers for the
// failing half; it returns true if it has answered.
func stock(change func(w http.ResponseWriter, r *http.Request) (answered bool)) func(http.ResponseWriter, *http.Request, bool) {
	return func(w http.ResponseWriter, r *http.Request, bad bool) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Vary", "Origin")
		if r.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE")
			h.Set("Access-Control-Allow-Headers", "content-type, x-tenant, authorization")
		}
		if r.URL.Path == "/session" {
			http.SetCookie(w, &http.Cookie{Name: "sessionid", Value: "q8Zr2LmX5vTn0KpYc3", Path: "/", Secure: true, HttpOnly: true})
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if bad && change(w, r) {
			return
		}
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		jsonAnswer(w, `{"item":7,"left":12}`)
	}
}

// header sets a header of the failing half, or takes it away, in the answers to
// a method ("" all).
func header(method, name, value string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case method != "" && r.Method != method:
		case value == "":
			w.Header().Del(name)
		default:
			w.Header()[http.CanonicalHeaderKey(name)] = strings.Split(value, "\n")
		}
		return false
	}
}

func status(method string, code int, bare bool) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != method {
			return false
		}
		if bare {
			clear(w.Header())
		}
		w.WriteHeader(code)
		return true
	}
}

const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowMethods     = "Access-Control-Allow-Methods"
	allowHeaders     = "Access-Control-Allow-Headers"
)

func corsCases() []kase {
	const origin, preflight, credentials = "cors-origin-not-allowed", "cors-preflight-failed", "cors-credentials-not-allowed"
	return []kase{
		{name: "no header", page: shopPage, script: simple, serve: stock(header("", allowOrigin, "")), want: origin, says: "MissingAllowOriginHeader", reason: "the answer arrives and is kept back"},
		{name: "another page", page: shopPage, script: simple, serve: stock(header("", allowOrigin, "https://admin.example")), want: origin, says: "AllowOriginMismatch", reason: "the list of pages has another one"},
		{name: "two headers", page: shopPage, script: simple, serve: stock(header("", allowOrigin, "https://admin.example\n*")), want: origin, says: "MultipleAllowOriginValues", reason: "app and proxy both add it"},
		{name: "no origin at all", page: shopPage, script: simple, serve: stock(header("", allowOrigin, "admin.example")), want: origin, says: "InvalidAllowOriginValue", reason: "a host is no origin"},
		{name: "star with cookies", page: shopPage, script: withUser, serve: stock(header("GET", allowOrigin, "*")), want: credentials, says: "WildcardOriginNotAllowed", reason: "a star does not count with cookies"},
		{name: "no leave for cookies", page: shopPage, script: withUser, serve: stock(header("GET", allowCredentials, "")), want: credentials, says: "InvalidAllowCredentials", reason: "the second header is gone"},
		{name: "True", page: shopPage, script: withUser, serve: stock(header("GET", allowCredentials, "True")), want: credentials, says: "InvalidAllowCredentials", reason: "the word is compared by case"},
		{name: "405 to OPTIONS", page: shopPage, script: asked, serve: stock(status("OPTIONS", 405, false)), want: preflight, says: "PreflightInvalidStatus", reason: "the route knows no OPTIONS"},
		{name: "401 to OPTIONS", page: shopPage, script: asked, serve: stock(status("OPTIONS", 401, true)), want: preflight, says: "PreflightMissingAllowOriginHeader", reason: "authentication stands in front"},
		{name: "redirected OPTIONS", page: shopPage, script: asked, serve: stock(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodOptions {
				http.Redirect(w, r, "/v2/stock/", http.StatusMovedPermanently)
				return true
			}
			return false
		}), want: preflight, says: "PreflightDisallowedRedirect", reason: "a slash at the end"},
		{name: "method", page: shopPage, script: asked, serve: stock(header("OPTIONS", allowMethods, "GET, POST")), want: preflight, says: "MethodDisallowedByPreflightResponse", reason: "PATCH is not listed"},
		{name: "header", page: shopPage, script: asked, serve: stock(header("OPTIONS", allowHeaders, "content-type")), want: preflight, says: "HeaderDisallowedByPreflightResponse", reason: "X-Tenant is not listed"},
		{name: "methods that can't be read", page: shopPage, script: asked, serve: stock(header("OPTIONS", allowMethods, `"GET, PATCH"`)), want: preflight, says: "InvalidAllowMethodsPreflightResponse", reason: "quotes around a list"},
		{name: "headers that can't be read", page: shopPage, script: asked, serve: stock(header("OPTIONS", allowHeaders, "content-type; x-tenant")), want: preflight, says: "InvalidAllowHeadersPreflightResponse", reason: "a semicolon"},
		{name: "another page in the preflight", page: shopPage, script: asked, serve: stock(header("OPTIONS", allowOrigin, "https://admin.example")), want: origin, says: "PreflightAllowOriginMismatch", reason: "refused before it was sent"},
		{name: "star with cookies in the preflight", page: shopPage, script: askUser, serve: stock(header("OPTIONS", allowOrigin, "*")), want: credentials, says: "PreflightWildcardOriginNotAllowed", reason: "refused before it was sent"},
		{name: "no leave for cookies in the preflight", page: shopPage, script: askUser, serve: stock(header("OPTIONS", allowCredentials, "")), want: credentials, says: "PreflightInvalidAllowCredentials", reason: "refused before it was sent"},
		{name: "no cookies asked for", page: shopPage,
			script: `await fetch('https://api.kN.test/session', {method: 'POST', credentials: 'include'}); await (await fetch('https://api.kN.test/v2/stock', {credentials: bad ? 'same-origin' : 'include'})).json();`,
			serve: func(w http.ResponseWriter, r *http.Request, bad bool) {
				stock(func(w http.ResponseWriter, r *http.Request) bool {
					if r.Header.Get("Cookie") != "" {
						return false
					}
					w.WriteHeader(http.StatusUnauthorized)
					return true
				})(w, r, true)
			}, want: "credentials-not-sent", reason: "the script forgot credentials: include"},
		{name: "401 without the header", page: shopPage,
			script: `await (await fetch('https://api.kN.test/v2/stock', bad ? {} : {headers: {Authorization: 'Bearer bm90LWEtcmVhbC10b2tlbg'}})).json();`,
			serve: func(w http.ResponseWriter, r *http.Request, bad bool) {
				stock(func(w http.ResponseWriter, r *http.Request) bool {
					if r.Header.Get("Authorization") != "" || r.Method == http.MethodOptions {
						return false
					}
					w.Header().Del(allowOrigin)
					w.Header().Set("WWW-Authenticate", `Bearer realm="stock"`)
					w.WriteHeader(http.StatusUnauthorized)
					return true
				})(w, r, true)
			}, want: "missing-credentials", reason: "the refusal comes first, CORS only hides it"},
	}
}
