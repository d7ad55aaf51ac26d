package scenarios

import (
	"net/url"
	"slices"
	"strings"
)

// handshake are the challenged requests that the target answers: Digest asks
// once, NTLM twice. A client that asks for something else asks for it there
// too.
func (in *Injection) handshake() []int {
	target := in.Request()
	var list []int
	for i, x := range slices.Backward(in.Flow.Exchanges[:in.Target]) {
		if x.Response == nil || x.Response.Status != 401 && x.Response.Status != 407 || x.Request.URL != target.URL || x.Request.Method != target.Method {
			break
		}
		list = append(list, i)
	}
	return list
}

// moveURL changes the URL of the target and of its handshake; Digest names the
// target once more (RFC 7616 section 3.4).
func (in *Injection) moveURL(edit func(*url.URL)) error {
	asked := in.handshake()
	before := in.Request().ParsedURL()
	if err := in.editURL(edit); err != nil {
		return err
	}
	r := in.Request()
	for i := range r.Header.All("authorization") {
		f := &r.Header[i]
		f.Value = strings.Replace(f.Value, `uri="`+before.RequestURI()+`"`, `uri="`+r.ParsedURL().RequestURI()+`"`, 1)
	}
	for _, i := range asked {
		x := in.own(i)
		x.Request.URL, x.Request.Query = r.URL, nil
	}
	return nil
}
