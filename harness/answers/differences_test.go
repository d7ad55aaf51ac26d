package answers

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

type differenceRow struct {
	request  string
	old, new string
	want     string // of matter
	reason   string
}

func check(t *testing.T, c Comparer, rows []differenceRow) {
	t.Helper()
	for _, tt := range rows {
		if tt.request == "" {
			tt.request = "GET /shelf"
		}
		changes := c.Differences(exchange(tt.request, tt.old, yesterday), exchange(tt.request, tt.new, today))
		checkMatter(t, tt.reason, changes, tt.want)
	}
}

func TestHeaders(t *testing.T) {
	check(t, Comparer{}, []differenceRow{
		{old: "200\nX-Frame-Options: DENY", new: "200", want: "-header.x-frame-options", reason: "a protection is lost"},
		{old: "200\nStrict-Transport-Security: max-age=63072000", new: "200\nStrict-Transport-Security: max-age=1", want: "~header.strict-transport-security", reason: "HSTS for a second"},
		{old: "200\nContent-Security-Policy: script-src 'nonce-aGVsbG8x'", new: "200\nContent-Security-Policy: script-src 'nonce-d29ybGQy'", reason: "a nonce is new each time"},
		{old: "200\nContent-Security-Policy: script-src 'nonce-aGVsbG8x'", new: "200\nContent-Security-Policy: script-src 'nonce-d29ybGQy' *", want: "~header.content-security-policy", reason: "beside its nonce the policy is wider"},
		{old: "200\nAccess-Control-Allow-Origin: https://a.example", new: "200\nAccess-Control-Allow-Origin: *", want: "~header.access-control-allow-origin", reason: "CORS widened"},
		{old: "200\nVary: Accept-Encoding, Origin", new: "200\nVary: Origin", reason: "compression asks for it"},
		{old: "200\nVary: Accept-Encoding, Origin", new: "200\nVary: Accept-Encoding", want: "-header.vary.origin", reason: "a cache would mix up origins"},
		{old: "200\nVary: Cookie", new: "200", want: "-header.vary", reason: "a cache would mix up users"},
		{old: "200\nX-Session: JFwh5qgVpyOp-EDJCZQVDA", new: "200\nX-Session: KmRqLiETpyRPL99v0HdT6w", reason: "random values that have words in them by chance"},
		{old: "401\nWWW-Authenticate: Digest realm=\"stacks\", nonce=\"MTYx\", opaque=\"q1\"", new: "401\nWWW-Authenticate: Digest realm=\"stacks\", nonce=\"MTYy\", opaque=\"q2\"", reason: "a challenge has a nonce of its own"},
		{old: "401\nWWW-Authenticate: Digest realm=\"stacks\", nonce=\"MTYx\"", new: "401\nWWW-Authenticate: Digest realm=\"other\", nonce=\"MTYy\"", want: "~header.www-authenticate.digest.realm", reason: "the realm is none"},
		{old: "401\nWWW-Authenticate: Bearer", new: "401\nWWW-Authenticate: Bearer error=\"invalid_token\"", want: "~header.www-authenticate.bearer", reason: "a reason of the refusal"},
		{old: "200\nContent-Type: text/html; charset=utf-8", new: "200\nContent-Type: text/html;charset=UTF-8", reason: "the same, written differently"},
		{old: "200\nContent-Type: text/html", new: "200\nContent-Type: text/plain", want: "~header.content-type", reason: "another type"},
		{old: "200\nX-RateLimit-Remaining: 57", new: "200\nX-RateLimit-Remaining: 12", reason: "some is left"},
		{old: "200\nX-RateLimit-Remaining: 57", new: "200\nX-RateLimit-Remaining: 0", want: "~header.x-ratelimit-remaining", reason: "nothing is left"},
		{old: "200\nRateLimit: \"std\";r=50;t=30", new: "200\nRateLimit: \"std\";r=49;t=4", reason: "the IETF's field"},
		{old: "200\nX-RateLimit-Limit: 100", new: "200\nX-RateLimit-Limit: 10", want: "~header.x-ratelimit-limit", reason: "the limit itself"},
		{old: "200\nETag: \"a\"\nContent-Length: 3\nServer-Timing: db;dur=3\nAlt-Svc: h3=\":443\"\nAge: 3", new: "200\nETag: \"b\"\nContent-Length: 4\nTransfer-Encoding: chunked\nConnection: keep-alive", reason: "transport"},
		{old: "200\nServer: nginx", new: "200\nServer: Caddy", reason: "another program answered, and the same"},
		{old: "200\nX-CSRF-Token: b7Qx2LmP0sVd8KtYwZ1c", new: "200\nX-CSRF-Token: 9fK2aPq7XvR3nLw0TzBd", reason: "issued again"},
		{old: "200\nX-User: margaret", new: "200\nX-User: ruth", want: "~header.x-user", reason: "somebody else"},
		{old: "200\nCache-Control: private, no-store", new: "200\nCache-Control: private", want: "-header.cache-control.no-store", reason: "it may be kept now"},
		{old: "200\nLink: </a>; rel=next, </b>; rel=prev", new: "200\nLink: </a>; rel=next\nLink: </b>; rel=prev", reason: "a recorder joined the lines"},
		{old: "200\nAccess-Control-Allow-Origin: *", new: "200\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Origin: *", want: "+header.access-control-allow-origin", reason: "said twice, which browsers refuse"},
		{old: "200\nx-served: one\nx-a: 1", new: "200\nX-A: 1\nX-Served: one", reason: "HTTP/2 has no case, order says nothing"},
	})
}

func TestRedirects(t *testing.T) {
	check(t, Comparer{}, []differenceRow{
		{request: "POST /loans", old: "303\nLocation: /loans/1041", new: "303\nLocation: /loans/1077", reason: "another loan was made"},
		{request: "POST /signin", old: "303\nLocation: /users/17", new: "303\nLocation: /users/18", want: "~header.location", reason: "a login makes no users"},
		{request: "POST /users", old: "201\nLocation: /users/17", new: "201\nLocation: /users/18", reason: "that made one"},
		{request: "POST /signin", old: "303\nLocation: /home", new: "303\nLocation: /home;jsessionid=0A1B2C3D4E5F6071", want: "~header.location", reason: "a session in the URL"},
		{request: "GET /loans/last", old: "303\nLocation: /loans/1041", new: "303\nLocation: /loans/1077", want: "~header.location", reason: "nothing was made"},
		{request: "POST /loans", old: "303\nLocation: /loans/1041", new: "303\nLocation: /signin?next=%2Floans", want: "~header.location", reason: "sent to a login"},
		{request: "GET /signin", old: "302\nLocation: https://id.example/authorize?client_id=desk&state=Zk3v9QpL&nonce=n4XtR0aa",
			new: "302\nLocation: https://id.example/authorize?client_id=desk&state=aa8Lw1Kx&nonce=Yy0PqR2c", reason: "good for one use"},
		{request: "GET /signin", old: "302\nLocation: https://id.example/authorize?client_id=desk&state=Zk3v9QpL",
			new: "302\nLocation: https://id.example/authorize?client_id=till&state=aa8Lw1Kx", want: "~header.location", reason: "another client"},
		{request: "GET /signin", old: "302\nLocation: /home", new: "302\nLocation: https://library.example/home", want: "~header.location", reason: "absolute now: behind a proxy that is a bug"},
		{request: "GET /a", old: "200", new: "302\nLocation: /signin", want: "~status +header.location", reason: "a redirect where there was a page"},
	})
}

func TestCookies(t *testing.T) {
	check(t, Comparer{}, []differenceRow{
		{old: "200\nSet-Cookie: desk=4f1c9e; Path=/; HttpOnly; Secure; SameSite=Lax", new: "200\nSet-Cookie: desk=a90b77; Path=/; HttpOnly; Secure; SameSite=Lax", reason: "another session"},
		{old: "200\nSet-Cookie: desk=4f1c9e; Path=/; HttpOnly; Secure", new: "200\nSet-Cookie: desk=a90b77; Path=/; HttpOnly", want: "-set-cookie.desk.secure", reason: "Secure is lost"},
		{old: "200\nSet-Cookie: desk=4f1c9e; SameSite=Lax", new: "200\nSet-Cookie: desk=a90b77; samesite=lax", reason: "spelling"},
		{old: "200\nSet-Cookie: desk=4f1c9e; SameSite=Strict", new: "200\nSet-Cookie: desk=a90b77; SameSite=None", want: "~set-cookie.desk.samesite", reason: "weaker"},
		{old: "200\nSet-Cookie: desk=4f1c9e", new: "200", want: "-set-cookie.desk", reason: "no session is set"},
		{old: "200", new: "200\nSet-Cookie: desk=4f1c9e", want: "+set-cookie.desk", reason: "a new one"},
		{old: "200\nSet-Cookie: desk=4f1c9e; Expires={http+1h}", new: "200\nSet-Cookie: desk=77aa01; Expires={http+1h}", reason: "an hour then, an hour now"},
		{old: "200\nSet-Cookie: desk=4f1c9e; Max-Age=3600", new: "200\nSet-Cookie: desk=77aa01; Expires={http+1h}", reason: "the same lifetime, said differently"},
		{old: "200\nSet-Cookie: desk=4f1c9e; Max-Age=3600", new: "200\nSet-Cookie: desk=77aa01; Max-Age=600", want: "~set-cookie.desk.max-age", reason: "ten minutes"},
		{old: "200\nSet-Cookie: desk=4f1c9e; Max-Age=3600", new: "200\nSet-Cookie: desk=77aa01", want: "-set-cookie.desk.max-age", reason: "until the browser is closed"},
		{old: "200\nSet-Cookie: desk=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", new: "200\nSet-Cookie: desk=; Max-Age=0", reason: "both take it away"},
		{old: "200\nSet-Cookie: desk=4f1c9e; Path=/", new: "200\nSet-Cookie: desk=; Path=/; Max-Age=0", want: "~set-cookie.desk.value +set-cookie.desk.max-age", reason: "taken away where it was set"},
		{old: "200\nSet-Cookie: signed_in=yes", new: "200\nSet-Cookie: signed_in=no", want: "~set-cookie.signed_in.value", reason: "a word says something"},
		{old: "200\nSet-Cookie: lang=en-US", new: "200\nSet-Cookie: lang=de-DE", want: "~set-cookie.lang.value", reason: "words with a divider"},
		{old: "200\nSet-Cookie: auth=chunks-2", new: "200\nSet-Cookie: auth=chunks-3", want: "~set-cookie.auth.value", reason: "a word and a number"},
		{old: "200\nSet-Cookie: signed_in=1", new: "200\nSet-Cookie: signed_in=0", want: "~set-cookie.signed_in.value", reason: "a flag"},
		{old: "200\nSet-Cookie: desk=4f-1c-9e", new: "200\nSet-Cookie: desk=a9-0b-77", reason: "no words"},
	})
	sanitized := Comparer{Sanitized: true}
	check(t, sanitized, []differenceRow{
		{old: "200", new: "200\nSet-Cookie: desk=4f1c9e; Path=/", reason: "the export left it out"},
		{old: "200", new: "403", want: "~status", reason: "that it did not leave out"},
	})
}

func TestJSON(t *testing.T) {
	const head = "200\nContent-Type: application/json\n\n"
	const made = "201\nContent-Type: application/json\n\n"
	check(t, Comparer{}, []differenceRow{
		{old: head + `{"role":"librarian"}`, new: head + `{"role":"reader"}`, want: "~body/role", reason: "a role"},
		{old: head + `{"seen_at":"{now}","epoch":{epoch}}`, new: head + `{"seen_at":"{now}","epoch":{epoch}}`, reason: "times"},
		{old: head + `{"token_expires":"{+1h}","exp":{epoch+1h}}`, new: head + `{"token_expires":"{+1h}","exp":{epoch+1h}}`, reason: "as far away as it was"},
		{old: head + `{"token_expires":"{+1h}"}`, new: head + `{"token_expires":"{now}"}`, want: "~body/token_expires", reason: "over already"},
		{old: head + `{"expires_in":3600}`, new: head + `{"expires_in":3588}`, reason: "what is left of what was kept"},
		{old: head + `{"expires_in":3600}`, new: head + `{"expires_in":60}`, want: "~body/expires_in", reason: "a minute"},
		{old: head + `{"access_token":"9sKQ2xVb7LmT4pZc0RwY"}`, new: head + `{"access_token":"Wd3nXa8Jq1Gf6Hk5Lv2B"}`, reason: "issued again"},
		{old: head + `{"access_token":"9sKQ2xVb7LmT4pZc0RwY"}`, new: head + `{"access_token":""}`, want: "~body/access_token", reason: "none"},
		{old: head + `{"token":"dpyyjghjxbxpimrrccglhhsfsc"}`, new: head + `{"token":"ixjpm3uawhaf9gmnlbrjpd4sqj"}`, reason: "Base32 without a digit by chance"},
		{old: head + `{"cover":"rechtsschutzversicherung"}`, new: head + `{"cover":"hausratzusatzversicherung"}`, want: "~body/cover", reason: "words that are hard to speak"},
		{old: made + `{"url":"http://10.41.7.219:31337/a/2041"}`, new: made + `{"url":"http://10.41.7.220:31337/a/2066"}`, want: "~body/url", reason: "made on another host"},
		{old: made + `{"owner":"/users/17","self":"/users/17/loans/2041"}`, new: made + `{"owner":"/users/18","self":"/users/17/loans/2066"}`, want: "~body/owner", reason: "made for somebody else"},
		{old: head + `{"base":"http://10.41.7.219:31337"}`, new: head + `{"base":"http://10.82.3.106:48213"}`, want: "~body/base", reason: "an address is no random value"},
		{old: made + `{"no":"R-2026-6115"}`, new: made + `{"no":"R-2026-7633"}`, reason: "a number with its prefix"},
		{old: made + `{"no":"R-2026-6115"}`, new: made + `{"no":"X-2026-7633"}`, want: "~body/no", reason: "another prefix"},
		{old: made + `{"name":"plan-2"}`, new: made + `{"name":"plan-3"}`, want: "~body/name", reason: "a name with a small number"},
		{old: head + `{"no":"R-2026-6115"}`, new: head + `{"no":"R-2026-7633"}`, want: "~body/no", reason: "nothing was made"},
		{old: head + `{"us":{epoch}123456,"ns":{epoch}123456789}`, new: head + `{"us":{epoch}654321,"ns":{epoch}987654321}`, reason: "parts of a second"},
		{old: head + `{"ns":{epoch}123456789}`, new: head + `{"ns":1000000000123456789}`, want: "~body/ns", reason: "a time of another year, or none"},
		{old: head + `{"a":1,"b":2}`, new: head + `{"a":1}`, want: "-body/b", reason: "a member is lost"},
		{old: head + `{"a":1}`, new: head + `{"a":"1"}`, want: "~body/a", reason: "another type"},
		{old: head + `{"a":"{now}"}`, new: head + `{"a":null}`, want: "~body/a", reason: "a time is not null"},
		{old: head + `[{"t":1},{"t":2}]`, new: head + `[{"t":1}]`, want: "-body/1", reason: "fewer"},
		{old: head + `{"took_ms":31}`, new: head + `{"took_ms":8}`, reason: "how long it took"},
		{old: head + `{"state":"approved"}`, new: head + `{"state":"rejected"}`, want: "~body/state", reason: "the state of a loan"},
		{old: head + `{"copies":31}`, new: head + `{"copies":8}`, want: "~body/copies", reason: "a number of things"},
		{request: "POST /loans", old: made + `{"id":1041,"book":{"id":7}}`, new: made + `{"id":1077,"book":{"id":7}}`, reason: "made anew"},
		{request: "GET /loans/1", old: head + `{"id":1041}`, new: head + `{"id":1077}`, want: "~body/id", reason: "another thing"},
		{request: "POST /signin", old: head + `{"user":{"id":17}}`, new: head + `{"user":{"id":18}}`, want: "~body/user/id", reason: "a login makes no users"},
		{request: "POST /loans", old: made + `{"user_id":17,"id":3}`, new: made + `{"user_id":18,"id":4}`, want: "~body/user_id", reason: "made for somebody else"},
		{request: "POST /loans", old: made + `{"id":1041,"_links":{"self":{"href":"/loans/1041"}}}`, new: made + `{"id":1077,"_links":{"self":{"href":"/loans/1077"}}}`, reason: "its address"},
		{old: head + `{"a":1}`, new: head + `<html>`, want: "~body", reason: "no JSON any more"},
	})
}

func TestPages(t *testing.T) {
	const head = "200\nContent-Type: text/html\n\n"
	check(t, Comparer{}, []differenceRow{
		{old: head + `<input name="authenticity" value="s8Gq0x/VtR2bL+9aKz4w==">`, new: head + `<input name="authenticity" value="Pq7aW3u+Yt5N/c1Zx0Ve==">`, reason: "a hidden field"},
		{old: head + `<meta name="csrf" content="0f9c3a7be2d14586aa01">`, new: head + `<meta name="csrf" content="77de01b29c5f4a3388c4">`, reason: "a meta"},
		{old: head + `<script nonce="rAnd0m">x()</script>`, new: head + `<script nonce="m0dnAr">x()</script>`, reason: "a nonce"},
		{old: head + `<script nonce="r+&#47;d0m">x()</script>`, new: head + `<script nonce="m0dnAr&#43;t">x()</script>`, reason: "a nonce as a template escapes it"},
		{old: head + `<script nonce="rAnd0m">x()</script>`, new: head + `<script nonce="m0dnAr">y()</script>`, want: "~body.1", reason: "another script"},
		{old: head + `<script nonce="r+&#47;d0m">x()</script>`, new: head + `<script nonce="m0dnAr&#43;t">x()</script>`, reason: "a nonce as a template escapes it"},
		{old: head + `<p>{long}, {clock}</p>`, new: head + `<p>{long}, {clock}</p>`, reason: "the day and the time of both answers"},
		{old: head + `<p>at {ampm} on {day}</p>`, new: head + `<p>at {ampm} on {day}</p>`, reason: "with halves of the day"},
		{old: head + `<p>due 2026-11-25</p>`, new: head + `<p>due 2026-12-25</p>`, want: "~body.1", reason: "a date that did not go with the calendar"},
		{old: head + `<p>rendered in 6 ms</p>`, new: head + `<p>rendered in 19 ms</p>`, reason: "how long it took"},
		{old: head + `<p>Done in 0.31 seconds</p>`, new: head + `<p>Done in 0.08 seconds</p>`, reason: "how long it took"},
		{old: head + `<p>Try again in 30 seconds</p>`, new: head + `<p>Try again in 300 seconds</p>`, want: "~body.1", reason: "for how long somebody is locked out"},
		{old: head + `<script>{"at":{epoch}123}</script>`, new: head + `<script>{"at":{epoch}456}</script>`, reason: "a time behind a colon"},
		{old: head + `<script>{"at":12}</script>`, new: head + `<script>{"at":13}</script>`, want: "~body.1", reason: "a number behind a colon"},
		{old: head + `<p>3 minutes ago</p>`, new: head + `<p>41 minutes ago</p>`, reason: "seen from now"},
		{old: head + `<p>3 books</p>`, new: head + `<p>41 books</p>`, want: "~body.1", reason: "a number of things"},
		{old: head + `<link href="/a/site-3f2a1b9c.css">`, new: head + `<link href="/a/site-77de01b2.css">`, reason: "another build"},
		{old: head + `<p>Welcome, Margaret</p>`, new: head + `<p>Please sign in</p>`, want: "~body.1", reason: "another text"},
		{old: head + "<p>a</p>\n<p>b</p>\n", new: head + "<p>a</p>\n", want: "-body.2", reason: "a line is lost"},
		{old: head + "\ufeff<p>a</p>", new: head + "<p>a</p>", reason: "a mark that recorders drop"},
		{old: "500\nContent-Type: text/plain\n\ndisk full", new: "500\nContent-Type: text/plain\n\nno route", want: "~body.1", reason: "another error"},
		{old: "200\nContent-Type: image/png\n\n\x89PNG\x00\x01", new: "200\nContent-Type: image/png\n\n\x89PNG\x00\x02", want: "~body", reason: "another picture"},
	})
}

func TestCarriedOn(t *testing.T) {
	c := Comparer{Translate: strings.NewReplacer("old-csrf", "new-csrf", "https://library.example", "http://127.0.0.1:8080").Replace}
	check(t, c, []differenceRow{
		{old: "200\n\n<input value=old-csrf>", new: "200\n\n<input value=new-csrf>", reason: "today's value"},
		{old: "200\n\n<input value=old-csrf>", new: "200\n\n<input value=old-csrf>", reason: "nothing differs"},
		{old: "200\n\n<input value=old-csrf>", new: "200\n\n<input value=wrong>", want: "~body.1", reason: "another value"},
		{old: "302\nLocation: https://library.example/x", new: "302\nLocation: http://127.0.0.1:8080/x", reason: "the mapped origin"},
		{old: "302\nLocation: https://library.example/x", new: "302\nLocation: http://127.0.0.1:9090/x", want: "~header.location", reason: "another one"},
		{old: "200\nContent-Type: image/png\n\n\x00\x01", new: "200\nContent-Type: image/png\n\n\x00\x02", want: "~body", reason: "another picture of the same length"},
		{old: "200\nContent-Type: text/plain\n\n" + strings.Repeat("a\n", 600) + "b", new: "200\nContent-Type: text/html\n\n" + strings.Repeat("a\n", 600) + "c", want: "~header.content-type ~body", reason: "of long bodies the beginning is the same"},
		{old: "200\nAccess-Control-Allow-Origin: https://library.example", new: "200\nAccess-Control-Allow-Origin: http://127.0.0.1:8080", reason: "the origin that was sent"},
		{old: "200\nContent-Type: application/json\n\n{\"url\":\"https:\\/\\/library.example\\/x\"}", new: "200\nContent-Type: application/json\n\n{\"url\":\"http:\\/\\/127.0.0.1:8080\\/x\"}", reason: "escaped in JSON"},
	})
}

func TestCaches(t *testing.T) {
	full := "200\nContent-Type: text/css\nETag: \"a\"\nX-Frame-Options: DENY\n\nbody{}"
	short := "304\nETag: \"a\""
	check(t, Comparer{}, []differenceRow{
		{old: short, new: full, reason: "the client had it"},
		{old: full, new: short + "\nX-Frame-Options: DENY", reason: "it is not modified"},
		{old: short + "\nX-Frame-Options: DENY", new: "200\nContent-Type: text/css\n\nbody{}", want: "-header.x-frame-options", reason: "the fuller answer has less"},
		{old: full, new: "404\nX-Frame-Options: DENY", want: "~status", reason: "that is no cache"},
	})
}

func TestNotRecorded(t *testing.T) {
	live := exchange("GET /shelf", "200\nContent-Type: text/html\n\nhello", today)
	for _, tt := range []struct {
		reason   string
		recorded *traffic.Response
		want     string
	}{
		{"a curl line has no answer", nil, ""},
		{"the recorder lost the body", &traffic.Response{Status: 200, Header: live.Response.Header, Sizes: traffic.Sizes{Content: 5}}, ""},
		{"there was no body", &traffic.Response{Status: 200, Header: live.Response.Header}, "+body"},
		{"the client did not wait", &traffic.Response{Error: "net::ERR_ABORTED"}, ""},
		{"the browser kept the answer from the page", &traffic.Response{Status: 200, Header: live.Response.Header, Body: live.Response.Body, Error: "net::ERR_FAILED"}, ""},
		{"nobody answered", &traffic.Response{Error: "net::ERR_CONNECTION_REFUSED"}, "~status"},
	} {
		recorded := &traffic.Exchange{Request: live.Request, Response: tt.recorded}
		checkMatter(t, tt.reason, Differences(recorded, live, nil), tt.want)
	}
	lost := Differences(live, &traffic.Exchange{Request: live.Request}, nil)
	checkMatter(t, "no answer today", lost, "-answer")
	if Differences(live, live, nil) != nil {
		t.Error("an answer differs from itself")
	}
}

func TestRedacted(t *testing.T) {
	const head = "200\nContent-Type: application/json\n\n"
	check(t, Comparer{}, []differenceRow{
		{old: head + `{"access_token":"‹token 1›","role":"reader"}`, new: head + `{"access_token":"abc","role":"reader"}`, reason: "a placeholder fits anything"},
		{old: head + `{"access_token":"‹token 1›","role":"reader"}`, new: head + `{"access_token":"abc","role":"guest"}`, want: "~body/role", reason: "beside it, all else counts"},
		{old: head + `{"access_token":"‹token 1›"}`, new: head + `{"access_token":""}`, want: "~body/access_token", reason: "but nothing at all"},
	})
}
