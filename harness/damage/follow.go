package damage

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// redirect sends the client to another name of the same server. That name is
// kept, so that what follows reaches the server and is not sent round again.
func (p *Proxy) redirect(r *wire.Request, d scenarios.Damage) *wire.Answer {
	other := otherName(r.Host)
	p.mu.Lock()
	if p.moved == nil {
		p.moved = make(map[string]place)
	}
	p.moved[strings.ToLower(other)] = place{r.Addr, r.Host, r.ServerName}
	p.mu.Unlock()
	location := r.Scheme + "://" + other + r.Target
	return p.own(r, cmp.Or(d.Status, 302), []byte{}, traffic.Header{{Name: "Location", Value: location}})
}

// otherName is another name for a host, and in no way below it: there are
// clients that send Authorization on to subdomains. For loopback it is one that
// resolves (RFC 6761 section 6.3), so that any client can follow.
func otherName(host string) string {
	name := hostName(host)
	other := "moved-" + name
	switch ip := net.ParseIP(name); {
	case ip != nil && ip.IsLoopback():
		other = "localhost"
	case ip != nil:
		other = "moved.test" // no name is made of an address
	case strings.EqualFold(name, "localhost"):
		other = "127.0.0.1"
	}
	if _, port, err := net.SplitHostPort(host); err == nil {
		return net.JoinHostPort(other, port)
	}
	return other
}

// Follow is the request with which a client follows an answer of
// [scenarios.RedirectTo]: to the other name, by the method that Fetch says
// ("HTTP-redirect fetch" step 12) and without Authorization (step 13), as
// curl, Go, Python and Node do too. Cookies stay, for the names may share a
// site. It is to be sent with the same Proxy, which knows what server that name
// is of. It is nil where the answer is no such redirect.
func (p *Proxy) Follow(r *wire.Request, a *wire.Answer) *wire.Request {
	if !browser.IsRedirect(a.Status) {
		return nil
	}
	location := a.Header.Get("Location")
	to, err := url.Parse(location)
	if err != nil || to.Host == "" {
		return nil
	}
	p.mu.Lock()
	_, known := p.moved[strings.ToLower(to.Host)]
	p.mu.Unlock()
	if !known {
		return nil
	}
	next := *r
	next.Scheme, next.Host = to.Scheme, to.Host
	// Not that of url.URL, which spells some paths anew.
	next.Target = location[len(to.Scheme)+len("://")+len(to.Host):]
	next.Header = without(slices.Clone(r.Header), "Authorization")
	if browser.RedirectsToGET(a.Status, r.Method) {
		next.Method, next.Body = "GET", nil
		next.Header = slices.DeleteFunc(next.Header, func(f traffic.HeaderField) bool { return browser.IsBodyField(f.Name) })
	}
	return &next
}
