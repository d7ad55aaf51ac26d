package scenarios

import "testing"

func TestWrongAudience(t *testing.T) {
	good := madeToken(t, monday)
	judgeTokens(t, "wrong-audience", []tokenCase{
		{"another API, a mute server", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "aud", "invoices"), 401)), "decisive"},
		{"Envoy's words", steps(calling(good, 200)), steps(saying(madeToken(t, tuesday, "aud", "invoices", "sub", "u2"), 403, "Audiences in Jwt are not allowed")), "decisive"},
		{"the issuer differs as well", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "aud", "invoices", "iss", "https://id.other.test/"), 401)), "strong"},
		{"an ID token", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "aud", "client-1", "scope", nil, "nonce", "n", "at_hash", "h"), 401)), "decisive"},
		{"the same audience as a list", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "aud", []string{"parcels"}), 401)), "out"},
		{"narrower scope is another cause", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "scope", "read"), 403)), "out"},
		{"a token that became opaque", steps(calling(good, 200)), steps(calling("0pAqUe-T0k3n-v4lue-xyz", 401)), "weak"},
		{"not refused but broken", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "aud", "invoices"), 502)), ""},
	})
}
