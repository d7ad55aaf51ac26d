package scenarios

import "testing"

func TestProxyRewrite(t *testing.T) {
	testCause(t, proxyRewrite(), []causeRow{
		{"Express names the path without the prefix", one(gets(orders)), one(getsWith(orders, answered(404, "<pre>Cannot GET /orders</pre>", htmlType))), true},
		{"Spring names it with one more", one(gets(orders)), one(getsWith(orders, answered(404, `{"timestamp":"x","status":404,"error":"Not Found","path":"/backend/v1/orders"}`, jsonType))), true},
		{"a default site", one(gets(orders)), one(getsWith(orders, answered(404, "<h1>Welcome to nginx!</h1>", htmlType))), true},
		{"the path is the one that was asked for", one(gets(orders)), one(getsWith(orders, answered(404, "<pre>Cannot GET /v1/orders</pre>", htmlType))), false},
		{"the client asked for another path", one(gets(orders)), one(getsWith("https://api.shop.example/v2/orders", answered(404, "<pre>Cannot GET /orders</pre>", htmlType))), false},
		{"a problem names its instance", one(gets(orders)), one(getsWith(orders, answered(403, `{"title":"Forbidden","instance":"/errors/4711"}`, jsonType))), false},
	})
	testInjection(t, proxyRewrite(), one(gets(orders)), Mute)
}
