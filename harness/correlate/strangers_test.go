package correlate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStrangers holds flows in which equal values have nothing to do with each
// other, or in which the client had the value first.
func TestStrangers(t *testing.T) {
	for _, row := range strangers {
		t.Run(row.name, func(t *testing.T) {
			c := flow(t, row.flow)
			p, err := Find(c, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string(nil), listed(p)); diff != "" {
				t.Errorf("links where there are none (%s):\n%s", row.reason, diff)
			}
			sameAgain(t, c, p)
		})
	}
}

var strangers = []struct{ name, flow, reason string }{
	{"flags and words", `
> GET /config
< 200
< | {"enabled":true,"lang":"en-US","type":"application/json","status":"pending","version":"1.2.3","theme":"dark","flag":"true","zero":"0"}
> GET /items?enabled=true&lang=en-US&type=application%2Fjson&status=pending&version=1.2.3&theme=dark&flag=true&zero=0
> Accept-Language: en-US
< 200`, "everybody has them"},
	{"dates and times", `
> GET /calendar
< 200
< | {"date":"2026-11-23","at":"2026-11-23T10:15:00Z","from_id":"2026-11-23","epoch":1795428000,"millis":1795428000123,"day":"20261123","year":2026}
> GET /calendar?date=2026-11-23&at=2026-11-23T10:15:00Z&from_id=2026-11-23&epoch=1795428000&millis=1795428000123&day=20261123&year=2026
< 200
> GET /years/2026
< 200`, "a day is no secret"},
	{"pages", `
> GET /articles
< 200
< | {"page":1,"next":2,"page_id":2,"total":1043,"limit":1000,"size":1000}
> GET /articles?page=2&limit=1000&size=1000&total=1043
< 200
> GET /articles/2
< 200`, "numbers that count"},
	{"a number of another thing", `
> GET /products
< 200
< | [{"id":1043,"price":51877}]
> GET /users/1043
< 200
> POST /transfers
> content-type: application/json
> | {"amount":1043,"price":51877,"user_id":1043}
< 200`, "product 1043 is not user 1043"},
	{"the amount of what has that id", `
> POST /orders
< 201
< | {"id":51877}
> POST /orders
> content-type: application/json
> | {"quantity":51877,"zip":"51877"}
< 200`, "a name that is no id"},
	{"a form comes back", `
> POST /profile
> content-type: application/x-www-form-urlencoded
> | nick=R2D2x9y8z7w6v5u4t3&city=Zwolle
< 200
< | <form><input name="nick" value="R2D2x9y8z7w6v5u4t3"><input name=city value="Zwolle"></form>
> POST /profile
> content-type: application/x-www-form-urlencoded
> | nick=R2D2x9y8z7w6v5u4t3&city=Breda
< 200`, "the user typed it"},
	{"state and nonce", `
> GET https://id.example/authorize?state=S7d2f9a1c4b8e60351122&nonce=n-0S6_WzA2Mj8817aabb&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
< 302
< Location: https://app.example/cb?state=S7d2f9a1c4b8e60351122
> GET https://app.example/cb?state=S7d2f9a1c4b8e60351122
< 200
< | {"nonce":"n-0S6_WzA2Mj8817aabb"}
> POST https://id.example/token
> content-type: application/x-www-form-urlencoded
> | code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&nonce=n-0S6_WzA2Mj8817aabb
< 200`, "made by the client, echoed by the server"},
	{"an idempotency key", `
> POST /payments
> Idempotency-Key: 8e03978e-40d5-43e8-bc93-6894a57f9324
< 503
< | {"key":"8e03978e-40d5-43e8-bc93-6894a57f9324"}
> POST /payments
> Idempotency-Key: 8e03978e-40d5-43e8-bc93-6894a57f9324
< 201`, "made by the client"},
	{"a cookie in the Cookie header", `
> POST /login
< 200
< Set-Cookie: sid=s3ss10n-aa11bb22cc33dd44
> GET /
> Cookie: sid=s3ss10n-aa11bb22cc33dd44
< 200`, "the jar's business: listed, but not for a request"},
	{"assets of a page", `
> GET /
< 200
< | <link rel="stylesheet" href="/assets/app.3f9a2b1c8d7e.css"><script src="/assets/app.9c8b7a6d5e4f.js"></script><img src="/i/8f3a9c2e7d6b.png">
> GET /assets/app.3f9a2b1c8d7e.css
< 200
> GET /assets/app.9c8b7a6d5e4f.js
< 200`, "the names a build gave"},
	{"mail, host and telephone", `
> GET /me
< 200
< | {"email":"kim.1984@mail.example","host":"node-17.eu-west-1.example","phone":"+31-20-1234567","ip":"192.168.17.104","price":"1043.99"}
> POST /contact
> content-type: application/json
> | {"email":"kim.1984@mail.example","host":"node-17.eu-west-1.example","phone":"+31-20-1234567","ip":"192.168.17.104","price":"1043.99"}
< 200`, "of people and machines, not of a session"},
	{"the answer came after the request", `
> GET /report?ticket=aa11bb22cc33dd44ee55
< 200
> GET /tickets
< 200
< | {"ticket":"aa11bb22cc33dd44ee55"}
> GET /report?ticket=aa11bb22cc33dd44ee55
< 200`, "a bookmark: the client had it before"},
	{"the region of everything", `
> GET /a
< 200
< X-Region: eu-west-1
< | {"region":"eu-west-1","plan":"pro2","tier":"gold-2024"}
> GET /b?region=eu-west-1&plan=pro2&tier=gold-2024
< 200
< X-Region: eu-west-1
> GET /c/eu-west-1/d
> X-Region: eu-west-1
< 200`, "a word with a number"},
	{"an ETag of another page", `
> GET /a
< 200
< ETag: "3"
> GET /b
> If-None-Match: "3"
< 304`, "a short version of something else"},
	{"codes that are no secret", `
> GET /places
< 200
< | {"postal_code":"482913","error_code":"100417","code":"4711"}
> POST /login
> content-type: application/json
> | {"postal_code":"482913","error_code":"100417","code":"4711"}
< 200`, "codes of places and errors, and what is short"},
	{"an ETag of what was made elsewhere", `
> POST /things
< 201
< Location: /things/7a
< ETag: "3"
> PUT /things/lamp
> If-Match: "3"
< 200`, "a version of something else"},
	{"product slugs", `
> GET /shop
< 200
< | <a href="/p/blue-lamp-2">Blue lamp</a> <a href="/p/summer-sale-2026-collection">Sale</a>
> GET /p/blue-lamp-2
< 200
> GET /p/summer-sale-2026-collection
< 200`, "names of goods are the same today"},
	{"grant types and scopes", `
> GET /.well-known/openid-configuration
< 200
< | {"grant_types_supported":["urn:ietf:params:oauth:grant-type:jwt-bearer"],"code_challenge_methods_supported":["S256"],"scopes":["openid","offline_access"],"issuer":"https://id.example"}
> POST /token
> content-type: application/x-www-form-urlencoded
> | grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&code_challenge_method=S256&scope=openid+offline_access&aud=https%3A%2F%2Fid.example
< 200`, "words of a protocol"},
}
