package scenarios

import (
	"strings"
	"testing"
)

func TestCookieTooLarge(t *testing.T) {
	ask := func(cookies, end string) string {
		return "GET https://h.alder.example/me\n" + asCurl + "> Cookie: " + cookies + "\n" + end
	}
	small, large := "sid=8fK2xQ91mZpL7vTb", "sid=8fK2xQ91mZpL7vTb; cart="+strings.Repeat("a9", 5000)
	checkCause(t, cookieTooLarge(), []causeFlow{
		{"431 without a word", ask(small, "< 200\n"), ask(large, "< 431\n"), true, 0},
		{"nginx's 494, shown as 400 by the proxy", ask(small, "< 200\n"), ask(large, "< 400\n"), true, 0},
		{"a capture alone", "", ask(large, "< 431\n"), true, 0},
		{"the browser refused a cookie of 5000 octets", signIn(goodLine, inboxPage+cookieKept), signIn("< Set-Cookie: desk_session="+strings.Repeat("Q7", 2500)+"; Path=/; Secure\n", inboxPage+turnedAway), true, 0},
		{"400 with small cookies", ask(small, "< 200\n"), ask("sid=Zk3w8Yp0aQcX2nRk", "< 400\n"), false, 0},
		{"another header is the large one", ask(small, "< 200\n"), ask("a="+strings.Repeat("b", 4200), "> Authorization: Negotiate "+strings.Repeat("YII", 6000)+"\n< 400\n"), false, 0},
		{"as large when it worked", ask(large, "< 200\n"), ask(large, "< 400\n"), false, 0},
		{"large and refused for who asks", ask(small, "< 200\n"), ask(large, "< 401\n"), false, 0},
	})
}
