package scenarios

import "testing"

func TestSessionExpired(t *testing.T) {
	page := func(path, end string) string {
		return "\n\n@ 40m\nGET https://desk.alder.example" + path + "\n" + asChromium + asVisit + "> Cookie: desk_session=8fK2xQ91mZpL7vTb\n" + end
	}
	html := "< 200\n< Content-Type: text/html\n<< <p>mail"
	worked := signIn(goodLine, inboxPage+cookieKept) + page("/inbox/2", html)
	checkCause(t, sessionExpired(), []causeFlow{
		{"accepted, and 40 minutes later refused and deleted", worked, signIn(goodLine, inboxPage+cookieKept) + page("/inbox/2", "< 302\n< Location: /signin\n< Set-Cookie: desk_session=; Max-Age=0; Path=/\n"), true, 2},
		{"the same request, the same cookie, one day apart", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 200\n", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 401\n", true, 0},
		{"the same page again, in a capture alone", "", signIn(goodLine, inboxPage+cookieKept) + page("/inbox", "< 401\n"), true, 1},
		{"the cookie's own lifetime was over, so it was not sent", signIn("< Set-Cookie: desk_session=8fK2xQ91mZpL7vTb; Path=/; Max-Age=900\n", inboxPage+cookieKept),
			signIn("< Set-Cookie: desk_session=8fK2xQ91mZpL7vTb; Path=/; Max-Age=900\n", "@ 20m\n"+inboxPage+turnedAway), true, 0},
		{"an answer deleted the cookie", worked, signIn(goodLine, inboxPage+cookieKept) + "\n\nPOST https://desk.alder.example/logout\n" + asChromium + asVisit + "< 204\n< Set-Cookie: desk_session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT\n\nGET https://desk.alder.example/inbox/2\n" +
			asChromium + asVisit + "< 401\n", true, 2},
		{"403 to the same session is about rights", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 200\n", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 403\n", false, 0},
		{"another session that was never seen to work", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 200\n", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=Zk3w8Yp0aQcX2nRk\n< 401\n", false, 0},
		{"too many requests", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 200\n", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 429\n", false, 0},
		{"no session cookie at all", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: theme=dark\n< 200\n", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: theme=dark\n< 401\n", false, 0},
	})
}
