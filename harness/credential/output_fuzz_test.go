package credential

import (
	"strings"
	"testing"
	"time"
)

// FuzzOutput: what a command printed is a credential without control
// characters, or an error that repeats nothing of it.
func FuzzOutput(f *testing.F) {
	for _, s := range []string{"token", "Bearer token", `"token"`, "Authorization: Bearer x\nCookie: a=b; c", `{"access_token":"x","token_type":"bearer","expires_in":3600}`, `{"status":{"token":"x","expirationTimestamp":"2026-11-24T10:00:00Z"}}`, `{"expires_on":"1e400","accessToken":"x"}`, `{"expires_in":[[]]}`, "\ufeffx", "a b c d", "\x00", `""""`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, err := readOutput(text, time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC))
		if err != nil {
			if secret := strings.TrimSpace(text); len(secret) > 24 && strings.Contains(err.Error(), secret) {
				t.Errorf("the output is repeated: %v", err)
			}
			return
		}
		if strings.IndexFunc(out.Token, isControl) >= 0 {
			t.Errorf("a token with a control character: %q", out.Token)
		}
		for _, h := range out.Fields {
			if strings.IndexFunc(h.Name+h.Value, isControl) >= 0 {
				t.Errorf("a field with a control character: %q", h)
			}
		}
	})
}
