package scenarios

import "testing"

func TestBotChallenge(t *testing.T) {
	testCause(t, botChallenge(), []causeRow{
		{"a vendor's field", one(gets(orders)), one(getsWith(orders, answered(403, "", "cf-mitigated: challenge"))), true},
		{"AWS WAF with 405", one(gets(orders)), one(getsWith(orders, answered(405, "", "x-amzn-waf-action: captcha"))), true},
		{"words on a page", one(gets(orders)), one(getsWith(orders, answered(429, "<h1>Please verify you are human</h1>", htmlType))), true},
		{"DataDome's script", one(gets(orders)), one(getsWith(orders, answered(403, `<script src="https://ct.captcha-delivery.com/c.js"></script>`, htmlType, "x-datadome: protected"))), true},
		{"a rate", one(gets(orders)), one(getsWith(orders, answered(429, "Too Many Requests"))), false},
		{"a second factor", one(gets(orders)), one(getsWith(orders, appRefusal(401, `{"error":"mfa_required"}`))), false},
		{"a firewall's block", one(gets(orders)), one(getsWith(orders, answered(403, "<h1>Sorry, you have been blocked</h1>", htmlType))), false},
	})
	testInjection(t, botChallenge(), one(gets(orders)))
}
