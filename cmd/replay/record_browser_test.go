package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The switches are Chromium's own: what a flag says has to come true there.
func TestBrowserSwitches(t *testing.T) {
	for _, row := range []struct {
		flags  sendFlags
		want   []string
		reason string
	}{
		{sendFlags{}, nil, "nothing asked for"},
		{sendFlags{dangerouslyInsecure: true}, []string{"--ignore-certificate-errors"}, "an app in development has a certificate of its own"},
		{sendFlags{http1: true}, []string{"--disable-http2", "--disable-quic"}, "HTTP/3 is none of HTTP/1.1 either"},
		{sendFlags{resolve: []string{"shop.test:443:127.0.0.1", "api.test:8443:[::1]"}},
			[]string{"--host-resolver-rules=MAP api.test:8443 [::1]:8443,MAP shop.test:443 127.0.0.1:443"}, "in one order, ports as asked for"},
		{sendFlags{proxy: "http://127.0.0.1:3128"}, []string{"--proxy-server=http://127.0.0.1:3128", "--proxy-bypass-list=<-loopback>"}, "loopback too"},
		{sendFlags{proxy: "https://[::1]:3128/path"}, []string{"--proxy-server=https://[::1]:3128", "--proxy-bypass-list=<-loopback>"}, "no path, brackets kept"},
	} {
		got, err := row.flags.browserSwitches()
		if err != nil {
			t.Errorf("%s: %v", row.reason, err)
		}
		if d := cmp.Diff(row.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, d)
		}
	}
}
