package rates

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/accesslog"
	"github.com/replaydiff/replay/scenarios"
)

// An Event is one request and its answer, as far as it is counted.
type Event struct {
	Unix   int64 // seconds since 1970; 0: unknown
	Status int
	Keys   [dimensions]string // "" where unknown; of Route the template, before others are learnt
}

// A Reader makes events of the records of logs. It keeps what it made of the
// texts that come again and again, up to a bound; it is for one goroutine.
type Reader struct {
	routes, networks, hosts cache[string]
	agents                  cache[program]
	key                     []byte
}

// A program is what a user agent says of itself.
type program struct{ family, release string }

// Event makes an event of a record; false where the line is of no answered
// request.
func (r *Reader) Event(rec *accesslog.Record, e *Event) bool {
	if !rec.IsRequest() {
		return false
	}
	*e = Event{Status: rec.Status}
	if !rec.Time.IsZero() {
		e.Unix = rec.Time.Unix()
	}
	e.Keys[Route] = r.route(rec.Method, rec.Path())
	e.Keys[Host] = r.hosts.of(rec.Host, hostName)
	p := r.agents.of(rec.UserAgent, programOf)
	e.Keys[Agent], e.Keys[Browser] = p.family, p.release
	e.Keys[Network] = r.network(rec.Client)
	e.Keys[Country] = countryCode(rec.Country)
	e.Keys[Answered] = string(rec.Answered)
	return true
}

// route is the key of a route. Numbers are levelled before the cache is asked,
// as most of what differs in the paths of a log are those.
func (r *Reader) route(method, path string) string {
	if method == "" && path == "" {
		return noRequest
	}
	r.key = append(append(r.key[:0], method...), ' ')
	for rest, more := path, true; more; {
		var segment string
		if segment, rest, more = strings.Cut(rest, "/"); segment != "" && strings.Trim(segment, "0123456789") == "" {
			segment = mark
		}
		if r.key = append(r.key, segment...); more {
			r.key = append(r.key, '/')
		}
	}
	return r.routes.ofBytes(r.key, func(key string) string {
		method, path, _ := strings.Cut(key, " ")
		return routeKey(method, template(path))
	})
}

// network asks the cache for what the addresses of a network have in common.
func (r *Reader) network(client string) string {
	if i := strings.LastIndexByte(client, '.'); i > 0 && strings.IndexByte(client, ':') < 0 && isOctet(client[i+1:]) {
		return r.networks.of(client[:i], func(three string) string { return network(three + ".0") })
	}
	return r.networks.of(client, network)
}

// isOctet tells the last number of an IPv4 address.
func isOctet(s string) bool {
	n, err := strconv.ParseUint(s, 10, 8)
	return err == nil && strconv.Itoa(int(n)) == s
}

// layers are the layers of package scenarios as those of logs.
var layers = map[string]accesslog.Answered{"edge": accesslog.ByCDN, "proxy": accesslog.ByProxy, "gateway": accesslog.ByProxy, "app": accesslog.ByApp}

// FromExchange makes an event of an exchange; false where it has no answer.
func FromExchange(x *traffic.Exchange) (Event, bool) {
	if x.Response == nil || x.Response.Status < 100 || x.Response.Status > 999 {
		return Event{}, false
	}
	e := Event{Status: x.Response.Status}
	if x.Recorded.Started.Known() {
		e.Unix = x.Recorded.Started.Time.Unix()
	}
	path := ""
	if u, err := url.Parse(x.Request.URL); err == nil {
		path, e.Keys[Host] = u.EscapedPath(), hostName(u.Host)
	}
	e.Keys[Route] = routeKey(x.Request.Method, template(path))
	agent := x.Request.Header.Get("user-agent")
	p := programOf(agent)
	e.Keys[Agent], e.Keys[Browser] = p.family, p.release
	for _, name := range []string{"cf-ipcountry", "cloudfront-viewer-country", "x-country-code"} {
		if c := countryCode(x.Request.Header.Get(name)); c != "" {
			e.Keys[Country] = c
			break
		}
	}
	if a := scenarios.AnswererOf(x.Response); a.Made || a.Layer == "app" {
		e.Keys[Answered] = string(layers[a.Layer])
	}
	return e, true
}

// noRequest is the route of what was no request: a handshake of TLS on a port
// of HTTP, a client that left.
const noRequest = "(no request line)"

func routeKey(method, path string) string {
	if method == "" && path == "" {
		return noRequest
	}
	if path == "" {
		path = "/"
	}
	return method + " " + path
}

// template is the template of a path without what stands behind a word that
// announces a secret.
func template(path string) string {
	t := diff.PathTemplate(path)
	if !strings.ContainsAny(t, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		return t
	}
	segments := strings.Split(t, "/")
	for i := 1; i < len(segments); i++ {
		if len(segments[i]) > maxSegment || announces[strings.ToLower(segments[i-1])] && segments[i] != "" {
			segments[i] = mark
		}
	}
	return strings.Join(segments, "/")
}

const (
	mark       = "{}" // as in templates of package diff
	maxSegment = 48   // bytes of a word of a path
)

// announces are words in paths behind which a secret stands that need not look
// like one.
var announces = map[string]bool{
	"token": true, "tokens": true, "reset": true, "reset-password": true, "password-reset": true, "verify": true, "verify-email": true, "confirm": true, "invite": true,
	"invitation": true, "invitations": true, "magic": true, "magic-link": true, "unsubscribe": true, "apikey": true, "api-key": true, "key": true, "keys": true, "secret": true,
	"secrets": true, "password": true, "otp": true, "code": true, "share": true, "activate": true, "activation": true, "webhook": true, "webhooks": true, "hooks": true,
}

// hostName is a host without its port, in lower case (RFC 3986 section 3.2.2).
func hostName(s string) string {
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.Contains(s[i:], "]") && strings.Count(s, ":") == 1 || strings.HasPrefix(s, "[") {
		if end := strings.IndexByte(s, ']'); end >= 0 {
			return strings.ToLower(s[:end+1])
		}
		s = s[:max(i, 0)]
	}
	return strings.ToLower(s)
}

// network is the network of an address, in which one household or one office
// is: /24 of IPv4, /48 of IPv6 (RFC 6177).
func network(client string) string {
	a, err := netip.ParseAddr(client)
	if err != nil {
		return "" // a name says nothing that could be grouped
	}
	a = a.Unmap().WithZone("")
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

func countryCode(s string) string {
	if len(s) != 2 {
		return ""
	}
	up := strings.ToUpper(s)
	if up[0] < 'A' || up[0] > 'Z' {
		return ""
	}
	return up
}
