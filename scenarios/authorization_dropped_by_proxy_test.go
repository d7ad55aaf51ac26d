package scenarios

import "testing"

func TestAuthorizationDroppedByProxy(t *testing.T) {
	testCause(t, authorizationDroppedByProxy(), []causeRow{
		{"the app has not seen the token", one(gets(orders)), one(getsWith(orders, appRefusal(401, `{"message":"Missing Authorization Header"}`))), true},
		{"a server that explains itself sends no error=", one(gets(orders)), one(getsWith(orders, answered(401, "", "WWW-Authenticate: Bearer", "Server: Kestrel"))), true},
		{"a cache is new on the way", one(gets(orders)), one(getsWith(orders, answered(401, `{"detail":"Authentication credentials were not provided."}`, jsonType, "Via: 1.1 varnish"))), true},
		{"the token was read", one(gets(orders)), one(getsWith(orders, appRefusal(401, `{"message":"invalid token"}`))), false},
		{"the client sent none", one(gets(orders)), one(asked("GET "+orders, nil, appRefusal(401, `{"message":"no token provided"}`))), false},
		{"the client sent it bare", one(gets(orders)), one(asked("GET "+orders, []string{"Authorization: tok_6f1c9b7e2a"}, appRefusal(401, `{"message":"no token provided"}`))), false},
		{"another scheme, that the server does not know", one(gets(orders)), one(asked("GET "+orders, []string{"Authorization: Token tok_6f1c9b7e2a"}, appRefusal(401, `{"message":"no token provided"}`))), false},
		{"an opaque token and a word that servers say of dead ones, too", one(gets(orders)), one(getsWith(orders, appRefusal(401, `{"message":"Unauthenticated."}`))), false},
		{"a mute refusal", one(gets(orders)), one(getsWith(orders, answered(401, ""))), false},
	})
	testInjection(t, authorizationDroppedByProxy(), one(gets(orders)), Mute)
}
