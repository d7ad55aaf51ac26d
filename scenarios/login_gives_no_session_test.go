package scenarios

import (
	"strings"
	"testing"
)

func TestLoginGivesNoSession(t *testing.T) {
	worked := signIn(goodLine, inboxPage+cookieKept)
	checkCause(t, loginGivesNoSession(), []causeFlow{
		{"the Set-Cookie is gone", worked, signIn("", inboxPage+turnedAway), true, 0},
		{"the answer comes from a cache", worked, signIn("< Age: 37\n< X-Cache: HIT\n", inboxPage+turnedAway), true, 0},
		{"the token is gone from the answer", "POST https://h.alder.example/token\n" + asCurl + "< 200\n< Content-Type: application/json\n<< {\"access_token\":\"8fK2xQ91mZpL7vTb0\"}\n\nGET https://h.alder.example/me\n" + asCurl + "> Authorization: Bearer 8fK2xQ91mZpL7vTb0\n< 200\n",
			"POST https://h.alder.example/token\n" + asCurl + "< 200\n< Content-Type: application/json\n<< {\"ok\":true}\n\nGET https://h.alder.example/me\n" + asCurl + "< 401\n", true, 0},
		{"the form again, and the anonymous cookie goes on", "GET https://desk.alder.example/signin\n" + asChromium + asVisit + "< 200\n< Set-Cookie: desk_session=An0n7Hs0aWcX2nRk; Path=/\n\n" +
			strings.Replace(worked, "\n> Origin", "\n> Cookie: desk_session=An0n7Hs0aWcX2nRk\n> Origin", 1),
			"GET https://desk.alder.example/signin\n" + asChromium + asVisit + "< 200\n< Set-Cookie: desk_session=An0n9Pq0aWcX2nRk; Path=/\n\n" +
				strings.Replace(signIn("", inboxPage+"> Cookie: desk_session=An0n9Pq0aWcX2nRk\n"+turnedAway), "\n> Origin", "\n> Cookie: desk_session=An0n9Pq0aWcX2nRk\n> Origin", 1), true, 1},
		{"the cookie comes and is refused: a rule of browsers", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Domain=other.example\n", inboxPage+turnedAway), false, 0},
		{"it comes under another name", worked, signIn("< Set-Cookie: desk_auth=Qm4y7Hs0aWcX2nRk; Path=/\n", inboxPage+turnedAway), false, 0},
		{"the login is refused", worked, strings.Replace(signIn("", inboxPage+turnedAway), "< 303\n< Location: /inbox", "< 401", 1), false, 0},
		{"no login was recorded in the failing capture", worked, inboxPage + turnedAway, false, 0},
		{"the cookie is there and was sent", worked, signIn(goodLine, inboxPage+"> Cookie: desk_session=8fK2xQ91mZpL7vTb\n< 401\n"), false, 0},
	})
}
