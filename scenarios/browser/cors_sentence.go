package browser

import (
	"fmt"
	"strings"
)

// Sentence says in one sentence what the browser did and why, for someone who
// sees "CORS error" and a 200. It names URLs without query, which may hold
// secrets.
func (v CORSVerdict) Sentence() string {
	what := v.method + " " + withoutQuery(v.url)
	if v.Allowed {
		return "the browser lets the script have the answer to " + what
	}
	switch v.Stage {
	case StageRequest:
		return "the browser did not send " + what + ": " + v.why()
	case StagePreflight:
		return "the browser did not send " + what + ": " + v.preflightWhy()
	case StageRedirect:
		return "the browser did not follow the redirect from " + what + ": " + v.why()
	}
	status := ""
	if v.Status != 0 {
		status = fmt.Sprintf(", which was answered %d", v.Status)
	}
	return "the browser keeps the answer to " + what + status + ", from the script: " + v.why()
}

func (v CORSVerdict) preflightWhy() string {
	switch v.Rule {
	case RulePreflightStatus:
		why := fmt.Sprintf("the preflight (OPTIONS) was answered %d, and only 200 to 299 lets the request go", v.Status)
		if v.Status == 401 || v.Status == 403 {
			why += "; a preflight never carries cookies or Authorization, so OPTIONS has to be answered before authentication"
		}
		return why
	case RulePreflightUnknown:
		return "it needs a preflight (OPTIONS), whose answer is not known"
	}
	return fmt.Sprintf("the preflight (OPTIONS) was answered %d, but %s", v.Status, v.why())
}

func (v CORSVerdict) why() string {
	switch v.Rule {
	case RuleURL:
		return "the URL is not valid"
	case RuleURLCredentials:
		return "fetch does not take a URL with user name or password"
	case RuleMethodSyntax:
		return "the method is no token"
	case RuleMethodForbidden:
		return "scripts may not use " + v.method
	case RuleHeaderSyntax:
		return "a header name or value is not valid"
	case RuleBodyNotAllowed:
		return "fetch does not take a body with " + v.method
	case RuleNoCORSMethod:
		return "mode no-cors allows GET, HEAD and POST only"
	case RuleNoCORSRedirect:
		return "mode no-cors across origins has to follow redirects"
	case RuleMixedContent:
		return "a page below https may not fetch from http"
	case RulePort:
		return "the port is on the list of blocked ports"
	case RuleScheme, RuleRedirectScheme:
		return fmt.Sprintf("%q is not a scheme that CORS works with", v.Got)
	case RuleSameOriginMode:
		return "mode same-origin, but the URL is not of the page's origin " + v.Want
	case RuleLocalNetwork:
		return "the address is on the local network, and the user has not permitted the page to use it"
	}
	return v.whyHeader()
}

func (v CORSVerdict) whyHeader() string {
	switch v.Rule {
	case RulePreflightRedirect:
		return "a preflight may not be redirected"
	case RuleAllowMethodsSyntax:
		return fmt.Sprintf("Access-Control-Allow-Methods %q is not a list of method names", v.Got)
	case RuleAllowHeadersSyntax:
		return fmt.Sprintf("Access-Control-Allow-Headers %q is not a list of header names", v.Got)
	case RuleMethodNotAllowed:
		return fmt.Sprintf("Access-Control-Allow-Methods %q does not allow %s%s", v.Got, v.Want, v.starNote())
	case RuleHeaderNotAllowed:
		return fmt.Sprintf("Access-Control-Allow-Headers %q does not allow %s%s", v.Got, v.Want, v.starNote())
	case RuleOriginMissing:
		return "it has no Access-Control-Allow-Origin"
	case RuleOriginWildcard:
		return "Access-Control-Allow-Origin is *, which does not count for a request with credentials"
	case RuleOriginMultiple:
		return fmt.Sprintf("Access-Control-Allow-Origin has several values, %q; exactly one is allowed, the origin %s", v.Got, v.Want)
	case RuleOriginInvalid, RuleOriginMismatch:
		return fmt.Sprintf("Access-Control-Allow-Origin is %q, and has to be %q byte for byte%s", v.Got, v.Want, v.taintNote())
	case RuleCredentials:
		return fmt.Sprintf("Access-Control-Allow-Credentials is %q, and has to be \"true\" for a request with credentials", v.Got)
	case RuleAnswerUnknown:
		return "the answer is not known"
	case RuleProxyAuth:
		return "407 is for proxies, and this server is none"
	}
	return v.whyRedirect()
}

func (v CORSVerdict) whyRedirect() string {
	switch v.Rule {
	case RuleRedirectError:
		return "the script asked for an error on redirects"
	case RuleRedirectLocation:
		return "the Location is not one valid URL"
	case RuleRedirectCount:
		return fmt.Sprintf("%d redirects are the limit", maxRedirects)
	case RuleRedirectCredentials:
		return "the target has a user name or password in its URL"
	case RuleRedirectBody:
		return "the body is a stream, which cannot be sent a second time"
	case RuleResourcePolicy:
		return "Cross-Origin-Resource-Policy keeps other origins out"
	}
	return string(v.Rule)
}

func (v CORSVerdict) starNote() string {
	if v.creds == CredentialsInclude && strings.Contains(v.Got, "*") {
		return "; with credentials * is no wildcard"
	}
	return ""
}

func (v CORSVerdict) taintNote() string {
	if v.Want == "null" && !v.origin.Opaque() {
		return "; after a redirect from one foreign origin to another the page's origin is null"
	}
	return ""
}

// Fix says what to change, and where; empty where nothing is wrong or CORS is
// not to blame.
func (v CORSVerdict) Fix() string {
	place := "the answer"
	switch v.Stage {
	case StagePreflight:
		place = "the answer to OPTIONS"
	case StageRedirect:
		place = "the redirect"
	}
	switch v.Rule {
	case RuleOriginMissing, RuleOriginWildcard, RuleOriginMultiple, RuleOriginInvalid, RuleOriginMismatch:
		if v.Want == "null" {
			return "server, " + place + ": an origin null cannot be told from any other; avoid the redirect between origins, or the sandbox"
		}
		return "server, " + place + ": one field Access-Control-Allow-Origin: " + v.Want + ", with Vary: Origin, on every status"
	case RuleCredentials:
		return "server, " + place + ": Access-Control-Allow-Credentials: true, or the script without credentials"
	case RulePreflightStatus, RulePreflightRedirect:
		return "server, the answer to OPTIONS: 204 with the Access-Control headers, before authentication and routing"
	case RuleMethodNotAllowed, RuleAllowMethodsSyntax:
		return "server, the answer to OPTIONS: Access-Control-Allow-Methods: " + v.method
	case RuleHeaderNotAllowed:
		return "server, the answer to OPTIONS: add " + v.Want + " to Access-Control-Allow-Headers"
	case RuleAllowHeadersSyntax:
		return "server, the answer to OPTIONS: a plain list of names in Access-Control-Allow-Headers"
	case RuleMixedContent:
		return "client: use the https URL"
	case RuleRedirectCredentials, RuleRedirectLocation, RuleRedirectScheme, RuleRedirectCount:
		return "server, the redirect: Location with one http or https URL, without user name"
	}
	if v.Stage == StageRequest && !v.Allowed {
		return "client: change the call"
	}
	return ""
}

func withoutQuery(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		url = url[:i]
	}
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	host, path, slash := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if slash {
		host += "/" + path
	}
	return scheme + "://" + host
}
