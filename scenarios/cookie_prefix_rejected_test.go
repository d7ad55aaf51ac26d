package scenarios

import "testing"

func TestCookiePrefixRejected(t *testing.T) {
	worked := signIn(goodLine, inboxPage+cookieKept)
	checkCause(t, cookiePrefixRejected(), []causeFlow{
		{"__Secure- without Secure", worked, signIn("< Set-Cookie: __Secure-desk=Qm4y7Hs0aWcX2nRk; Path=/\n", inboxPage+turnedAway), true, 0},
		{"__Host- with Domain", worked, signIn("< Set-Cookie: __Host-desk=Qm4y7Hs0aWcX2nRk; Path=/; Secure; Domain=desk.alder.example\n", inboxPage+turnedAway), true, 0},
		{"__host- with another path; case does not matter", worked, signIn("< Set-Cookie: __host-desk=Qm4y7Hs0aWcX2nRk; Path=/app; Secure\n", inboxPage+turnedAway), true, 0},
		{"a prefix that is satisfied", worked, signIn("< Set-Cookie: __Host-desk=Qm4y7Hs0aWcX2nRk; Path=/; Secure\n", inboxPage+turnedAway), false, 0},
		{"no prefix, no Secure", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/\n", inboxPage+turnedAway), false, 0},
		{"it was sent: this client has no such rule", worked, signIn("< Set-Cookie: __Secure-desk=Qm4y7Hs0aWcX2nRk; Path=/\n", inboxPage+"> Cookie: __Secure-desk=Qm4y7Hs0aWcX2nRk\n"+turnedAway), false, 0},
	})
}
