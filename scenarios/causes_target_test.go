package scenarios

import "testing"

func TestTargetCauses(t *testing.T) {
	token := []string{"Authorization: Bearer " + jwtA}
	mute := []string{"Content-Length: 0"}
	at := func(rest string) string { return "GET https://api.depot.example" + rest }
	checkVerdicts(t, []verdictRow{
		{reason: "a doubled slash", line: at("/v2/crates"), badLine: at("//v2/crates"), ok: token, bad: token, status: 404, response: mute, want: "wrong-path"},
		{reason: "a slip of the finger", line: at("/v2/crates"), badLine: at("/v2/craets"), ok: token, bad: token, status: 404, response: mute, want: "wrong-path"},
		{reason: "another version", line: at("/v2/crates"), badLine: at("/v3/crates"), ok: token, bad: token, status: 410, response: mute, want: "wrong-path"},
		{reason: "the base twice", line: at("/api/crates"), badLine: at("/api/api/crates"), ok: token, bad: token, status: 404, response: mute, want: "wrong-path"},
		{reason: "case", line: at("/v2/crates"), badLine: at("/v2/Crates"), ok: token, bad: token, status: 404, response: mute, want: "wrong-path"},
		{reason: "another thing of the same kind is no mistake in the path", line: at("/v2/crates/1041"), badLine: at("/v2/crates/1042"), ok: token, bad: token, status: 403, response: mute, want: ""},

		{reason: "nothing under another id says nothing of the path", line: at("/v2/crates/1041"), badLine: at("/v2/crates/1042"), ok: token, bad: token, status: 404, response: mute, want: ""},

		{reason: "staging", line: at("/v2/crates"), badLine: "GET https://staging-api.depot.example/v2/crates", ok: token, bad: token, status: 401, response: mute, want: "wrong-host"},
		{reason: "misdirected", line: at("/v2/crates"), badLine: "GET https://www.depot.example/v2/crates", ok: token, bad: token, status: 421, response: mute, want: "wrong-host"},
		{reason: "test servers take any port", line: "GET http://127.0.0.1:41233/v2/crates", badLine: "GET http://127.0.0.1:38011/v2/crates", ok: token, bad: token, status: 500, response: mute, want: ""},

		{reason: "plain http", line: at("/v2/crates"), badLine: "GET http://api.depot.example/v2/crates", ok: token, bad: token, status: 403, answer: "SSL required", response: []string{"Content-Type: text/plain"}, want: "wrong-scheme"},

		{reason: "GET for POST", line: "POST https://api.depot.example/v2/crates", badLine: at("/v2/crates"), ok: token, bad: token, status: 405, response: []string{"Allow: POST, OPTIONS"}, want: "wrong-method"},

		{reason: "the tenant is gone", line: at("/v2/crates?tenant=nord&limit=5"), badLine: at("/v2/crates?limit=5"), ok: token, bad: token, status: 400, answer: `{"error":"tenant is required"}`, response: []string{"Content-Type: application/json"}, want: "missing-query-parameter"},
		{reason: "escaped for HTML", line: at("/v2/crates?tenant=nord&limit=5"), badLine: at("/v2/crates?tenant=nord&amp;limit=5"), ok: token, bad: token, status: 400, response: mute, want: "missing-query-parameter"},
		{reason: "other pages of a list are no missing parameter", line: at("/v2/crates?page=1"), badLine: at("/v2/crates?page=2"), ok: token, bad: token, status: 403, response: mute, want: ""},
	})
}

func TestPathMistakesOfIDs(t *testing.T) {
	if _, s := pathMistake("/a/f47ac10b-58cc-4372-a567-0e02b2c3d479", "/a/0e02b2c3-58cc-4372-a567-f47ac10bd479"); s != Weak {
		t.Error("two UUIDs are two things of one kind")
	}
	if closeWords("orders", "users") || !closeWords("orders", "order") || !closeWords("orders", "ordres") || !closeWords("a", "b") {
		t.Error("one slip is an insertion, a deletion, another letter or two swapped ones")
	}
}
