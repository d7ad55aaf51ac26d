package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

func loginFlow(cookie string, extra []string, carry bool, last *traffic.Response) []*traffic.Exchange {
	lines := append([]string{jsonType, "Server: nginx"}, extra...)
	if cookie != "" {
		lines = append(lines, "Set-Cookie: "+cookie)
	}
	login := asked("POST https://www.shop.example/login", []string{"Content-Type: application/json"}, answered(200, `{"ok":true}`, lines...))
	var request []string
	if carry {
		request = []string{"Cookie: sid=8d7c6b5a4f3e2d1c0b9a"}
	}
	return []*traffic.Exchange{login, asked("GET https://www.shop.example/cart", request, last)}
}

func TestTLSTermination(t *testing.T) {
	loop := func(to string) []*traffic.Exchange {
		return []*traffic.Exchange{getsWith(orders, answered(301, "", "Location: "+to)), getsWith(orders, answered(301, "", "Location: "+to)), getsWith(orders, &traffic.Response{Error: "net::ERR_TOO_MANY_REDIRECTS"})}
	}
	signed := "connect.sid=s%3A8d7c6b5a4f3e2d1c.sig; Path=/; Secure; HttpOnly"
	testCause(t, tlsTermination(), []causeRow{
		{"the same URL again and again", one(gets(orders)), loop(orders), true},
		{"express-session holds its Secure cookie back", loginFlow(signed, nil, true, goodAnswer()), loginFlow("", nil, false, appRefusal(401, `{}`)), true},
		{"a framework leaves the prefix and Secure away", loginFlow("__Secure-app.session-token=8d7c6b5a4f3e2d1c0b9a; Path=/; Secure", nil, true, goodAnswer()),
			loginFlow("app.session-token=8d7c6b5a4f3e2d1c0b9a; Path=/", nil, true, appRefusal(401, `{}`)), true},
		{"a new name of a cookie that stays Secure", loginFlow("__Secure-app.session-token=8d7c6b5a4f3e2d1c0b9a; Path=/; Secure", nil, true, goodAnswer()),
			loginFlow("app.session-token=8d7c6b5a4f3e2d1c0b9a; Path=/; Secure", nil, true, appRefusal(401, `{}`)), false},
		{"a proxy hides any Set-Cookie", loginFlow("sid=8d7c6b5a4f3e2d1c0b9a; Secure", nil, true, goodAnswer()), loginFlow("", nil, false, appRefusal(401, `{}`)), false},
		{"a redirect to the login", one(gets(orders)), one(getsWith(orders, answered(302, "", "Location: /login?next=/v1/orders"))), false},
		{"the client itself asked with http", one(gets(orders)), one(getsWith("http://api.shop.example/v1/orders", answered(403, ""))), false},
	})
	testInjection(t, tlsTermination(), one(gets(orders)))
}
