package scenarios

import "testing"

func TestStaleCookie(t *testing.T) {
	ask := func(cookies, end string) string {
		return "GET https://h.alder.example/me\n" + asChromium + asCall + "> Cookie: " + cookies + "\n" + end
	}
	worked := ask("sid=8fK2xQ91mZpL7vTb", "< 200\n")
	checkCause(t, staleCookie(), []causeFlow{
		{"twice the same name", worked, ask("sid=0ldw8Yp0aQcX2nRk; sid=8fK2xQ91mZpL7vTb", "< 401\n"), true, 0},
		{"a leftover pin of the load balancer", "GET https://h.alder.example/\n" + asChromium + asVisit + "< 200\n< Set-Cookie: AWSALB=n1aaaaaa; Path=/\n\n" + ask("AWSALB=n1aaaaaa; sid=8fK2xQ91mZpL7vTb", "< 200\n"),
			"GET https://h.alder.example/\n" + asChromium + asVisit + "> Cookie: AWSALB=n9bbbbbb\n< 200\n\n" + ask("AWSALB=n9bbbbbb; sid=Zk3w8Yp0aQcX2nRk", "< 401\n"), true, 1},
		{"a newer value was set and an older one is sent", "GET https://h.alder.example/\n" + asChromium + asVisit + "< 200\n< Set-Cookie: sid=8fK2xQ91mZpL7vTb; Path=/\n\n" + worked,
			"GET https://h.alder.example/\n" + asChromium + asVisit + "> Cookie: sid=0ldw8Yp0aQcX2nRk\n< 200\n< Set-Cookie: sid=Zk3w8Yp0aQcX2nRk; Path=/\n\n" + ask("sid=0ldw8Yp0aQcX2nRk", "< 401\n"), true, 0},
		{"the same two cookies worked", ask("sid=0ldw8Yp0aQcX2nRk; sid=8fK2xQ91mZpL7vTb", "< 200\n"), ask("sid=0ldw8Yp0aQcX2nRk; sid=8fK2xQ91mZpL7vTb", "< 401\n"), false, 0},
		{"two CSRF cookies are a matter of CSRF", "POST https://h.alder.example/me\n" + asCurl + "> Cookie: csrftoken=aaaa\n< 200\n", "POST https://h.alder.example/me\n" + asCurl + "> Cookie: csrftoken=aaaa; csrftoken=bbbb\n< 403\n", false, 0},
		{"one fresh session that is over", worked, ask("sid=Zk3w8Yp0aQcX2nRk", "< 401\n"), false, 0},
		{"another node, and another token as well", ask("AWSALB=n1aaaaaa", "< 200\n"), "GET https://h.alder.example/me\n" + asChromium + asCall + "> Cookie: AWSALB=n9bbbbbb\n> X-Api-Key: 77\n< 401\n", false, 0},
		{"the server is down", worked, ask("sid=0ldw8Yp0aQcX2nRk; sid=8fK2xQ91mZpL7vTb", "< 503\n"), false, 0},
	})
}
