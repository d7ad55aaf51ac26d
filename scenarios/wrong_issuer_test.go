package scenarios

import "testing"

func TestWrongIssuer(t *testing.T) {
	good := madeToken(t, monday)
	judgeTokens(t, "wrong-issuer", []tokenCase{
		{"another environment", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "iss", "https://id.stage.test/", "kid", "s1"), 401)), "decisive"},
		{"Kong's words", steps(calling(good, 200)), steps(saying(madeToken(t, tuesday, "iss", "x", "tenant", "b"), 401, "No credentials found for given 'iss'")), "decisive"},
		{"more differs: another token source", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "iss", "https://id.stage.test/", "scope", "x"), 401)), "strong"},
		{"the same issuer", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "kid", "k2"), 401)), "out"},
		{"an error of the server", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "iss", "https://id.stage.test/"), 500)), ""},
	})
}

func TestNearIssuer(t *testing.T) {
	for _, row := range [][3]string{
		{"https://id.test/", "https://id.test", "a trailing slash"},
		{"https://id.test", "http://id.test", "http for https, or the reverse"},
		{"https://id.test/auth/realms/a", "https://id.test/realms/a", "the /auth in its path"},
		{"https://id.test/realms/a", "https://id.test/realms/b", "another tenant or realm of the same host"},
		{"https://id.test/realms/a", "http://keycloak:8080/realms/a", "another host name for the same path"},
		{"https://id.test/", "https://other.test/", ""},
	} {
		if got := nearIssuer(row[0], row[1]); got != row[2] {
			t.Errorf("%s and %s: %q", row[0], row[1], got)
		}
	}
}
