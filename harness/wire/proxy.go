package wire

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// A viaProxy is what a proxy changes in a request that it is sent whole. nil
// changes nothing.
type viaProxy struct {
	addr          string // host:port that the proxy is to ask
	authorization string // "" for none
}

// target returns the request target: in absolute form for a proxy (RFC 9112
// section 3.2.2). A proxy goes by that form, not by Host, so it names what is
// allowed.
func (v *viaProxy) target(r *Request) string {
	if v == nil {
		return r.Target
	}
	authority := v.addr
	if withPort(r.Host, r.Scheme) == r.Addr && v.addr == r.Addr {
		authority = r.Host
	}
	if r.Target == "*" {
		return r.Scheme + "://" + authority
	}
	return r.Scheme + "://" + authority + r.Target
}

// fields returns the header with the proxy's credentials in place of recorded
// ones.
func (v *viaProxy) fields(h traffic.Header) traffic.Header {
	if v == nil || v.authorization == "" {
		return h
	}
	out := slices.DeleteFunc(slices.Clone(h), func(f traffic.HeaderField) bool {
		return strings.EqualFold(f.Name, "Proxy-Authorization")
	})
	return append(out, traffic.HeaderField{Name: "Proxy-Authorization", Value: v.authorization})
}

// proxyAuthorization is that of the user and password in the proxy's URL.
func proxyAuthorization(proxy *url.URL) string {
	if proxy.User == nil {
		return ""
	}
	password, _ := proxy.User.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(proxy.User.Username()+":"+password))
}

// openTunnel asks a proxy for a connection to addr (RFC 9110 section 9.3.6).
func openTunnel(w net.Conn, addr, authorization string, limit int64) error {
	b := fmt.Appendf(nil, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", addr, addr)
	if authorization != "" {
		b = appendField(b, traffic.HeaderField{Name: "Proxy-Authorization", Value: authorization})
	}
	if _, err := w.Write(append(b, "\r\n"...)); err != nil {
		return err
	}
	r := bufio.NewReaderSize(w, 4<<10)
	status := 0
	for status < 200 {
		head, err := ReadHead(r, limit)
		if err != nil {
			return err
		}
		if _, status, _, err = parseStatus(head.Start); err != nil {
			return err
		}
		limit -= head.Size
	}
	switch {
	case status == 407:
		return fmt.Errorf("%w with 407; put its user and password into --proxy", errTunnel)
	case status > 299:
		return fmt.Errorf("%w with %d; does it allow that host and port?", errTunnel, status)
	case r.Buffered() > 0:
		return fmt.Errorf("%w: bytes behind the proxy's answer", ErrFraming)
	}
	return nil
}
