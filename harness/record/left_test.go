package record_test

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/record"
)

// TestLeaves: a client that is sent elsewhere does not come through the proxy
// any more.
func TestLeaves(t *testing.T) {
	l := listen(t, record.Proxy{Target: "http://shop.test:8080", KeepHost: true})
	port := l.Addr[strings.LastIndexByte(l.Addr, ':'):]
	for _, row := range []struct {
		reason, location string
		status           int
		want             string
		own              bool
	}{
		{"a login elsewhere", "https://id.test/authorize?x=1", 302, "https://id.test", false},
		{"the target by its own name", "http://SHOP.test:8080/login", 303, "http://SHOP.test:8080", true},
		{"another port", "http://shop.test:9090/", 302, "http://shop.test:9090", false},
		{"the address of record", l.URL + "/login", 302, "", false},
		{"another name of it", "http://localhost" + port + "/", 302, "", false},
		{"the client's name for it", "http://shop.local" + port + "/", 302, "", false},
		{"a path", "/login", 302, "", false},
		{"an app", "myapp://callback", 302, "", false},
		{"no redirect", "https://id.test/", 201, "", false},
		{"nothing", "", 302, "", false},
	} {
		x := &traffic.Exchange{
			Request:  traffic.Request{Header: traffic.Header{{Name: "Host", Value: "shop.local" + port}}},
			Response: &traffic.Response{Status: row.status, Header: traffic.Header{{Name: "Location", Value: row.location}}},
		}
		if got, own := l.Leaves(x); got != row.want || own != row.own {
			t.Errorf("%s: %q, own %v", row.reason, got, own)
		}
	}
	forward := listen(t, record.Proxy{})
	if got, _ := forward.Leaves(&traffic.Exchange{Response: &traffic.Response{Status: 302, Header: traffic.Header{{Name: "Location", Value: "https://id.test/"}}}}); got != "" {
		t.Errorf("a forward proxy records all: %q", got)
	}
}
