package scenarios

import (
	"net/http"
	"strings"
)

// A Wrong is a thing that a proxy does to what passes through it, and that a
// line of its configuration undoes.
type Wrong string

// The wrongs.
const (
	FieldDropped       Wrong = "field-dropped"      // or replaced: {Name} in a snippet stands for it
	UnderscoreDropped  Wrong = "underscore-dropped" // a field whose name has an underscore
	CookieDropped      Wrong = "cookie-dropped"
	SetCookieDropped   Wrong = "set-cookie-dropped"
	SetCookieRewritten Wrong = "set-cookie-rewritten" // its path or its value
	SetCookieDomain    Wrong = "set-cookie-domain"
	SetCookieFlags     Wrong = "set-cookie-flags"
	ForwardedLost      Wrong = "forwarded-lost"
	SchemeLost         Wrong = "scheme-lost"
	PathRewritten      Wrong = "path-rewritten"
	PathDecoded        Wrong = "path-decoded"
	SlashesMerged      Wrong = "slashes-merged"
	QueryDropped       Wrong = "query-dropped"
	MethodReplaced     Wrong = "method-replaced"
	BodyDropped        Wrong = "body-dropped"
	BodyReplaced       Wrong = "body-replaced"
	BodyRefused        Wrong = "body-refused" // as too large
	LocationRewritten  Wrong = "location-rewritten"
	RequestAnswered    Wrong = "request-answered"   // by the proxy itself
	RequestRedirected  Wrong = "request-redirected" // by the proxy itself
	UpstreamSilent     Wrong = "upstream-silent"
	AnswerReplaced     Wrong = "answer-replaced"
	AnswerCut          Wrong = "answer-cut"
	AccessAsked        Wrong = "access-asked"
	PreflightRefused   Wrong = "preflight-refused"
	CORSDoubled        Wrong = "cors-doubled"
	CORSDropped        Wrong = "cors-dropped"
)

// A Mend is what to write in the configuration of one program against one wrong.
type Mend struct {
	Wrong Wrong
	Advice
}

// MendsFor returns what undoes a wrong at a place, or at all places where that is
// "". name is the field that it is about, "" where it is about none. A cause that
// knows no mend for it gives its own advice for the place.
func (c *Cause) MendsFor(w Wrong, at Place, name string) []Advice {
	fill := strings.NewReplacer("{Name}", http.CanonicalHeaderKey(name), "{name}", strings.ToLower(name),
		"{variable}", strings.ReplaceAll(strings.ToLower(name), "-", "_"))
	var list []Advice
	for _, m := range c.Mends {
		if m.Wrong == w && (at == "" || m.Where == at) {
			list = append(list, Advice{m.Where, fill.Replace(m.Text), fill.Replace(m.Snippet)})
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, a := range c.Advice {
		if a.Where == at || at == "" && a.Where != Client && a.Where != App {
			list = append(list, a)
		}
	}
	return list
}

// PlaceOf is the place of a product whose configuration is known; "" of others.
func PlaceOf(product string) Place {
	product = strings.ToLower(product)
	switch product {
	case "openresty", "tengine", "angie": // they are nginx, and more
		return Nginx
	}
	for place, name := range servers {
		if name == product {
			return place
		}
	}
	return ""
}

// fieldMends are what passes a field on as it came.
func fieldMends() []Mend {
	return []Mend{
		{FieldDropped, Advice{Nginx, "Take out the line that sets {Name}: nginx passes it on by itself. Where a line has to stand there, let it pass on what came.", "# proxy_set_header {Name} \"\";\nproxy_set_header {Name} $http_{variable};"}},
		{FieldDropped, Advice{Apache, "Take out the line that unsets or sets {Name}.", "# RequestHeader unset {Name}"}},
		{FieldDropped, Advice{HAProxy, "Take out the rule that deletes or sets {Name}.", "# http-request del-header {Name}"}},
		{FieldDropped, Advice{Caddy, "Take out the line that removes or sets {Name}.", "# header_up -{Name}"}},
		{FieldDropped, Advice{Envoy, "Take {Name} out of request_headers_to_remove; jwt_authn removes the token after checking it, unless told otherwise.", "forward: true"}},
	}
}
