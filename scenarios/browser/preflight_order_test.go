package browser

import (
	"strings"
	"testing"
)

// TestFirstRefused pins what Chromium 156 named, in live runs, where several
// headers were refused.
func TestFirstRefused(t *testing.T) {
	for _, row := range []struct {
		via  FetchAPI
		set  string // the script's headers, in order
		want string
	}{
		{ViaFetch, "Alpha Authorization", "authorization"},
		{ViaFetch, "Content-Type X-One", "x-one"},
		{ViaFetch, "X-One X-Two", "x-one"},
		{ViaFetch, "If-Match X-Requested-With", "x-requested-with"},
		{ViaFetch, "X-Requested-With b", "x-requested-with"},
		{ViaFetch, "Cache-Control Alpha", "alpha"},
		{ViaFetch, "X-One b", "b"},
		{ViaXHR, "X-One b", "x-one"},
		{ViaXHR, "X-One X-Requested-With Zeta b", "x-one"},
		{ViaXHR, "If-Match X-Requested-With", "x-requested-with"},
	} {
		r := CORSRequest{Origin: corsShop, URL: corsAPI, Via: row.via}
		for name := range strings.FieldsSeq(row.set) {
			r.Header = append(r.Header, Field{name, "("})
		}
		hops := []CORSHop{{Preflight: corsPreflight(corsAllowed(200))}}
		if v := Decide(r, hops, Chromium); v.Parameter != row.want {
			t.Errorf("%s: named %s, want %s", row.set, v.Parameter, row.want)
		}
		if v := Decide(r, hops, Standard); v.Want != NeedsPreflight(r, Standard).Headers[0] {
			t.Errorf("%s: the text has %s first", row.set, v.Want)
		}
	}
}
