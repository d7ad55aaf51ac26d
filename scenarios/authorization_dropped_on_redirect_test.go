package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestAuthorizationDroppedOnRedirect(t *testing.T) {
	hop := func(to string) *traffic.Exchange {
		return getsWith(orders, answered(302, "", "Location: "+to))
	}
	bare := func(url string) *traffic.Exchange {
		return asked("GET "+url, nil, appRefusal(401, `{"message":"Unauthorized"}`))
	}
	testCause(t, authorizationDroppedOnRedirect(), []causeRow{
		{"to another host", one(gets(orders)), []*traffic.Exchange{hop("https://eu.shop.example/v1/orders"), bare("https://eu.shop.example/v1/orders")}, true},
		{"to another port of the same host", one(gets(orders)), []*traffic.Exchange{hop("https://api.shop.example:8443/v1/orders"), bare("https://api.shop.example:8443/v1/orders")}, true},
		{"over two hops", one(gets(orders)), []*traffic.Exchange{hop("https://eu.shop.example/a"),
			asked("GET https://eu.shop.example/a", nil, answered(307, "", "Location: /v1/orders")), bare("https://eu.shop.example/v1/orders")}, true},
		{"within the origin a client keeps it: it was never there", one(gets(orders)), []*traffic.Exchange{
			asked("GET "+orders, nil, answered(302, "", "Location: /v2/orders")), bare("https://api.shop.example/v2/orders")}, false},
		{"no redirect leads here", one(gets(orders)), one(bare(orders)), false},
		{"the credential came along", one(gets(orders)), []*traffic.Exchange{hop("https://eu.shop.example/v1/orders"), getsWith("https://eu.shop.example/v1/orders", appRefusal(401, `{}`))}, false},
	})
	testInjection(t, authorizationDroppedOnRedirect(), one(gets(orders)))
}
