package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff"
)

func TestStepUpRequired(t *testing.T) {
	good := madeToken(t, monday, "amr", []string{"pwd", "otp"})
	weak := madeToken(t, tuesday, "amr", []string{"pwd"})
	plain := madeToken(t, tuesday)
	judgeTokens(t, "step-up-required", []tokenCase{
		{"RFC 9470", steps(calling(good, 200)), steps(calling(plain, 401, "WWW-Authenticate", `Bearer error="insufficient_user_authentication", max_age="60"`)), "decisive"},
		{"an OTP header", steps(calling(good, 200)), steps(calling(plain, 401, "X-GitHub-OTP", "required; app")), "decisive"},
		{"a login without the second factor, a mute server", steps(calling(good, 200)), steps(calling(weak, 403)), "decisive"},
		{"sent to the login", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "amr", []string{"otp", "pwd"}), 302, "Location", "/login")), ""},
		{"as strong as before", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "amr", []string{"otp", "pwd"}), 403)), ""},
	})
}

func TestSecondFactor(t *testing.T) {
	for location, want := range map[string]bool{
		"/account/mfa?next=/x": true, "https://id.test/2fa": true, "/login": false, "/verify-email": false, "/stepping-stones": false,
	} {
		if _, got := secondFactor(location); got != want {
			t.Errorf("%s: %v", location, got)
		}
	}
}

// TestSecondFactorOfAGoodSession: who is sent to a second factor with a session
// that was good before is known; the session is not over.
func TestSecondFactorOfAGoodSession(t *testing.T) {
	cookie := []string{"Cookie: sid=5f0c1e9b7a2d4c68b3f1"}
	ask := func(k talk) *take {
		x := newTake("", 0)
		k.ask, k.send = "GET https://bank.lodge.test/transfers", cookie
		x.add(k)
		return x
	}
	d := Diagnose(diff.Compare(ask(talk{body2: `{"list":[]}`}).capture,
		ask(talk{status: 302, answer: []string{"Location: /mfa?next=%2Ftransfers"}}).capture, diff.Options{}))
	if len(d.Findings) == 0 || d.Findings[0].Cause.ID != "step-up-required" {
		t.Errorf("found %v, want step-up-required first", d.Findings)
	}
}
