package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestRequestSignatureInvalid(t *testing.T) {
	const one, two = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
	hook := func(body, signature string, status int) *traffic.Exchange {
		x := exchangeOf("POST", "https://hooks.depot.test/in", "X-Hub-Signature-256", "sha256="+signature)
		x.Request.Body = traffic.NewBody("application/json", []byte(body))
		return answeredWith(x, status, "", "")
	}
	aws := func(path, signature, date string, status int) *traffic.Exchange {
		return answeredWith(exchangeOf("GET", "https://files.depot.test"+path, "X-Amz-Date", date, "Authorization",
			"AWS4-HMAC-SHA256 Credential=AKEX/"+date[:8]+"/eu/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature="+signature), status, "", "")
	}
	hashed := func(body string, status int) *traffic.Exchange {
		x := hook(body, one, status)
		x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "Content-Digest", Value: "sha-256=:" + "FrdSsKo8cz5O8w2d2L6EFoF3DE1hIb5OCpYFBBa8BZ0=" + ":"})
		return x
	}
	day := tuesday.Format(basicISO)
	judgeTokens(t, "request-signature-invalid", []tokenCase{
		{"the body was changed after it was signed", steps(hook(`{"a":1}`, one, 200)), steps(hook(`{"a": 1}`, one, 401)), "decisive"},
		{"the path was decoded on the way", steps(aws("/b/a%2Fb", one, day, 200)), steps(aws("/b/a/b", one, day, 403)), "decisive"},
		{"another secret over the same", steps(aws("/b/k", one, day, 200)), steps(aws("/b/k", two, day, 403)), "decisive"},
		{"another secret of a web hook", steps(hook(`{"a":1}`, one, 200)), steps(hook(`{"a":1}`, two, 401)), "strong"},
		{"the body is not what its digest says", nil, steps(hashed(`{"b":2}`, 401)), "decisive"},
		{"an old signature by a clock that is right", nil, steps(aws("/b/k", one, monday.Format(basicISO), 403)), "strong"},
		{"another body has another signature", steps(hook(`{"a":1}`, one, 200)), steps(hook(`{"a":2}`, two, 401)), ""},
		{"a broken server", steps(hook(`{"a":1}`, one, 200)), steps(hook(`{"a": 1}`, one, 502)), ""},
	})
}
