package scenarios

import "testing"

func TestForwardedHeadersMissing(t *testing.T) {
	page, plain := "https://www.shop.example/account", "http://www.shop.example/account"
	testCause(t, forwardedHeadersMissing(), []causeRow{
		{"a redirect to an inner host", one(gets(page)), one(getsWith(page, answered(302, "", "Location: http://shop-web:3000/login"))), true},
		{"a redirect to the app's port", one(gets(page)), one(getsWith(page, answered(302, "", "Location: https://www.shop.example:8080/login"))), true},
		{"a redirect_uri with http", one(gets(page)), one(getsWith(page, answered(302, "", "Location: https://id.example/login?redirect_uri=http%3A%2F%2Fwww.shop.example%2Fcb"))), true},
		{"Django's origin check fails on the own origin", one(gets(page)), one(getsWith(page, answered(403, "CSRF verification failed. Request aborted. Origin checking failed - https://www.shop.example does not match any trusted origins.", htmlType), "Origin: https://www.shop.example")), true},
		{"an origin check fails on the own origin, without TLS", one(gets(plain)), one(getsWith(plain, answered(403, "Origin checking failed: the request comes from another site.", htmlType), "Origin: http://www.shop.example")), true},
		{"an origin check fails on another origin", one(gets(plain)), one(getsWith(plain, answered(403, "Origin checking failed: the request comes from another site.", htmlType), "Origin: http://blog.example")), false},
		{"a redirect to the identity provider", one(gets(page)), one(getsWith(page, answered(302, "", "Location: https://id.example/login?redirect_uri=https%3A%2F%2Fwww.shop.example%2Fcb"))), false},
		{"an inner service called by its inner name", one(gets("http://web:3000/a")), one(getsWith("http://web:3000/a", answered(302, "", "Location: http://web:3000/login"))), false},
		{"the app refuses", one(gets(page)), one(getsWith(page, appRefusal(403, `{}`))), false},
	})
	testInjection(t, forwardedHeadersMissing(), one(gets(page)))
}
