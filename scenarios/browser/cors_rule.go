package browser

// A CORSRule names the rule that a request failed. The empty rule is none.
type CORSRule string

// The rules in the order in which a browser meets them.
const (
	RuleURL             CORSRule = "url-invalid"
	RuleURLCredentials  CORSRule = "url-credentials"
	RuleMethodSyntax    CORSRule = "method-syntax"
	RuleMethodForbidden CORSRule = "method-forbidden"
	RuleHeaderSyntax    CORSRule = "header-syntax"
	RuleBodyNotAllowed  CORSRule = "body-not-allowed"
	RuleNoCORSMethod    CORSRule = "no-cors-method"
	RuleNoCORSRedirect  CORSRule = "no-cors-redirect"
	RuleMixedContent    CORSRule = "mixed-content"
	RulePort            CORSRule = "bad-port"
	RuleScheme          CORSRule = "scheme"
	RuleSameOriginMode  CORSRule = "same-origin-mode"
	RuleLocalNetwork    CORSRule = "local-network"

	RulePreflightUnknown   CORSRule = "preflight-unknown"
	RulePreflightRedirect  CORSRule = "preflight-redirect"
	RulePreflightStatus    CORSRule = "preflight-status"
	RuleAllowMethodsSyntax CORSRule = "allow-methods-syntax"
	RuleAllowHeadersSyntax CORSRule = "allow-headers-syntax"
	RuleMethodNotAllowed   CORSRule = "method-not-allowed"
	RuleHeaderNotAllowed   CORSRule = "header-not-allowed"

	RuleOriginMissing  CORSRule = "allow-origin-missing"
	RuleOriginWildcard CORSRule = "allow-origin-wildcard"
	RuleOriginMultiple CORSRule = "allow-origin-multiple"
	RuleOriginInvalid  CORSRule = "allow-origin-invalid"
	RuleOriginMismatch CORSRule = "allow-origin-mismatch"
	RuleCredentials    CORSRule = "allow-credentials"

	RuleAnswerUnknown       CORSRule = "answer-unknown"
	RuleProxyAuth           CORSRule = "proxy-authentication"
	RuleRedirectError       CORSRule = "redirect-error-mode"
	RuleRedirectLocation    CORSRule = "redirect-location"
	RuleRedirectScheme      CORSRule = "redirect-scheme"
	RuleRedirectCount       CORSRule = "redirect-count"
	RuleRedirectCredentials CORSRule = "redirect-credentials"
	RuleRedirectBody        CORSRule = "redirect-body"
	RuleResourcePolicy      CORSRule = "resource-policy"
)

// A CORSStage is the answer that a rule was applied to, and so the place of
// the fix.
type CORSStage string

const (
	StageRequest   CORSStage = "request"   // the script or the page
	StagePreflight CORSStage = "preflight" // the answer to OPTIONS
	StageRedirect  CORSStage = "redirect"  // an answer that redirects
	StageAnswer    CORSStage = "answer"    // the last answer
)

const fetchStandard = "https://fetch.spec.whatwg.org/"

// Section returns the address of the section that has the rule, "" for none.
func (r CORSRule) Section() string {
	switch r {
	case RuleURL, RuleURLCredentials, RuleBodyNotAllowed, RuleNoCORSMethod, RuleNoCORSRedirect:
		return fetchStandard + "#dom-request"
	case RuleMethodSyntax:
		return fetchStandard + "#concept-method"
	case RuleMethodForbidden:
		return fetchStandard + "#forbidden-method"
	case RuleHeaderSyntax:
		return fetchStandard + "#headers-validate"
	case RuleMixedContent:
		return "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch"
	case RulePort:
		return fetchStandard + "#port-blocking"
	case RuleScheme, RuleSameOriginMode:
		return fetchStandard + "#concept-main-fetch"
	case RuleLocalNetwork:
		return "https://wicg.github.io/local-network-access/"
	case RulePreflightRedirect, RulePreflightStatus, RuleMethodNotAllowed, RuleHeaderNotAllowed:
		return fetchStandard + "#cors-preflight-fetch"
	case RuleAllowMethodsSyntax, RuleAllowHeadersSyntax:
		return fetchStandard + "#http-new-header-syntax"
	case RuleOriginMissing, RuleOriginWildcard, RuleOriginMultiple, RuleOriginInvalid, RuleOriginMismatch, RuleCredentials:
		return fetchStandard + "#concept-cors-check"
	case RuleProxyAuth:
		return fetchStandard + "#concept-http-network-or-cache-fetch"
	case RuleRedirectError:
		return fetchStandard + "#concept-http-fetch"
	case RuleRedirectLocation, RuleRedirectScheme, RuleRedirectCount, RuleRedirectCredentials, RuleRedirectBody:
		return fetchStandard + "#concept-http-redirect-fetch"
	case RuleResourcePolicy:
		return fetchStandard + "#cross-origin-resource-policy-header"
	}
	return ""
}

// A CORSDeviation names a rule in which a browser does not follow the text.
type CORSDeviation string

const (
	DeviationAuthorizationWildcard CORSDeviation = "authorization-wildcard"    // Chromium, Firefox
	DeviationClientHints           CORSDeviation = "client-hints"              // Chromium
	DeviationRangeNumbers          CORSDeviation = "range-numbers"             // Chromium
	DeviationUploadListener        CORSDeviation = "upload-listener"           // Chromium
	DeviationForcedMethod          CORSDeviation = "forced-preflight-method"   // Chromium
	DeviationCombinedHeaders       CORSDeviation = "combined-headers"          // Chromium
	DeviationBlobType              CORSDeviation = "blob-type"                 // Chromium
	DeviationHeaderOrder           CORSDeviation = "header-order"              // Chromium
	DeviationRedirectUserinfo      CORSDeviation = "redirect-userinfo"         // Chromium
	DeviationEmptyLocation         CORSDeviation = "empty-location"            // Chromium, Firefox
	DeviationPreflightRedirect     CORSDeviation = "preflight-redirect-first"  // Chromium
	DeviationMaxAgeSyntax          CORSDeviation = "max-age-syntax"            // Chromium, Firefox
	DeviationMaxAgeCap             CORSDeviation = "max-age-cap"               // Chromium, Firefox
	DeviationCacheTaint            CORSDeviation = "cache-ignores-taint"       // Chromium
	DeviationCacheKept             CORSDeviation = "cache-kept-after-failure"  // Chromium, Firefox
	DeviationCacheCredentials      CORSDeviation = "cache-exact-credentials"   // Firefox
	DeviationCacheOpaque           CORSDeviation = "cache-opaque-never-reused" // Chromium
	DeviationMixedLocalhost        CORSDeviation = "mixed-content-localhost"   // Chromium, Firefox
)

// CORSDeviations explains each named deviation in a sentence.
func CORSDeviations() map[CORSDeviation]string {
	return map[CORSDeviation]string{
		DeviationAuthorizationWildcard: "Access-Control-Allow-Headers: * covers Authorization without credentials; the text wants it by name",
		DeviationClientHints:           "Save-Data, DPR, Device-Memory, Downlink, ECT, RTT, Viewport-Width, Width and User-Agent need no preflight",
		DeviationRangeNumbers:          "a Range number from 2^63-1 on is not safelisted",
		DeviationUploadListener:        "a listener on xhr.upload forces a preflight only where there is a body",
		DeviationForcedMethod:          "a forced preflight still needs Access-Control-Allow-Methods; the text takes the request's own method where the header is missing",
		DeviationCombinedHeaders:       "values of one name are combined before the 128 bytes are counted",
		DeviationBlobType:              "XMLHttpRequest leaves out the type of a Blob that is no MIME type",
		DeviationHeaderOrder:           "of several refused headers the first of a hash table is named, not the first of the alphabet",
		DeviationRedirectUserinfo:      "a redirect target with user name or password is refused for fetch also inside one origin",
		DeviationEmptyLocation:         "a redirect status with an empty Location is an ordinary answer; the text redirects to the same URL",
		DeviationPreflightRedirect:     "a redirected preflight is refused before its CORS headers are looked at",
		DeviationMaxAgeSyntax:          "Access-Control-Max-Age: Chromium reads a sign, Firefox does not keep what it cannot read",
		DeviationMaxAgeCap:             "Access-Control-Max-Age is cut: Chromium 7200 s, Firefox 86400 s",
		DeviationCacheTaint:            "a preflight after a cross-origin redirect is kept under the page's origin, not under null",
		DeviationCacheKept:             "a kept preflight survives the failure of the request that it allowed",
		DeviationCacheCredentials:      "a preflight made with credentials is not used without",
		DeviationCacheOpaque:           "opaque origins never reuse a preflight",
		DeviationMixedLocalhost:        "a page on http://localhost may fetch from any http URL",
	}
}
