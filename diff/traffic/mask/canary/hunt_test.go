package canary

import (
	"encoding/base64"
	"testing"
)

// TestHuntReadsThrough: what a secret can be wrapped in.
func TestHuntReadsThrough(t *testing.T) {
	secret := Secret{"s", made(1, 1)}
	h := NewHunter([]Secret{secret})
	std := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, row := range []struct{ reason, text string }{
		{"raw", "a " + secret.Value + " b"},
		{"a part of it", "a " + secret.Value[5:17] + " b"},
		{"Base64", "a " + std(secret.Value) + " b"},
		{"Base64 at an offset", "a " + std("x" + secret.Value)[1:] + " b"},
		{"Base64url", base64.RawURLEncoding.EncodeToString([]byte("??>>" + secret.Value))},
		{"gzip", std(gzipped(`{"a":"` + secret.Value + `"}`))},
		{"brotli", std(brotlied(`{"a":"` + secret.Value + `"}`))},
		{"zstd", std(zstded(`{"a":"` + secret.Value + `"}`))},
		{"gzip without Base64", gzipped(`{"a":"` + secret.Value + `"}`)},
		{"wrapped by a report", "a " + secret.Value[:9] + "\n      " + secret.Value[9:] + " b"},
	} {
		if leaks := h.Hunt(row.text); len(leaks) != 1 {
			t.Errorf("%s: %v", row.reason, leaks)
		}
	}
	if leaks := h.Hunt(made(2, 1) + std(made(3, 1))); len(leaks) != 0 {
		t.Errorf("another secret is taken for this one: %v", leaks)
	}
}
