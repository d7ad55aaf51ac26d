package scenarios

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

func TestTwoCurlLines(t *testing.T) {
	const token = "4f2a9c7715de40b8a1c6d2f09e3b7a55"
	const works = "curl 'https://billing.aster.example/v2/invoices?month=7' -H 'Authorization: Bearer " + token + "' -H 'Accept: application/json'"
	for _, test := range []struct {
		old, new string
		want     string // "" no cause
		reason   string
	}{
		{"Bearer ", "", "missing-bearer-prefix", "the same token stands alone"},
		{"Bearer " + token, "Bearer null", "malformed-authorization", "a variable that was never set"},
		{"Bearer " + token, "Basic c3ZjOnNlY3JldA==", "wrong-auth-scheme", "a password where a token was"},
		{" -H 'Authorization: Bearer " + token + "'", "", "missing-credentials", "nothing stands in for it"},
		{"Authorization: Bearer ", "X-Api-Key: ", "api-key-misplaced", "the same value in another field"},
		{"/v2/", "/v2//", "wrong-path", "a base URL that ends in a slash"},
		{"billing.aster", "billing-dev.aster", "wrong-host", "another deployment"},
		{"curl '", "curl -X DELETE '", "wrong-method", "another method at the same address"},
		{"application/json", "text/plain", "", "every client asks for another type"},
		{"-H 'Accept", "-A probe/2 -H 'X-Request-Id: 81' -H 'Accept", "", "noise of each call"},
		{"curl", "curl --compressed", "", "an option of the transfer"},
		{"", "", "", "the same line"},
	} {
		t.Run(test.want+", "+test.reason, func(t *testing.T) {
			d := Diagnose(diff.Compare(readCurl(t, works), readCurl(t, strings.Replace(works, test.old, test.new, 1)), diff.Options{}))
			switch {
			case test.want == "" && len(d.Findings) > 0:
				t.Errorf("got %s, want nothing", verdict(d))
			case test.want == "":
			case len(d.Findings) == 0 || d.Findings[0].Cause.ID != test.want:
				t.Errorf("got %s, want %s", verdict(d), test.want)
			case d.Findings[0].Confidence > ceilingStrong:
				t.Errorf("%s: nobody saw an answer, want %.2f at most", verdict(d), ceilingStrong)
			}
		})
	}
}

func readCurl(t *testing.T, line string) *traffic.Capture {
	t.Helper()
	c, err := traffic.Read(strings.NewReader(line), "line.curl", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
