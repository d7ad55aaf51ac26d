package scenarios

import (
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestDPoPOrMTLSBinding(t *testing.T) {
	key := func(x string) map[string]any { return map[string]any{"kty": "OKP", "crv": "Ed25519", "x": x} }
	proof := func(start time.Time, x, htu string) string {
		return jwt(t, map[string]any{"typ": "dpop+jwt", "alg": "EdDSA", "jwk": key(x)}, map[string]any{"htm": "GET", "htu": htu, "iat": start.Unix(), "jti": start.String()})
	}
	bound := func(start time.Time) string {
		return madeToken(t, start, "cnf", map[string]any{"jkt": thumbprint(key("AAAA"))})
	}
	const here = "https://api.depot.test/parcels"
	sent := func(scheme, token, proof string, status int) *traffic.Exchange {
		x := exchangeOf("GET", here, "Authorization", scheme+" "+token)
		if proof != "" {
			x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "DPoP", Value: proof})
		}
		return answeredWith(x, status, "", "")
	}
	good := sent("DPoP", bound(monday), proof(monday, "AAAA", here), 200)
	judgeTokens(t, "dpop-or-mtls-binding", []tokenCase{
		{"sent as a plain Bearer", steps(good), steps(sent("Bearer", bound(tuesday), "", 401)), "decisive"},
		{"the proof is gone", steps(good), steps(sent("DPoP", bound(tuesday), "", 401)), "decisive"},
		{"another key", steps(good), steps(sent("DPoP", bound(tuesday), proof(tuesday, "BBBB", here), 401)), "decisive"},
		{"a proof for the URL behind the proxy", steps(good), steps(sent("DPoP", bound(tuesday), proof(tuesday, "AAAA", "http://api.depot.test/parcels"), 401)), "decisive"},
		{"a proof of yesterday", steps(good), steps(sent("DPoP", bound(tuesday), proof(monday, "AAAA", here), 401)), "strong"},
		{"the capture alone", nil, steps(sent("Bearer", bound(tuesday), "", 401)), "strong"},
		{"everything fits", steps(good), steps(sent("DPoP", bound(tuesday), proof(tuesday, "AAAA", here), 401)), ""},
		{"a token that is bound to nothing", steps(calling(madeToken(t, monday), 200)), steps(calling(madeToken(t, tuesday), 401)), ""},
		{"a broken server", steps(good), steps(sent("Bearer", bound(tuesday), "", 503)), ""},
	})
}
