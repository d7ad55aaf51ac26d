package scenarios

import "testing"

func TestCookieStrippedByProxy(t *testing.T) {
	cookie := "sid=8d7c6b5a4f3e2d1c0b9a; Path=/; Secure; HttpOnly"
	testCause(t, cookieStrippedByProxy(), []causeRow{
		{"the login comes from a cache", loginFlow(cookie, nil, true, goodAnswer()), loginFlow("", []string{"X-Cache: HIT", "Age: 12"}, false, appRefusal(401, `{}`)), true},
		{"nginx hides it", loginFlow(cookie, nil, true, goodAnswer()), loginFlow("", nil, false, appRefusal(401, `{}`)), true},
		{"a CDN is new, and the app saw no cookie", loginFlow(cookie, nil, true, goodAnswer()), loginFlow(cookie, nil, true, answered(401, `{"message":"no session cookie, login required"}`, jsonType, "x-amz-cf-id: 1")), true},
		{"the session is over", loginFlow(cookie, nil, true, goodAnswer()), loginFlow(cookie, nil, true, appRefusal(401, `{"message":"session expired"}`)), false},
		{"the client lost it", loginFlow(cookie, nil, true, goodAnswer()), loginFlow(cookie, nil, false, appRefusal(401, `{"message":"login required"}`)), false},
		{"express-session holds a Secure cookie back", loginFlow("connect.sid=s%3A8d7c6b5a4f3e2d1c.sig; Secure", nil, true, goodAnswer()), loginFlow("", nil, false, appRefusal(401, `{}`)), false},
	})
	testInjection(t, cookieStrippedByProxy(), loginFlow(cookie, nil, true, goodAnswer()))
}
