package browser

import "testing"

func TestFetchMetadata(t *testing.T) {
	shop := Origin{"https", "www.shop.test", 443}
	for _, row := range []struct {
		context FetchContext
		want    string // Site, empty for no fields
		user    string
		reason  string
	}{
		{FetchContext{Initiator: shop, URLs: []string{"https://www.shop.test/x"}}, "same-origin", "", "own origin"},
		{FetchContext{Initiator: shop, URLs: []string{"https://api.shop.test/x"}}, "same-site", "", "same registrable domain"},
		{FetchContext{Initiator: shop, URLs: []string{"https://www.shop.test:8443/x"}}, "same-site", "", "ports do not part sites"},
		{FetchContext{Initiator: shop, URLs: []string{"https://partner.example/x"}}, "cross-site", "", "another site"},
		{FetchContext{Initiator: Origin{"http", "www.shop.test", 80}, URLs: []string{"https://www.shop.test/x"}}, "cross-site", "", "sites have a scheme"},
		{FetchContext{Initiator: shop, URLs: []string{"https://partner.example/x", "https://www.shop.test/y"}}, "cross-site", "", "the whole redirect chain counts"},
		{FetchContext{Initiator: shop, URLs: []string{"https://api.shop.test/x", "https://www.shop.test/y"}}, "same-site", "", "the worst of the chain"},
		{FetchContext{Initiator: Origin{}, URLs: []string{"https://www.shop.test/y"}}, "cross-site", "", "an opaque initiator is of no site"},
		{FetchContext{User: true, Mode: ModeNavigate, Dest: "document", URLs: []string{"https://www.shop.test/"}}, "none", "?1", "typed"},
		{FetchContext{Initiator: shop, Mode: ModeNavigate, Activated: true, Dest: "document", URLs: []string{"https://partner.example/"}}, "cross-site", "?1", "a click"},
		{FetchContext{Initiator: shop, URLs: []string{"http://www.shop.test/"}}, "", "", "not to an insecure target"},
		{FetchContext{Initiator: Origin{"http", "localhost", 3000}, URLs: []string{"http://localhost:8080/"}}, "same-site", "", "localhost is trustworthy"},
		{FetchContext{Initiator: Origin{"https", "a.github.io", 443}, URLs: []string{"https://b.github.io/"}}, "cross-site", "", "a public suffix parts them"},
		{FetchContext{Initiator: Origin{"https", "192.0.2.1", 443}, URLs: []string{"https://192.0.2.2/"}}, "cross-site", "", "addresses have no domain"},
	} {
		fields := FetchMetadata(row.context)
		site, _ := fields.get("Sec-Fetch-Site")
		user, _ := fields.get("Sec-Fetch-User")
		if site != row.want || user != row.user {
			t.Errorf("%+v: site %q user %q, want %q %q: %s", row.context, site, user, row.want, row.user, row.reason)
		}
	}
}
