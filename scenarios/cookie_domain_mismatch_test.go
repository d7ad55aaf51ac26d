package scenarios

import "testing"

func TestCookieDomainMismatch(t *testing.T) {
	worked := signIn(goodLine, inboxPage+cookieKept)
	checkCause(t, cookieDomainMismatch(), []causeFlow{
		{"Domain of a sibling is refused", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Domain=api.alder.example; Path=/; Secure\n", inboxPage+turnedAway), true, 0},
		{"a public suffix is refused", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Domain=co.uk; Path=/; Secure\n", inboxPage+turnedAway), true, 0},
		{"an internal name that a proxy let through", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Domain=app-7.internal; Path=/\n", inboxPage+turnedAway), true, 0},
		{"host-only, and the call goes to a sibling", signIn(goodLine, "GET https://desk.alder.example/api/me\n"+asChromium+asCall+cookieKept),
			signIn(goodLine, "GET https://api.alder.example/api/me\n"+asChromium+"> Sec-Fetch-Site: same-site\n> Sec-Fetch-Mode: cors\n> Origin: https://desk.alder.example\n< 401\n"), true, 0},
		{"curl has the same rule", "POST https://h.alder.example/in\n" + asCurl + "< 204\n< Set-Cookie: sid=8fK2xQ91mZpL7vTb; Path=/\n\nGET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 200\n",
			"POST https://h.alder.example/in\n" + asCurl + "< 204\n< Set-Cookie: sid=8fK2xQ91mZpL7vTb; Domain=other.example\n\nGET https://h.alder.example/me\n" + asCurl + "< 401\n", true, 0},
		{"a capture alone shows a refused Domain", "", signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Domain=other.example\n", inboxPage+turnedAway), true, 0},
		{"a parent domain is fine; the cookie went astray otherwise", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Domain=alder.example; Path=/; Secure\n", inboxPage+turnedAway), false, 0},
		{"the same refused cookie in both captures did no harm", signIn("< Set-Cookie: trk_session=8fK2xQ91mZpL7vTb; Domain=x.example\n"+goodLine, inboxPage+cookieKept),
			signIn("< Set-Cookie: trk_session=8fK2xQ91mZpL7vTb; Domain=x.example\n"+goodLine, inboxPage+turnedAway), false, 0},
		{"a refused cookie that was sent all the same refutes the model", worked,
			signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Domain=other.example\n", inboxPage+"> Cookie: desk_session=Qm4y7Hs0aWcX2nRk\n"+turnedAway), false, 0},
		{"Path is another cause", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/Inbox; Secure\n", inboxPage+turnedAway), false, 0},
	})
}
