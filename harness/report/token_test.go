package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// noon is when the requests of these tests are made.
var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) int64 { return noon.Add(d).Unix() }

func jwt(signature, claims string, args ...any) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"HS256"}`)) + "." + encode(fmt.Appendf(nil, claims, args...)) + "." + signature
}

// TestTokens checks what is shown of two tokens whose requests are otherwise
// equal.
func TestTokens(t *testing.T) {
	const claims = `{"sub":"heron","iat":%d,"exp":%d}`
	old := jwt("first-signature", claims, at(-time.Hour), at(time.Hour))
	for _, tt := range []struct {
		reason  string
		ok, bad string
		clock   string // of both exchanges: "recorder", "server" by its Date field, "none"
		want    string
	}{
		{"issued again, alive", old, jwt("other-signature", claims, at(-time.Minute), at(2*time.Hour)), "recorder",
			"a newer token, the same but for iat, exp"},
		{"over since ten minutes", old, jwt("other-signature", claims, at(-time.Hour), at(-10*time.Minute)), "recorder",
			"claims.exp - 1790859600 (2026-10-01 13:00:00Z, 1 h 0 min after the request) + 1790855400 (2026-10-01 11:50:00Z, 10 min 0 s before the request)"},
		{"over in that very second (RFC 7519 section 4.1.4)", old, jwt("other-signature", claims, at(-time.Hour), at(0)), "recorder",
			"1790856000 (2026-10-01 12:00:00Z, 0 s after the request)"},
		{"over by the server's clock", old, jwt("other-signature", claims, at(-time.Hour), at(-72*time.Hour)), "server", "3 d before the request"},
		{"alive by the server's clock", old, jwt("other-signature", claims, at(-time.Minute), at(2*time.Hour)), "server", "a newer token"},
		{"nobody knows what time it was", old, jwt("other-signature", claims, at(-time.Minute), at(2*time.Hour)), "none",
			"claims.exp - 1790859600 (2026-10-01 13:00:00Z, the request has no time) + 1790863200 (2026-10-01 14:00:00Z, the request has no time)"},
		{"not yet valid", jwt("first-signature", `{"nbf":%d}`, at(-time.Hour)), jwt("other-signature", `{"nbf":%d}`, at(time.Hour)), "recorder",
			"claims.nbf - 1790852400 (2026-10-01 11:00:00Z, 1 h 0 min before the request) + 1790859600 (2026-10-01 13:00:00Z, 1 h 0 min after the request)"},
		{"valid from now on", jwt("first-signature", `{"nbf":%d}`, at(-time.Hour)), jwt("other-signature", `{"nbf":%d}`, at(0)), "recorder", "a newer token"},
		{"another audience", jwt("first-signature", `{"aud":"a.test","exp":%d}`, at(time.Hour)),
			jwt("other-signature", `{"aud":"b.test","exp":%d}`, at(2*time.Hour)), "recorder", "claims.aud a.test → b.test"},
		{"no end any more", jwt("first-signature", `{"a":1,"exp":%d}`, at(time.Hour)), jwt("other-signature", `{"a":1}`), "recorder", "claims.exp removed"},
		{"a claim came", jwt("first-signature", `{"a":1}`), jwt("other-signature", `{"a":1,"scope":"read"}`), "recorder", "claims.scope added read"},
		{"the signature alone: a token that was changed by hand, or another key", old, strings.Replace(old, "first", "other", 1), "recorder",
			"signature ‹signature 1› → ‹signature 2›"},
		{"a time beyond the calendar", jwt("first-signature", `{"exp":1e300}`), jwt("other-signature", `{"exp":2e300}`), "recorder", "claims.exp 1e300 → 2e300"},
		{"a time that is no number", jwt("first-signature", `{"exp":"soon"}`), jwt("other-signature", `{"exp":"late"}`), "recorder", "claims.exp soon → late"},
	} {
		got := tokenText(t, tt.ok, tt.bad, tt.clock)
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s:\n got %s\nwant %s", tt.reason, got, tt.want)
		}
		if strings.Contains(tt.want, "newer") && strings.Contains(got, "claims.") {
			t.Errorf("%s: a line and claims:\n%s", tt.reason, got)
		}
	}
}

// tokenText is the report on one line.
func tokenText(t *testing.T, okToken, badToken, clock string) string {
	t.Helper()
	capture := func(token string, status int) *traffic.Capture {
		x := &traffic.Exchange{
			Request:  traffic.Request{Method: "GET", URL: "https://a.test/", Header: traffic.Header{{Name: "Authorization", Value: "Bearer " + token}}},
			Response: &traffic.Response{Status: status},
		}
		switch clock {
		case "recorder":
			x.Recorded.Started = traffic.Timestamp{Time: noon, Text: "noon"}
		case "server":
			x.Response.Header = traffic.Header{{Name: "Date", Value: noon.Format("Mon, 02 Jan 2006 15:04:05 GMT")}}
		}
		return &traffic.Capture{Exchanges: []*traffic.Exchange{x}}
	}
	var b bytes.Buffer
	c := diff.Compare(capture(okToken, 200), capture(badToken, 401), diff.Options{})
	if err := Diff(&b, c, undiagnosed, &mask.Masker{}, DiffOptions{Terminal: Terminal{Width: 120}}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
