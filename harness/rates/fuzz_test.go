package rates

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/harness/accesslog"
)

// A key is the same whatever the caches hold, has no query in it, and what is
// learnt of it is stable.
func FuzzEvent(f *testing.F) {
	f.Add("GET", "/a/17/b?token=x", "192.0.2.7", "curl/8", "a.test:443")
	f.Add("", "", "::1%lo", "", "[::1]:80")
	f.Add("POST", "/token/x;y=z/1.0/{}/\xff", "1.2.3", "Version/", ":")
	f.Fuzz(func(t *testing.T, method, target, client, agent, host string) {
		rec := accesslog.Record{Status: 401, Method: method, Target: target, Client: client, UserAgent: agent, Host: host}
		var r Reader
		var first, second Event
		r.Event(&rec, &first)
		if r.Event(&rec, &second); first != second {
			t.Fatalf("%+v, then %+v", first, second)
		}
		if !strings.Contains(method, "?") && strings.Contains(first.Keys[Route], "?") {
			t.Fatalf("the route of %q is %q", target, first.Keys[Route])
		}
		if n := network(client); first.Keys[Network] != n {
			t.Fatalf("the network of %q is %q, and %q", client, first.Keys[Network], n)
		}
		c, err := NewCollector(Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := c.Add(&first); err != nil {
				t.Fatal(err)
			}
		}
		if rows := c.Report().Tables[0].Rows; len(rows) != 1 || rows[0].Requests != 2 {
			t.Fatalf("%q has the rows %+v", target, rows)
		}
	})
}
