package scenarios

import (
	"strings"
	"testing"
)

func TestTokenSignatureInvalid(t *testing.T) {
	good := madeToken(t, monday)
	dot := strings.LastIndexByte(good, '.')
	flipped := good[:dot+20] + string(good[dot+20]^1) + good[dot+21:]
	edited := madeToken(t, monday, "sub", "root")
	edited = edited[:strings.LastIndexByte(edited, '.')] + good[dot:]
	keys := answeredWith(exchangeOf("GET", "https://id.depot.test/.well-known/jwks.json"), 200, "application/json", `{"keys":[{"kid":"k1"},{"kid":"k2"}]}`)
	judgeTokens(t, "token-signature-invalid", []tokenCase{
		{"one character is another", steps(calling(good, 200)), steps(calling(flipped, 401)), "decisive"},
		{"claims edited under the old signature", steps(calling(good, 200)), steps(calling(edited, 401)), "decisive"},
		{"mangled in one call, whole in another", nil, steps(calling(good, 200), calling(flipped, 401)), "decisive"},
		{"a key that the key set lacks", steps(keys, calling(good, 200)), steps(keys, calling(madeToken(t, tuesday, "kid", "old"), 401)), "decisive"},
		{"a new key of the key set", steps(keys, calling(good, 200)), steps(keys, calling(madeToken(t, tuesday, "kid", "k2"), 401)), "strong"},
		{"the words of a library", steps(calling(good, 200)), steps(saying(madeToken(t, tuesday), 401, "Signature verification failed")), "decisive"},
		{"cut off is malformed", steps(calling(good, 200)), steps(calling(good[:len(good)-2], 401)), ""},
		{"redacted is no evidence", steps(calling(good, 200)), steps(calling(good[:dot]+".redacted", 401)), ""},
		{"a new token has a new signature", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday), 401)), ""},
		{"another issuer signs with other keys", steps(calling(good, 200)), steps(calling(madeToken(t, tuesday, "iss", "x", "kid", "z"), 401)), ""},
	})
}
