package traffic

import (
	"fmt"
	"strings"
)

// GomegaString is what a failing assertion of Gomega shows of the capture. It
// would print every field otherwise, and with them every secret.
func (c *Capture) GomegaString() string {
	if c == nil {
		return "no capture"
	}
	return fmt.Sprintf("capture %s of %d exchanges", c.File, len(c.Exchanges))
}

// GomegaString is what a failing assertion of Gomega shows of the exchange; it
// holds no captured value.
func (x *Exchange) GomegaString() string {
	if x == nil {
		return "no exchange"
	}
	answer := "no answer"
	if x.Response != nil {
		answer = x.Response.GomegaString()
	}
	return x.Where("exchange") + ", " + answer
}

// GomegaString is what a failing assertion of Gomega shows of the request; it
// holds no captured value.
func (r *Request) GomegaString() string {
	if r == nil {
		return "no request"
	}
	return (&Exchange{Request: *r}).Where("request") + " with " + r.Header.GomegaString()
}

// GomegaString is what a failing assertion of Gomega shows of the answer; it
// holds no captured value.
func (r *Response) GomegaString() string {
	if r == nil {
		return "no answer"
	}
	return fmt.Sprintf("answered %d with %s", r.Status, r.Header.GomegaString())
}

// GomegaString is what a failing assertion of Gomega shows of the header: the
// names in it.
func (h Header) GomegaString() string {
	var names []string
	for _, f := range h {
		names = append(names, f.Name)
	}
	return "header of " + strings.Join(names, ", ")
}
