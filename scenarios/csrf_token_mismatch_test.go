package scenarios

import "testing"

func TestCSRFTokenMismatch(t *testing.T) {
	post := func(cookie, token, end string) string {
		return "POST https://desk.alder.example/save\n" + asChromium + asCall + "> Cookie: " + cookie + "\n> X-CSRF-Token: " + token + "\n" + end
	}
	form := func(cookie, token string) string {
		return csrfPage + "< 200\n< Content-Type: text/html\n< Set-Cookie: csrf_secret=" + cookie + "; Path=/\n<< <input name=_csrf value=\"" + token + "\">\n\n"
	}
	worked := post("csrf=tok1aaaaaaaa", "tok1aaaaaaaa", "< 200\n")
	checkCause(t, csrfTokenMismatch(), []causeFlow{
		{"header and cookie differ", worked, post("csrf=tok2bbbbbbbb", "tok1cccccccc", "< 403\n"), true, 0},
		{"csurf: the token is no hash of the secret", post("_csrf=s1aaaaaaaaaaaaaa", csurfToken("k4", "s1aaaaaaaaaaaaaa"), "< 200\n"),
			post("_csrf=s2bbbbbbbbbbbbbb", csurfToken("k4", "s1aaaaaaaaaaaaaa"), "< 403\n"), true, 0},
		{"the cookie was renewed behind the page", form("s1aaaaaaaaaaaaaa", "t1aaaaaaaaaaaaaa") + post("csrf_secret=s1aaaaaaaaaaaaaa", "t1aaaaaaaaaaaaaa", "< 200\n"),
			form("s2aaaaaaaaaaaaaa", "t2aaaaaaaaaaaaaa") + "GET https://desk.alder.example/other\n" + asChromium + asVisit + "< 200\n< Set-Cookie: csrf_secret=s3aaaaaaaaaaaaaa; Path=/\n\n" +
				post("csrf_secret=s3aaaaaaaaaaaaaa", "t2aaaaaaaaaaaaaa", "< 419\n"), true, 1},
		{"the token of another session", post("sid=8fK2xQ91mZpL7vTb", "t1aaaaaaaaaaaaaa", "< 200\n"), post("sid=Zk3w8Yp0aQcX2nRk", "t1aaaaaaaaaaaaaa", "< 403\n"), true, 0},
		{"header and cookie fit: something else", worked, post("csrf=tok2bbbbbbbb", "tok2bbbbbbbb", "< 403\n"), false, 0},
		{"percent-encoded in the cookie alone", worked, post("csrf=a%2Bb%3D", "a+b=", "< 403\n"), false, 0},
		{"Django masks the same secret anew", worked, post("csrf="+djangoToken("k", "abcdefghijklmnopqrstuvwxyzABCDEF"), djangoToken("Z", "abcdefghijklmnopqrstuvwxyzABCDEF"), "< 403\n"), false, 0},
		{"the token is not sent at all", worked, "POST https://desk.alder.example/save\n" + asChromium + "> Cookie: csrf=tok2bbbbbbbb\n< 403\n", false, 0},
	})
}
