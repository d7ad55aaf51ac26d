package record

import (
	"net"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// Leaves returns the origin that an answer sent the client of a reverse proxy
// to, past the listener, so that what follows there is not recorded: that of
// another server, or the target's own. Own tells the latter. "" is an answer
// that sends nobody away.
func (l *Listener) Leaves(x *traffic.Exchange) (origin string, own bool) {
	if l.target == nil || x.Response == nil || x.Response.Status/100 != 3 {
		return "", false
	}
	location := strings.TrimSpace(x.Response.Header.Get("location"))
	here, err := url.Parse(l.URL)
	if err != nil || location == "" {
		return "", false
	}
	to, err := here.Parse(location)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return "", false
	}
	addr := addrOf(to)
	_, port, _ := net.SplitHostPort(l.Addr)
	switch {
	case l.isSelf(addr), l.proxy.KeepHost && strings.EqualFold(to.Host, x.Request.Header.Get("host")) && to.Port() == port:
		return "", false // by the name that the client has for the listener
	}
	return (&url.URL{Scheme: to.Scheme, Host: to.Host}).String(), strings.EqualFold(addr, addrOf(l.target))
}
