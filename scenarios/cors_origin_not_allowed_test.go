package scenarios

import "testing"

func TestOriginNotAllowed(t *testing.T) {
	const id = "cors-origin-not-allowed"
	ok := []talked{{ask: "GET " + depot + "/bins", send: fromBoard(), status: 200, answer: forBoard(), body: "[1]"}}
	got := func(status int, body string, answer ...string) []talked {
		return []talked{{ask: ok[0].ask, send: ok[0].send, status: status, answer: answer, body: body}}
	}
	blocked := func(list []talked) []talked { list[0].failed, list[0].body = "net::ERR_FAILED", ""; return list }
	moved := got(200, "[1]", "Vary: Origin")
	moved[0].send = []string{"Host: depot.elm.example", "Origin: http://localhost:5173", "Referer: http://localhost:5173/", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: cross-site"}
	moved[0].ask = ok[0].ask
	movedRefused := []talked{moved[0]}
	movedRefused[0].status, movedRefused[0].body = 403, "Invalid CORS request"
	simple := got(-1, "")
	simple[0].failed = "net::ERR_FAILED"
	checkCORSRows(t, []corsRow{
		{"missing", "no header, marked", networkTab, ok, blocked(got(200, "")), id, 0.95},
		{"missing, unmarked", "Firefox has 200, a body and no mark", firefox, ok, got(200, "[1]"), id, 0.85},
		{"other", "the header names another page", networkTab, ok, blocked(got(200, "", "Access-Control-Allow-Origin: https://elm.example")), id, 0.95},
		{"slash", "compared byte for byte", aProxy, ok, got(200, "[1]", "Access-Control-Allow-Origin: "+board+"/"), id, 0.85},
		{"twice", "app and proxy both add it", networkTab, ok, blocked(got(200, "", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Origin: "+board)), id, 0.95},
		{"moved", "the page has another origin", firefox, ok, moved, id, 0.9},
		{"refused for it", "the server says that it is the origin", firefox, ok, movedRefused, id, 0.85},
		{"error of the app", "middleware of another server says it in its own words", firefox, ok, got(403, "Error: Not allowed by CORS\n at /srv/cors.js"), id, 0.85},
		{"alone", "a capture alone shows it", networkTab, nil, blocked(got(200, "")), id, 0.9},
		{"Playwright", "a request that needs no leave", playwrite, ok, simple, id, 0.3},

		{"hidden 401", "the refusal comes first, the header only hides it", networkTab, ok, blocked(got(401, "", "WWW-Authenticate: Bearer")), "", 0},
		{"same answer", "nothing is wrong", firefox, ok, got(200, "[2]", forBoard()...), "", 0},
		{"let through", "the browser gave it to the script, whatever the headers say", networkTab, ok, got(200, "[2]"), "", 0},
		{"502", "an error page has no such header", aProxy, ok, got(502, "<h1>502 Bad Gateway</h1>"), "", 0},
	})
}
