package scenarios

import "testing"

func TestLoginStateLost(t *testing.T) {
	// A login that begins at one host and comes back to another.
	flow := func(begin, back, cookie, answer string) string {
		return "GET https://" + begin + "/go\n" + asChromium + asVisit + "< 302\n< Set-Cookie: tx=" + "9fKq2LmX7c0Vb3Tz" + "; Path=/; Secure\n< Location: https://id.oak.example/authorize?client_id=web&state=aZ81kq\n\n" +
			"GET https://id.oak.example/authorize?client_id=web&state=aZ81kq\n" + asChromium + asVisit + "< 302\n< Location: https://" + back + "/back?code=c1&state=aZ81kq\n\n" +
			"GET https://" + back + "/back?code=c1&state=aZ81kq\n" + asChromium + asVisit + cookie + answer
	}
	carried, worked := "> Cookie: tx=9fKq2LmX7c0Vb3Tz\n", "< 302\n< Location: /\n"
	refused := "< 400\n< Content-Type: text/plain\n<< Invalid state parameter\n"
	good := flow("www.elm.example", "www.elm.example", carried, worked)
	checkCause(t, loginStateLost(), []causeFlow{
		{"the cookie stays with the host where the login began", good, flow("www.elm.example", "elm.example", "", refused), true, 2},
		{"nothing is said, and the cookie is not back", good, flow("www.elm.example", "elm.example", "", "< 500\n"), false, 0},
		{"all came back", good, flow("www.elm.example", "www.elm.example", carried, "< 500\n"), false, 0},
	})
}

func TestSiblingHosts(t *testing.T) {
	for _, row := range []struct {
		a, b, reason string
		want         bool
	}{
		{"https://www.elm.example/", "https://elm.example/", "bare domain", true},
		{"https://a.github.io/", "https://b.github.io/", "a public suffix is no domain", false},
		{"https://10.0.0.1/", "https://10.0.0.2/", "addresses have no domain", false},
	} {
		if got := siblings(gets(row.a), gets(row.b)); got != row.want {
			t.Errorf("%s: %v", row.reason, got)
		}
	}
}
