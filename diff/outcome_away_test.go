package diff

import "testing"

func TestEndsAway(t *testing.T) {
	for _, row := range []struct {
		reason, flow string
		want         int
	}{
		{"an empty capture", "", -1},
		{"a login elsewhere", "GET https://a.test/ 200\nGET https://a.test/me 302 to=https://id.test/authorize", 1},
		{"another port is another origin", "GET http://a.test:8080/ 302 to=http://a.test:9090/", 0},
		{"a place without a scheme", "GET https://a.test/ 302 to=//id.test/", 0},
		{"it came back", "GET https://a.test/ 302 to=https://id.test/\nGET https://a.test/cb 200", -1},
		{"it is recorded what came there", "GET https://a.test/ 302 to=https://id.test/\nGET https://id.test/ 200", -1},
		{"the same origin, spelled otherwise", "GET https://a.test/ 302 to=https://A.test:443/login", -1},
		{"a path", "GET https://a.test/ 302 to=/login", -1},
		{"the icon of a page does not count", "GET https://a.test/ 302 to=https://id.test/\nGET https://a.test/logo.png 200", 0},
		{"no redirect", "GET https://a.test/ 304 to=https://id.test/", -1},
		{"curl lines", "GET https://a.test/ -", -1},
		{"no way at all", "GET https://a.test/ 302 to=%zz", -1},
	} {
		if got := EndsAway(flow(t, row.flow)); got != row.want {
			t.Errorf("%s: %d, want %d", row.reason, got, row.want)
		}
	}
}

// TestFirstDivergenceGoesAway: both are sent on, one of them out of the capture.
func TestFirstDivergenceGoesAway(t *testing.T) {
	ok := flow(t, "GET https://a.test/start 200\nGET https://a.test/me 302 to=https://a.test/me/\nGET https://a.test/me/ 200")
	bad := flow(t, "GET https://a.test/start 200\nGET https://a.test/me 302 to=https://id.test/")
	a := Align(ok, bad)
	if n := FirstDivergence(ok, bad, a); n < 0 || a.Pairs[n].Bad != 1 {
		t.Errorf("got pair %d", n)
	}
	if n := FirstDivergence(bad, bad, Align(bad, bad)); n >= 0 {
		t.Errorf("both go there: pair %d", n)
	}
}
