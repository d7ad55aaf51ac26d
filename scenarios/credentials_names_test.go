package scenarios

import "testing"

func TestNamesOfCredentials(t *testing.T) {
	const session, csrf, header, nothing = "session", "csrf", "key header", ""
	rows := []struct{ name, want, reason string }{
		{"X-Api-Key", header, "the usual name"},
		{"X_API_KEY", header, "underscores"},
		{"DD-APPLICATION-KEY", header, "a vendor's"},
		{"X-Acme-Token", header, "a header that ends in token is a token, whoever Acme is"},
		{"X-Forwarded-Authorization", header, "a copy that a proxy makes"},
		{"X-RapidAPI-Key", header, "case splits words"},
		{"Sec-WebSocket-Key", nothing, "part of the handshake, RFC 6455"},
		{"Idempotency-Key", nothing, "no key to anything"},
		{"Postman-Token", nothing, "made up for each request"},
		{"Surrogate-Key", nothing, "names what a cache purges"},
		{"X-Author", nothing, "author is not auth"},
		{"X-Next-Page-Token", nothing, "turns a page"},
		{"X-Amz-Server-Side-Encryption-Customer-Key", nothing, "encrypts, admits nobody"},
		{"X-CSRFToken", csrf, "Django"},
		{"CSRFToken", csrf, "the T begins a word"},
		{"__RequestVerificationToken", csrf, "ASP.NET"},
		{"csrfmiddlewaretoken", csrf, "Django's form"},
		{"X-WP-Nonce", csrf, "WordPress"},
		{"JSESSIONID", session, "servlets"},
		{"connect.sid", session, "Express"},
		{"ASPSESSIONIDQATDCSTT", session, "classic ASP appends letters"},
		{"MRHSession", session, "F5"},
		{"__Host-sid", session, "a prefix hides no name"},
		{"CFTOKEN", session, "ColdFusion"},
		{"sidebar_collapsed", nothing, "begins with sid and is a preference"},
		{"__Host-theme", nothing, "a prefix makes no session"},
		{".AspNetCore.Culture", nothing, "a language"},
		{"session_language", nothing, "a language of a session"},
		{"_ga_ABC", nothing, "counts visitors"},
	}
	for _, row := range rows {
		got := nothing
		switch {
		case isCSRFName(row.name):
			got = csrf
		case isKeyHeader(row.name):
			got = header
		case isSessionName(row.name):
			got = session
		}
		if got != row.want {
			t.Errorf("%s is %q, want %q: %s", row.name, got, row.want, row.reason)
		}
	}
}

func TestCredentialsOfRequests(t *testing.T) {
	rows := []struct {
		line    string
		request []string
		want    []CredentialKind
		reason  string
	}{
		{"GET https://maps.example/geo?key=A1zaQ9x7Kc2m&q=Rome", nil, []CredentialKind{APIKey}, "a bare key in a query"},
		{"GET https://shop.example/list?key=name", nil, nil, "a sort key is a word"},
		{"GET https://shop.example/", []string{"Cookie: logged_in=yes; _ga=GA1.2.83629465.1700000000; theme=dark"}, nil, "flags and counters open no door"},
		{"GET https://shop.example/", []string{"Cookie: S=x8Kq2mZp0Lr7vN3t"}, []CredentialKind{SessionCookie}, "a random value under a name that says nothing"},
		{"GET https://api.example/", []string{"Authorization: ‹jwt 1›"}, []CredentialKind{Authorization}, "a masked token has no scheme, for all its space"},
	}
	for _, row := range rows {
		var got []CredentialKind
		for _, c := range CredentialsOf(&asked(row.line, row.request, nil).Request) {
			got = append(got, c.Kind)
			if c.Scheme != "" && isMasked(c.Value) {
				t.Errorf("%s: a scheme was made of a masked token", row.reason)
			}
		}
		if len(got) != len(row.want) || len(got) > 0 && got[0] != row.want[0] {
			t.Errorf("%s: got %v, want %v: %s", row.line, got, row.want, row.reason)
		}
	}
}
