package suite

// CORSPreflight lets a page of that origin ask the server for leave, as browsers do before
// they send what a form could not. That it must get it:
// Expect(expect.Browser(expect.CORSAllowed)).
func CORSPreflight(origin string) Scenario {
	return scenario("cors-preflight-failed", "origin", origin)
}

// CORSOrigin lets a page of that origin read the answer, without cookies.
func CORSOrigin(origin string) Scenario {
	return scenario("cors-origin-not-allowed", "origin", origin)
}

// CORSCredentials lets a page of that origin ask with the cookies of the person who looks at
// it.
func CORSCredentials(origin string) Scenario {
	return scenario("cors-credentials-not-allowed", "origin", origin)
}

// CredentialsNotSent sends a script's request to another origin without cookies.
func CredentialsNotSent() Scenario {
	return scenario("credentials-not-sent")
}
