package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff"
)

// TestMadeAnew: what a scheme makes up for each request is no difference; whose
// key or password it is, is one.
func TestMadeAnew(t *testing.T) {
	const (
		aws    = "AWS4-HMAC-SHA256 Credential="
		signed = "/us-west-2/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature="
		first  = "1f0e5a6c9d8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a29"
		second = "9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b"
		digest = `Digest username="kim", realm="store", uri="/v1/items", qop=auth, algorithm=SHA-256, `
	)
	tests := []struct {
		reason  string
		ok, bad []string
		want    bool
	}{
		{"the same request signed on another day",
			[]string{"Authorization: " + aws + "AKIDONE/20260105" + signed + first, "X-Amz-Date: 20260105T101500Z"},
			[]string{"Authorization: " + aws + "AKIDONE/20260303" + signed + second, "X-Amz-Date: 20260303T091244Z"}, true},
		{"signed with another key",
			[]string{"Authorization: " + aws + "AKIDONE/20260105" + signed + first, "X-Amz-Date: 20260105T101500Z"},
			[]string{"Authorization: " + aws + "AKIDTWO/20260105" + signed + second, "X-Amz-Date: 20260105T103000Z"}, false},
		{"signed for another region",
			[]string{"Authorization: " + aws + "AKIDONE/20260105" + signed + first, "X-Amz-Date: 20260105T101500Z"},
			[]string{"Authorization: " + aws + "AKIDONE/20260105/eu-west-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + second, "X-Amz-Date: 20260105T103000Z"}, false},
		{"the answer to another nonce",
			[]string{"Authorization: " + digest + `nonce="aa11", cnonce="c1", nc=00000001, response="` + first + `"`},
			[]string{"Authorization: " + digest + `nonce="bb22", cnonce="c2", nc=00000002, response="` + second + `"`}, true},
		{"the next handshake",
			[]string{"Authorization: NTLM TlRMTVNTUAADAAAAGAAYAIIAAAAYABgAmgAAAAgACABYAAAAq1w2"},
			[]string{"Authorization: NTLM TlRMTVNTUAADAAAAGAAYAIIAAAAYABgAmgAAAAgACABYAAAAx9y8"}, true},
		{"another field that nobody knows",
			[]string{"Authorization: NTLM TlRMTVNTUAADAAAAGAAYAIIAAAAYABgAmgAAAAgACABYAAAAq1w2", "X-Tenant: 4"},
			[]string{"Authorization: NTLM TlRMTVNTUAADAAAAGAAYAIIAAAAYABgAmgAAAAgACABYAAAAx9y8", "X-Tenant: 5"}, false},
	}
	for _, tt := range tests {
		ask := func(headers []string, status int) *take {
			x := newTake("", 0)
			x.add(talk{ask: "GET https://stock.pebble.test/v1/items", send: headers, status: status})
			return x
		}
		d := Diagnose(diff.Compare(ask(tt.ok, 200).capture, ask(tt.bad, 403).capture, diff.Options{}))
		got := len(d.Findings) > 0 && d.Findings[0].Cause.ID == "no-difference"
		if got != tt.want {
			t.Errorf("%s: no-difference is first: %v, want %v", tt.reason, got, tt.want)
		}
	}
}
