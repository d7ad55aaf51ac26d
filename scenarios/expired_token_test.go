package scenarios

import (
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestExpiredToken(t *testing.T) {
	good := madeToken(t, monday)
	over := madeToken(t, tuesday.Add(-3*time.Hour))
	fresh := madeToken(t, tuesday)
	justOver := madeToken(t, tuesday, "exp", tuesday.Add(-30*time.Second).Unix())
	login := answeredWith(exchangeOf("POST", "https://id.depot.test/token"), 200, "application/json", `{"access_token":"op4que-t0ken-value","expires_in":60}`)
	late := calling("op4que-t0ken-value", 401)
	late.Recorded.Started.Time = tuesday.Add(time.Hour)
	late.Response.Header = append(late.Response.Header, traffic.HeaderField{Name: "Date", Value: tuesday.Add(time.Hour).Format("Mon, 02 Jan 2006 15:04:05 GMT")})
	judgeTokens(t, "expired-token", []tokenCase{
		{"hours over, and the answer says nothing", steps(calling(good, 200)), steps(calling(over, 401)), "decisive"},
		{"the words of another server", steps(calling(good, 200)), steps(saying(over, 401, "Access token has expired")), "decisive"},
		{"the capture alone", nil, steps(calling(over, 401)), "decisive"},
		{"seconds over: some servers allow minutes", steps(calling(good, 200)), steps(calling(justOver, 401)), "weak"},
		{"still good", steps(calling(good, 200)), steps(calling(fresh, 401)), "out"},
		{"over, and refused for its address", steps(calling(good, 200)), steps(saying(over, 404, "no such parcel")), ""},
		{"a server that takes old tokens", steps(calling(madeToken(t, monday.Add(-3*time.Hour)), 200)), steps(calling(over, 401)), "weak"},
		{"opaque, used after its lifetime", steps(calling("other-opaque-value", 200)), steps(login, late), "strong"},
		{"opaque, and the answer says so", steps(calling("other-opaque-value", 200)), steps(saying("op4que-t0ken-value", 401, "token expired")), "decisive"},
		{"opaque and silent", steps(calling("other-opaque-value", 200)), steps(calling("op4que-t0ken-value", 401)), ""},
	})
}
