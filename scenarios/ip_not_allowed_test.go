package scenarios

import "testing"

func TestIPNotAllowed(t *testing.T) {
	testCause(t, ipNotAllowed(), []causeRow{
		{"words about the address", one(gets(orders)), one(getsWith(orders, appRefusal(403, `{"message":"The IP address 203.0.113.9 is not on the allow list of this organization"}`))), true},
		{"words about ranges of addresses", one(gets(orders)), one(getsWith(orders, appRefusal(403, `{"message":"203.0.113.9 is outside the permitted IP ranges"}`))), true},
		{"words about the VPN", one(gets(orders)), one(getsWith(orders, answered(403, "Please connect to the corporate VPN", "Content-Type: text/plain"))), true},
		{"nginx's deny, nothing changed", one(gets(orders)), one(getsWith(orders, answered(403, "<center><h1>403 Forbidden</h1></center><hr><center>nginx</center>", "Server: nginx", htmlType))), true},
		{"a code of Google", one(gets(orders)), one(getsWith(orders, answered(403, `{"error":{"details":[{"reason":"API_KEY_IP_ADDRESS_BLOCKED"}]}}`, jsonType))), true},
		{"a country is no address", one(gets(orders)), one(getsWith(orders, appRefusal(403, `{"message":"not available in your country"}`))), false},
		{"a challenge", one(gets(orders)), one(getsWith(orders, answered(401, nginxPage, `WWW-Authenticate: Basic realm="x"`))), false},
		{"a firewall that prints the address", one(gets(orders)), one(getsWith(orders, answered(403, "<h1>Sorry, you have been blocked</h1><p>Cloudflare Ray ID: 1</p><p>Your IP: 203.0.113.9</p>", htmlType, "cf-ray: 1"))), false},
		{"the app's own 403", one(gets(orders)), one(getsWith(orders, appRefusal(403, `{"error":"forbidden"}`))), false},
	})
	testInjection(t, ipNotAllowed(), one(gets(orders)))
}
