package suite

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/policy"
)

// at is a request of a client, begun that long after the first.
func at(after time.Duration, x *traffic.Exchange) *traffic.Exchange {
	x.Recorded.Started = traffic.Timestamp{Time: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(after)}
	x.Recorded.Millis = 50
	return x
}

func tokens(grant, access, refresh string) *traffic.Exchange {
	x := request("POST https://id.test/token", "Content-Type: application/x-www-form-urlencoded")
	x.Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte(grant))
	x.Response.Body = traffic.NewBody("application/json", []byte(`{"access_token":"`+access+`","expires_in":3600,"refresh_token":"`+refresh+`"}`))
	x.Response.Header = traffic.Header{{Name: "Content-Type", Value: "application/json"}}
	return x
}

// TestPolicy: what is asked of a client holds, is broken, or could not be seen:
// silence is no pass.
func TestPolicy(t *testing.T) {
	first := func() *traffic.Exchange {
		return at(0, tokens("grant_type=authorization_code&code=c", "access-8f3Kq1", "renew-Qm44tB"))
	}
	again := func(after time.Duration) *traffic.Exchange {
		return at(after, tokens("grant_type=refresh_token&refresh_token=renew-Qm44tB", "access-Zr72mN", "renew-7uDa9c"))
	}
	refused := func(after time.Duration) *traffic.Exchange {
		x := at(after, request("GET https://api.test/me", "Authorization: Bearer access-8f3Kq1"))
		x.Response.Status = 401
		return x
	}
	window := Policy{Refresh: policy.Advised()}
	for _, row := range []struct {
		reason string
		policy Policy
		client *traffic.Capture
		want   []string
	}{
		{"in time", window, flowOf(first(), again(45*time.Minute)), nil},
		{"at 60 %: what passes without a window does not pass with one", window, flowOf(first(), again(36*time.Minute)), []string{"client refreshes at 70–80 % of the lifetime: entry 1: refreshed after 60 % of 60 min"}},
		{"never, in the time that was recorded", window, flowOf(first(), at(time.Minute, request("GET https://api.test/me", "Authorization: Bearer access-8f3Kq1"))),
			[]string{"client refreshes at 70–80 % of the lifetime: not testable: no token of a known lifetime is refreshed in the capture"}},
		{"refused once", Policy{Tries: 2}, flowOf(first(), refused(time.Minute)), nil},
		{"refused three times", Policy{Tries: 2}, flowOf(first(), refused(time.Minute), refused(2*time.Minute), refused(3*time.Minute)),
			[]string{"client gives up after 2 refusals: entry 3: made a call 3 times that was refused each time"}},
		{"no page", Policy{Login: true}, flowOf(first()), []string{"person is led to the login: not testable: no page of the capture asks for a login"}},
		{"what is not asked is not told", Policy{Tries: 9}, flowOf(first(), again(time.Minute), refused(2*time.Minute)), nil},
		{"nothing is asked", Policy{}, flowOf(first(), again(time.Minute)), nil},
	} {
		if d := cmp.Diff(row.want, row.policy.Failures(row.client)); d != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, d)
		}
	}
}
