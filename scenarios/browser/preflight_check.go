package browser

import (
	"slices"
	"strings"
)

// A preflightGrant is what a preflight answer allows.
type preflightGrant struct {
	methods     []string // case kept: methods are compared by case
	headers     []string // lower case
	credentials bool     // it was asked for with credentials
}

// readGrant parses both lists (Fetch section "CORS-preflight fetch" step 7).
func readGrant(answer Fields, credentials FetchCredentials) (preflightGrant, corsFailure) {
	g := preflightGrant{credentials: credentials == CredentialsInclude}
	value, _ := answer.get("Access-Control-Allow-Methods")
	var ok bool
	if g.methods, ok = list(value); !ok {
		return g, corsFailure{rule: RuleAllowMethodsSyntax, got: value, hasValue: true}
	}
	value, _ = answer.get("Access-Control-Allow-Headers")
	if g.headers, ok = list(value); !ok {
		return g, corsFailure{rule: RuleAllowHeadersSyntax, got: value, hasValue: true}
	}
	for i, name := range g.headers {
		g.headers[i] = lowerName(name)
	}
	return g, corsFailure{}
}

// wildcard: with credentials "*" is a plain name (Fetch section "CORS
// protocol and credentials").
func (g *preflightGrant) wildcard(list []string) bool {
	return !g.credentials && slices.Contains(list, "*")
}

func (g *preflightGrant) allowsMethod(method string) bool {
	return safelistedMethod(method) || slices.Contains(g.methods, method) || g.wildcard(g.methods)
}

// refusedHeaders returns the unsafe names that are not allowed. strict: "*"
// does not cover Authorization.
func (g *preflightGrant) refusedHeaders(names []string, strict bool) (refused []string) {
	star := g.wildcard(g.headers)
	for _, name := range names {
		if star && !(strict && name == "authorization") || slices.Contains(g.headers, name) {
			continue
		}
		refused = append(refused, name)
	}
	return refused
}

// authorizationByWildcard tells whether only "*" lets Authorization through.
func (g *preflightGrant) authorizationByWildcard(names []string) bool {
	return g.wildcard(g.headers) && slices.Contains(names, "authorization") && !slices.Contains(g.headers, "authorization")
}

// checkPreflight applies "CORS-preflight fetch" steps 6 and 7 to the answer of
// an OPTIONS. Credentials are those of the request that is to follow, although
// the OPTIONS itself never carries any.
func checkPreflight(answer *CORSAnswer, need *PreflightNeed, origin Origin, credentials FetchCredentials, p Profile) (preflightGrant, corsFailure) {
	if p == Chromium && isRedirect(answer, p) {
		return preflightGrant{}, corsFailure{rule: RulePreflightRedirect}
	}
	if f := corsCheck(answer.Header, origin, credentials); f.failed() {
		return preflightGrant{}, f
	}
	if answer.Status < 200 || answer.Status > 299 {
		if isRedirect(answer, p) {
			return preflightGrant{}, corsFailure{rule: RulePreflightRedirect}
		}
		return preflightGrant{}, corsFailure{rule: RulePreflightStatus}
	}
	grant, f := readGrant(answer.Header, credentials)
	if f.failed() {
		return grant, f
	}
	if _, present := answer.Header.get("Access-Control-Allow-Methods"); !present && need.Forced && p != Chromium {
		grant.methods = []string{need.Method}
	}
	if !grant.allowsMethod(need.Method) {
		return grant, corsFailure{rule: RuleMethodNotAllowed, got: strings.Join(grant.methods, ", "), want: need.Method}
	}
	if refused := grant.refusedHeaders(need.Headers, p == Standard); len(refused) > 0 {
		name := need.firstRefused(refused, p)
		return grant, corsFailure{rule: RuleHeaderNotAllowed, got: strings.Join(grant.headers, ", "), want: name}
	}
	return grant, corsFailure{}
}
