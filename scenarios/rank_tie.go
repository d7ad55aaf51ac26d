package scenarios

import "slices"

// A Tie is two causes that the captures can't tell apart.
type Tie struct {
	First, Second *Cause
	Test          string // what would tell: a sentence
}

// The margin within which two causes are not told apart, and the confidence
// from which on it is worth saying.
const (
	tieMargin = 0.1
	tieFloor  = 0.3
)

// tieOf returns the tie of the best two findings, or nil.
func tieOf(findings []Finding) *Tie {
	if len(findings) < 2 {
		return nil
	}
	first, second := findings[0], findings[1]
	if first.Confidence < tieFloor || first.Confidence-second.Confidence > tieMargin {
		return nil
	}
	return &Tie{First: first.Cause, Second: second.Cause, Test: tellingTest(first.Cause, second.Cause)}
}

// A divide is what tells the causes of one list from those of the other. An
// empty list is any cause.
type divide struct {
	these, those []string
	test         string
}

var divides = []divide{
	{[]string{"authorization-dropped-by-proxy", "cookie-stripped-by-proxy", "forwarded-headers-missing", "tls-termination", "proxy-rewrite", "proxy-auth-denied"}, nil,
		"send the failing request straight to the application, past the proxy: if it works there, the proxy is the cause"},
	{[]string{"credentials-not-sent"}, []string{"session-cookie-missing", "missing-credentials", "cookie-samesite-blocked", "cookie-domain-mismatch"},
		"add credentials: \"include\" (withCredentials) to the call: if the cookie is sent then, only that was missing"},
	{[]string{"expired-token", "refresh-missing", "revoked-token", "clock-skew", "token-signature-invalid", "wrong-issuer", "wrong-audience", "insufficient-scope"}, []string{
		"expired-token", "refresh-missing", "revoked-token", "session-expired", "no-difference"},
		"get a fresh token and replay the failing request with nothing else changed: if it works, the old token was over or revoked"},
	{[]string{"token-signature-invalid", "wrong-issuer"}, []string{"token-signature-invalid", "wrong-issuer", "wrong-audience", "wrong-host"},
		"look the token's kid up in the JWKS of the issuer that the API is configured with: if it is missing there, the key or the issuer is wrong, else the audience"},
	{[]string{"insufficient-scope", "step-up-required", "account-disabled"}, nil,
		"replay the failing request with a token of an administrator of the same tenant: if it works, rights are missing, not the login"},
	{[]string{"session-expired", "stale-cookie", "session-cookie-missing", "login-gives-no-session"}, nil,
		"log in again in a private window: if it works there, the old cookie or session was the cause"},
	{[]string{"csrf-token-missing", "csrf-token-mismatch"}, nil,
		"replay the POST with a token taken from a page of the same session: if it works, the token was the cause"},
	{[]string{"cors-preflight-failed", "cors-origin-not-allowed", "cors-credentials-not-allowed", "local-network-blocked", "tls-or-network-error"}, nil,
		"send the OPTIONS request and the real one with curl -i -H 'Origin: …': their status and Access-Control headers name the one that fails"},
	{[]string{"waf-blocked", "bot-challenge", "geo-blocked", "ip-not-allowed", "client-rejected", "rate-limited"}, nil,
		"repeat the failing request from another network, slowly, with the headers of the working client: what makes it work is what was refused"},
	{[]string{"wrong-host", "wrong-path", "wrong-scheme", "wrong-method", "missing-query-parameter"}, nil,
		"send the failing request to the address and with the method of the working one: if it works, the address was the cause"},
	{[]string{"redirect-uri-mismatch", "pkce-missing", "client-authentication-failed", "invalid-grant"}, nil,
		"run the login once more from the start: a used or old code works then, a wrong redirect_uri, verifier or secret still fails"},
	{[]string{"wrong-credentials", "api-key-rejected", "request-signature-invalid"}, nil,
		"replay the failing request with the credentials of the working one: if it works, the credentials are the cause"},
}

// tellingTest names the test that tells two causes apart.
func tellingTest(a, b *Cause) string {
	for _, d := range divides {
		if d.parts(a.ID, b.ID) || d.parts(b.ID, a.ID) {
			return d.test
		}
	}
	return "put the changes of the failing request back one at a time (replay isolate): the one that makes it work names the cause"
}

func (d divide) parts(this, that string) bool {
	return slices.Contains(d.these, this) && (d.those == nil || slices.Contains(d.those, that)) && this != that
}
