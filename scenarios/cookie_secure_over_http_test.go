package scenarios

import "testing"

func TestCookieSecureOverHTTP(t *testing.T) {
	plain := func(set, end string) string {
		return "POST http://nas.local.example/login\n" + asFirefox + "> Accept: text/html\n< 302\n< Location: /home\n" + set + "\nGET http://nas.local.example/home\n" + asFirefox + "> Accept: text/html\n" + end
	}
	worked := plain("< Set-Cookie: nas_session=8fK2xQ91mZpL7vTb; Path=/\n", "> Cookie: nas_session=8fK2xQ91mZpL7vTb\n< 200\n")
	checkCause(t, cookieSecureOverHTTP(), []causeFlow{
		{"Secure over http is refused", worked, plain("< Set-Cookie: nas_session=Qm4y7Hs0aWcX2nRk; Path=/; Secure\n", "< 302\n< Location: /login\n"), true, 0},
		{"set over https, missed over http", signIn(goodLine, inboxPage+cookieKept), signIn(goodLine, "GET http://desk.alder.example/inbox\n"+asChromium+"> Accept: text/html\n"+turnedAway), true, 0},
		{"curl withholds it too", "POST https://h.alder.example/in\n" + asCurl + "< 204\n< Set-Cookie: sid=8fK2xQ91mZpL7vTb; Secure\n\nGET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 200\n",
			"POST https://h.alder.example/in\n" + asCurl + "< 204\n< Set-Cookie: sid=8fK2xQ91mZpL7vTb; Secure\n\nGET http://h.alder.example/me\n" + asCurl + "< 401\n", true, 0},
		{"loopback is trusted", "", "POST http://localhost:3000/login\n" + asChromium + "> Accept: text/html\n< 302\n< Set-Cookie: app_session=8fK2xQ91mZpL7vTb; Path=/; Secure\n\nGET http://localhost:3000/home\n" + asChromium + "> Accept: text/html\n< 401\n", false, 0},
		{"not Secure, not sent: no rule of this kind", worked, plain("< Set-Cookie: nas_session=Qm4y7Hs0aWcX2nRk; Path=/\n", "< 401\n"), false, 0},
	})
}
