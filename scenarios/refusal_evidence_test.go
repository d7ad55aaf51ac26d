package scenarios

import "testing"

// What an answer says of limits, signatures and accounts may be of the goods.
func TestWordsOfTheBusinessAreNotDecisive(t *testing.T) {
	for _, test := range []struct {
		reason string
		cause  *Cause
		status int
		body   string
		want   Strength
	}{
		{"a parcel that is too heavy", rateLimited(), 422, `{"message":"Weight limit exceeded"}`, Strong},
		{"too many requests, by a word", rateLimited(), 403, `{"message":"Request limit exceeded"}`, Decisive},
		{"somebody signed badly for a parcel", tokenSignatureInvalid(), 422, `{"message":"The recipient's invalid signature was scanned"}`, Strong},
		{"a credit line", accountDisabled(), 402, `{"message":"Account is closed for bookings"}`, Strong},
		{"a closed account", accountDisabled(), 403, `{"message":"Account is closed"}`, Decisive},
	} {
		v := &View{Decisive: -1, Good: gets(orders), Failed: getsWith(orders, appRefusal(test.status, test.body))}
		evidence := test.cause.Detect(v)
		if len(evidence) == 0 || evidence[0].Strength != test.want {
			t.Errorf("%s: got %v, want %v first", test.reason, evidence, test.want)
		}
	}
}
