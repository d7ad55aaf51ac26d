package correlate

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An app is a flow with placeholders: {name} is the value that the server made
// up, {name|encoding} the same, encoded.
type app struct {
	name   string
	flow   string
	old    map[string]string // recorded values
	new    map[string]string // the values of another recording
	links  []string          // "name: place → place", without those of cookies
	reason string
}

// TestApps records each app twice and turns the requests of the first recording
// into those of the second.
func TestApps(t *testing.T) {
	for _, a := range apps {
		t.Run(a.name, func(t *testing.T) {
			c, again := flow(t, filled(a.flow, a.old)), flow(t, filled(a.flow, a.new))
			p, err := Find(c, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(a.links, listed(p)); diff != "" {
				t.Errorf("links (%s):\n%s", a.reason, diff)
			}
			got, missing := replayed(t, p, c, again)
			if len(missing) > 0 {
				t.Errorf("missing: %+v", missing)
			}
			if diff := cmp.Diff(written(t, requestsOf(again)), written(t, got)); diff != "" {
				t.Errorf("requests (%s):\n%s", a.reason, diff)
			}
		})
	}
}

// listed are the links in one line each, without cookies.
func listed(p *Plan) []string {
	var all []string
	for _, link := range p.Links() {
		var to []string
		for _, use := range link.To {
			if !use.Jar {
				to = append(to, strings.TrimSpace(fmt.Sprintf("%d %s %s", use.Entry, use.Path, use.Encoding)))
			}
		}
		if len(to) > 0 {
			all = append(all, fmt.Sprintf("%s: %d %s → %s", link.Name, link.From.Entry, link.From.Path, strings.Join(to, ", ")))
		}
	}
	return all
}

func filled(text string, values map[string]string) string {
	for name, value := range values {
		text = strings.NewReplacer(
			"{"+name+"}", value,
			"{"+name+"|url}", url.PathEscape(value),
			"{"+name+"|query}", url.QueryEscape(value),
			"{"+name+"|json}", strings.ReplaceAll(value, "/", `\/`),
			"{"+name+"|html}", strings.NewReplacer("&", "&amp;", "+", "&#x2B;", "/", "&#x2F;").Replace(value),
			"{"+name+"|user}", base64.StdEncoding.EncodeToString([]byte("x-token:"+value)),
			"{"+name+"|base64}", base64.StdEncoding.EncodeToString([]byte(value)),
			"{"+name+"|claims}", "eyJhbGciOiJIUzI1NiJ9."+base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"`+value+`","exp":1900000000}`))+".c2lnbmF0dXJlLW9mLXRva2Vu",
		).Replace(text)
	}
	return text
}

var apps = []app{
	{
		name: "rails form",
		flow: `
> GET /tickets/new
< 200
< Content-Type: text/html
< | <html><head><meta name="csrf-token" content="{meta|html}"></head><body>
< | <form action="/logout" method="post"><input type="hidden" name="authenticity_token" value="{out|html}"></form>
< | <form action="/tickets" method="post"><input type="hidden" name="authenticity_token" value="{form|html}"><input name="ticket[title]"></form>
> POST /tickets
> Content-Type: application/x-www-form-urlencoded
> | utf8=%E2%9C%93&authenticity_token={form|query}&ticket%5Btitle%5D=Broken+lamp
< 302
< Location: https://app.example/tickets/{id}
> GET /tickets/{id}
> Referer: https://app.example/tickets/new
< 200
> PATCH /tickets/{id}
> X-CSRF-Token: {meta}
> Referer: https://app.example/tickets/{id}
< 204`,
		old: map[string]string{"meta": "Qm9v/Zz+1a2b3c4d5e6f7g8h==", "out": "AAAA/1111+bb22cc33dd44ee55==", "form": "xY9/kL+2mN3oP4qR5sT6uV7w==", "id": "7"},
		new: map[string]string{"meta": "zZ8+/9y8x7w6v5u4t3s2r1q0==", "out": "BBBB+2222/ff66aa77bb88cc99==", "form": "pP0+oO/iI1uU2yY3tT4rR5eE==", "id": "12"},
		links: []string{
			"authenticity_token: 0 response.body.input.authenticity_token[2] → 1 request.body.authenticity_token form",
			"ticket_id: 1 response.header.location.path[1] → 2 request.path[1], 3 request.path[1]",
			"csrf_token: 0 response.body.meta.csrf-token → 3 request.header.x-csrf-token",
		},
		reason: "two forms have a field of one name; a short id is followed, for the request made it",
	},
	{
		name: "django login",
		flow: `
> GET /accounts/login/
< 200
< Set-Cookie: csrftoken={cookie}; Path=/
< | <form method=post><input type=hidden name=csrfmiddlewaretoken value="{masked}"><input name=username></form>
> POST /accounts/login/
> Content-Type: application/x-www-form-urlencoded
> Cookie: csrftoken={cookie}
> | csrfmiddlewaretoken={masked}&username=kim&password=correct-horse-7
< 302
< Set-Cookie: csrftoken={rotated}; Path=/
< Location: /
> POST /api/notes
> X-CSRFToken: {rotated}
> Cookie: csrftoken={rotated}
> Content-Type: application/json
> | {"text": "hello"}
< 201`,
		old: map[string]string{"cookie": "kB2ZtqWm8HxYc4LdPn0sRv6uJfEa1oGi", "masked": "Vn3rT8yUqLp0oKjH5gFdSaZxCvBnM2w1E4", "rotated": "mN7bVcXz1LkJhGf4dSaQwErTy9UiOp3P"},
		new: map[string]string{"cookie": "aQ1wS2eD3rF4tG5yH6uJ7iK8oL9pZ0xC", "masked": "zX9cV8bN7mA6sD5fG4hJ3kL2qW1eR0tYuI", "rotated": "pO0iU9yT8rE7wQ6lK5jH4gF3dS2aM1nB"},
		links: []string{
			"csrfmiddlewaretoken: 0 response.body.input.csrfmiddlewaretoken → 1 request.body.csrfmiddlewaretoken",
			"csrftoken-2: 1 response.set-cookie.csrftoken.value → 2 request.header.x-csrftoken",
		},
		reason: "the cookie in the header is sent twice",
	},
	{
		name: "laravel",
		flow: `
> GET /
< 200
< Set-Cookie: XSRF-TOKEN={xsrf|query}; path=/
< | <input type="hidden" name="_token" value="{token}" autocomplete="off">
> PUT /profile
> X-XSRF-TOKEN: {xsrf}
> Content-Type: multipart/form-data; boundary=XX
> | --XX⏎Content-Disposition: form-data; name="_token"⏎⏎{token}⏎--XX⏎Content-Disposition: form-data; name="file"; filename="a.txt"⏎⏎my own text⏎--XX--⏎
< 200`,
		old: map[string]string{"xsrf": "eyJpdiI6IlFBWVdTWEVEQ1JGVlRHQj0iLCJ2YWx1ZSI6IjEyMyJ9==", "token": "Jk3dLm5nPq7rSt9vWx1yZa2bCd4eFg6hIj8kLm0n"},
		new: map[string]string{"xsrf": "eyJpdiI6Ik1KVU5IWUJHVEZWQ1I9IiwidmFsdWUiOiI0NTYifQ==", "token": "Zx9cVb8nMa7sDf6gHj5kLq4wEr3tYu2iOp1aSd0f"},
		links: []string{
			"token: 0 response.body.input._token → 1 request.body._token",
			"xsrf_token: 0 response.set-cookie.XSRF-TOKEN.value → 1 request.header.x-xsrf-token",
		},
		reason: "the cookie is URL-encoded, the header is not; a file is the user's own, whatever is in it",
	},
	{
		name: "asp.net",
		flow: `
> GET /Cart.aspx
< 200
< | <form method="post" action="./Cart.aspx" id="form1"><input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{view}" />
< | <input type="hidden" name="__EVENTVALIDATION" value="{event}" /><input name="__RequestVerificationToken" type="hidden" value="{verify}" /></form>
> POST /Cart.aspx
> Content-Type: application/x-www-form-urlencoded; charset=utf-8
> | __EVENTTARGET=&__VIEWSTATE={view|query}&__EVENTVALIDATION={event|query}&__RequestVerificationToken={verify}&Quantity=2
< 200`,
		old: map[string]string{"view": "/wEPDwUKMTY1NDU2MTA1MmRkCT2BJvP+uQ==", "event": "/wEWAwL+raDpAgKM54rGBgK7q7GG==", "verify": "CfDJ8Nx3-kL_mN5oP7qRs9tUvWxYz1a2b"},
		new: map[string]string{"view": "/wEPDwULLTE2MTY2ODcyMjlkZPRS+9k3/7g==", "event": "/wEdAAUyDI6H/s9f+ZALqNAA4PyUw==", "verify": "CfDJ8Zy1-xW_vU3tS5rQ7pO9nM2lK4jI6h"},
		links: []string{
			"eventvalidation: 0 response.body.input.__EVENTVALIDATION → 1 request.body.__EVENTVALIDATION form",
			"request_verification_token: 0 response.body.input.__RequestVerificationToken → 1 request.body.__RequestVerificationToken",
			"viewstate: 0 response.body.input.__VIEWSTATE → 1 request.body.__VIEWSTATE form",
		},
		reason: "hidden state is as long as it likes",
	},
	{
		name: "next bootstrap and GraphQL",
		flow: `
> GET /dashboard
< 200
< | <body><script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"session":{"csrfToken":"{csrf}","note":"it's"}}},"buildId":"dev"}</script>
< | <script>window.__STATE__ = {user: {key: 'x', "apiToken": "{api|json}"}, n: [1, 2]};</script></body>
> POST /graphql
> authorization: Bearer {api}
> x-csrf: {csrf}
> content-type: application/json
> | {"operationName":"AddBoard","variables":{"title":"Plan 9"},"query":"mutation AddBoard($title: String!) { addBoard(title: $title) { id } }"}
< 200
< | {"data":{"addBoard":{"id":"{board}","title":"Plan 9"}}}
> POST /graphql
> content-type: application/json
> | {"operationName":"Board", "variables":{"id":"{board}","first":10},"query":"query Board($id: ID!) { board(id: $id) { title } }"}
< 200`,
		old: map[string]string{"csrf": "8c1f2e3d4b5a69788796a5b4c3d2e1f0", "api": "tok/9aB8cD7eF6gH5iJ4kL3", "board": "51877"},
		new: map[string]string{"csrf": "0f1e2d3c4b5a69788796a5b4c3d2e1f8", "api": "tok/1zY2xW3vU4tS5rQ6pO7", "board": "60012"},
		links: []string{
			"api_token: 0 response.body.script/__STATE__/user/apiToken → 1 request.header.authorization",
			"csrf_token: 0 response.body.script[__NEXT_DATA__]/props/pageProps/session/csrfToken → 1 request.header.x-csrf",
			"board_id: 1 response.body/data/addBoard/id → 2 request.body/variables/id",
		},
		reason: "state in scripts, ids of GraphQL",
	},
	{
		name: "OAuth code with state and PKCE",
		flow: `
> GET https://id.example/authorize?response_type=code&client_id=shop-web-41&state=S7d2f9a1c4b8e6035&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&nonce=n-0S6_WzA2Mj8817
< 302
< Location: https://id.example/consent/{consent}?state=S7d2f9a1c4b8e6035
> POST https://id.example/consent/{consent}
> content-type: application/x-www-form-urlencoded
> | decision=allow
< 302
< Location: https://app.example/cb?code={code|query}&state=S7d2f9a1c4b8e6035
> GET https://app.example/cb?code={code|query}&state=S7d2f9a1c4b8e6035
< 200
> POST https://id.example/token
> authorization: Basic c2hvcDpzZWNyZXQtNDE=
> content-type: application/x-www-form-urlencoded
> | grant_type=authorization_code&code={code|query}&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
< 200
< | {"access_token":"{access}","id_token":"{sub|claims}","token_type":"Bearer","expires_in":3600,"refresh_token":"{refresh}"}
> GET https://app.example/users/{sub}/orders
> authorization: Bearer {access}
< 200
> POST https://id.example/token
> content-type: application/x-www-form-urlencoded
> | grant_type=refresh_token&refresh_token={refresh}
< 200
< | {"access_token":"{access2}","refresh_token":"{refresh2}"}
> GET https://app.example/orders
> authorization: Bearer {access2}
< 200
> GET https://git.example/repo
> authorization: Basic {access2|user}
< 200`,
		old: map[string]string{"consent": "Zk3Lm9Qw2Er5", "code": "4/0AX4XfWh+b1c2d3", "access": "at-7f6e5d4c3b2a1908", "refresh": "rt-1a2b3c4d5e6f7a8b", "access2": "at-0099aabbccddeeff", "refresh2": "rt-ffeeddccbbaa9900", "sub": "auth0|5f7c8ec7c33c6c004bbafe82"},
		new: map[string]string{"consent": "Xp7Yt4Vb1Nc8", "code": "4/1BY5YgXi/e4f5g6", "access": "at-1122334455667788", "refresh": "rt-99aabbccddeeff00", "access2": "at-a1b2c3d4e5f60718", "refresh2": "rt-8172635445362718", "sub": "auth0|60aa1bc2d33e6d115ccbff93"},
		links: []string{
			"consent_id: 0 response.header.location.path[1] → 1 request.path[1]",
			"code: 1 response.header.location.query.code → 2 request.query.code form, 3 request.body.code form",
			"access_token: 3 response.body/access_token → 4 request.header.authorization",
			"sub: 3 response.body/id_token.claims/sub → 4 request.path[1]",
			"refresh_token: 3 response.body/refresh_token → 5 request.body.refresh_token",
			"access_token-2: 5 response.body/access_token → 6 request.header.authorization, 7 request.header.authorization base64",
		},
		reason: "state, nonce, verifier and challenge are the client's own",
	},
	{
		name: "REST create, use, and If-Match",
		flow: `
> POST /api/v2/orders
> content-type: application/json
> | {"sku":"LAMP-3","qty":1043}
< 201
< ETag: "1"
< | {"id":{order},"qty":1043,"links":{"self":"/api/v2/orders/{order}"}}
> GET /api/v2/orders/{order}
< 200
< ETag: W/"{tag}"
< | {"id":{order},"qty":1043}
> PUT /api/v2/orders/{order}
> If-Match: W/"{tag}"
> content-type: application/json
> | {"id":{order},"qty":2}
< 200
> POST /api/v2/payments
> content-type: application/json
> | {"order_id": "{order}", "amount": 1043}
< 201`,
		old: map[string]string{"order": "1043", "tag": "3"},
		new: map[string]string{"order": "20871", "tag": "11"},
		links: []string{
			"order_id: 0 response.body/id → 1 request.path[3], 2 request.path[3], 2 request.body/id, 3 request.body/order_id",
			"etag: 1 response.header.etag → 2 request.header.if-match",
		},
		reason: "1043 is an id, a quantity and an amount",
	},
	{
		name: "a short id that was made",
		flow: `
> POST /orders
< 201
< | {"order":{"id":{order}}}
> POST /payments
> Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==
> content-type: application/json
> | {"orderId":{order},"count":7}
< 201
> POST /notes
> content-type: application/json
> | {"orderId":{order},"count":7}
< 201
> DELETE /orders/{order}
> Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==
< 204`,
		old:    map[string]string{"order": "7"},
		new:    map[string]string{"order": "7"},
		links:  []string{"order_id: 0 response.body/order/id → 2 request.body/orderId, 3 request.path[1]"},
		reason: "7 is an id and a count; a digest covers the body alone",
	},
	{
		name: "presigned upload",
		flow: `
> POST /api/uploads
> content-type: application/json
> | {"name":"plan.pdf"}
< 200
< | {"upload":{"method":"PUT","url":"https://bucket.example/u/{key}/plan.pdf?X-Amz-Date={date}&X-Amz-Expires=900\u0026X-Amz-Signature={sig}"}}
> PUT https://bucket.example/u/{key}/plan.pdf?X-Amz-Date={date}&X-Amz-Expires=900&X-Amz-Signature={sig}
> content-type: application/pdf
> | %PDF
< 200`,
		old:    map[string]string{"key": "2f1e0d9c8b7a6958", "date": "20261123T101500Z", "sig": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		new:    map[string]string{"key": "77aa66bb55cc44dd", "date": "20261124T090000Z", "sig": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"},
		links:  []string{"signed_url: 0 response.body/upload/url.target → 1 request.target"},
		reason: "a signature covers the date beside it: such a URL is carried on as a whole",
	},
	{
		name: "SAML",
		flow: `
> GET /app
< 200
< | <form action="https://idp.example/sso" method="post"><input type="hidden" name="SAMLRequest" value="{req|html}"/><input type="hidden" name="RelayState" value="{relay}"/></form>
> POST https://idp.example/sso
> content-type: application/x-www-form-urlencoded
> | SAMLRequest={req|query}&RelayState={relay}
< 200
< | <form action="https://app.example/acs" method="post"><input type="hidden" name="SAMLResponse" value="{res|html}"/><input type="hidden" name="RelayState" value="{relay}"/></form>
> POST https://app.example/acs
> content-type: application/x-www-form-urlencoded
> | SAMLResponse={res|query}&RelayState={relay}
< 302`,
		old: map[string]string{"req": "fZFfa8IwFMXfB/sOJe9p0+rs2l+5q==", "relay": "ss:mem:6c2a9b1f3e8d7045", "res": "PHNhbWxwOlJlc3BvbnNlIElEPSJfOGU4+/==,"},
		new: map[string]string{"req": "nVJNT4NAEL2b+B+2/j9Zk8s1w==", "relay": "ss:mem:0f9e8d7c6b5a4132", "res": "PHNhbWxwOlJlc3BvbnNlIElEPSJfMTIz/+==,"},
		links: []string{
			"relay_state: 0 response.body.input.RelayState → 1 request.body.RelayState",
			"saml_request: 0 response.body.input.SAMLRequest → 1 request.body.SAMLRequest form",
			"relay_state-2: 1 response.body.input.RelayState → 2 request.body.RelayState",
			"saml_response: 1 response.body.input.SAMLResponse → 2 request.body.SAMLResponse form",
		},
		reason: "forms that post themselves",
	},
	{
		name: "pagination",
		flow: `
> GET /v1/events?limit=50
< 200
< Link: <https://app.example/v1/events?limit=50&cursor={c1|query}>; rel="next", <https://app.example/v1/events>; rel="first"
< | {"items":[],"paging":{"next_cursor":"{c1}"}}
> GET /v1/events?limit=50&cursor={c1|query}
< 200
< | {"items":[],"paging":{"next_cursor":"{c2}"}}
> GET /v1/events?limit=50&cursor={c2|query}
< 200`,
		old: map[string]string{"c1": "bGFzdDo5MTcz/2Y0MTE=", "c2": "bGFzdDo4MDIx/2Y0MjI="},
		new: map[string]string{"c1": "bGFzdDo1NTU1/3d4d3g=", "c2": "bGFzdDo2NjY2/3l6eXo="},
		links: []string{
			"cursor: 0 response.header.link.next.query.cursor → 1 request.query.cursor form",
			"next_cursor: 1 response.body/paging/next_cursor → 2 request.query.cursor form",
		},
		reason: "the cursor is in the Link field and in the body",
	},
	{
		name: "JSON in a string, spaces kept",
		flow: `
> POST /session
< 200
< | {"payload":"{\"session\":{\"key\":\"{key}\"}}"}
> POST /act
> content-type: application/json
> | { "b" : 1.50,  "env":"{\"k\":\"{key}\", \"é\":true}" ,"a":[ ] }
< 200
> GET /act;session={key}?next=%2Fact%3Fkey%3D{key}#tab={key}
> Cookie: theme=dark
< 200`,
		old: map[string]string{"key": "K-83hf8q2hfq9w8hf"},
		new: map[string]string{"key": "K-00aa11bb22cc33dd"},
		links: []string{
			"session_key: 0 response.body/payload/session/key → 1 request.body/env/k json, 2 request.path[0], 2 request.query.next.query.key form, 2 request.fragment.tab",
		},
		reason: "the value alone changes, at any depth",
	},
	{
		name: "a code by mail, and a version of what was made",
		flow: `
> POST /login/start
< 200
< | {"dev_code":"{code}","status_code":"204911"}
> POST /login/verify
> Content-Type: application/json
> | {"code":"{code}"}
< 200
> POST /things
> Content-Type: application/json
> | {"status_code":"204911"}
< 201
< Location: /things/lamp
< ETag: "{tag}"
> PUT /things/lamp
> If-Match: "{tag}"
< 200`,
		old: map[string]string{"code": "482913", "tag": "1122150405-1"},
		new: map[string]string{"code": "771064", "tag": "1123081533-1"},
		links: []string{
			"dev_code: 0 response.body/dev_code → 1 request.body/code",
			"etag: 2 response.header.etag → 3 request.header.if-match",
			"thing_id: 2 response.header.location.path[1] → 3 request.path[1]",
		},
		reason: "the digits of a code are followed from code to code; validators with 201 are of the thing at Location",
	},
}
