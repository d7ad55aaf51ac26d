package devtools

import (
	"strings"

	"github.com/replaydiff/replay/scenarios/browser"
)

// corsRules are the names that do not tell the answer they were found in; those
// that begin with "Preflight" do.
var corsRules = map[string]browser.CORSRule{
	"MissingAllowOriginHeader":  browser.RuleOriginMissing,
	"WildcardOriginNotAllowed":  browser.RuleOriginWildcard,
	"MultipleAllowOriginValues": browser.RuleOriginMultiple,
	"InvalidAllowOriginValue":   browser.RuleOriginInvalid,
	"AllowOriginMismatch":       browser.RuleOriginMismatch,
	"InvalidAllowCredentials":   browser.RuleCredentials,

	"PreflightInvalidStatus":               browser.RulePreflightStatus,
	"PreflightDisallowedRedirect":          browser.RulePreflightRedirect,
	"InvalidAllowMethodsPreflightResponse": browser.RuleAllowMethodsSyntax,
	"InvalidAllowHeadersPreflightResponse": browser.RuleAllowHeadersSyntax,
	"MethodDisallowedByPreflightResponse":  browser.RuleMethodNotAllowed,
	"HeaderDisallowedByPreflightResponse":  browser.RuleHeaderNotAllowed,

	"DisallowedByMode":            browser.RuleSameOriginMode,
	"CorsDisabledScheme":          browser.RuleScheme,
	"RedirectContainsCredentials": browser.RuleRedirectCredentials,
	"NoCorsRedirectModeNotFollow": browser.RuleNoCORSRedirect,

	"InsecureLocalNetwork":               browser.RuleLocalNetwork,
	"InvalidLocalNetworkAccess":          browser.RuleLocalNetwork,
	"LocalNetworkAccessPermissionDenied": browser.RuleLocalNetwork,
	"PreflightMissingAllowExternal":      browser.RuleLocalNetwork,
	"PreflightInvalidAllowExternal":      browser.RuleLocalNetwork,
	// Names of earlier versions, from Private Network Access.
	"InsecurePrivateNetwork":                    browser.RuleLocalNetwork,
	"InvalidPrivateNetworkAccess":               browser.RuleLocalNetwork,
	"PreflightMissingAllowPrivateNetwork":       browser.RuleLocalNetwork,
	"PreflightInvalidAllowPrivateNetwork":       browser.RuleLocalNetwork,
	"UnexpectedPrivateNetworkAccess":            browser.RuleLocalNetwork,
	"PrivateNetworkAccessPermissionDenied":      browser.RuleLocalNetwork,
	"PrivateNetworkAccessPermissionUnavailable": browser.RuleLocalNetwork,
	"PreflightMissingPrivateNetworkAccessId":    browser.RuleLocalNetwork,
	"PreflightMissingPrivateNetworkAccessName":  browser.RuleLocalNetwork,
}

// CORSRule is the rule behind a name of Network.CorsError, and the answer that
// it was applied to. It is false for names that stand for no rule
// ("InvalidResponse") or that it does not know.
func CORSRule(name string) (browser.CORSRule, browser.CORSStage, bool) {
	if rule, ok := corsRules[name]; ok {
		switch rule {
		case browser.RulePreflightStatus, browser.RulePreflightRedirect, browser.RuleAllowMethodsSyntax, browser.RuleAllowHeadersSyntax,
			browser.RuleMethodNotAllowed, browser.RuleHeaderNotAllowed:
			return rule, browser.StagePreflight, true
		case browser.RuleSameOriginMode, browser.RuleScheme, browser.RuleNoCORSRedirect, browser.RuleLocalNetwork:
			return rule, browser.StageRequest, true
		case browser.RuleRedirectCredentials:
			return rule, browser.StageRedirect, true
		}
		return rule, browser.StageAnswer, true
	}
	rest, preflight := strings.CutPrefix(name, "Preflight")
	rule, ok := corsRules[rest]
	return rule, browser.StagePreflight, preflight && ok
}

// SendRule is the rule behind a reason of Network.CookieBlockedReason, by which
// a cookie that is kept was not sent. It is false for reasons that stand for
// no rule or that it does not know.
func SendRule(reason string) (browser.Rule, bool) {
	switch strings.TrimPrefix(reason, "Schemeful") {
	case "SecureOnly":
		return browser.RuleCookieSendSecure, true
	case "NotOnPath":
		return browser.RuleCookiePath, true
	case "DomainMismatch":
		return browser.RuleCookieHost, true
	case "SameSiteStrict":
		return browser.RuleCookieSendSameSiteStrict, true
	case "SameSiteLax":
		return browser.RuleCookieSendSameSiteLax, true
	case "SameSiteUnspecifiedTreatedAsLax":
		return browser.RuleCookieSendSameSiteDefault, true
	case "SameSiteNoneInsecure":
		return browser.RuleCookieSendNoneInsecure, true
	case "ThirdPartyPhaseout", "ThirdPartyBlockedInFirstPartySet", "UserPreferences":
		return browser.RuleCookieSendThirdParty, true
	case "NameValuePairExceedsMaxSize":
		return browser.RuleCookieSize, true
	}
	return "", false
}

// StoreRule is the rule behind a reason of Network.SetCookieBlockedReason, by
// which a cookie of that name was refused.
func StoreRule(reason, name string) (browser.Rule, bool) {
	switch strings.TrimPrefix(reason, "Schemeful") {
	case "SecureOnly":
		return browser.RuleCookieSetSecure, true
	case "OverwriteSecure":
		return browser.RuleCookieOverwriteSecure, true
	case "SameSiteStrict":
		return browser.RuleCookieSetSameSiteStrict, true
	case "SameSiteLax":
		return browser.RuleCookieSetSameSiteLax, true
	case "SameSiteUnspecifiedTreatedAsLax":
		return browser.RuleCookieSetSameSiteDefault, true
	case "SameSiteNoneInsecure":
		return browser.RuleCookieSetNoneInsecure, true
	case "ThirdPartyPhaseout", "ThirdPartyBlockedInFirstPartySet", "UserPreferences":
		return browser.RuleCookieSetThirdParty, true
	case "InvalidDomain":
		return browser.RuleCookieDomain, true
	case "InvalidPrefix":
		return prefixRule(name), true
	case "NameValuePairExceedsMaxSize":
		return browser.RuleCookieSize, true
	case "DisallowedCharacter":
		return browser.RuleCookieControlCharacter, true
	case "NoCookieContent":
		return browser.RuleCookieEmpty, true
	}
	return "", false
}

func prefixRule(name string) browser.Rule {
	lower := strings.ToLower(name)
	switch {
	case strings.HasPrefix(lower, "__host-http-"), strings.HasPrefix(lower, "__http-"):
		return browser.RuleCookiePrefixHTTP
	case strings.HasPrefix(lower, "__host-"):
		return browser.RuleCookiePrefixHost
	case strings.HasPrefix(lower, "__secure-"):
		return browser.RuleCookiePrefixSecure
	}
	return browser.RuleCookiePrefixNameless
}
