package browser

import "unicode/utf8"

// devtools names a failure as Chromium's DevTools do
// (Network.CorsErrorStatus), with the parameter that they show.
// A value that is not UTF-8 does not get through their protocol.
func devtools(f corsFailure, stage CORSStage) (name, parameter string) {
	if name, parameter = devtoolsName(f, stage); !utf8.ValidString(parameter) {
		parameter = ""
	}
	return name, parameter
}

func devtoolsName(f corsFailure, stage CORSStage) (name, parameter string) {
	prefix := ""
	if stage == StagePreflight {
		prefix = "Preflight"
	}
	switch f.rule {
	case RuleOriginMissing:
		return prefix + "MissingAllowOriginHeader", ""
	case RuleOriginWildcard:
		return prefix + "WildcardOriginNotAllowed", ""
	case RuleOriginMultiple:
		return prefix + "MultipleAllowOriginValues", f.got
	case RuleOriginInvalid:
		return prefix + "InvalidAllowOriginValue", f.got
	case RuleOriginMismatch:
		return prefix + "AllowOriginMismatch", f.got
	case RuleCredentials:
		return prefix + "InvalidAllowCredentials", f.got
	case RulePreflightRedirect:
		return "PreflightDisallowedRedirect", ""
	case RulePreflightStatus:
		return "PreflightInvalidStatus", ""
	case RuleAllowMethodsSyntax:
		return "InvalidAllowMethodsPreflightResponse", ""
	case RuleAllowHeadersSyntax:
		return "InvalidAllowHeadersPreflightResponse", ""
	case RuleMethodNotAllowed:
		return "MethodDisallowedByPreflightResponse", f.want
	case RuleHeaderNotAllowed:
		return "HeaderDisallowedByPreflightResponse", f.want
	case RuleRedirectCredentials:
		return "RedirectContainsCredentials", ""
	case RuleSameOriginMode:
		return "DisallowedByMode", ""
	case RuleScheme, RuleRedirectScheme:
		return "CorsDisabledScheme", ""
	case RuleNoCORSRedirect:
		return "NoCorsRedirectModeNotFollow", ""
	case RuleLocalNetwork:
		return "LocalNetworkAccessPermissionDenied", ""
	}
	return "", ""
}

// Console returns the text that Chromium prints behind "has been blocked by
// CORS policy:", without its advice; "" where it prints none.
func (v CORSVerdict) Console() string {
	const preflight = "Response to preflight request doesn't pass access control check: "
	prefix := ""
	if v.Stage == StagePreflight {
		prefix = preflight
	}
	switch v.Rule {
	case RuleOriginMissing:
		return prefix + "No 'Access-Control-Allow-Origin' header is present on the requested resource."
	case RuleOriginWildcard:
		return prefix + "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."
	case RuleOriginMultiple:
		return prefix + "The 'Access-Control-Allow-Origin' header contains multiple values '" + v.Got + "', but only one is allowed."
	case RuleOriginInvalid:
		return prefix + "The 'Access-Control-Allow-Origin' header contains the invalid value '" + v.Got + "'."
	case RuleOriginMismatch:
		return prefix + "The 'Access-Control-Allow-Origin' header has a value '" + v.Got + "' that is not equal to the supplied origin."
	case RuleCredentials:
		return prefix + "The value of the 'Access-Control-Allow-Credentials' header in the response is '" + v.Got + "' which must be 'true' when the request's credentials mode is 'include'."
	case RulePreflightStatus:
		return preflight + "It does not have HTTP ok status."
	case RulePreflightRedirect:
		return preflight + "Redirect is not allowed for a preflight request."
	case RuleAllowMethodsSyntax:
		return "Cannot parse Access-Control-Allow-Methods response header field in preflight response."
	case RuleAllowHeadersSyntax:
		return "Cannot parse Access-Control-Allow-Headers response header field in preflight response."
	case RuleMethodNotAllowed:
		return "Method " + v.Want + " is not allowed by Access-Control-Allow-Methods in preflight response."
	case RuleHeaderNotAllowed:
		return "Request header field " + v.Want + " is not allowed by Access-Control-Allow-Headers in preflight response."
	case RuleRedirectCredentials:
		if v.Error != "" {
			return "Redirect location '' contains a username and password, which is disallowed for cross-origin requests."
		}
	case RuleMixedContent:
		return "Mixed Content"
	}
	return ""
}
