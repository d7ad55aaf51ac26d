package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

func TestProxyAuthDenied(t *testing.T) {
	testCause(t, proxyAuthDenied(), []causeRow{
		{"nginx asks for Basic where the app took a token", one(gets(orders)), one(getsWith(orders, answered(401, nginxPage, "Server: nginx", `WWW-Authenticate: Basic realm="staging"`))), true},
		{"a forward proxy wants a login", one(gets(orders)), one(getsWith(orders, answered(407, "", `Proxy-Authenticate: Basic realm="corp"`))), true},
		{"Chromium could not build the tunnel", one(gets(orders)), one(getsWith(orders, &traffic.Response{Error: "net::ERR_TUNNEL_CONNECTION_FAILED"})), true},
		{"Envoy's authorization filter", one(gets(orders)), one(getsWith(orders, answered(403, "RBAC: access denied", "server: envoy", "content-type: text/plain"))), true},
		{"the app refuses a token", one(gets(orders)), one(getsWith(orders, appRefusal(401, `{"error":"jwt expired"}`))), false},
		{"a firewall's page has no challenge", one(gets(orders)), one(getsWith(orders, answered(403, haproxyPage+"Request blocked by web application firewall", htmlType))), false},
		{"the client left the key out, and the gateway says so", one(asked("GET "+orders, []string{"X-Api-Key: 3f9a8b7c6d5e4f3a2b1c"}, goodAnswer())),
			one(asked("GET "+orders, nil, answered(401, `{"message":"No API key found in request"}`, jsonType, "X-Kong-Response-Latency: 0"))), false},
		{"nginx is out of upstreams", one(gets(orders)), one(getsWith(orders, answered(502, "<hr><center>nginx</center>", "Server: nginx"))), false},
		{"nginx served the file and guards it itself now, the password is another",
			one(asked("GET https://a.example/m.pdf", []string{"Authorization: Basic dTpwYXNz"}, answered(200, "%PDF", "Server: nginx"))),
			one(asked("GET https://a.example/m.pdf", []string{"Authorization: Basic dTpvdGhlcg=="}, answered(401, nginxPage, "Server: nginx", `WWW-Authenticate: Basic realm="m"`))), false},
	})
	testInjection(t, proxyAuthDenied(), one(gets(orders)))
}
