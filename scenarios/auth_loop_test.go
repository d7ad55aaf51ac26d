package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestAuthLoop(t *testing.T) {
	hop := func(from, to string) *traffic.Exchange {
		return answeredWith(exchangeOf("GET", "https://shop.depot.test"+from), 302, "", "", "Location", to)
	}
	fine := answeredWith(exchangeOf("GET", "https://shop.depot.test/"), 200, "text/html", "<p>hello")
	gaveUp := hop("/", "/login")
	gaveUp.Response.Error = "net::ERR_TOO_MANY_REDIRECTS"
	same := madeToken(t, tuesday)
	judgeTokens(t, "auth-loop", []tokenCase{
		{"round and round", steps(fine), steps(hop("/", "/login?n=1"), hop("/login?n=1", "/"), hop("/", "/login?n=2"), hop("/login?n=2", "/"), hop("/", "/login?n=3")), "decisive"},
		{"the browser gave up", steps(fine), steps(gaveUp), "decisive"},
		{"the same refusal three times in seconds", steps(calling(madeToken(t, monday), 200)), steps(calling(same, 401), calling(same, 401), calling(same, 401)), "decisive"},
		{"one redirect to the login", steps(fine), steps(hop("/", "/login"), answeredWith(exchangeOf("GET", "https://shop.depot.test/login"), 200, "text/html", "<p>who?")), ""},
		{"a retry with another token is progress", steps(calling(madeToken(t, monday), 200)), steps(calling(same, 401), calling(madeToken(t, tuesday, "jti", "2"), 401), calling(madeToken(t, tuesday, "jti", "3"), 401)), ""},
	})
}
