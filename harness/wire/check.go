package wire

import (
	"fmt"
	"net"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// check refuses what may not or can't be sent, before anything is looked up.
func (c *Client) check(r *Request) error {
	problem := r.problem()
	if problem != "" {
		return unsendable(r.Addr, problem)
	}
	if !c.allows(r.Addr) {
		return &Error{Stage: Refused, Addr: r.Addr, Err: ErrNotAllowed,
			Text: "not a target, so nothing was sent there; name it with --target or --map if it is meant"}
	}
	if c.Proxy != nil && (c.Proxy.Scheme != "http" && c.Proxy.Scheme != "https" || c.Proxy.Hostname() == "") {
		return &Error{Stage: Refused, Addr: c.Proxy.Redacted(), Err: ErrUnsendable,
			Text: "not a proxy that can be asked; give --proxy http://HOST:PORT"}
	}
	return nil
}

func unsendable(addr, problem string) *Error {
	return &Error{Stage: Refused, Addr: addr, Text: problem, Err: ErrUnsendable}
}

func (c *Client) allows(addr string) bool {
	for _, allowed := range c.Allow {
		if strings.EqualFold(allowed, addr) {
			return true
		}
	}
	return false
}

// problem says why the request can't be sent as it is, or "". A CR, LF or NUL
// anywhere in a head would make another request of it (RFC 9112 section 11.1).
func (r *Request) problem() string {
	switch {
	case r.Scheme != "http" && r.Scheme != "https":
		return "the scheme is neither http nor https"
	case !httpguts.ValidHeaderFieldName(r.Method):
		return "the method is not a token (RFC 9110 section 9.1)"
	case r.Method == "CONNECT":
		return "CONNECT opens a tunnel and can't be replayed; use --proxy"
	case r.Target == "" || r.Target[0] != '/' && r.Target != "*":
		return "the request target begins with no slash"
	case hasControl(r.Target):
		return "the request target has a space or a control character; write it as %20, %0D and so on"
	case r.Host == "" || hasControl(r.Host) || strings.ContainsAny(r.Host, "/?#@\\,"):
		return "the host is not one that a Host field can name"
	}
	if _, port, err := net.SplitHostPort(r.Addr); err != nil || port == "" {
		return "the address is not host:port"
	}
	for i, f := range r.Header {
		switch {
		case IsFraming(f.Name):
			return fmt.Sprintf("%q frames a message and is written anew; leave it out", f.Name)
		case !httpguts.ValidHeaderFieldName(f.Name):
			return fmt.Sprintf("header %d has a name that is not a token (RFC 9110 section 5.1)", i+1)
		case strings.ContainsAny(f.Value, "\r\n\x00"):
			return fmt.Sprintf("header %q has a CR, LF or NUL in its value; take it out", f.Name)
		}
	}
	return ""
}

// hasControl tells a space or a control character.
func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}
