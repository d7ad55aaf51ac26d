package diff

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
)

var alignTests = []struct {
	name    string
	ok, bad string
	want    string // ok:bad pairs in the order of bad, with how where not exact
	reason  string
}{
	{"equal", `
		GET https://a.test/ 200
		GET https://a.test/orders 200`, `
		GET https://a.test/ 200
		GET https://a.test/orders 401`,
		"0:0 1:1", "the status has no part in it"},
	{"empty ok", ``, `GET https://a.test/ 200`, "", "nothing to pair with"},
	{"both empty", ``, ``, "", "nothing at all"},
	{"other order", `
		GET https://a.test/a 200
		GET https://a.test/b 200
		GET https://a.test/c 200`, `
		GET https://a.test/c 200
		GET https://a.test/a 200
		GET https://a.test/b 200`,
		"2:0 0:1 1:2", "single requests pair wherever they stand"},
	{"single call of many", `
		GET https://a.test/ 200
		GET https://a.test/app.js 200
		GET https://a.test/api/me 200
		GET https://a.test/api/orders 200`,
		`GET https://a.test/api/orders 401`,
		"3:0", "a page against one curl call"},
	{"ids keep their place", `
		GET https://a.test/orders/12 200
		GET https://a.test/orders/13 200`, `
		GET https://a.test/orders/13 200
		GET https://a.test/orders/99 404`,
		"1:0 0:1/other path", "the same id first, then any id"},
	{"uuid, ulid, hash and token", `
		GET https://a.test/o/018f3c1e-7b1a-7c3d-9e2f-0123456789ab 200
		GET https://a.test/u/01ARZ3NDEKTSV4RRFFQ69G5FAV 200
		GET https://a.test/h/da39a3ee5e6b4b0d3255bfef95601890afd80709 200
		GET https://a.test/t/S_QUBXB297gafoECT1UblstKC55G29aPI37-dfIw4Fr 200
		GET https://a.test/c/cus_9s6XKzkNRiz8i3 200`, `
		GET https://a.test/o/118f3c1e-7b1a-4c3d-9e2f-0123456789ac 200
		GET https://a.test/u/01BX5ZZKBKACTAV9WEVGEMMVRZ 200
		GET https://a.test/h/a94a8fe5ccb19ba61c4c0873d391e987982fbbd3 200
		GET https://a.test/t/xrMeDh7nasVvuLs6Tyg0_QoEKXzb8p0k5d35EXdEYIU 200
		GET https://a.test/c/cus_NffrFeUfNV2Hib 200`,
		"0:0/other path 1:1/other path 2:2/other path 3:3/other path 4:4/other path", "each is an id"},
	{"resources are no ids", `
		GET https://a.test/ 200
		GET https://a.test/api/users 200`, `
		GET https://a.test/ 200
		GET https://a.test/api/orders 200`,
		"0:0", "a wrong pair is worse than none"},
	{"two single requests", `GET https://a.test/api/users 200`, `GET https://b.example/people 404`,
		"0:0/similar", "who compares two calls means these two"},
	{"slip of the pen", `
		GET https://a.test/health 200
		GET https://a.test/api/orders 200`, `
		GET https://a.test/health 200
		GET https://a.test/api/ordrs 404`,
		"0:0 1:1/similar", "a misspelt path is a finding"},
	{"version segment", `GET https://a.test/v1/orders 200`, `GET https://a.test/v2/orders 404`,
		"0:0/other path", "one call of two versions"},
	{"double slash", `GET https://a.test/api/orders 200`, `GET https://a.test//api/orders 404`,
		"0:0/other path", "a base URL that ends in a slash"},
	{"trailing slash", `GET https://a.test/api/orders/ 200`, `GET https://a.test/api/orders 301`,
		"0:0/other path", "the slash is what the server wants"},
	{"case", `GET https://a.test/Portal/Cart 200`, `GET https://a.test/portal/cart 404`,
		"0:0/other path", "case of the path"},
	{"matrix parameter", `GET https://a.test/cart;jsessionid=A1 200`, `GET https://a.test/cart;jsessionid=B2 401`,
		"0:0/other path", "RFC 3986 section 3.3 parameters are no name"},
	{"prefix dropped", `
		GET https://a.test/api/users 200
		GET https://a.test/api/orders/7 200`, `
		GET https://a.test/users 404
		GET https://a.test/orders/8 404`,
		"0:0/other path 1:1/other path", "the proxy's prefix is gone"},
	{"prefix added", `GET https://a.test/orders 200`, `GET https://a.test/api/orders 404`,
		"0:0/other path", "the other way round"},
	{"cache-buster", `GET https://a.test/n?_=1793511897750 200`, `GET https://a.test/n?_=1793599006362 200`,
		"0:0", "a cache-buster says nothing"},
	{"query order", `GET https://a.test/n?a=1&b=2 200`, `GET https://a.test/n?b=2&a=1 200`,
		"0:0", "a set of parameters"},
	{"query values", `
		GET https://a.test/n?page=1 200
		GET https://a.test/n?q=tea 200`, `
		GET https://a.test/n?q=ale 200
		GET https://a.test/n?page=2 200`,
		"1:0/other query 0:1/other query", "the names decide before the order"},
	{"query gone", `GET https://a.test/n?key=1 200`, `GET https://a.test/n 401`,
		"0:0/other query", "a missing parameter is a finding"},
	{"surplus of a poll", `
		POST https://a.test/login 200
		GET https://a.test/poll 200
		GET https://a.test/poll 200
		GET https://a.test/poll 200
		POST https://a.test/logout 200`, `
		POST https://a.test/login 200
		GET https://a.test/poll 200
		GET https://a.test/poll 200
		GET https://a.test/poll 200
		GET https://a.test/poll 200
		GET https://a.test/poll 200
		POST https://a.test/logout 200`,
		"0:0 1:1 2:2 3:5 4:6", "the neighbours keep the first and the last"},
	{"repeats around an anchor", `
		GET https://a.test/n 200
		POST https://a.test/save 200
		GET https://a.test/n 200
		GET https://a.test/m 200
		GET https://a.test/n 200`, `
		POST https://a.test/save 200
		GET https://a.test/n 401
		GET https://a.test/m 200`,
		"1:0 2:1 3:2", "what stands between save and m is that one, not the first"},
	{"retry", `
		GET https://a.test/x 200`, `
		GET https://a.test/x 503
		GET https://a.test/x 200`,
		"0:1", "the last word pairs with the last word"},
	{"challenge met in ok only", `
		GET https://a.test/x 401 challenge=Digest
		GET https://a.test/x 200`, `
		GET https://a.test/x 401 challenge=Digest`,
		"1:0", "the attempt that was not followed up is the last word"},
	{"refresh and retry", `
		GET https://a.test/me 401
		POST https://a.test/refresh 200
		GET https://a.test/me 200`, `
		GET https://a.test/me 401
		POST https://a.test/refresh 400`,
		"0:0 1:1", "the first call stands before the refresh in both"},
	{"staging", `
		GET https://api.acme.test/orders/1 200
		GET https://app.acme.test/health 200
		GET https://api.acme.test/health 200
		GET https://app.acme.test/start 200`, `
		GET https://api-staging.acme.test/health 200
		GET https://app-staging.acme.test/start 200
		GET https://app-staging.acme.test/health 200
		GET https://api-staging.acme.test/orders/2 401`,
		"2:0/other origin 3:1/other origin 1:2/other origin 0:3/other origin", "each host finds its own, by what is asked of it"},
	{"localhost ports", `
		GET http://localhost:3000/ 200
		GET http://localhost:3000/api/me 200`, `
		GET http://localhost:8080/ 200
		GET http://localhost:8080/api/me 401`,
		"0:0/other origin 1:1/other origin", "another port of one host"},
	{"scheme", `GET https://a.test/ 200`, `GET http://a.test/ 301`, "0:0/other origin", "https against http"},
	{"default port", `GET https://a.test:443/ 200`, `GET https://A.test/ 200`, "0:0", "the same origin in another spelling"},
	{"another company", `
		GET https://a.test/api/orders 200
		GET https://a.test/api/me 200`, `
		GET https://b.example/api/orders 200
		GET https://b.example/api/me 401`,
		"0:0/other origin 1:1/other origin", "the structure is the same"},
	{"strangers", `
		GET https://a.test/api/orders 200
		GET https://fonts.example/ 200`, `
		GET https://a.test/api/orders 200
		GET https://ads.test/ 200`,
		"0:0", "a root path alone makes no pair"},
	{"two hosts become one", `
		GET https://app.a.test/start 200
		GET https://app.a.test/page/2 200
		GET https://api.a.test/v1/orders 200`, `
		GET http://127.0.0.1:8080/start 200
		GET http://127.0.0.1:8080/page/3 200
		GET http://127.0.0.1:8080/v1/orders 401`,
		"0:0/other origin 1:1/other origin 2:2/other origin", "development runs all on one port"},
	{"host header", `GET https://a.test/x 200`, `GET /x 200 host=a.test`, "0:0/other origin", "some recorders write the path alone"},
	{"preflights go with their requests", `
		GET https://api.test/a 200
		OPTIONS https://api.test/a 204 for=GET
		PUT https://api.test/a 200
		OPTIONS https://api.test/a 204 for=PUT`, `
		OPTIONS https://api.test/a 204 for=PUT
		PUT https://api.test/a 200`,
		"3:0 2:1", "the announced method tells them apart; browsers list them after, proxies before"},
	{"missing preflight", `
		GET https://api.test/a 200
		OPTIONS https://api.test/a 204 for=GET
		GET https://api.test/b 200
		OPTIONS https://api.test/b 204 for=GET`, `
		GET https://api.test/a 200
		GET https://api.test/b 0
		OPTIONS https://api.test/b 403 for=GET`,
		"0:0 2:1 3:2", "one preflight was cached"},
	{"plain OPTIONS", `
		OPTIONS https://a.test/x 200
		GET https://a.test/ 200`, `
		OPTIONS https://a.test/x 204 for=GET
		GET https://a.test/ 200`, "1:1", "no preflight without a requested method"},
	{"chain that ends at the login", `
		GET https://a.test/account 200`, `
		GET https://a.test/account 302 to=/login
		GET https://a.test/login 200`,
		"0:0", "the first hop is the request that was made"},
	{"hops", `
		GET https://a.test/auth/Ab3dE6gH1jK2mN4pQ7rS 303 to=/i/1
		GET https://a.test/i/1 303 to=/auth
		GET https://a.test/auth/Zb3dE6gH1jK2mN4pQ7rT 303 to=/cb`, `
		GET https://a.test/auth/Q1w2E3r4T5y6U7i8O9p0 303 to=/i/2
		GET https://a.test/i/2 303 to=/auth
		GET https://a.test/auth/A9s8D7f6G5h4J3k2L1z0 403`,
		"0:0/other path 1:1/other path 2:2/other path", "hop by hop"},
	{"method lost on a redirect", `
		POST https://a.test/orders 201`, `
		GET https://a.test/orders 405`,
		"0:0/other method", "301 turns POST into GET"},
	{"both methods are there", `
		GET https://a.test/orders 200
		POST https://a.test/orders 201`, `
		POST https://a.test/orders 201
		GET https://a.test/orders 200`,
		"1:0 0:1", "nothing to change"},
	{"graphql by operation", `
		POST https://a.test/graphql 200 body={"operationName":"Me","query":"query+Me{id}"}
		POST https://a.test/graphql 200 body={"operationName":"Orders"}
		POST https://a.test/graphql 200 body={"query":"query{tea}"}`, `
		POST https://a.test/graphql 200 body={"operationName":"Orders"}
		POST https://a.test/graphql 200 body={"variables":{"operationName":"Orders"},"operationName":"Me"}
		POST https://a.test/graphql 200 body={"operationName":"Cart"}`,
		"1:0 0:1", "one URL, several requests; another operation is another request"},
	{"graphql without bodies on one side", `
		POST https://a.test/graphql 200 body={"operationName":"Me"}
		POST https://a.test/graphql 200 body={"operationName":"Orders"}`, `
		POST https://a.test/graphql 200
		POST https://a.test/graphql 401`,
		"0:0/other query 1:1/other query", "a sanitized capture leaves the order"},
	{"json-rpc batch", `
		POST https://a.test/rpc 200 body=[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}]
		POST https://a.test/rpc 200 body={"jsonrpc":"2.0","method":"a"}`, `
		POST https://a.test/rpc 200 body={"jsonrpc":"2.0","method":"a"}
		POST https://a.test/rpc 200 body=[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}]`,
		"1:0 0:1", "a batch is its methods"},
	{"aws target", `
		POST https://db.test/ 200 target=DynamoDB.GetItem
		POST https://db.test/ 200 target=DynamoDB.PutItem`, `
		POST https://db.test/ 400 target=DynamoDB.PutItem`,
		"1:0", "the operation is in a header"},
	{"bundles", `
		GET https://a.test/app.3f2a1b.js 200
		GET https://a.test/style-1.cfb4e03d.css 200
		GET https://a.test/style-17.fcd03e90.css 200
		GET https://a.test/index-BxK3f9aQ.js 200`, `
		GET https://a.test/index-D_k-w3Zt.js 200
		GET https://a.test/style-17.00ff11aa.css 200
		GET https://a.test/style-1.a7c9b244.css 200
		GET https://a.test/app.99ff00.js 404`,
		"3:0/other path 2:1/other path 1:2/other path 0:3/other path", "a build renames them all"},
	{"slugs", `
		GET https://a.test/ 200
		GET https://a.test/blog/my-first-post 200`, `
		GET https://a.test/ 200
		GET https://a.test/blog/a-word-on-tea 500`,
		"0:0 1:1/similar", "a title for a title"},
	{"a name between its neighbours", `
		POST https://a.test/login 200
		GET https://a.test/users/alice 200
		GET https://a.test/feed 200`, `
		POST https://a.test/login 200
		GET https://a.test/users/bob 403
		GET https://a.test/feed 200`,
		"0:0 1:1/similar 2:2", "the only child of users, in the same place"},
	{"tunnels", `
		CONNECT a.test:443 200
		GET https://a.test/ 200`, `
		CONNECT a.test:443 407
		CONNECT b.test:443 200`,
		"0:0", "CONNECT pairs with CONNECT to that host"},
	{"no hierarchy", `
		GET data:image/png;base64,AAAA 200
		GET blob:https://a.test/018f3c1e-7b1a-7c3d-9e2f-0123456789ab 200
		GET chrome-extension://abcdefgh/x.js 200
		GET "" 200`, `
		GET data:image/png;base64,BBBB 200
		GET blob:https://a.test/118f3c1e-7b1a-7c3d-9e2f-0123456789ab 200
		GET chrome-extension://abcdefgh/x.js 200
		GET "" 200`,
		"0:0/other path 1:1/other path 2:2 3:3", "kind for kind"},
	{"websocket", `GET wss://a.test/live 101`, `GET https://a.test/live 400`, "0:0", "recorders write the handshake either way"},
	{"login page instead of the app", "POST https://a.test/login 303 to=/\nGET https://a.test/ 200\n" + assets(40) + `
		GET https://a.test/api/me 200
		GET https://a.test/api/orders 200
		GET https://a.test/api/cart 200`, `
		POST https://a.test/login 200
		GET https://a.test/login.css 200`,
		"0:0", "43 entries on one side only"},
	{"stand-in", `
		GET https://a.test/n?page=1 200
		GET https://a.test/n?page=2 200`, `
		GET https://a.test/n?page=1 200
		GET https://a.test/n?page=2 200
		GET https://a.test/n?page=3 200
		GET https://a.test/n?page=4 429
		GET https://a.test/n?page=5 429`,
		"0:0 1:3/stand-in", "the failure wants something to be held against; once"},
	{"no stand-in for what recovered", `
		GET https://a.test/n 200`, `
		GET https://a.test/n 200
		GET https://a.test/n 503
		GET https://a.test/n 200`,
		"0:0", "the retry went well"},
}

func assets(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "GET https://a.test/assets/chunk-%d.js 200\n", i)
	}
	return b.String()
}

func TestAlign(t *testing.T) {
	for _, tt := range alignTests {
		t.Run(tt.name, func(t *testing.T) {
			ok, bad := flow(t, tt.ok), flow(t, tt.bad)
			a := Align(ok, bad)
			if diff := cmp.Diff(tt.want, pairsText(a)); diff != "" {
				t.Errorf("%s: -want +got\n%s", tt.reason, diff)
			}
			checkAlignment(t, a, len(ok.Exchanges), len(bad.Exchanges))
		})
	}
}

func pairsText(a Alignment) string {
	var out []string
	for _, p := range a.Pairs {
		s := fmt.Sprintf("%d:%d", p.OK, p.Bad)
		if p.How != Exact {
			s += "/" + p.How.String()
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkAlignment checks that each index stands in one place, in order.
func checkAlignment(t failer, a Alignment, okLen, badLen int) {
	t.Helper()
	ok, bad := make([]int, okLen), make([]int, badLen)
	last := -1
	for _, p := range a.Pairs {
		if p.Bad <= last {
			t.Fatalf("pairs are not in the order of bad: %v", a)
		}
		last = p.Bad
		ok[p.OK]++
		bad[p.Bad]++
	}
	for _, side := range []struct{ seen, only []int }{{ok, a.OnlyOK}, {bad, a.OnlyBad}} {
		last := -1
		for _, i := range side.only {
			if i <= last {
				t.Fatalf("indices on one side only do not ascend: %v", a)
			}
			last = i
			side.seen[i]++
		}
		for i, n := range side.seen {
			if n != 1 {
				t.Fatalf("index %d stands in %d places: %v", i, n, a)
			}
		}
	}
}

func TestAlignNil(t *testing.T) {
	c := flow(t, "GET https://a.test/ 200")
	for _, tt := range []struct{ ok, bad *traffic.Capture }{{nil, nil}, {c, nil}, {nil, c}} {
		a := Align(tt.ok, tt.bad)
		if len(a.Pairs) != 0 || FirstDivergence(tt.ok, tt.bad, a) != -1 {
			t.Errorf("pairs with a capture that is not there: %v", a)
		}
	}
}
