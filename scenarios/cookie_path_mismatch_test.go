package scenarios

import "testing"

func TestCookiePathMismatch(t *testing.T) {
	worked := signIn(goodLine, inboxPage+cookieKept)
	checkCause(t, cookiePathMismatch(), []causeFlow{
		{"another context path", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/backend; Secure\n", inboxPage+turnedAway), true, 0},
		{"paths differ in case", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/INBOX; Secure\n", inboxPage+turnedAway), true, 0},
		{"no Path at a deep URL", "POST https://desk.alder.example/auth/v2/login\n" + asChromium + asCall + "< 204\n" + goodLine + "\n" + inboxPage + cookieKept,
			"POST https://desk.alder.example/auth/v2/login\n" + asChromium + asCall + "< 204\n< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Secure\n\n" + inboxPage + "< 401\n", true, 0},
		{"the anonymous cookie of / is sent instead", signIn("< Set-Cookie: desk_session=8fK2xQ91mZpL7vTb; Path=/\n", inboxPage+cookieKept),
			"GET https://desk.alder.example/signin\n" + asChromium + asVisit + "< 200\n< Set-Cookie: desk_session=An0n7Hs0aWcX2nRk; Path=/\n\n" +
				signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/backend\n", inboxPage+"> Cookie: desk_session=An0n7Hs0aWcX2nRk\n"+turnedAway), true, 1},
		{"Path=/ covers everything", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/; Secure\n", inboxPage+turnedAway), false, 0},
		{"a capture alone: the login's cookie does not reach", "", signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/backend\n", inboxPage+turnedAway), true, 0},
		{"a capture alone: a cookie that no login gave may be meant for elsewhere", "",
			"GET https://desk.alder.example/admin/x\n" + asChromium + asVisit + "< 200\n< Set-Cookie: adm_session=Qm4y7Hs0aWcX2nRk\n\n" + inboxPage + turnedAway, false, 0},
		{"a longer cookie path for another area, in both", signIn("< Set-Cookie: adm_session=8fK2xQ91mZpL7vTb; Path=/admin\n"+goodLine, inboxPage+cookieKept),
			signIn("< Set-Cookie: adm_session=8fK2xQ91mZpL7vTb; Path=/admin\n"+goodLine, inboxPage+turnedAway), false, 0},
		{"preflights carry no cookies", signIn(goodLine, "OPTIONS https://desk.alder.example/inbox\n"+asChromium+"> Access-Control-Request-Method: PUT\n"+cookieKept),
			signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/x\n", "OPTIONS https://desk.alder.example/inbox\n"+asChromium+"> Access-Control-Request-Method: PUT\n< 403\n"), false, 0},
	})
}
