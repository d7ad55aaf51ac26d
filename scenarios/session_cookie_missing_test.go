package scenarios

import "testing"

func TestSessionCookieMissing(t *testing.T) {
	worked := signIn(goodLine, inboxPage+cookieKept)
	checkCause(t, sessionCookieMissing(), []causeFlow{
		{"copied from a browser into curl without its cookies", "GET https://h.alder.example/me\n" + asChromium + asCall + "> Cookie: JSESSIONID=5D1E8FF0B6C24A3C9B7F\n< 200\n",
			"GET https://h.alder.example/me\n" + asCurl + "< 401\n", true, 0},
		{"set, and gone for no reason that the capture shows", worked, signIn(goodLine, inboxPage+turnedAway), true, 1},
		{"others are sent, the session is not", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: theme=dark; sid=8fK2xQ91mZpL7vTb\n< 200\n",
			"GET https://h.alder.example/me\n" + asCurl + "> Cookie: theme=dark\n< 403\n", true, 0},
		{"sent without the prefix of its name", "GET https://h.alder.example/me\n" + asChromium + "> Cookie: __Secure-sid=8fK2xQ91mZpL7vTb\n< 200\n",
			"GET https://h.alder.example/me\n" + asChromium + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 401\n", false, 0},
		{"a preference is no session", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: theme=dark; sid=8fK2xQ91mZpL7vTb\n< 200\n",
			"GET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 403\n", false, 0},
		{"a counter is no session", "GET https://h.alder.example/me\n" + asCurl + "> Cookie: _ga=GA1.2.1800113.1772500000\n< 200\n", "GET https://h.alder.example/me\n" + asCurl + "< 403\n", false, 0},
		{"a script's call to another origin without any cookie", signIn(goodLine, "GET https://api.alder.example/me\n"+asChromium+"> Origin: https://desk.alder.example\n> Sec-Fetch-Site: same-site\n> Sec-Fetch-Mode: cors\n> Cookie: sid=8fK2xQ91mZpL7vTb\n< 200\n"),
			signIn(goodLine, "GET https://api.alder.example/me\n"+asChromium+"> Origin: https://desk.alder.example\n> Sec-Fetch-Site: same-site\n> Sec-Fetch-Mode: cors\n< 401\n"), false, 0},
		{"a gateway that is down asks for no session", worked, signIn(goodLine, inboxPage+"< 502\n"), false, 0},
	})
}
