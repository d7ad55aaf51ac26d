package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/challenge"
	"github.com/replaydiff/replay/scenarios/expect"
)

func proxyAuthDenied() *Cause {
	return &Cause{
		ID: "proxy-auth-denied", Kind: Mechanism, Group: Proxies,
		Means: "The proxy or web server in front of the app refused the request itself; the app never saw it.",
		Looks: "A 401, 403 or 407 in the words of a proxy or gateway where the app used to answer, often with a challenge (Basic, Digest) that the app doesn't use.",
		Unlike: []Unlike{
			{"waf-blocked", "a firewall's 403 has no challenge and names a rule or an incident"},
			{"ip-not-allowed", "a 403 that depends on where the client is, not on what it knows"},
			{"wrong-credentials", "the client sent another password; here the same request worked before"},
			{"authorization-dropped-by-proxy", "the app answered, and had not seen the credential"},
		},
		Advice: []Advice{
			{Nginx, "Exempt what the app guards itself, and give the sub-request of auth_request what it needs.", "auth_basic off;\nproxy_pass_request_body off; proxy_set_header Content-Length \"\";\nproxy_set_header X-Original-URI $request_uri;"},
			{Apache, "Look for a nearer .htaccess and for a <Location> that guards the path.", "<Location /api>\n  Require all granted\n</Location>"},
			{HAProxy, "Look for `http-request auth` or `deny` on this path.", "http-request auth unless { path_beg /api }"},
			{Gateway, "Check the authentication plug-in or authorizer of this route.", ""},
			{Client, "Send Proxy-Authorization to a forward proxy that asks for it, and to no one else.", "curl --proxy-user \"$USER:$PASSWORD\" --proxy http://proxy.example:3128 …"},
		},
		Mends: []Mend{
			{AccessAsked, Advice{Nginx, "Take out auth_basic, auth_request or deny for this path, or exempt what the app guards itself.", "location /api/ { auth_basic off; auth_request off; … }"}},
			{AccessAsked, Advice{Apache, "Take out the Require of the <Location> or .htaccess that guards this path, or exempt what the app guards itself.", "<Location \"/api/\">\n  Require all granted\n</Location>"}},
			{AccessAsked, Advice{HAProxy, "Take out `http-request auth` or `deny` for this path, or exempt what the app guards itself.", "http-request auth realm … if … !{ path_beg /api/ }"}},
			{AccessAsked, Advice{Caddy, "Take out basic_auth or forward_auth for this path, or exempt what the app guards itself.", "@guarded not path /api/*\nbasic_auth @guarded { … }"}},
			{AccessAsked, Advice{Envoy, "Exempt the route from ext_authz, jwt_authn or RBAC.", "typed_per_filter_config:\n  envoy.filters.http.ext_authz: { disabled: true }"}},
		},
		Refs:     []string{"RFC 9110 section 11.7", "RFC 9110 section 15.5.8", "nginx ngx_http_auth_request_module", "Apache mod_authz_core"},
		Prior:    -0.5,
		Detect:   detectProxyAuthDenied,
		Inject:   injectProxyAuthDenied,
		Enforced: ByProxy,
		Live:     liveProxyAuthDenied,
		Expect:   or(oneOf(expect.Lenient, 401, 403, 407), expect.That(expect.Unanswered())),
	}
}

func detectProxyAuthDenied(v *View) []Evidence {
	found := v.heard(Decisive, "proxy-auth-denied", "the proxy asks for a login of its own")
	if v.status() == 407 || v.field("proxy-authenticate") != "" {
		found = append(found, v.observed(Decisive, FromStatus, v.statusSeen(), "407 is said by a proxy on the client's side alone"))
	}
	if v.statusIs(401, 403) {
		found = append(found, v.guardedInFront()...)
	}
	if v.status() == 500 && v.Good != nil && AnswererOf(v.Failed.Response).Product == "nginx" && AnswererOf(v.Failed.Response).Made {
		found = append(found, v.observed(Weak, FromStatus, v.statusSeen(), "nginx itself says 500 where its auth_request got neither 2xx, 401 nor 403"))
	}
	if len(found) == 0 {
		return nil
	}
	return append(found, v.againstProxyAuth()...)
}

// guardedInFront looks at who said 401 or 403, and at what it asks for.
func (v *View) guardedInFront() []Evidence {
	var found []Evidence
	_, bad, differ := v.AnsweredElsewhere()
	inFront := bad.Made && (bad.Layer == layerProxy || bad.Layer == layerGateway)
	switch {
	case !inFront:
	case v.status() == 401 && differ:
		found = append(found, v.observed(Decisive, FromStatus, v.statusSeen(), "the answer is "+bad.whose()+" own, and the app used to answer"))
	case v.status() == 401 || bad.Layer == layerGateway || bad.Product == "Envoy":
		found = append(found, v.observed(Strong, FromStatus, v.statusSeen(), "the answer is "+bad.whose()+" own"))
	case differ:
		found = append(found, v.observed(Weak, FromStatus, v.statusSeen(), "the 403 is "+bad.whose()+" own, and the app used to answer"))
	}
	if scheme := v.foreignChallenge(); scheme != "" {
		found = append(found, v.observed(Strong, FromChallenge, v.fieldSeen("www-authenticate"), "it asks for "+scheme+", and the working request got in with something else"))
	}
	if len(found) > 0 && v.muchFaster() {
		found = append(found, v.against(Weak, FromTime, "it was refused in a fraction of the time that the app took"))
	}
	return found
}

// foreignChallenge returns a scheme of web servers that the failing answer
// asks for and the working request did not use; "" none.
func (v *View) foreignChallenge() string {
	if v.Good == nil || len(CredentialsOf(&v.Good.Request)) == 0 || carriesScheme(&v.Failed.Request, "basic") {
		return ""
	}
	for _, c := range challenge.Parse(v.answerHeader().Values("www-authenticate")...) {
		switch strings.ToLower(c.Scheme) {
		case "basic", "digest", "negotiate", "ntlm":
			if !carriesScheme(&v.Good.Request, c.Scheme) {
				return c.Scheme
			}
		default:
			return ""
		}
	}
	return ""
}

// muchFaster compares the times to the first byte.
func (v *View) muchFaster() bool {
	if v.Good == nil {
		return false
	}
	was, is := v.Good.Recorded.Timings.Wait, v.Failed.Recorded.Timings.Wait
	return was >= 20 && is > 0 && is < was/5
}

func (v *View) againstProxyAuth() []Evidence {
	var found []Evidence
	if hit, ok := v.SaysOther("proxy-auth-denied"); ok {
		found = append(found, v.against(Against, hit.Source, "the answer names another reason: "+hit.Cause))
	}
	if v.Voice() == Invalid {
		found = append(found, v.against(Against, FromText, "the answer refuses a credential that it has read"))
	}
	if a, ok := authorizationOf(v.Failed); ok && isIntegrated(a.Scheme) && v.status() == 401 && v.worked() != nil && carriesScheme(&v.Good.Request, a.Scheme) {
		// Of a web server that runs the app, integrated-auth-broken.
		return append(found, v.against(RulesOut, FromRequest, "the same door let the same kind of handshake in before"))
	}
	for _, c := range v.credentialChanges() {
		// A gateway that is the API's own judge refuses what the client broke.
		if c.Op == diff.Remove || AnswererOf(v.Failed.Response).Layer == layerGateway {
			return append(found, v.against(RulesOut, FromRequest, "the client itself sent no credential, or another one"))
		}
	}
	if len(v.credentialChanges()) > 0 {
		found = append(found, v.against(Against, FromRequest, "the client sent another credential"))
	}
	return found
}

func injectProxyAuthDenied(in *Injection) error {
	in.page(401, "text/html", "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
		traffic.HeaderField{Name: "Server", Value: "nginx"}, traffic.HeaderField{Name: "WWW-Authenticate", Value: `Basic realm="proxy"`})
	return nil
}

func liveProxyAuthDenied(in *Injection) error {
	return in.damage(Damage{Entry: in.Target, Do: AnswerItself, Status: 401, Name: "www-authenticate", Value: `Basic realm="proxy"`})
}
