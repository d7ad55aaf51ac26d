package scenarios

import "testing"

func TestCredentialsNotSent(t *testing.T) {
	const id, allow = "credentials-not-sent", "Access-Control-Allow-Credentials: true"
	login := talked{ask: "POST " + depot + "/login", send: fromBoard(), status: 200, answer: forBoard(allow, "Set-Cookie: seat=k3J9fQ2mZx7LpW4vR8tB1nYc; Path=/; Secure; HttpOnly"), body: "{}"}
	ok := []talked{login, {ask: "GET " + depot + "/me", send: fromBoard(seat), status: 200, answer: forBoard(allow), body: "{}"}}
	refused := func(send ...string) talked {
		return talked{ask: "GET " + depot + "/me", send: send, status: 401, answer: forBoard(allow), body: "Not signed in"}
	}
	other := talked{ask: "GET " + depot + "/avatar.png", send: []string{"Host: depot.elm.example", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-site", seat}, status: 200, body: "png"}
	far := []string{"Host: depot.elm.example", "Origin: https://shop.oak.example", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: cross-site"}
	farOK := []talked{{ask: "GET " + depot + "/me", send: append(append([]string{}, far...), "Sec-Fetch-Storage-Access: active", seat), status: 200,
		answer: []string{"Access-Control-Allow-Origin: https://shop.oak.example", allow}, body: "{}"}}
	farBad := refused(far...)
	farBad.answer = []string{"Access-Control-Allow-Origin: https://shop.oak.example", allow}
	withheld := farBad
	withheld.send = append(append([]string{}, far...), "Sec-Fetch-Storage-Access: none")
	sameOrigin := refused("Host: depot.elm.example", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Referer: https://depot.elm.example/")
	checkCORSRows(t, []corsRow{
		{"set before", "the cookie is there and was not asked for", networkTab, ok, []talked{login, refused(fromBoard()...)}, id, 0.6},
		{"sent elsewhere", "an image of the same host carries it", firefox, append(ok, other), []talked{login, refused(fromBoard()...), other}, id, 0.6},
		{"storage access", "Chromium notes credentials across sites, and does not here", networkTab, farOK, []talked{farBad}, id, 0.6},

		{"withheld", "the browser notes that credentials were asked for: SameSite or the user's setting", networkTab, farOK, []talked{withheld}, "", 0},
		{"another cookie", "some cookie went along", networkTab, ok, []talked{login, refused(fromBoard("Cookie: theme=dark")...)}, "", 0},
		{"same origin", "cookies go along by default", networkTab, ok, []talked{login, sameOrigin}, "", 0},
		{"no browser", "Go has no credentials mode", aGoProgram, ok, []talked{login, refused(fromBoard()...)}, "", 0},
		{"server error", "who is not known gets no 503", networkTab, ok, []talked{login, {ask: "GET " + depot + "/me", send: fromBoard(), status: 503, answer: forBoard(allow)}}, "", 0},
	})
}
