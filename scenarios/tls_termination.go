package scenarios

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func tlsTermination() *Cause {
	return &Cause{
		ID: "tls-termination", Kind: Mechanism, Group: Proxies,
		Means: "HTTPS ends in front of the app, and the app believes that the client speaks http.",
		Looks: "An https request is redirected to the same https URL, or to http; or a Secure session cookie is no longer set.",
		Unlike: []Unlike{
			{"forwarded-headers-missing", "more than the scheme is wrong: host, port or address"},
			{"wrong-scheme", "the client itself asked with http"},
			{"auth-loop", "how this looks over time"},
			{"cookie-stripped-by-proxy", "the app did set the cookie"},
		},
		Advice: []Advice{
			{Nginx, "Tell the app what the client spoke, in each location that has a proxy_set_header of its own.", "proxy_set_header X-Forwarded-Proto $scheme;"},
			{Apache, "The same in Apache.", "RequestHeader set X-Forwarded-Proto https"},
			{HAProxy, "The same in HAProxy.", "http-request set-header X-Forwarded-Proto https if { ssl_fc }"},
			{App, "Trust the header of your own proxy.", "app.set('trust proxy', 1)\nSECURE_PROXY_SSL_HEADER = (\"HTTP_X_FORWARDED_PROTO\", \"https\")"},
			{Gateway, "Let the CDN speak HTTPS to the origin (Cloudflare: Full (strict)).", ""},
		},
		Mends: []Mend{
			{SchemeLost, Advice{Nginx, "Tell the app what the client spoke, in each location that has a proxy_set_header of its own.", "proxy_set_header X-Forwarded-Proto $scheme;"}},
			{SchemeLost, Advice{Apache, "Tell the app what the client spoke: Apache does not do so by itself.", "RequestHeader set X-Forwarded-Proto https"}},
			{SchemeLost, Advice{HAProxy, "Tell the app what the client spoke: option forwardfor tells the address alone.", "http-request set-header X-Forwarded-Proto https if { ssl_fc }"}},
			{SchemeLost, Advice{Caddy, "Caddy tells the app by itself: take out the line that removes or sets it.", "# header_up -X-Forwarded-Proto"}},
			{SchemeLost, Advice{Envoy, "Envoy tells the app by itself, unless another proxy in front is trusted to.", "use_remote_address: true"}},
		},
		Refs:           []string{"RFC 7239", "RFC 6797 section 7.2"},
		Prior:          -0.5,
		Explains:       []string{"auth-loop", "login-gives-no-session", "session-cookie-missing", "missing-credentials"},
		SeenFromInside: true,
		Detect:         detectTLSTermination,
		Inject:         injectTLSTermination,
		Enforced:       ByProxy,
		Live:           liveTLSTermination,
		Expect:         or(oneOf(expect.Lenient, 400, 401, 403), sentAway()),
	}
}

func detectTLSTermination(v *View) []Evidence {
	if !strings.HasPrefix(strings.ToLower(v.Failed.Request.URL), "https:") {
		return nil
	}
	var found []Evidence
	for _, x := range v.capture(Bad).Exchanges[:v.Failed.Index+1] {
		if x != v.Failed && hostOf(x) != hostOf(v.Failed) {
			continue
		}
		if e, ok := v.schemeRedirect(x); ok {
			found = append(found, e)
			break
		}
	}
	if loss, ok := v.lostSetCookie(); ok && loss.secure && loss.picky {
		found = append(found,
			loss.evidence("a Secure session cookie is no longer set: the framework sends one only where it believes in https"))
		if loss.otherwiseSame {
			found = append(found, Evidence{Strength: Strong, Source: FromStatus, Side: Bad, Entry: loss.entry, Note: "the answer that used to set it is the same otherwise"})
		}
	} else if at, entry, ok := v.lostPrefix(); ok {
		found = append(found, Evidence{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: entry, At: at, Note: "the cookie is set without Secure and without its prefix, as frameworks do where they believe in http"})
	} else if at, entry, ok := v.lostSecure(); ok {
		found = append(found, Evidence{Strength: Weak, Source: FromFlow, Side: Bad, Entry: entry, At: at, Note: "the cookie is set without Secure, and had it before"})
	}
	return found
}

// schemeRedirect judges a redirect of an https request: to itself, or to http
// on the same host. What the working capture does as well is no reason.
func (v *View) schemeRedirect(x *traffic.Exchange) (Evidence, bool) {
	if x.Response == nil || x.Response.Status/100 != 3 || !strings.HasPrefix(strings.ToLower(x.Request.URL), "https:") {
		return Evidence{}, false
	}
	from, err := url.Parse(x.Request.URL)
	if err != nil {
		return Evidence{}, false
	}
	to, err := from.Parse(locationOf(x))
	if err != nil || locationOf(x) == "" || !strings.EqualFold(to.Hostname(), from.Hostname()) {
		return Evidence{}, false
	}
	if y, ok := v.Counterpart(Bad, x.Index); ok && y.Response != nil && locationOf(y) == locationOf(x) {
		return Evidence{}, false
	}
	at := seen(diff.Response, diff.Location, "", locationOf(x))
	e := Evidence{Source: FromFlow, Side: Bad, Entry: x.Index, At: at}
	samePath := rootPath(to) == rootPath(from) && to.RawQuery == from.RawQuery
	switch {
	case samePath && to.Scheme == "https" && sameOrigin(to.String(), x.Request.URL) && !setsCookie(x.Response):
		e.Strength, e.Note = Decisive, "an https request is redirected to the same https URL"
	case to.Scheme == "http":
		e.Strength, e.Note = Strong, "an https request is redirected to http"
	default:
		return Evidence{}, false
	}
	return e, true
}

// setsCookie: a redirect to itself that sets a cookie tests for cookies.
func setsCookie(r *traffic.Response) bool { return r.Header.Has("set-cookie") }

// injectTLSTermination sends the target to itself until the client gives up;
// the recording ends there. A redirect that keeps the method goes to what is no
// page (RFC 9110 section 15.4.9).
func injectTLSTermination(in *Injection) error {
	r := in.Request()
	if !strings.HasPrefix(strings.ToLower(r.URL), "https:") {
		return fmt.Errorf("%w: the request is not https", ErrCannotInject)
	}
	status := 308
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		status = 301
	}
	x := in.Exchange()
	x.Response = &traffic.Response{Status: status, Proto: r.Proto, Header: traffic.Header{{Name: "Location", Value: r.URL}, {Name: "Content-Length", Value: "0"}}}
	again := cloneExchange(x)
	last := cloneExchange(x)
	last.Response = &traffic.Response{Error: "net::ERR_TOO_MANY_REDIRECTS"}
	in.Flow.Exchanges = append(in.Flow.Exchanges[:in.Target+1], again, last)
	return nil
}

func liveTLSTermination(in *Injection) error {
	return in.damage(Damage{Entry: EveryEntry, Do: SetRequestField, Name: "x-forwarded-proto", Value: "http"})
}
