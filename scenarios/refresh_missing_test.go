package scenarios

import (
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestRefreshMissing(t *testing.T) {
	refresh := func(token string, status int) *traffic.Exchange {
		x := exchangeOf("POST", "https://id.depot.test/oauth/token")
		x.Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte("grant_type=refresh_token&refresh_token=r-"+token[:8]))
		return answeredWith(x, status, "application/json", `{"access_token":"`+token+`"}`)
	}
	first, second := madeToken(t, monday), madeToken(t, monday.Add(time.Second))
	over, fresh := madeToken(t, tuesday.Add(-2*time.Hour)), madeToken(t, tuesday)
	works := steps(calling(first, 200), refresh(second, 200), calling(second, 200))
	judgeTokens(t, "refresh-missing", []tokenCase{
		{"the working client refreshes, the failing one does not", works, steps(calling(over, 401)), "decisive"},
		{"refreshed, and the old token is still sent", works, steps(calling(over, 401), refresh(fresh, 200), calling(over, 401)), "decisive"},
		{"tried and refused is invalid-grant", works, steps(refresh(over, 400), calling(over, 401)), ""},
		{"nothing shows that this client can refresh", steps(calling(first, 200)), steps(calling(over, 401)), ""},
		{"the token is good: another reason", works, steps(calling(fresh, 401)), ""},
	})
}
