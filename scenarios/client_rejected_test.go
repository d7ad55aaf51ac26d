package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// Which exchange fails is not asked here: requests that an ad blocker takes
// for beacons count as nothing.
func TestClientRejectedByAnExtension(t *testing.T) {
	v := &View{Decisive: -1, Failed: asked("GET "+orders, nil, &traffic.Response{Error: "net::ERR_BLOCKED_BY_CLIENT"})}
	if got := v.heard(Decisive, "client-rejected", ""); len(got) != 1 || got[0].Strength != Decisive {
		t.Errorf("the browser's own word is not heard: %v", got)
	}
}

func TestClientRejected(t *testing.T) {
	version := func(v string, r *traffic.Response) []*traffic.Exchange {
		x := getsWith(orders, r, "X-Client-Version: "+v)
		return one(x)
	}
	blocked := &traffic.Response{Error: "net::ERR_BLOCKED_BY_CLIENT"}
	handshake := func(url string, r *traffic.Response, last *traffic.Response) []*traffic.Exchange {
		return []*traffic.Exchange{asked("POST "+url, []string{jsonType}, r), getsWith(orders, last)}
	}
	testCause(t, clientRejected(), []causeRow{
		{"an ad blocker stops what the app needs first", handshake("https://id.shop.example/v1/handshake", goodAnswer(), goodAnswer()), handshake("https://id.shop.example/v1/handshake", blocked, answered(403, "")), true},
		{"an ad blocker stops a stranger", handshake("https://ads.other.example/v1/handshake", goodAnswer(), goodAnswer()), handshake("https://ads.other.example/v1/handshake", blocked, answered(403, "")), false},
		{"an ad blocker stops a beacon of the site", handshake("https://www.shop.example/telemetry", goodAnswer(), goodAnswer()), handshake("https://www.shop.example/telemetry", blocked, answered(403, "")), false},
		{"426", one(gets(orders)), one(getsWith(orders, answered(426, ""))), true},
		{"an old version and a word about it", version("9.1", goodAnswer()), version("7.0", appRefusal(400, `{"code":"CLIENT_TOO_OLD","message":"minimum supported version is 8"}`)), true},
		{"an old version, a mute 403", version("9.1", goodAnswer()), version("7.0", answered(403, "")), true},
		{"GitHub wants a name", one(gets(orders)), one(getsWith(orders, answered(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header", htmlType))), true},
		{"the server wants TLS", one(gets(orders)), one(getsWith(orders, answered(426, "", "Upgrade: TLS/1.2, HTTP/1.1"))), false},
		{"an old version that is not what the token lacks", version("9.1", goodAnswer()), version("7.0", appRefusal(401, `{"error":"jwt expired"}`)), false},
		{"the version of something else", one(gets(orders)), one(getsWith(orders, appRefusal(400, `{"message":"document schema version 41 is not supported by this node"}`))), false},
		{"a version of the app, named as such", one(gets(orders)), one(getsWith(orders, appRefusal(400, `{"message":"app version 5.0 is not supported"}`))), true},
		{"a plan is to be upgraded", one(gets(orders)), one(getsWith(orders, appRefusal(403, `{"message":"Please upgrade your plan"}`))), false},
	})
	testInjection(t, clientRejected(), version("9.1", goodAnswer()))
}
