package traffic

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCookiePairs(t *testing.T) {
	for _, row := range []struct {
		reason string
		header Header
		list   []Cookie
		want   []Param
	}{
		{"no cookies", nil, nil, nil},
		{"HTTP/2 splits the field", Header{{"cookie", "a=1"}, {"cookie", "b=2"}}, nil, []Param{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}},
		{"a value may hold =", Header{{"Cookie", "a=b=c;;d"}}, nil, []Param{{Name: "a", Value: "b=c"}, {Value: "d"}}},
		{"one name twice, at two paths", Header{{"Cookie", "a=; a=2"}}, []Cookie{{Name: "a", Value: "1"}, {Name: "a", Value: "x"}},
			[]Param{{Name: "a", Value: "1"}, {Name: "a", Value: "2"}}},
		{"the second is blank, and not listed", Header{{"Cookie", "a=1; a="}}, []Cookie{{Name: "a", Value: "1"}}, []Param{{Name: "a", Value: "1"}, {Name: "a"}}},
		{"the header wins", Header{{"Cookie", "a=1"}}, []Cookie{{Name: "a", Value: "2"}, {Name: "b", Value: "3"}}, []Param{{Name: "a", Value: "1"}}},
		{"an empty header sends none", Header{{"Cookie", ""}}, []Cookie{{Name: "a", Value: "2"}}, nil},
	} {
		r := &Request{Header: row.header, Cookies: row.list}
		if diff := cmp.Diff(row.want, r.CookiePairs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
	}
}

func TestParseSetCookie(t *testing.T) {
	got := parseSetCookie(`a = "b=c" ; PATH=/x; Domain=.a.test; expires=Wed, 09-Jun-2027 10:18:14 GMT; Max-Age=5; secure; HttpOnly; samesite=lax`)
	want := Cookie{Name: "a", Value: `"b=c"`, Path: "/x", Domain: ".a.test", Expires: "Wed, 09-Jun-2027 10:18:14 GMT", SameSite: "lax", HTTPOnly: true, Secure: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want.Expires, want.SameSite = "2027-06-09T10:18:14Z", "Lax"
	if !sameCookie(want, got) {
		t.Error("the date as HAR writes it is another one")
	}
}
