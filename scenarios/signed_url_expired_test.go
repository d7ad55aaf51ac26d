package scenarios

import (
	"fmt"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestSignedURLExpired(t *testing.T) {
	link := func(signed time.Time, status int, body string) *traffic.Exchange {
		return answeredWith(exchangeOf("GET", "https://files.depot.test/b/k?X-Amz-Date="+signed.Format(basicISO)+"&X-Amz-Expires=600&X-Amz-Signature="+fmt.Sprintf("%064x", signed.Unix())),
			status, "application/xml", body)
	}
	own := func(ends time.Time, status int) *traffic.Exchange {
		return answeredWith(exchangeOf("GET", fmt.Sprintf("https://cdn.depot.test/a.zip?expires=%d&md5=%022d", ends.Unix(), ends.Unix())), status, "", "")
	}
	judgeTokens(t, "signed-url-expired", []tokenCase{
		{"an hour late", steps(link(monday, 200, "")), steps(link(tuesday.Add(-time.Hour), 403, "")), "decisive"},
		{"a link of an own make, 410", steps(own(monday.Add(time.Hour), 200)), steps(own(tuesday.Add(-time.Hour), 410)), "decisive"},
		{"the capture alone", nil, steps(link(tuesday.Add(-time.Hour), 403, "")), "decisive"},
		{"the words of S3", steps(link(monday, 200, "")), steps(link(tuesday.Add(-time.Hour), 403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")), "decisive"},
		{"still good", steps(link(monday, 200, "")), steps(link(tuesday, 403, "")), "out"},
		{"a server that takes old links", steps(own(monday.Add(-time.Hour), 200)), steps(own(tuesday.Add(-time.Hour), 403)), "weak"},
		{"over, and the server broke", steps(link(monday, 200, "")), steps(link(tuesday.Add(-time.Hour), 502, "")), "weak"},
	})
}
