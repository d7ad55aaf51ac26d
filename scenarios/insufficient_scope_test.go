package scenarios

import "testing"

func TestInsufficientScope(t *testing.T) {
	good := madeToken(t, monday)
	roles := func(list ...string) map[string]any { return map[string]any{"roles": list} }
	ask := func(scope string) []any { return []any{"scope", scope} }
	login := func(scope string) string {
		return `{"access_token":"op4que-t0ken-value","scope":"` + scope + `"}`
	}
	signIn := func(scope string) *tokenLogin { return &tokenLogin{login(scope)} }
	judgeTokens(t, "insufficient-scope", []tokenCase{
		{"fewer scopes, a mute 403", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, ask("read")...), 403)), "decisive"},
		{"fewer roles of Keycloak", steps(calling(madeToken(t, monday, "realm_access", roles("a", "b")), 200)), steps(calling(madeToken(t, tuesday, "realm_access", roles("a")), 403)), "decisive"},
		{"fewer scopes and a 401", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, ask("read")...), 401)), "strong"},
		{"Spring's words for an opaque token", steps(calling("op4que-t0ken-one", 200)), steps(saying("op4que-t0ken-two", 403, "The request requires higher privileges than provided by the access token.")), "decisive"},
		{"GitHub's headers", steps(calling("op4que-t0ken-one", 200)), steps(calling("op4que-t0ken-two", 403, "X-OAuth-Scopes", "gist", "X-Accepted-OAuth-Scopes", "repo")), "strong"},
		{"GitHub: repo includes its parts", steps(calling("op4que-t0ken-one", 200)), steps(calling("op4que-t0ken-two", 403, "X-OAuth-Scopes", "repo", "X-Accepted-OAuth-Scopes", "repo:status")), ""},
		{"less was granted at the login", steps(signIn("read write").exchange(), calling("op4que-t0ken-value", 200)), steps(signIn("read").exchange(), calling("op4que-t0ken-value", 403)), "strong"},
		{"the order of scopes is nothing", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, ask("write read")...), 403)), ""},
		{"more scopes", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, ask("read write admin")...), 403)), ""},
		{"another issuer has other scopes", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "iss", "x", "scope", "read"), 403)), ""},
	})
}
