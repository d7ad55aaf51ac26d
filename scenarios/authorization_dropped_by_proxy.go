package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func authorizationDroppedByProxy() *Cause {
	return &Cause{
		ID: "authorization-dropped-by-proxy", Kind: Mechanism, Group: Proxies,
		Means: "The client sent its credential, but something on the way removed it before the app decided.",
		Looks: "The request carries Authorization or an API key, as before, and the answer speaks as if none had arrived.",
		Unlike: []Unlike{
			{"missing-credentials", "the client itself sends none"},
			{"authorization-dropped-on-redirect", "the client dropped it, behind a redirect to another origin"},
			{"proxy-auth-denied", "the layer in front judged the credential itself"},
			{"wrong-auth-scheme", "the server ignores a scheme that it doesn't know"},
		},
		Advice: []Advice{
			{Nginx, "nginx passes Authorization on unless told otherwise: look for a line that empties it. FastCGI needs it as a parameter.", "proxy_set_header Authorization $http_authorization;\nfastcgi_param HTTP_AUTHORIZATION $http_authorization;"},
			{Nginx, "A header whose name has an underscore is dropped in silence: use hyphens, or allow them.", "underscores_in_headers on;"},
			{Apache, "CGI, FastCGI and WSGI apps don't get it unless allowed.", "CGIPassAuth On\nWSGIPassAuthorization On"},
			{HAProxy, "Remove the rule that deletes it.", "# http-request del-header authorization"},
			{Envoy, "jwt_authn removes the token after checking it.", "forward: true"},
			{Gateway, "CloudFront: name Authorization in the cache policy. Kong: hide_credentials off.", ""},
		},
		Mends: append(fieldMends(),
			Mend{UnderscoreDropped, Advice{Nginx, "nginx drops a header whose name has an underscore, unless allowed.", "underscores_in_headers on;"}},
			Mend{UnderscoreDropped, Advice{HAProxy, "HAProxy was told to drop names with anything but letters, digits and hyphens.", "# option http-restrict-req-hdr-names delete\noption http-restrict-req-hdr-names preserve"}},
			Mend{UnderscoreDropped, Advice{Apache, "Take out the line that unsets it.", "# RequestHeader unset {name}"}},
			Mend{UnderscoreDropped, Advice{Caddy, "Take out the line that removes it.", "# header_up -{name}"}},
			Mend{UnderscoreDropped, Advice{Envoy, "Envoy was told to drop or refuse such names.", "headers_with_underscores_action: ALLOW"}},
		),
		Refs:           []string{"RFC 9110 section 11.6.2", "RFC 6750 section 3.1", "Apache CGIPassAuth", "nginx ngx_http_proxy_module"},
		Prior:          -0.5,
		Explains:       []string{"missing-credentials"},
		SeenFromInside: true,
		Detect:         detectAuthorizationDropped,
		Inject:         injectAuthorizationDropped,
		Enforced:       ByProxy,
		Live:           liveAuthorizationDropped,
		Expect:         refuses(expect.Hole, 401, 403, 400),
	}
}

func detectAuthorizationDropped(v *View) []Evidence {
	sent := v.Failed.Request.Header.Get("authorization")
	if v.Failed.Response != nil && sent == "" {
		return v.keyUnseen()
	}
	if v.Failed.Response == nil || v.Voice() == Invalid || !v.statusIs(200, 302, 303, 307, 400, 401, 403) {
		return nil
	}
	scheme, _ := cutScheme(sent)
	if scheme == "" || v.Good != nil && !carriesScheme(&v.Good.Request, scheme) {
		return nil // another scheme, or none: the server may not have known it
	}
	found := v.unseen()
	if len(found) == 0 {
		return nil
	}
	if via := v.newOnPath(); via != "" {
		found = append(found, v.observed(Strong, FromStatus, diff.Edit{}, via+" stands on the way, and did not before"))
	}
	if product := AnswererOf(v.Failed.Response); slices.Contains(product.Front, "CloudFront") || product.Product == "CloudFront" {
		if m := v.Failed.Request.Method; m == "GET" || m == "HEAD" {
			found = append(found, v.observed(Weak, FromRequest, diff.Edit{}, "CloudFront strips Authorization from GET and HEAD unless its cache policy names it"))
		}
	}
	return append(found, v.againstDropping()...)
}

// keyUnseen is evidence that an API key in a header, the same that was taken
// before, did not arrive.
func (v *View) keyUnseen() []Evidence {
	hit, ok := v.Says("api-key-missing")
	if !ok || v.Good == nil || !refused(v.Failed) {
		return nil
	}
	for _, c := range sentWith(v.Failed) {
		good, before := named(CredentialsOf(&v.Good.Request), c)
		if c.Kind != APIKey || c.Part != diff.Header || !before || good.Value != c.Value {
			continue
		}
		found := []Evidence{v.observed(Strong, hit.Source, hit.At, "the answer speaks as if no key had arrived, and the request carries the one that was taken before")}
		if strings.Contains(c.Name, "_") {
			found = append(found, v.observed(Weak, FromRequest, diff.Edit{}, "the name of its header has an underscore: nginx and others drop such headers in silence"))
		}
		return found
	}
	return nil
}

// unseen is evidence that the answer is one to a request without credential.
func (v *View) unseen() []Evidence {
	hit, ok := v.Says(missingVoice)
	switch {
	case ok && v.Voice() == Missing && !hit.Faint:
		return []Evidence{v.observed(Strong, hit.Source, hit.At, "the answer speaks as if no credential had arrived, and the request carries one")}
	case ok && v.Voice() == Missing && v.tokenUntouched():
		return []Evidence{v.observed(Strong, hit.Source, hit.At, "the answer speaks as if nobody had logged in, and the request carries a token that is good by its own claims")}
	case ok && v.Voice() == Missing:
		return []Evidence{v.observed(Weak, hit.Source, hit.At, "the answer speaks as if nobody had logged in, and the request carries a credential")}
	case v.status() == 401 && v.Good != nil && v.tokenUntouched() && len(v.Matter()) == len(v.credentialChanges()):
		if _, other := v.SaysOther(); !other {
			return []Evidence{v.observed(Weak, FromRequest, seen(diff.Request, diff.Header, "authorization", v.Failed.Request.Header.Get("authorization")),
				"the token is good by its own claims, nothing else differs, and the answer gives no reason")}
		}
	}
	return nil
}

// tokenUntouched tells whether the token of the failing request is that of
// the working one, or a like one that has not run out.
func (v *View) tokenUntouched() bool {
	token, _, ok := TokenOf(v.Failed)
	if !ok {
		return false
	}
	at, uncertainty, known := v.ServerTime(Bad, v.Failed)
	end, ends := token.Time("exp")
	if !known || ends && !at.Add(uncertainty).Before(end) {
		return false
	}
	if v.Good == nil {
		return true
	}
	before, _, ok := TokenOf(v.Good)
	return ok && before.Text("iss") == token.Text("iss") && slices.Equal(before.Set("aud"), token.Set("aud")) && slices.Equal(before.Set("scope"), token.Set("scope"))
}

// newOnPath names a product that passed the failing answer on and not the
// working one; "" none.
func (v *View) newOnPath() string {
	if v.Good == nil || v.Good.Response == nil {
		return ""
	}
	before := names(onPath(v.Good.Response.Header))
	for _, m := range onPath(v.answerHeader()) {
		if m.layer != layerApp && !slices.Contains(before, m.product) {
			return m.product
		}
	}
	return ""
}

func (v *View) againstDropping() []Evidence {
	var found []Evidence
	if hit, ok := v.SaysOther("authorization-dropped-by-proxy", "missing-credentials"); ok {
		found = append(found, v.against(Against, hit.Source, "the answer names another reason: "+hit.Cause))
	}
	if a := v.answerer(); a.Made && a.Layer != layerApp {
		found = append(found, v.against(Against, FromStatus, a.Product+" itself refused it, in front of the app"))
	}
	if token, _, ok := TokenOf(v.Failed); ok {
		at, _, known := v.ServerTime(Bad, v.Failed)
		if end, ends := token.Time("exp"); known && ends && end.Before(at) {
			found = append(found, v.against(Against, FromTime, "the token had run out"))
		}
	}
	return found
}

func injectAuthorizationDropped(in *Injection) error {
	sent := in.Request().Header.Get("authorization")
	scheme, _ := cutScheme(sent)
	if scheme == "" {
		return fmt.Errorf("%w: the request carries no Authorization with a scheme", ErrCannotInject)
	}
	if strings.EqualFold(scheme, "basic") || strings.EqualFold(scheme, "digest") {
		return fmt.Errorf("%w: a server says the same to missing and to wrong %s credentials", ErrCannotInject, scheme)
	}
	in.Refuse(Refusal{Status: 401, Scheme: scheme, Description: "No authorization token was found", Code: "credentials_required"})
	return nil
}

func liveAuthorizationDropped(in *Injection) error {
	if !in.Request().Header.Has("authorization") {
		return cannot("the request carries no Authorization")
	}
	return in.damage(Damage{Entry: in.Target, Do: DropRequestField, Name: "authorization"})
}
