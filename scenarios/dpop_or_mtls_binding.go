package scenarios

import (
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func dpopOrMTLSBinding() *Cause {
	return &Cause{
		ID:    "dpop-or-mtls-binding",
		Kind:  Mechanism,
		Group: Tokens,
		Means: "A token that is bound to a key was sent without proof of that key, or with a proof that does not fit.",
		Looks: "The token has cnf (jkt for DPoP, x5t#S256 for mutual TLS) and the DPoP header is gone, or the scheme is Bearer; or the proof's htm, htu, ath or key do not fit " +
			"the request. Challenges say DPoP error=\"invalid_dpop_proof\" or \"use_dpop_nonce\".",
		Unlike: []Unlike{
			{"wrong-auth-scheme", "the scheme changed, and the token is bound to nothing"},
			{"clock-skew", "only the proof's iat is off, and so is the client's clock"},
			{"tls-termination", "the client certificate is lost at the load balancer; htu has http for https"},
			{"client-certificate-missing", "the TLS handshake or nginx asks for a certificate, and no token is involved"},
		},
		Advice: []Advice{
			{Client, "A fresh proof for each request, over its method and URL; keep the nonce that the server sent last.", "Authorization: DPoP <token>\nDPoP: <proof with htm, htu, ath, nonce>"},
			{Nginx, "Let the app know the URL that the client used, and the certificate.", "proxy_set_header X-Forwarded-Proto $scheme;\nproxy_set_header X-SSL-Cert $ssl_client_escaped_cert;"},
			{Apache, "Pass the certificate on.", "SSLOptions +ExportCertData"},
			{App, "Compare htu with the public URL, not with the one behind the proxy.", `app.set("trust proxy", 1)`},
		},
		Refs:     []string{"RFC 9449 sections 4.3, 7, 8 and 9", "RFC 8705 section 3"},
		Prior:    -1.0,
		Detect:   detectDPoPOrMTLSBinding,
		Inject:   injectDPoPOrMTLSBinding,
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, 401, 403, 400),
	}
}

func detectDPoPOrMTLSBinding(v *View) []Evidence {
	evidence := v.heard(Decisive, "dpop-or-mtls-binding", "the answer asks for a proof of possession")
	if len(evidence) == 0 && !v.refused() && v.status() != 400 {
		return nil
	}
	evidence = append(evidence, v.challengesForProof()...)
	p := v.tokens()
	proof, has := ProofOf(&v.Failed.Request)
	if has {
		evidence = append(evidence, v.proofDoesNotFit(p, proof)...)
	} else {
		evidence = append(evidence, v.proofIsMissing(p)...)
	}
	if len(evidence) == 0 {
		return nil
	}
	if _, asked := v.answerMatches(certificateWords); asked && has && p.bad != nil && !p.bad.toCertificate() {
		evidence = append(evidence, v.against(Against, FromRequest, "a certificate is asked for, and the token is bound to a key"))
	}
	return append(evidence, v.saysAnother("dpop-or-mtls-binding", "wrong-auth-scheme")...)
}

// challengesForProof reads a DPoP challenge with an error (RFC 9449 section
// 7.1). The scheme alone is an offer.
func (v *View) challengesForProof() []Evidence {
	for _, field := range v.answerHeader().Values("www-authenticate") {
		lower := strings.ToLower(field)
		if strings.Contains(lower, "use_dpop_nonce") || strings.Contains(lower, "invalid_dpop_proof") {
			return []Evidence{v.observed(Decisive, FromChallenge, seen(diff.Response, diff.Header, "www-authenticate", field), "the challenge refuses the proof")}
		}
	}
	return nil
}

// proofIsMissing finds a bound token that came alone.
func (v *View) proofIsMissing(p tokenPair) []Evidence {
	if v.Failed.Request.Header.Has("dpop") {
		return nil // one that can't be read: a sanitizer's, or malformed
	}
	var jkt, x5t string
	if p.bad != nil {
		jkt, x5t = p.bad.boundTo()
	}
	c, sent := bearerOf(v)
	had := v.Good != nil && v.Good.Request.Header.Has("dpop")
	switch {
	case jkt != "" && had:
		evidence := []Evidence{v.observed(Decisive, FromRequest, v.headerChange("dpop"), "the token is bound to a key, and the proof that came with the working one is gone")}
		return append(evidence, v.schemeChange()...)
	case jkt != "":
		return []Evidence{v.observed(Strong, FromRequest, v.claim(p.badAt, "cnf", "jkt"), "the token is bound to a key, and no proof comes with it")}
	case sent && strings.EqualFold(c.Scheme, "dpop"):
		return []Evidence{v.observed(Decisive, FromRequest, v.headerChange("dpop"), "the scheme is DPoP, and no proof comes with it")}
	case had && sent:
		evidence := []Evidence{v.observed(Strong, FromRequest, v.headerChange("dpop"), "the proof that came with the working request is gone")}
		return append(evidence, v.schemeChange()...)
	case x5t != "" && v.status() == 401:
		return []Evidence{v.observed(Weak, FromRequest, v.claim(p.badAt, "cnf", "x5t#S256"), "the token is bound to a client certificate, which no capture shows")}
	}
	return nil
}

func (v *View) headerChange(name string) diff.Edit {
	if c, ok := v.Change(diff.Request, diff.Header, name); ok {
		return c.Edit
	}
	return seen(diff.Request, diff.Header, name, "")
}

// schemeChange owns the change from DPoP to Bearer.
func (v *View) schemeChange() []Evidence {
	c, ok := v.Change(diff.Request, diff.Header, "authorization")
	if !ok || !strings.HasPrefix(strings.ToLower(v.Good.Request.Header.Get("authorization")), "dpop ") {
		return nil
	}
	if bad := strings.ToLower(v.Failed.Request.Header.Get("authorization")); strings.HasPrefix(bad, "dpop ") {
		return nil
	}
	return []Evidence{v.changed(Strong, c, "a token for DPoP is sent under another scheme")}
}

// proofDoesNotFit compares a proof with the request and the token, as the
// server does (RFC 9449 section 4.3). What the working proof shows as well is
// the recorder's way of writing, or the server does not look at it.
func (v *View) proofDoesNotFit(p tokenPair, proof DPoPProof) []Evidence {
	okProof, hasOK := DPoPProof{}, false
	if v.Good != nil {
		okProof, hasOK = ProofOf(&v.Good.Request)
	}
	place := v.headerChange("dpop")
	place.New = proof.Raw
	var evidence []Evidence
	if claim, fits := proof.Covers(&v.Failed.Request); !fits {
		if okClaim, okFits := coversOr(okProof, hasOK, v.Good); okFits || okClaim != claim {
			evidence = append(evidence, v.observed(Decisive, FromRequest, place, "the proof is for another request: "+claim+" differs"))
		}
	}
	if p.bad != nil {
		jkt, _ := p.bad.boundTo()
		if len(jkt) == len(hash("")) && proof.Thumbprint != "" && jkt != proof.Thumbprint {
			evidence = append(evidence, v.observed(Decisive, FromRequest, place, "the proof is signed with another key than the token is bound to"))
		}
	}
	if c, ok := bearerOf(v); ok && proof.Text("ath") != "" && proof.Text("ath") != hash(c.Value) {
		if good, has := goodBearer(v); !hasOK || !has || okProof.Text("ath") == hash(good) {
			evidence = append(evidence, v.observed(Strong, FromRequest, place, "the proof is for another access token: ath differs"))
		}
	}
	if used := v.UsedBefore(Bad, v.Failed.Index, proof.Raw); len(used) > 0 || hasOK && okProof.Raw == proof.Raw && v.isStale(proof) {
		evidence = append(evidence, v.observed(Strong, FromFlow, place, "the proof was used before: each is good for one request"))
	}
	return evidence
}

// isStale tells whether a proof is older than any server takes.
func (v *View) isStale(p DPoPProof) bool {
	made, ok := p.Time("iat")
	at, uncertain, known := v.ServerTime(Bad, v.Failed)
	return ok && known && at.Sub(made) > signingAge+uncertain
}

func coversOr(p DPoPProof, has bool, x *traffic.Exchange) (claim string, fits bool) {
	if !has {
		return "", true
	}
	return p.Covers(&x.Request)
}

func goodBearer(v *View) (string, bool) {
	if v.Good == nil {
		return "", false
	}
	c, ok := bearerIn(&v.Good.Request)
	return c.Value, ok
}

func injectDPoPOrMTLSBinding(in *Injection) error {
	r := in.Request()
	if !DeleteHeader(&r.Header, "dpop") {
		return fmt.Errorf("%w: the request carries no DPoP proof", ErrCannotInject)
	}
	if scheme, token := cutScheme(r.Header.Get("authorization")); strings.EqualFold(scheme, "dpop") {
		SetHeader(&r.Header, "Authorization", "Bearer "+token)
	}
	in.Refuse(Refusal{Status: 401, Scheme: "DPoP", Error: "invalid_dpop_proof", Description: "The access token is bound to a DPoP proof, but no proof was presented",
		Code: "invalid_dpop_proof"})
	return nil
}
