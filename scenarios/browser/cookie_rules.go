package browser

// Rules of storing a cookie, in the order of RFC 6265bis §5.7.
const (
	RuleCookieControlCharacter    Rule = "cookie-set-control-character"
	RuleCookieEmpty               Rule = "cookie-set-empty"
	RuleCookieSize                Rule = "cookie-set-size"
	RuleCookieNamelessEquals      Rule = "cookie-set-nameless-equals"
	RuleCookieDomainCharacters    Rule = "cookie-set-domain-characters"
	RuleCookiePublicSuffix        Rule = "cookie-set-public-suffix"
	RuleCookieDomain              Rule = "cookie-set-domain"
	RuleCookieSetSecure           Rule = "cookie-set-secure"
	RuleCookieSetHTTPOnly         Rule = "cookie-set-http-only"
	RuleCookieOverwriteSecure     Rule = "cookie-set-overwrite-secure"
	RuleCookieSetSameSiteStrict   Rule = "cookie-set-samesite-strict"
	RuleCookieSetSameSiteLax      Rule = "cookie-set-samesite-lax"
	RuleCookieSetSameSiteDefault  Rule = "cookie-set-samesite-default"
	RuleCookieSetNoneInsecure     Rule = "cookie-set-samesite-none-insecure"
	RuleCookiePrefixSecure        Rule = "cookie-set-prefix-secure"
	RuleCookiePrefixHost          Rule = "cookie-set-prefix-host"
	RuleCookiePrefixHTTP          Rule = "cookie-set-prefix-http"
	RuleCookiePrefixNameless      Rule = "cookie-set-prefix-nameless"
	RuleCookieOverwriteHTTPOnly   Rule = "cookie-set-overwrite-http-only"
	RuleCookiePartitionedInsecure Rule = "cookie-set-partitioned-insecure"
	RuleCookieSetCredentials      Rule = "cookie-set-credentials-mode"
	RuleCookieSetThirdParty       Rule = "cookie-set-third-party"
	RuleCookieSetURL              Rule = "cookie-set-url"
)

// Rules of sending a cookie, in the order of RFC 6265bis §5.8.3. The last ones
// say why there is nothing to send.
const (
	RuleCookieSendCredentials     Rule = "cookie-send-credentials-mode"
	RuleCookiePartition           Rule = "cookie-send-partition"
	RuleCookieExpired             Rule = "cookie-send-expired"
	RuleCookieHost                Rule = "cookie-send-host"
	RuleCookiePath                Rule = "cookie-send-path"
	RuleCookieSendSecure          Rule = "cookie-send-secure"
	RuleCookieSendHTTPOnly        Rule = "cookie-send-http-only"
	RuleCookieSendSameSiteStrict  Rule = "cookie-send-samesite-strict"
	RuleCookieSendSameSiteLax     Rule = "cookie-send-samesite-lax"
	RuleCookieSendSameSiteDefault Rule = "cookie-send-samesite-default"
	RuleCookieSendNoneInsecure    Rule = "cookie-send-samesite-none-insecure"
	RuleCookieSendThirdParty      Rule = "cookie-send-third-party"
	RuleCookieSendURL             Rule = "cookie-send-url"
	RuleCookieNeverSet            Rule = "cookie-never-set"
	RuleCookieDeleted             Rule = "cookie-deleted"
	RuleCookieEvicted             Rule = "cookie-evicted"
)

const (
	fetchCredentials = "Fetch §4.6 HTTP-network-or-cache fetch, includeCredentials"
	layeredPrefixes  = "draft-ietf-httpbis-layered-cookies, cookie name prefixes"
	chips            = "draft-cutler-httpbis-partitioned-cookies §2.1"
)

var ruleInfos = map[Rule]ruleInfo{
	RuleCookieControlCharacter:    {"RFC 6265bis §5.6 step 1", "DisallowedCharacter", "no control characters anywhere in the line"},
	RuleCookieEmpty:               {"RFC 6265bis §5.7 step 2", "NoCookieContent", "name and value must not both be empty"},
	RuleCookieSize:                {"RFC 6265bis §5.7 step 4", "NameValuePairExceedsMaxSize", "name and value together have at most 4096 octets"},
	RuleCookieNamelessEquals:      {"RFC 6265bis §5.6 (browser rule)", "", "the value of a cookie without a name must not contain \"=\""},
	RuleCookieDomainCharacters:    {"RFC 6265bis §5.7 step 8", "InvalidDomain", "the Domain attribute must be a host name"},
	RuleCookiePublicSuffix:        {"RFC 6265bis §5.7 step 9", "InvalidDomain", "the Domain attribute must not be a public suffix"},
	RuleCookieDomain:              {"RFC 6265bis §5.7 step 10", "InvalidDomain", "the host must be the Domain attribute or below it"},
	RuleCookieSetSecure:           {"RFC 6265bis §5.7 step 13", "SecureOnly", "a Secure cookie must come over a secure connection"},
	RuleCookieSetHTTPOnly:         {"RFC 6265bis §5.7 step 15", "", "a script cannot set an HttpOnly cookie"},
	RuleCookieOverwriteSecure:     {"RFC 6265bis §5.7 step 16", "OverwriteSecure", "an insecure page cannot overwrite or shadow a Secure cookie"},
	RuleCookieSetSameSiteStrict:   {"RFC 6265bis §5.7 step 18", "SchemefulSameSiteStrict", "a cross-site subrequest cannot set a SameSite=Strict cookie"},
	RuleCookieSetSameSiteLax:      {"RFC 6265bis §5.7 step 18", "SchemefulSameSiteLax", "a cross-site subrequest cannot set a SameSite=Lax cookie"},
	RuleCookieSetSameSiteDefault:  {"RFC 6265bis §5.7 step 18", "SchemefulSameSiteUnspecifiedTreatedAsLax", "a cross-site subrequest cannot set a cookie without SameSite"},
	RuleCookieSetNoneInsecure:     {"RFC 6265bis §5.7 step 19", "SameSiteNoneInsecure", "SameSite=None needs Secure"},
	RuleCookiePrefixSecure:        {"RFC 6265bis §5.7 step 20", "InvalidPrefix", "__Secure- needs Secure over a secure connection"},
	RuleCookiePrefixHost:          {"RFC 6265bis §5.7 step 21", "InvalidPrefix", "__Host- needs Secure over a secure connection, Path=/ and no Domain"},
	RuleCookiePrefixHTTP:          {layeredPrefixes, "InvalidPrefix", "__Http- and __Host-Http- need HttpOnly, from a response, besides what __Secure- and __Host- need"},
	RuleCookiePrefixNameless:      {"RFC 6265bis §5.7 step 22", "InvalidPrefix", "the value of a cookie without a name must not begin with a prefix"},
	RuleCookieOverwriteHTTPOnly:   {"RFC 6265bis §5.7 step 23.2", "", "a script cannot overwrite an HttpOnly cookie"},
	RuleCookiePartitionedInsecure: {chips, "", "Partitioned needs Secure over a secure connection"},
	RuleCookieSetCredentials:      {fetchCredentials, "", "the credentials mode must let cookies in"},
	RuleCookieSetThirdParty:       {"RFC 6265bis §7.1", "UserPreferences", "the user blocks third-party cookies"},
	RuleCookieSetURL:              {"RFC 6265bis §5.1.2", "", "only http, https, ws and wss URLs have cookies, and opaque documents have none"},

	RuleCookieSendCredentials:     {fetchCredentials, "", "the credentials mode must let cookies out"},
	RuleCookiePartition:           {chips, "", "a partitioned cookie is only seen below the top-level site where it was set"},
	RuleCookieExpired:             {"RFC 6265bis §5.7, expiry-time", "", "the lifetime of the cookie must not be over"},
	RuleCookieHost:                {"RFC 6265bis §5.8.3 step 1, host", "DomainMismatch", "a host-only cookie goes to its host, a Domain cookie to that domain and below"},
	RuleCookiePath:                {"RFC 6265bis §5.8.3 step 1, path", "NotOnPath", "the request path must be the cookie's path or below it"},
	RuleCookieSendSecure:          {"RFC 6265bis §5.8.3 step 1, secure-only-flag", "SecureOnly", "a Secure cookie goes over secure connections only"},
	RuleCookieSendHTTPOnly:        {"RFC 6265bis §5.8.3 step 1, http-only-flag", "", "a script cannot read an HttpOnly cookie"},
	RuleCookieSendSameSiteStrict:  {"RFC 6265bis §5.8.3 step 1, same-site-flag", "SchemefulSameSiteStrict", "SameSite=Strict goes with same-site requests only"},
	RuleCookieSendSameSiteLax:     {"RFC 6265bis §5.8.3 step 1, same-site-flag", "SchemefulSameSiteLax", "SameSite=Lax goes with same-site requests and safe top-level navigations"},
	RuleCookieSendSameSiteDefault: {"RFC 6265bis §5.8.3 step 1, same-site-flag", "SchemefulSameSiteUnspecifiedTreatedAsLax", "a cookie without SameSite is treated as Lax"},
	RuleCookieSendNoneInsecure:    {"RFC 6265bis §5.7 step 19", "SameSiteNoneInsecure", "SameSite=None needs Secure"},
	RuleCookieSendThirdParty:      {"RFC 6265bis §7.1", "UserPreferences", "the user blocks third-party cookies"},
	RuleCookieSendURL:             {"RFC 6265bis §5.1.2", "", "only http, https, ws and wss URLs have cookies, and opaque documents have none"},
	RuleCookieNeverSet:            {"RFC 6265bis §5.8", "", "only a cookie that was set can be sent"},
	RuleCookieDeleted:             {"RFC 6265bis §5.7, expiry-time", "", "a lifetime in the past deletes the cookie"},
	RuleCookieEvicted:             {"RFC 6265bis §5.7, excess cookies", "", "a site may keep a limited number of cookies"},
}
