package scenarios

import "testing"

func TestPreflightFailed(t *testing.T) {
	const id = "cors-preflight-failed"
	list := "Access-Control-Allow-Headers: authorization, content-type"
	methods := "Access-Control-Allow-Methods: GET, PUT"
	token := "Authorization: Bearer 7f3kQ9zLw2Xc8VbN4mTr"
	ok := []talked{
		{ask: "PUT " + depot + "/bins/4", send: fromBoard(token, "Content-Type: application/json"), status: 200, answer: forBoard(), body: "{}"},
		{ask: "OPTIONS " + depot + "/bins/4", send: leaveFor("PUT", "authorization,content-type"), status: 204, answer: forBoard(list, methods)},
	}
	never := talked{ask: "PUT " + depot + "/bins/4", send: []string{token, "Content-Type: application/json", "Referer: " + board + "/"}, failed: "net::ERR_FAILED"}
	option := func(status int, answer ...string) talked {
		k := ok[1]
		k.status, k.answer = status, answer
		return k
	}
	unmarked := never
	unmarked.failed, unmarked.send = "", fromBoard(token, "Content-Type: application/json")
	newHeader := never
	newHeader.send = append(append([]string{}, never.send...), "X-Shop-Build: 77")
	checkCORSRows(t, []corsRow{
		{"401", "authentication stands in front of OPTIONS", networkTab, ok, []talked{never, option(401, "WWW-Authenticate: Bearer")}, id, 0.9},
		{"404", "no route for OPTIONS", networkTab, ok, []talked{never, option(404)}, id, 0.9},
		{"redirect", "a preflight may not be redirected", networkTab, ok, []talked{never, option(301, forBoard("Location: "+depot+"/bins/4/")...)}, id, 0.9},
		{"header", "authorization is not listed", networkTab, ok, []talked{never, option(204, forBoard("Access-Control-Allow-Headers: content-type", methods)...)}, id, 0.9},
		{"method", "PUT is not listed", networkTab, ok, []talked{never, option(204, forBoard(list, "Access-Control-Allow-Methods: GET")...)}, id, 0.9},
		{"plain OPTIONS", "200 with Allow and nothing of CORS: the server knows no preflight", networkTab, ok, []talked{never, option(200, "Allow: GET, PUT")}, id, 0.8},
		{"Firefox", "it notes no error", firefox, ok, []talked{unmarked, option(403)}, id, 0.85},
		{"alone", "a capture alone shows it", networkTab, nil, []talked{never, option(405, "Allow: GET")}, id, 0.85},
		{"a proxy", "nothing but the OPTIONS was on the wire", aProxy, []talked{ok[1], ok[0]}, []talked{option(401)}, id, 0.85},
		{"Playwright", "no preflight, no answer: likely, not sure", playwrite, ok[:1], []talked{{ask: never.ask, send: never.send, status: -1, failed: never.failed}}, id, 0.3},
		{"new header", "the header that needs leave is new", networkTab, ok, []talked{newHeader, {ask: ok[1].ask, send: leaveFor("PUT", "authorization,content-type,x-shop-build"), status: 204, answer: ok[1].answer}}, id, 0.9},

		{"origin", "the server knows preflights and leaves this page out", networkTab, ok, []talked{never, option(204, "Access-Control-Allow-Origin: https://other.elm.example", list, methods)}, "cors-origin-not-allowed", 0.85},
		{"wildcard", "Chromium lets * cover Authorization", networkTab, ok, []talked{ok[0], option(204, "Access-Control-Allow-Origin: "+board, "Access-Control-Allow-Headers: *", methods)}, "", 0},
		{"refused", "a 401 to the request itself is no preflight", networkTab, ok, []talked{{ask: ok[0].ask, send: ok[0].send, status: 401, answer: forBoard()}, ok[1]}, "", 0},
		{"no connection", "the network has its own reasons", networkTab, ok, []talked{{ask: never.ask, send: never.send, failed: "net::ERR_NAME_NOT_RESOLVED"}}, "", 0},
		{"OPTIONS of the app", "asks for no leave, so it is no preflight", aProxy, nil, []talked{{ask: "OPTIONS " + depot + "/bins", send: fromBoard(), status: 401, answer: forBoard()}}, "", 0},
	})
}
