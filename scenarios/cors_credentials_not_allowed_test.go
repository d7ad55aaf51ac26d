package scenarios

import "testing"

func TestCredentialsNotAllowed(t *testing.T) {
	const id, allow = "cors-credentials-not-allowed", "Access-Control-Allow-Credentials: true"
	ok := []talked{{ask: "GET " + depot + "/me", send: fromBoard(seat), status: 200, answer: forBoard(allow), body: "{}"}}
	got := func(status int, answer ...string) []talked {
		return []talked{{ask: ok[0].ask, send: ok[0].send, status: status, answer: answer, body: "{}"}}
	}
	blocked := func(list []talked) []talked { list[0].failed, list[0].body = "net::ERR_FAILED", ""; return list }
	hidden := blocked(got(200, forBoard()...))
	hidden[0].send = fromBoard() // no cookie in the jar yet
	noCookies := got(200, "Access-Control-Allow-Origin: *")
	noCookies[0].send = fromBoard()
	options := talked{ask: "OPTIONS " + depot + "/me", send: leaveFor("GET", "x-trace"), status: 204,
		answer: forBoard(allow, "Access-Control-Allow-Headers: *")}
	never := talked{ask: ok[0].ask, send: []string{"X-Trace: 1", "Referer: " + board + "/"}, failed: "net::ERR_FAILED"}
	checkCORSRows(t, []corsRow{
		{"star", "any origin does not count with cookies", firefox, ok, got(200, "Access-Control-Allow-Origin: *"), id, 0.85},
		{"star, marked", "the same in Chromium", networkTab, ok, blocked(got(200, "Access-Control-Allow-Origin: *")), id, 0.95},
		{"not there", "the second header is gone", networkTab, ok, blocked(got(200, forBoard()...)), id, 0.95},
		{"True", "it is compared byte for byte", aProxy, ok, got(200, forBoard("Access-Control-Allow-Credentials: True")...), id, 0.85},
		{"no cookie to send", "blocked, which only a request with credentials would be", networkTab, ok, hidden, id, 0.85},
		{"star in the preflight", "with credentials * is the name of a header", networkTab, ok, []talked{never, options}, id, 0.85},
		{"alone", "a capture alone shows it", firefox, nil, got(200, "Access-Control-Allow-Origin: *"), id, 0.85},

		{"no credentials", "a star is enough without", firefox, nil, noCookies, "", 0},
		{"allowed", "nothing is wrong", firefox, ok, got(200, forBoard(allow)...), "", 0},
		{"origin too", "the origin is not allowed, with credentials or without", firefox, ok, got(200, allow), "cors-origin-not-allowed", 0.85},
	})
}
