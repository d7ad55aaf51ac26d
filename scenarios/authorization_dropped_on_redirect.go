package scenarios

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func authorizationDroppedOnRedirect() *Cause {
	return &Cause{
		ID: "authorization-dropped-on-redirect", Kind: Mechanism, Group: Proxies,
		Means: "A redirect led to another origin, and the client left Authorization behind, as it must.",
		Looks: "A request with Authorization is answered by a redirect; the next one goes to another host, scheme or port, carries no Authorization and is refused.",
		Unlike: []Unlike{
			{"authorization-dropped-by-proxy", "the refused request itself carries the credential"},
			{"missing-credentials", "no request before it carried one either"},
			{"wrong-method", "the redirect also turned POST into GET"},
		},
		Advice: []Advice{
			{Client, "Call the final URL. curl keeps the credential with --location-trusted: for a host you trust alone.", ""},
			{App, "Redirect within the origin.", "Location: /path/"},
			{Nginx, "Keep nginx from writing its own host and port into redirects.", "absolute_redirect off;\nport_in_redirect off;"},
		},
		Refs:     []string{"Fetch, HTTP-redirect fetch", "RFC 9110 section 15.4", "curl CVE-2018-1000007"},
		Prior:    -0.5,
		Explains: []string{"missing-credentials"},
		Detect:   detectDroppedOnRedirect,
		Inject:   injectDroppedOnRedirect,
		Parameters: []Parameter{
			{Name: "status", Type: TypeChoice, Choices: []Choice{{Value: "302", Doc: "found"}, {Value: "307", Doc: "temporary, method kept"}, {Value: "308", Doc: "permanent, method kept"}}, Default: "302", Doc: "of the redirect"},
		},
		Enforced: ByProxy,
		Live:     liveDroppedOnRedirect,
		Expect:   refuses(expect.Hole, 401, 403, 400),
	}
}

func detectDroppedOnRedirect(v *View) []Evidence {
	if v.Failed.Response == nil || v.Failed.Request.Header.Has("authorization") || !v.statusIs(302, 303, 400, 401, 403, 404, 407) {
		return nil
	}
	hop, ok := redirectTo(v.capture(Bad), v.Failed)
	if !ok || !hop.Request.Header.Has("authorization") || sameOrigin(hop.Request.URL, v.Failed.Request.URL) {
		return nil
	}
	if v.Good != nil && !v.Good.Request.Header.Has("authorization") && Works(v.Good) {
		return []Evidence{v.against(RulesOut, FromRequest, "the working request carried no Authorization here either")}
	}
	at := seen(diff.Response, diff.Location, "", redirectTarget(hop.Response))
	found := []Evidence{
		{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: hop.Index, At: at, Note: "the redirect leads to another origin"},
		{Strength: Decisive, Source: FromRequest, Side: Bad, Entry: v.Failed.Index, At: v.goneAuthorization(hop), Note: "the request before the redirect carried Authorization, the one after it does not"},
	}
	for _, c := range CredentialsOf(&v.Failed.Request) {
		if c.Kind == APIKey && c.Part == diff.Header && hop.Request.Header.Get(c.Name) != "" {
			found = append(found, v.observed(Weak, FromRequest, diff.Edit{}, "other fields of its own came along: clients drop Authorization alone"))
			break
		}
	}
	if hit, ok := v.Says(missingVoice); ok && v.Voice() == Missing {
		found = append(found, v.observed(Strong, hit.Source, hit.At, "the answer speaks as if no credential had arrived"))
	}
	return found
}

// goneAuthorization is the change of the decisive pair, else what was sent
// before the redirect.
func (v *View) goneAuthorization(hop *traffic.Exchange) diff.Edit {
	if c, ok := v.Change(diff.Request, diff.Header, "authorization"); ok {
		return c.Edit
	}
	e := diff.Edit{Side: diff.Request, Part: diff.Header, Name: "authorization"}
	e.Op, e.Old = diff.Remove, hop.Request.Header.Get("authorization")
	return e
}

// redirectTo finds the last exchange before x whose redirect leads to x. A
// chain is followed back to where its Authorization was lost.
func redirectTo(c *traffic.Capture, x *traffic.Exchange) (*traffic.Exchange, bool) {
	target, current := x.Request.URL, x
	for i := x.Index - 1; i >= 0; i-- {
		hop := c.Exchanges[i]
		if hop.Response == nil || hop.Response.Status/100 != 3 || !leadsTo(hop, target) {
			continue
		}
		if hop.Request.Header.Has("authorization") {
			return hop, true
		}
		target, current = hop.Request.URL, hop
	}
	return current, current != x
}

func leadsTo(hop *traffic.Exchange, target string) bool {
	base, err := url.Parse(hop.Request.URL)
	if err != nil {
		return false
	}
	to, err := base.Parse(redirectTarget(hop.Response))
	if err != nil {
		return false
	}
	want, err := url.Parse(target)
	if err != nil {
		return false
	}
	return sameOrigin(to.String(), target) && rootPath(to) == rootPath(want) && to.RawQuery == want.RawQuery
}

func rootPath(u *url.URL) string {
	if u.Path == "" {
		return "/"
	}
	return u.EscapedPath()
}

func redirectTarget(r *traffic.Response) string {
	if r == nil {
		return ""
	}
	if l := r.Header.Get("location"); l != "" {
		return l
	}
	return r.Location
}

// sameOrigin compares scheme, host and port (HTML, section origin).
func sameOrigin(a, b string) bool {
	u, err := url.Parse(a)
	if err != nil {
		return false
	}
	w, err := url.Parse(b)
	return err == nil && strings.EqualFold(u.Scheme, w.Scheme) && strings.EqualFold(u.Hostname(), w.Hostname()) && portOfURL(u) == portOfURL(w)
}

func portOfURL(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	}
	return "80"
}

func injectDroppedOnRedirect(in *Injection) error {
	r := in.Request()
	if !r.Header.Has("authorization") {
		return fmt.Errorf("%w: the request carries no Authorization", ErrCannotInject)
	}
	u := r.ParsedURL()
	if u == nil || u.Host == "" {
		return fmt.Errorf("%w: the URL can't be read", ErrCannotInject)
	}
	scheme, _ := cutScheme(r.Header.Get("authorization"))
	u.Host = "moved-" + u.Host
	hop := in.Exchange()
	next := cloneExchange(hop)
	next.Request.URL = u.String()
	DeleteHeader(&next.Request.Header, "authorization")
	for i := range next.Request.Header.All("host") {
		next.Request.Header[i].Value = u.Host
	}
	hop.Response = &traffic.Response{Status: 302, Proto: r.Proto, Header: traffic.Header{{Name: "Location", Value: u.String()}}}
	in.insert(in.Target+1, next)
	in.Target++
	in.Refuse(Refusal{Status: 401, Scheme: scheme, Description: "No authorization token was found", Code: "credentials_required"})
	return nil
}

// insert puts an exchange into the flow, and numbers the others anew.
func (in *Injection) insert(at int, x *traffic.Exchange) {
	xs := append(in.Flow.Exchanges[:at:at], x)
	in.Flow.Exchanges = append(xs, in.Flow.Exchanges[at:]...)
	in.renumber()
}

// liveDroppedOnRedirect sends the client to another name of the same server:
// it drops Authorization on the way (Fetch, "HTTP-redirect fetch" step 13).
func liveDroppedOnRedirect(in *Injection) error {
	if !in.Request().Header.Has("authorization") {
		return cannot("the request carries no Authorization")
	}
	status, _ := strconv.Atoi(in.With["status"])
	return in.damage(Damage{Entry: in.Target, Do: RedirectTo, Status: cmp.Or(status, 302)})
}
