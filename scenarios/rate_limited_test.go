package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestRateLimited(t *testing.T) {
	var burst []*traffic.Exchange
	for range 6 {
		burst = append(burst, gets(orders))
	}
	burst = append(burst, getsWith(orders, answered(503, "<hr><center>nginx</center>", "Server: nginx", htmlType)))
	testCause(t, rateLimited(), []causeRow{
		{"429", one(gets(orders)), one(getsWith(orders, answered(429, ""))), true},
		{"GitHub's kind: 403 with words", one(gets(orders)), one(getsWith(orders, appRefusal(403, `{"message":"You have exceeded a secondary rate limit"}`))), true},
		{"a locked account", one(gets(orders)), one(getsWith(orders, appRefusal(401, `{"message":"Too many failed attempts, account temporarily locked"}`))), true},
		{"AWS says it with 400", one(gets(orders)), one(getsWith(orders, answered(400, `{"__type":"ThrottlingException"}`, jsonType))), true},
		{"the allowance is used up", one(gets(orders)), one(getsWith(orders, answered(403, "{}", jsonType, "X-RateLimit-Remaining: 0"))), true},
		{"nginx limits with 503", append([]*traffic.Exchange{}, gets(orders), gets(orders), gets(orders), gets(orders), gets(orders), gets(orders), gets(orders)), burst, true},
		{"a 429 that is a challenge", one(gets(orders)), one(getsWith(orders, answered(429, "", "cf-mitigated: challenge"))), false},
		{"maintenance", one(gets(orders)), one(getsWith(orders, answered(503, "", "Retry-After: 3600"))), false},
		{"plenty remains", one(gets(orders)), one(getsWith(orders, answered(403, "{}", jsonType, "X-RateLimit-Remaining: 58"))), false},
	})
	testInjection(t, rateLimited(), one(gets(orders)))
}
