package scenarios

import (
	"fmt"
	"time"
)

func apiFlows() []baseFlow {
	return []baseFlow{
		{"jwt-api", tuning, jwtAPI{
			issuer: "https://id.fjord.test", token: "/oauth/token", api: "https://api.fjord.test/v2", things: "shipments", others: "invoices",
			alg: "RS256", claims: `"iss":"https://id.fjord.test/","aud":"https://api.fjord.test","sub":"u-4471","scope":"shipments:read invoices:read shipments:write"`,
			login:  "grant_type=password&client_id=dispatch-ui&username=runa%40fjord.test&password=herring-and-rye&scope=shipments%3Aread",
			client: []string{"User-Agent: dispatch/5.2.0", "Accept: application/json"}, server: []string{"Server: nginx/1.25.3"},
		}.record},
		{"jwt-api-two", checking, jwtAPI{
			issuer: "https://auth.marl.example", token: "/realms/field/protocol/openid-connect/token", api: "https://gateway.marl.example/crm/api", things: "contacts", others: "tasks",
			alg: "ES256", claims: `"iss":"https://auth.marl.example/realms/field","aud":["crm","account"],"sub":"7f0c3c44","azp":"tablet","acr":"2","amr":["pwd","otp"],"auth_time":1772500000,"scope":"openid contacts tasks","realm_access":{"roles":["agent","viewer"]}`,
			login:  "client_id=tablet&grant_type=password&password=plough%21share&username=agent.ivo&scope=openid+offline_access",
			client: []string{"user-agent: okhttp/4.12.0", "accept-encoding: gzip"}, server: []string{"server: envoy", "x-envoy-upstream-service-time: 11"},
		}.record},
		{"cassette", tuning, cassette{"https://api.brine.test", "repos/owner/tools", "Go-http-client/1.1", "Server: Caddy", "tok_"}.record},
		{"cassette-two", checking, cassette{"http://ledger.internal.example:8080", "v3/accounts/9", "ledgerctl/0.9", "X-Powered-By: Express", "lgr-"}.record},
		{"graphql", tuning, graphql{"https://gql.osprey.test/graphql", "viewer", "HS256", `"iss":"osprey","sub":"12","aud":"gql"`, "Server: nginx"}.record},
		{"graphql-two", checking, graphql{"https://shop.tansy.example/api/query", "cart", "RS256", `"iss":"https://sso.tansy.example","sub":"buyer|88","aud":"storefront","scp":["cart","orders"]`, "Server: cloudflare"}.record},
		{"moved-api", tuning, movedAPI{"https://data.gannet.test", "/reports/daily", "/reports/daily/", 301, "Server: gunicorn"}.record},
		{"moved-api-two", checking, movedAPI{"https://files.rowan.example", "/download/42", "/v2/download/42", 307, "Server: Apache/2.4.58 (Debian)"}.record},
	}
}

// jwtAPI is a login by token, two calls, a refresh and a third.
type jwtAPI struct {
	issuer, token, api, things, others string
	alg, claims, login                 string
	client, server                     []string
}

func (f jwtAPI) record(t *take) {
	t.client, t.server = f.client, f.server
	issue := func() (access, refresh string) { return t.jwt(f.alg, "key-"+f.things, f.claims), t.opaque(40) }
	answer := func(access, refresh string) string {
		return fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":3600,"refresh_token":%q}`, access, refresh)
	}
	access, refresh := issue()
	noStore := []string{"Cache-Control: no-store", "Pragma: no-cache"}
	t.add(talk{ask: "POST " + f.issuer + f.token, body: f.login, answer: noStore, body2: answer(access, refresh), decisive: true})
	bearer := func() []string { return []string{"Authorization: Bearer " + access, "X-Request-Id: " + t.uuid()} }
	t.add(talk{ask: "GET " + f.api + "/" + f.things + "?page=1", send: bearer(), body2: `{"items":[{"id":311,"state":"open"},{"id":312,"state":"sent"}],"total":2}`, decisive: true})
	t.add(talk{ask: "GET " + f.api + "/" + f.things + "/311", send: bearer(), body2: `{"id":311,"state":"open","weight":12.5}`})
	t.at = t.at.Add(48 * time.Minute)
	used := refresh
	access, refresh = issue()
	t.add(talk{ask: "POST " + f.issuer + f.token, body: "grant_type=refresh_token&client_id=app&refresh_token=" + used, answer: noStore, body2: answer(access, refresh), decisive: true})
	t.add(talk{ask: "POST " + f.api + "/" + f.others, send: bearer(), body: `{"about":311,"kind":"final"}`, status: 201, body2: `{"id":9001,"about":311}`, decisive: true})
	t.add(talk{ask: "GET " + f.api + "/" + f.others + "/9001", send: bearer(), body2: `{"id":9001,"about":311}`, decisive: true})
}

// cassette is a recording without a clock, with an opaque token from outside.
type cassette struct{ base, path, agent, server, prefix string }

func (f cassette) record(t *take) {
	t.cassette()
	t.client, t.server = []string{"User-Agent: " + f.agent, "Accept: application/json"}, []string{f.server}
	token := "Authorization: Bearer " + f.prefix + "4fQz81kLmW0cTdYvR6sHbNeJ2"
	t.add(talk{ask: "GET " + f.base + "/" + f.path, send: []string{token}, body2: `{"name":"tools","private":true}`, decisive: true})
	t.add(talk{ask: "GET " + f.base + "/" + f.path + "/items?per_page=50", send: []string{token}, body2: `[{"number":4},{"number":7}]`, decisive: true})
	t.add(talk{ask: "POST " + f.base + "/" + f.path + "/items", send: []string{token, "Idempotency-Key: " + t.uuid()}, body: `{"title":"leak"}`, status: 201, body2: `{"number":8}`, decisive: true})
}

// graphql is two operations at one address.
type graphql struct{ url, field, alg, claims, server string }

func (f graphql) record(t *take) {
	t.client, t.server = []string{"User-Agent: apollo-ios/1.9", "Accept: */*"}, []string{f.server, "X-Request-Id: " + t.uuid()}
	token := []string{"Authorization: Bearer " + t.jwt(f.alg, "k1", f.claims)}
	ask := func(operation, query string, decisive bool) {
		t.add(talk{
			ask: "POST " + f.url, send: token, decisive: decisive,
			body:  fmt.Sprintf(`{"operationName":%q,"variables":{"n":3},"query":%q}`, operation, query),
			body2: fmt.Sprintf(`{"data":{%q:{"id":"12","count":3}}}`, f.field),
		})
	}
	ask("Start", "query Start { "+f.field+" { id count } }", true)
	ask("More", "query More($n:Int) { "+f.field+"(first:$n) { id count } }", true)
}

// movedAPI is a call that is redirected within its origin.
type movedAPI struct {
	base, from, to string
	status         int
	server         string
}

func (f movedAPI) record(t *take) {
	t.client, t.server = []string{"User-Agent: python-requests/2.34.0", "Accept: */*"}, []string{f.server}
	token := []string{"Authorization: Bearer " + t.jwt("RS256", "2026-a", `"iss":"https://issuer.example","aud":"data","sub":"svc-nightly"`)}
	t.add(talk{ask: "GET " + f.base + "/status", send: token, body2: `{"ok":true}`})
	t.add(talk{ask: "GET " + f.base + f.from, send: token, status: f.status, answer: []string{"Location: " + f.base + f.to}})
	t.add(talk{ask: "GET " + f.base + f.to, send: token, body2: `{"rows":[[1,2],[3,4]]}`, decisive: true})
}

// keyFlows carry a key that does not change from take to take.
func keyFlows() []baseFlow {
	return []baseFlow{
		{"key-in-header", tuning, keyAPI{"https://tiles.kelp.test/v1/forecast", "X-Api-Key: ", "kp_live_8Fh2Lq0ZxT5mRw1v", "", "Server: nginx"}.record},
		{"key-in-query", tuning, keyAPI{"https://maps.dune.test/geo/json", "", "D7ne-93hFk2Lq0ZxT5mRw1vQ", "key", "Server: scaffolding on HTTPServer2"}.record},
		{"key-in-header-two", checking, keyAPI{"https://sms.heath.example/2024-10/messages", "Ocp-Apim-Subscription-Key: ", "5b1f0cc27ae94dd8a3f2106be9d4c7a0", "", "Server: Kestrel"}.record},
		{"key-in-query-two", checking, keyAPI{"https://weather.alder.example/onecall", "", "9a0364b9e99bb480dd25e1f0284c8555", "appid", "Server: openresty"}.record},
	}
}

type keyAPI struct{ base, header, key, parameter, server string }

func (f keyAPI) record(t *take) {
	t.client, t.server = []string{"User-Agent: axios/1.7.2", "Accept: application/json, text/plain, */*"}, []string{f.server}
	ask := func(path, query string, k talk) {
		if f.parameter != "" {
			query += "&" + f.parameter + "=" + f.key
		} else {
			k.send = append(k.send, f.header+f.key)
		}
		k.ask, k.decisive = "GET "+f.base+path+"?"+query, true
		t.add(k)
	}
	ask("", "place=oslo&units=metric", talk{body2: `{"place":"oslo","value":3.5}`})
	ask("/near", "place=bergen&units=metric", talk{body2: `{"place":"bergen","value":6.5}`})
	ask("", "place=tromso&units=metric&days=3", talk{body2: `{"place":"tromso","value":-3}`})
}

// signedFlows carry signatures over the request.
func signedFlows() []baseFlow {
	return []baseFlow{
		{"presigned", tuning, presigned{"https://parcels.s3.eu-north-1.amazonaws.example", "eu-north-1", "/scans/2026/03/label.pdf", "AmazonS3"}.record},
		{"presigned-two", checking, presigned{"https://minio.slate.example/media", "us-east-1", "/clips/%C3%A4rla.mp4", "MinIO"}.record},
		{"sigv4", tuning, sigv4{"https://queue.eu-west-1.amazonaws.example/", "eu-west-1", "sqs", "AKIAQ7TESTFLOW000001"}.record},
		{"sigv4-two", checking, sigv4{"https://search.flint.example/_search", "ap-south-1", "es", "AKIAZZ9TESTFLOW00002"}.record},
		{"dpop", tuning, dpop{"https://wallet.skerry.test/credentials", "skerry"}.record},
		{"dpop-two", checking, dpop{"https://open-api.cairn.example/v1/payments", "cairn"}.record},
	}
}

type presigned struct{ base, region, path, server string }

func (f presigned) record(t *take) {
	t.client, t.server = []string{"User-Agent: curl/8.5.0", "Accept: */*"}, []string{"Server: " + f.server, "x-amz-request-id: " + t.hex(16)}
	sign := func(path string) string {
		day := t.at.Format("20060102")
		return fmt.Sprintf("%s%s?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAP0TESTFLOW000003%%2F%s%%2F%s%%2Fs3%%2Faws4_request&X-Amz-Date=%s&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=%s",
			f.base, path, day, f.region, t.at.Format("20060102T150405Z"), t.hex(64))
	}
	t.add(talk{ask: "GET " + sign(f.path), answer: []string{"Content-Type: application/octet-stream"}, body2: "a scan of a label", decisive: true})
	t.at = t.at.Add(2 * time.Minute)
	t.add(talk{ask: "GET " + sign(f.path+".txt"), body2: "a note on it", decisive: true})
}

type sigv4 struct{ url, region, service, key string }

func (f sigv4) record(t *take) {
	t.client = []string{"User-Agent: aws-sdk-go-v2/1.30.1"}
	for i := range 2 {
		t.server = []string{"x-amzn-RequestId: " + t.uuid()}
		body := fmt.Sprintf(`{"MaxNumber":%d}`, i+4)
		t.add(talk{
			ask: "POST " + f.url, decisive: true, body: body, body2: `{"Messages":[]}`,
			send: []string{
				"X-Amz-Date: " + t.at.Format("20060102T150405Z"),
				"X-Amz-Content-Sha256: " + sha256Hex(body),
				fmt.Sprintf("Authorization: AWS4-HMAC-SHA256 Credential=%s/%s/%s/%s/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=%s",
					f.key, t.at.Format("20060102"), f.region, f.service, t.hex(64)),
			},
		})
	}
}

type dpop struct{ url, name string }

func (f dpop) record(t *take) {
	t.client, t.server = []string{"User-Agent: wallet/2.1"}, []string{"Server: jetty"}
	thumb := "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
	token := t.jwt("ES256", "op-1", `"iss":"https://op.`+f.name+`.example","aud":"`+f.name+`","sub":"h-1","cnf":{"jkt":"`+thumb+`"}`)
	for _, path := range []string{"", "/recent"} {
		t.add(talk{ask: "GET " + f.url + path, decisive: true, body2: `{"items":[1]}`, send: []string{
			"Authorization: DPoP " + token,
			"DPoP: " + t.proof("GET", f.url+path, token),
		}})
	}
}
