package scenarios

import "testing"

func TestCSRFTokenMissing(t *testing.T) {
	post := func(fields, end string) string {
		return "POST https://desk.alder.example/save\n" + asChromium + asCall + "> Cookie: sid=8fK2xQ91mZpL7vTb; XSRF-TOKEN=tok1aaaaaaaa\n" + fields + end
	}
	worked := post("> X-XSRF-TOKEN: tok1aaaaaaaa\n", "< 200\n")
	checkCause(t, csrfTokenMissing(), []causeFlow{
		{"the header is gone", worked, post("", "< 403\n"), true, 0},
		{"the field is gone", post("> Content-Type: application/x-www-form-urlencoded\n>> a=1&authenticity_token=tok1aaaaaaaa\n", "< 302\n< Location: /done\n"),
			post("> Content-Type: application/x-www-form-urlencoded\n>> a=1\n", "< 422\n"), true, 0},
		{"a token that does not fit is sent", worked, post("> X-XSRF-TOKEN: tok9aaaaaaaa\n", "< 403\n"), false, 0},
		{"reading is not checked", "GET https://desk.alder.example/save\n" + asChromium + "> X-XSRF-TOKEN: t\n< 200\n", "GET https://desk.alder.example/save\n" + asChromium + "< 403\n", false, 0},
		{"too many requests", worked, post("", "< 429\n"), false, 0},
		{"the cookie was never set here: who lost it is the question", "GET https://desk.alder.example/form\n" + asChromium + asVisit + "< 200\n< Set-Cookie: XSRF-TOKEN=tok1aaaaaaaa\n\n" + worked,
			"GET https://desk.alder.example/form\n" + asChromium + asVisit + "< 200\n\nPOST https://desk.alder.example/save\n" + asChromium + asCall + "> Cookie: sid=8fK2xQ91mZpL7vTb\n> X-XSRF-TOKEN: tok1aaaaaaaa\n< 403\n", false, 0},
		{"the cookie is gone, and the answer speaks of the check", worked, "POST https://desk.alder.example/save\n" + asChromium + asCall + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 419\n", true, 0},
		{"no token in either", post("", "< 200\n"), post("", "< 403\n"), false, 0},
	})
}
