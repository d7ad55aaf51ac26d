package api

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
)

// refuse answers with a challenge that tells the client what to do: get a new
// token for invalid_token, ask for more for insufficient_scope, log in without
// either (RFC 6750 section 3).
func (a *API) refuse(w http.ResponseWriter, no refusal) {
	status := no.status
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		value := `Bearer realm="orders"`
		if no.code != "" && !a.makes(ChallengeSilent) {
			value += `, error="` + no.code + `", error_description="` + no.text + `"`
		}
		if no.scope != "" {
			value += `, scope="` + no.scope + `"`
		}
		if !a.makes(NoChallenge) {
			w.Header().Set("WWW-Authenticate", value)
		}
	}
	switch {
	case a.makes(OKForErrors):
		status = http.StatusOK
	case a.makes(ForbiddenFor401) && status == http.StatusUnauthorized:
		status = http.StatusForbidden
	case a.makes(UnauthorizedFor403) && status == http.StatusForbidden:
		status = http.StatusUnauthorized
	}
	code := no.code
	if code == "" {
		code = "unauthorized"
	}
	writeJSON(w, status, map[string]string{"error": code, "error_description": no.text})
}

// PublicPEM is the public key as it is handed out.
func PublicPEM(key *rsa.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err) // no RSA key
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}
