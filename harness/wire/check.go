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

// problem says all that keeps the request from being sent as it is, or "". A
// CR, LF or NUL anywhere in a head would make another request of it (RFC 9112
// section 11.1).
func (r *Request) problem() string {
	var list []string
	wrong := func(is bool, what string) {
		if is {
			list = append(list, what)
		}
	}
	wrong(r.Scheme != "http" && r.Scheme != "https", "the scheme is neither http nor https")
	wrong(!httpguts.ValidHeaderFieldName(r.Method), "the method is not a token (RFC 9110 section 9.1)")
	wrong(r.Method == "CONNECT", "CONNECT opens a tunnel and can't be replayed; use --proxy")
	wrong(r.Target == "" || r.Target[0] != '/' && r.Target != "*", "the request target begins with no slash")
	wrong(hasControl(r.Target), "the request target has a space or a control character; write it as %20, %0D and so on")
	wrong(r.Host == "" || hasControl(r.Host) || strings.ContainsAny(r.Host, "/?#@\\,"), "the host is not one that a Host field can name")
	_, port, err := net.SplitHostPort(r.Addr)
	wrong(err != nil || port == "", "the address is not host:port")
	size := len(r.Target)
	for _, f := range r.Header {
		size += len(f.Name) + len(f.Value)
	}
	wrong(size > maxHead, "its head is longer than a MiB, which no server takes; take the long field out")
	for i, f := range r.Header {
		if len(list) >= maxProblems {
			return strings.Join(append(list, "and more"), "; ")
		}
		switch {
		case IsFraming(f.Name):
			list = append(list, fmt.Sprintf("%q frames a message and is written anew; leave it out", f.Name))
		case !httpguts.ValidHeaderFieldName(f.Name):
			list = append(list, fmt.Sprintf("header %d has a name that is not a token (RFC 9110 section 5.1)", i+1))
		case strings.ContainsAny(f.Value, "\r\n\x00"):
			list = append(list, fmt.Sprintf("header %q has a CR, LF or NUL in its value; take it out", f.Name))
		}
	}
	return strings.Join(list, "; ")
}

// maxProblems bounds how many problems of one request are told, maxHead how
// many bytes of a head are sent.
const (
	maxProblems = 10
	maxHead     = 1 << 20
)

// hasControl tells a space or a control character.
func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}
