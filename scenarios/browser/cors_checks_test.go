package browser

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCORSChecks(t *testing.T) {
	page := Origin{Scheme: "https", Host: "app.shop.test", Port: 443}
	put := CORSRequest{Origin: page, Method: "PUT", URL: "https://api.shop.test/cart?n=1", Header: Fields{{"X-Cart", "1"}}}
	leave := func(fields ...Field) *CORSAnswer {
		return &CORSAnswer{Status: 204, Header: append(Fields{{"Access-Control-Allow-Origin", page.String()}}, fields...)}
	}
	all := leave(Field{"Access-Control-Allow-Methods", "PUT"}, Field{"Access-Control-Allow-Headers", "x-cart"})
	with := put
	with.Credentials = CredentialsInclude
	for _, test := range []struct {
		reason  string
		request CORSRequest
		hop     CORSHop
		want    []string
	}{
		{"a method that the preflight does not allow ends it; what the answer says does not count any more", put,
			CORSHop{Preflight: leave(), Answer: *all},
			[]string{"passed request ", "passed preflight preflight-redirect", "passed preflight allow-origin-mismatch", "passed preflight preflight-status",
				"passed preflight allow-methods-syntax", "passed preflight allow-headers-syntax", "failed preflight method-not-allowed",
				"not reached preflight header-not-allowed", "not reached answer allow-origin-mismatch"}},
		{"what failed is named by its own rule, not by the rule that it is a case of", CORSRequest{Origin: page, URL: "https://api.shop.test/"},
			CORSHop{Answer: CORSAnswer{Status: 200}}, []string{"passed request ", "failed answer allow-origin-missing"}},
		{"with credentials there is one rule more", with,
			CORSHop{Preflight: all, Answer: *all},
			[]string{"passed request ", "passed preflight preflight-redirect", "passed preflight allow-origin-mismatch", "failed preflight allow-credentials",
				"not reached preflight preflight-status", "not reached preflight allow-methods-syntax", "not reached preflight allow-headers-syntax",
				"not reached preflight method-not-allowed", "not reached preflight header-not-allowed",
				"not reached answer allow-origin-mismatch", "not reached answer allow-credentials"}},
		{"what is refused before anything is sent reaches no other rule", CORSRequest{Origin: page, URL: "http://api.shop.test/"},
			CORSHop{}, []string{"failed request mixed-content", "not reached answer allow-origin-mismatch"}},
		{"the page's own origin has no CORS", CORSRequest{Origin: page, URL: "https://app.shop.test/"}, CORSHop{Answer: CORSAnswer{Status: 200}}, nil},
	} {
		v := Decide(test.request, []CORSHop{test.hop}, Chromium)
		var got []string
		for _, c := range v.Checks() {
			got = append(got, []string{"passed", "failed", "not reached"}[c.State]+" "+string(c.Stage)+" "+string(c.Rule))
			if c.Asks == "" {
				t.Errorf("%s: %s asks for nothing", test.reason, c.Rule)
			}
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", test.reason, d)
		}
	}
}

// TestCORSChecksFail: of every decision that refuses, one rule failed, and it is
// the one that the verdict names; of one that allows, none.
func TestCORSChecksFail(t *testing.T) {
	page := Origin{Scheme: "https", Host: "app.shop.test", Port: 443}
	answers := []CORSAnswer{
		{Status: 200}, {Status: 401}, {Status: 301, Header: Fields{{"Location", "https://c.test/"}}}, {Status: 407},
		{Status: 200, Header: Fields{{"Access-Control-Allow-Origin", "*"}}},
		{Status: 200, Header: Fields{{"Access-Control-Allow-Origin", page.String()}, {"Access-Control-Allow-Methods", "(("}, {"Access-Control-Allow-Credentials", "true"}}},
		{Status: 200, Header: Fields{{"Access-Control-Allow-Origin", page.String()}, {"Access-Control-Allow-Methods", "*"}, {"Access-Control-Allow-Headers", "*"}}},
	}
	for _, url := range []string{"https://api.shop.test/", "http://api.shop.test/", "https://api.shop.test:25/", "https://u:p@api.shop.test/", "::"} {
		for _, method := range []string{"GET", "PUT", "TRACE"} {
			for _, credentials := range []FetchCredentials{CredentialsSameOrigin, CredentialsInclude} {
				for _, preflight := range answers {
					for _, answer := range answers {
						v := Decide(CORSRequest{Origin: page, Method: method, URL: url, Credentials: credentials}, []CORSHop{{&preflight, answer}}, Chromium)
						var failed []CORSRule
						for _, c := range v.Checks() {
							if c.State == CheckFailed {
								failed = append(failed, c.Rule)
							}
						}
						if want := slices.DeleteFunc([]CORSRule{v.Rule}, func(r CORSRule) bool { return r == "" }); !slices.Equal(want, failed) {
							t.Errorf("%s %s: the verdict names %q, the checks %q", method, url, v.Rule, failed)
						}
					}
				}
			}
		}
	}
}
