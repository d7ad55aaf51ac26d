package scenarios

import (
	"net/http"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestClockSkew(t *testing.T) {
	// signed is a call signed at a time by the client's clock, answered at another by the server's.
	signed := func(local, server time.Time, status int, message string) *traffic.Exchange {
		x := exchangeOf("GET", "https://files.depot.test/b/k", "X-Amz-Date", local.Format(basicISO), "Authorization",
			"AWS4-HMAC-SHA256 Credential=AKEX/"+local.Format("20060102")+"/eu/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=0123456789abcdef0123456789abcdef")
		x.Recorded.Started = traffic.Timestamp{Time: local}
		return answeredWith(x, status, "application/json", `{"message":"`+message+`"}`, "Date", server.Format(http.TimeFormat))
	}
	old := signed(tuesday.Add(-20*time.Minute), tuesday, 403, "no")
	old.Recorded.Started.Time = tuesday
	good := madeToken(t, monday)
	early := madeToken(t, tuesday, "nbf", tuesday.Add(10*time.Minute).Unix())
	skewed := calling(madeToken(t, tuesday), 401)
	skewed.Recorded.Started = traffic.Timestamp{Time: tuesday.Add(-3 * time.Hour)}
	skewed.Response.Header = append(skewed.Response.Header, traffic.HeaderField{Name: "Date", Value: tuesday.Format(http.TimeFormat)})
	judgeTokens(t, "clock-skew", []tokenCase{
		{"client slow, and signs with it", steps(signed(monday, monday, 200, "")), steps(signed(tuesday.Add(-20*time.Minute), tuesday, 403, "no")), "decisive"},
		{"client fast, the capture alone", nil, steps(signed(tuesday.Add(20*time.Minute), tuesday, 403, "no")), "decisive"},
		{"the words", steps(signed(monday, monday, 200, "")), steps(signed(tuesday, tuesday, 403, "RequestTimeTooSkewed")), "decisive"},
		{"an old signature by a clock that is right", steps(signed(monday, monday, 200, "")), steps(old), ""},
		{"signed in time", steps(signed(monday, monday, 200, "")), steps(signed(tuesday, tuesday, 403, "no")), ""},
		{"a token of the future", steps(calling(good, 200)), steps(calling(early, 401)), "decisive"},
		{"a bearer token does not care for the client's clock", steps(calling(good, 200)), steps(skewed), ""},
		{"called expired long before its end", steps(calling(good, 200)), steps(saying(madeToken(t, tuesday), 401, "jwt expired")), "strong"},
	})
}
