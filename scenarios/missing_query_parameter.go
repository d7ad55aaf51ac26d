package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func missingQueryParameter() *Cause {
	return &Cause{
		ID:    "missing-query-parameter",
		Kind:  Mechanism,
		Group: Target,
		Means: "A parameter that the server needs, and that is no secret, is gone from the query, empty or changed.",
		Looks: "A parameter of every working request is missing and the answer is a 400, 401, 403 or 404, best one that names it; or the query was mangled: &amp;, a second question mark.",
		Unlike: []Unlike{
			{"api-key-missing", "there the parameter is a key"},
			{"signed-url-expired", "there the parameters are those of a signature"},
			{"login-state-lost", "there it is the state of a login, which differs each time"},
			{"pkce-missing", "there it is the code challenge of an authorization request"},
		},
		Advice: []Advice{
			{Client, "Build queries with a library.", `url.searchParams.set("tenant", tenant)`},
			{Nginx, "A proxy_pass with variables replaces the query too: hand it on.", "proxy_pass http://app/x$is_args$args;"},
			{Apache, "A RewriteRule with a query of its own drops the old one without QSA.", "RewriteRule ^/old /new?x=1 [QSA]"},
		},
		Refs:   []string{"RFC 3986 section 3.4", "nginx, proxy_pass", "Apache mod_rewrite, QSA"},
		Prior:  -0.3,
		Detect: detectMissingQueryParameter,
		Inject: injectMissingQueryParameter,
		Parameters: []Parameter{
			{Name: "name", Type: TypeText, Doc: "the parameter that is left away; the first without it"},
		},
		Enforced: ByClient,
		Expect:   oneOf(expect.Lenient, 400, 401, 403, 404, 422),
	}
}

func detectMissingQueryParameter(v *View) []Evidence {
	if v.worked() == nil || !refused(v.Failed) {
		return nil
	}
	mangled := v.mangledQuery()
	list := mangled
	for _, c := range v.Matter() {
		if c.Part != diff.Query || isFlowParameter(c.Name) || c.Op == diff.Add {
			continue
		}
		gone := c.Op == diff.Remove || c.New == "" && c.Old != ""
		switch {
		case gone && v.names(c.Name):
			list = append(list, v.observed(Decisive, FromRequest, c.Edit, "the parameter is gone"), v.observed(Strong, FromText, diff.Edit{}, "the answer names it"))
		case gone && v.status() == 400:
			list = append(list, v.observed(Decisive, FromRequest, c.Edit, "the parameter is gone, and the server calls the request bad"))
		case gone:
			list = append(list, v.observed(Strong, FromRequest, c.Edit, "the parameter is gone"))
		case v.names(c.Name) && v.status() != 401:
			list = append(list, v.observed(Strong, FromRequest, c.Edit, "the parameter has another value"), v.observed(Strong, FromText, diff.Edit{}, "the answer names it"))
		case decides(c.Name):
			list = append(list, v.observed(Strong, FromRequest, c.Edit, "a parameter that chooses tenant, account or version has another value"))
		}
	}
	if len(list) > 0 && !v.keepsCredentials() {
		list = append(list, v.against(Against, FromRequest, "a credential did not come along"))
	}
	return list
}

// mangledQuery finds the traces of a query that was put together by hand.
func (v *View) mangledQuery() []Evidence {
	var list []Evidence
	for _, c := range v.Matter() {
		switch {
		case c.Part == diff.Query && c.Op == diff.Add && strings.HasPrefix(c.Name, "amp;"):
			list = append(list, v.observed(Decisive, FromRequest, c.Edit, "the query was escaped for HTML: &amp; parts its parameters"))
		case c.Part == diff.Query && c.Op == diff.Replace && strings.Contains(c.New, "?") && !strings.Contains(c.Old, "?") && strings.HasPrefix(c.New, c.Old+"?"):
			list = append(list, v.observed(Decisive, FromRequest, c.Edit, "a second question mark swallowed the parameters behind it"))
		}
	}
	return list
}

// isFlowParameter knows parameters that belong to other causes: keys,
// signatures, and what a login makes up each time.
func isFlowParameter(name string) bool {
	if isKeyName(name) || isSignatureName(name) || isCSRFName(name) {
		return true
	}
	switch strings.ToLower(name) {
	case "state", "nonce", "code", "code_challenge", "code_challenge_method", "redirect_uri", "expires", "x-amz-expires", "x-amz-date", "x-amz-credential",
		"x-amz-security-token", "x-amz-signedheaders", "x-amz-algorithm", "x-goog-expires", "x-goog-date", "x-goog-credential", "policy", "key-pair-id", "se", "sp", "sv", "sr", "st", "ticket", "samlresponse", "relaystate":
		return true
	}
	return false
}

// decides knows parameters that choose for whom or in which form an API
// answers.
func decides(name string) bool {
	return hasWord(name, "tenant", "tenantid", "org", "organization", "organisation", "account", "accountid", "workspace", "realm", "project", "projectid", "version", "apiversion", "clientid", "client", "audience", "region")
}

// names tells whether the answer speaks of a parameter by its name. Short
// names are in any text.
func (v *View) names(name string) bool {
	if len(name) < 3 {
		return false
	}
	text := strings.ToLower(answerText(v.Failed))
	if i := strings.Index(text, strings.ToLower(name)); i >= 0 {
		return v.Good == nil || !strings.Contains(strings.ToLower(answerText(v.Good)), strings.ToLower(name)) || v.status() == 400
	}
	return false
}

func injectMissingQueryParameter(in *Injection) error {
	u := in.Request().ParsedURL()
	if u == nil {
		return cannot("the URL can't be parsed")
	}
	for _, p := range formFields(u.RawQuery) {
		if p.Value != "" && len(p.Name) > 2 && !isFlowParameter(p.Name) && (in.With["name"] == "" || in.With["name"] == p.Name) {
			replaceQuery(in.Request(), p.Name, "", false)
			in.Refuse(Refusal{Status: 400, Code: "invalid_request", Description: "missing required parameter: " + p.Name})
			return nil
		}
	}
	return cannot("the query has no parameter to lose")
}
