package scenarios

import (
	"crypto/sha1"
	"encoding/base64"
	"testing"

	"pgregory.net/rapid"
)

// csurfToken makes a token as the csrf package for Node does.
func csurfToken(salt, secret string) string {
	sum := sha1.Sum([]byte(salt + "-" + secret))
	return salt + "-" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// djangoToken makes a token as Django does, with a mask of one letter.
func djangoToken(letter, secret string) string {
	var mask, cipher string
	for i := range len(secret) {
		mask += letter
		sum := 0
		for k := range len(maskAlphabet) {
			if maskAlphabet[k] == letter[0] {
				sum += k
			}
			if maskAlphabet[k] == secret[i] {
				sum += k
			}
		}
		cipher += string(maskAlphabet[sum%len(maskAlphabet)])
	}
	return mask + cipher
}

// TestBelongs: a token that was made for a secret belongs to it, whatever the
// mask or the salt, and to no other secret.
func TestBelongs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[a-zA-Z0-9]{32}`).Draw(t, "secret")
		other := rapid.StringMatching(`[a-zA-Z0-9]{32}`).Filter(func(s string) bool { return s != secret }).Draw(t, "other")
		letter := rapid.StringMatching(`[a-zA-Z0-9]`).Draw(t, "mask")
		for rule, token := range map[string]string{"equal": secret, "masked": djangoToken(letter, secret), "salted": csurfToken(letter, secret)} {
			if !belongs(token, secret) {
				t.Errorf("%s: the token does not belong to its own secret", rule)
			}
			if belongs(token, other) {
				t.Errorf("%s: the token belongs to another secret", rule)
			}
		}
	})
}

func FuzzBelongs(f *testing.F) {
	for _, pair := range [][2]string{{"a", "a"}, {"a%2Bb", "a+b"}, {"tok", "tok|sig"}, {csurfToken("s", "x"), "x"}, {djangoToken("q", "abcdefghijklmnopqrstuvwxyzABCDEF"), "x"}, {"-", ""}, {"%", "%zz"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, token, cookie string) {
		if belongs(token, "") || belongs("", cookie) {
			t.Error("nothing belongs to nothing")
		}
		if token != "" && decoded(token) != "" && !belongs(token, token) {
			t.Error("a token that is its own cookie belongs to it")
		}
	})
}
