package correlate

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// bodyDigest is a signature that covers the body alone.
const bodyDigest = "digest of the body"

// signatureOf names how the client signed a request, "" where it did not.
// A value that is put into such a request makes its signature a wrong one.
func signatureOf(r *traffic.Request) string {
	digest := ""
	for _, f := range r.Header {
		switch how := signatureIn(strings.ToLower(f.Name), f.Value); how {
		case "":
		case bodyDigest:
			digest = how
		default:
			return how
		}
	}
	return digest
}

func signatureIn(name, value string) string {
	switch name {
	case "authorization", "proxy-authorization":
		scheme, _, _ := strings.Cut(value, " ")
		return signedScheme(strings.ToLower(scheme), value)
	case "dpop":
		return "DPoP proof"
	case "signature", "signature-input":
		return "HTTP message signature"
	case "content-digest", "repr-digest", "digest", "content-md5", "x-amz-content-sha256":
		return bodyDigest
	}
	words := wordsOf(name)
	if len(words) == 0 || len(value) < minSurrounded {
		return ""
	}
	switch words[len(words)-1] {
	case "signature", "hmac", "sign":
		return "signature in " + name
	}
	return ""
}

func signedScheme(scheme, value string) string {
	switch {
	case strings.HasPrefix(scheme, "aws4-") || scheme == "aws":
		return "AWS signature"
	case scheme == "digest":
		return "Digest authentication"
	case scheme == "dpop":
		return "DPoP proof"
	case scheme == "oauth" && strings.Contains(value, "oauth_signature="):
		return "OAuth 1.0 signature"
	case scheme == "signature", scheme == "hawk", strings.HasPrefix(scheme, "hmac"), strings.HasPrefix(scheme, "sharedkey"), strings.HasPrefix(scheme, "goog4-"):
		return scheme + " signature"
	}
	return ""
}
