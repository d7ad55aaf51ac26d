package correlate

import "testing"

func TestWorth(t *testing.T) {
	for _, row := range []struct {
		value  string
		want   worth
		reason string
	}{
		{"true", common, "a flag"},
		{"application/vnd.api+json", common, "a media type"},
		{"en-US", common, "a language"},
		{"2026-11-23T10:15:00.123Z", common, "a time"},
		{"20261123T101500Z", common, "a time"},
		{"1795428000123", common, "milliseconds"},
		{"192.168.17.104", common, "an address"},
		{"1.10.3", common, "a version"},
		{"00000000-0000-0000-0000-000000000000", common, "no UUID"},
		{"summer-sale-2026-collection-part-2", common, "a slug"},
		{"getUserProfileInformationById", common, "camelCase"},
		{"urn:ietf:params:oauth:grant-type:jwt-bearer", common, "words"},
		{"internationalization", common, "a long word"},
		{"node-17.eu-west-1.example", common, "a host"},
		{"kim.1984@mail.example", common, "an address"},
		{"Two lamps 7f3a9c2e41d8b605", common, "a sentence"},
		{"0000000000000000", common, "no number"},
		{"1043", id, "a number"},
		{"ord_1043", id, "a number with a prefix"},
		{"3f9a2b1c", id, "8 hex digits are equal by chance now and then"},
		{"6fa459ea-ee8a-3ca4-894e-db77e160355e", random, "a UUID"},
		{"SplxlOBeZQQYbYS6WxSbIA", random, "a code"},
		{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", random, "a JWT"},
		{"V1StGXR8_Z5jdHi6B-myT", random, "a nanoid"},
		{"1846290145508139008", random, "a snowflake"},
		{"kqzvbnmwxrtplkjhgfds", random, "letters that nobody can speak"},
		{"xpaEspAkqaFipRkLoTqUm", random, "too many capitals for camelCase"},
	} {
		if got := worthOf(row.value); got != row.want {
			t.Errorf("%q: %d, want %d (%s; %.0f bits)", row.value, got, row.want, row.reason, bits(row.value))
		}
	}
}

func TestAgree(t *testing.T) {
	place := func(part, name string) *spot { return root("x").child(part, name) }
	segment := func(before string) *spot {
		s := place("", before)
		s.segment = true
		return s
	}
	for _, row := range []struct {
		from   *spot
		url    string
		to     *spot
		want   accord
		reason string
	}{
		{place("/id", "id"), "/api/v1/orders", segment("orders"), same, "a bare id is of its collection"},
		{place("/id", "id"), "/api/v1/orders/create", place("/order_id", "order_id"), same, "a verb is no collection"},
		{place("/purchaseOrderId", "purchaseOrderId"), "/x", segment("orders"), same, "the last word says what it is"},
		{place("/id", "id"), "/categories", segment("category"), same, "plural"},
		{place("/id", "id"), "/users", segment("orders"), structural, "another thing"},
		{place("/order", "order"), "/x", place("/order_id", "order_id"), related, "the thing for its id"},
		{place("/page", "page"), "/x", place("/page", "page"), structural, "a plain name says nothing"},
		{place("", "csrf-token"), "/x", place("", "X-XSRF-Token"), related, "of one kin"},
		{place("", "X-CSRF-Token"), "/x", place("", "csrf_token"), same, "of one name"},
		{place("/access_token", "access_token"), "/x", place("", "authorization"), related, "bearer"},
	} {
		if got := agree(meaningOf(row.from, row.url), meaningOf(row.to, "/y")); got != row.want {
			t.Errorf("%s: %d, want %d", row.reason, got, row.want)
		}
	}
}
