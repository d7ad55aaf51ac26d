package scenarios

import "testing"

func TestRevokedToken(t *testing.T) {
	good := madeToken(t, tuesday)
	logout := answeredWith(exchangeOf("POST", "https://id.depot.test/logout"), 204, "", "")
	page := answeredWith(exchangeOf("GET", "https://api.depot.test/logos/outline"), 200, "", "")
	judgeTokens(t, "revoked-token", []tokenCase{
		{"used, logged out, refused", nil, steps(calling(good, 200), logout, calling(good, 401)), "decisive"},
		{"the words alone", steps(calling(madeToken(t, monday), 200)), steps(saying(good, 401, "The token has been revoked")), "decisive"},
		{"the same token, refused for no reason that is told", nil, steps(calling(good, 200), calling(good, 401)), ""},
		{"a logout before the token was issued", nil, steps(logout, calling(good, 200), calling(good, 401)), ""},
		{"a path that sounds like it", nil, steps(calling(good, 200), page, calling(good, 401)), ""},
		{"over anyway", nil, steps(calling(good, 200), logout, calling(madeToken(t, monday), 401)), "out"},
		{"a broken server after a logout", nil, steps(calling(good, 200), logout, calling(good, 500)), ""},
	})
}
