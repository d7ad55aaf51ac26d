package scenarios

import (
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func wrongHost() *Cause {
	return &Cause{
		ID:    "wrong-host",
		Kind:  Mechanism,
		Group: Target,
		Means: "The request goes to another host or port than the working one: staging for production, www for the bare domain, another tenant or region.",
		Looks: "Host or port differs, the path is the same and the credential is sent; another environment trusts other keys and knows other users.",
		Unlike: []Unlike{
			{"cookie-domain-mismatch", "there both hosts serve the app and only the cookie does not follow"},
			{"wrong-issuer", "there the token changed, not the host"},
			{"authorization-dropped-on-redirect", "there a redirect led to the other host"},
			{"wrong-scheme", "there http and https differ, and the port with them"},
		},
		Advice: []Advice{
			{Client, "Keep one base URL for each environment, and the credentials beside it.", `BASE_URL=https://api.example.com`},
			{Nginx, "Send other names to the canonical one, and answer unknown ones not at all.", "server { listen 443 ssl default_server; return 444; }\nserver { server_name www.example.com; return 308 https://example.com$request_uri; }"},
		},
		Refs:     []string{"RFC 9110 sections 7.2 and 15.5.20"},
		Explains: []string{"token-signature-invalid", "wrong-issuer"},
		Detect:   detectWrongHost,
		Inject:   injectWrongHost,
		Parameters: []Parameter{
			{Name: "host", Type: TypeHost, Doc: "the host that is asked instead"},
		},
		Enforced: ByClient,
		Needs:    []Need{SiblingHost},
		Live:     liveWrongHost,
		Expect:   or(refuses(expect.Lenient, 401, 403, 404, 421, 400), sentAway(), expect.That(expect.Unanswered())),
	}
}

func detectWrongHost(v *View) []Evidence {
	good, bad, ok := v.urls()
	change, changed := v.mattering(diff.Host, diff.Port)
	if !ok || !changed || good.Scheme != bad.Scheme {
		return nil
	}
	if v.succeedsAt(OK, func(u *url.URL) bool {
		return strings.EqualFold(u.Host, bad.Host) && !strings.EqualFold(u.Host, good.Host) && u.Path == bad.Path
	}) {
		return []Evidence{v.against(RulesOut, FromFlow, "the working capture succeeds at that host too")}
	}
	list := []Evidence{v.observed(hostStrength(good, bad), FromRequest, change.Edit, "the request goes to another host or port")}
	if good.Path != bad.Path {
		list[0].Strength = Strong
	}
	if at, ok := v.Change(diff.Request, diff.Header, "host"); ok {
		list = append(list, v.observed(Weak, FromRequest, at.Edit, "and names it"))
	}
	if !v.keepsCredentials() {
		list = append(list, v.against(Against, FromRequest, "a credential did not come along: that is what the other host misses"))
	} else if s := v.status(); s == 401 || s == 403 || s == 404 {
		list = append(list, v.observed(Strong, FromStatus, statusOf(v.Failed), "the other host does not take what the first one takes"))
	}
	if v.status() == 421 {
		list = append(list, v.observed(Decisive, FromStatus, statusOf(v.Failed), "the server says that it does not serve this host"))
	}
	if v.redirectedFrom(v.Failed) != nil {
		list = append(list, v.against(Against, FromFlow, "a redirect led to this host"))
	}
	if v.succeedsAt(Bad, func(u *url.URL) bool { return strings.EqualFold(u.Host, bad.Host) }) && v.status() != 404 {
		list = append(list, v.against(Against, FromFlow, "other requests of the failing capture succeed at that host"))
	}
	return list
}

// hostStrength is weak for ports of this machine: test servers take any.
func hostStrength(good, bad *url.URL) Strength {
	if isLoopback(good.Hostname()) && isLoopback(bad.Hostname()) {
		return Weak
	}
	return Decisive
}

func injectWrongHost(in *Injection) error {
	u := in.Request().ParsedURL()
	if u == nil || u.Hostname() == "" || isLoopback(u.Hostname()) {
		return cannot("the host has no sibling")
	}
	first, rest, _ := strings.Cut(u.Host, ".")
	host := "www." + u.Host
	if strings.Contains(rest, ".") {
		host = first + "-staging." + rest
	}
	if err := in.editURL(func(u *url.URL) { u.Host = host }); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Error: "invalid_token", Description: "The request could not be authenticated"})
	return nil
}

func liveWrongHost(in *Injection) error {
	host := in.With["host"]
	if host == "" {
		return needs("a made-up name is no host", SiblingHost)
	}
	return in.editURL(func(u *url.URL) { u.Host = host })
}
