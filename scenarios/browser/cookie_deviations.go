package browser

// Where browsers do otherwise than RFC 6265bis says about cookies.
const (
	DeviationCookieDates           Deviation = "cookie-dates"
	DeviationCookieDomainDot       Deviation = "cookie-domain-dot"
	DeviationCookieDomainIP        Deviation = "cookie-domain-ip"
	DeviationCookieDomainPunycode  Deviation = "cookie-domain-punycode"
	DeviationCookieDomainSite      Deviation = "cookie-domain-site"
	DeviationCookieLastLifetime    Deviation = "cookie-last-lifetime"
	DeviationCookieFreshOverwrite  Deviation = "cookie-fresh-overwrite"
	DeviationCookieHostDefault     Deviation = "cookie-host-path-default"
	DeviationCookieHostPath        Deviation = "cookie-host-path-literal"
	DeviationCookieHTTPPrefix      Deviation = "cookie-http-prefix"
	DeviationCookieLaxPost         Deviation = "cookie-lax-post"
	DeviationCookieLineEnd         Deviation = "cookie-line-end"
	DeviationCookieMaxAgePlus      Deviation = "cookie-max-age-plus"
	DeviationCookieNameless        Deviation = "cookie-nameless-equals"
	DeviationCookieNoLaxDefault    Deviation = "cookie-no-lax-default"
	DeviationCookiePartitioned     Deviation = "cookie-partitioned"
	DeviationCookiePathTab         Deviation = "cookie-path-tab"
	DeviationCookieRedirects       Deviation = "cookie-redirects-ignored"
	DeviationCookieSchemeless      Deviation = "cookie-schemeless-site"
	DeviationCookieTab             Deviation = "cookie-tab"
	DeviationCookieTotalProtection Deviation = "cookie-total-protection"
	DeviationCookieTrustworthy     Deviation = "cookie-trustworthy-loopback"
)

var deviationList = []Deviation{
	DeviationCookieDates, DeviationCookieDomainDot, DeviationCookieDomainIP, DeviationCookieDomainPunycode,
	DeviationCookieDomainSite, DeviationCookieFreshOverwrite, DeviationCookieHostDefault, DeviationCookieHostPath, DeviationCookieHTTPPrefix,
	DeviationCookieLastLifetime, DeviationCookieLaxPost, DeviationCookieLineEnd, DeviationCookieMaxAgePlus, DeviationCookieNameless,
	DeviationCookieNoLaxDefault, DeviationCookiePartitioned, DeviationCookiePathTab, DeviationCookieRedirects,
	DeviationCookieSchemeless, DeviationCookieTab, DeviationCookieTotalProtection, DeviationCookieTrustworthy,
}

var deviationInfos = map[Deviation]deviationInfo{
	DeviationCookieDates:           {true, false, "RFC 6265bis §5.1.1", "text directly after a part (\"01st\", \"10:10:10pm\") makes the part unreadable; hours of many digits and years of five are read; years before 1601 count as past"},
	DeviationCookieDomainDot:       {true, true, "RFC 6265bis §5.6.3", "Domain=. is refused, where the text leaves an empty Domain"},
	DeviationCookieDomainIP:        {true, true, "RFC 6265bis §5.7 step 10", "a Domain equal to the IP address of the host counts as absent"},
	DeviationCookieDomainPunycode:  {true, false, "RFC 6265bis §5.7 step 8", "a Domain in UTF-8 is converted to punycode"},
	DeviationCookieDomainSite:      {true, true, "RFC 6265bis §5.7 step 9", "a Domain above the registrable domain of the host is refused, on the list or not"},
	DeviationCookieLastLifetime:    {true, true, "RFC 6265bis §5.6.1, §5.6.2", "of repeated Max-Age or Expires attributes the last one decides even if it is invalid"},
	DeviationCookieFreshOverwrite:  {true, false, "RFC 6265bis §5.7 step 23.3", "an overwritten cookie keeps its creation time only if its value stays the same"},
	DeviationCookieHostDefault:     {false, true, "RFC 6265bis §5.7 step 21", "__Host- is content with a path that defaults to \"/\", without a Path attribute"},
	DeviationCookieHostPath:        {true, false, "RFC 6265bis §5.7 step 21", "__Host- needs Path=/ in so many words; a Path that defaults to \"/\" is refused"},
	DeviationCookieHTTPPrefix:      {true, true, layeredPrefixes, "the prefixes __Http- and __Host-Http- are enforced"},
	DeviationCookieLaxPost:         {true, false, "RFC 6265bis §5.6.7.2 (optional)", "a cookie without SameSite goes with a cross-site top-level POST for two minutes"},
	DeviationCookieLineEnd:         {true, false, "RFC 6265bis §5.6 step 1", "CR or LF in a header line ends it before the cookie is read; in document.cookie it is refused"},
	DeviationCookieMaxAgePlus:      {true, false, "RFC 6265bis §5.6.2", "Max-Age=+60 is read, and so is a number too large with anything after it"},
	DeviationCookieNameless:        {true, true, "RFC 6265bis §5.6", "a cookie without a name is refused if its value contains \"=\""},
	DeviationCookieNoLaxDefault:    {false, true, "RFC 6265bis §5.6.7", "a cookie without SameSite is treated as None, not as Lax (network.cookie.sameSite.laxByDefault is off)"},
	DeviationCookiePartitioned:     {true, true, chips, "Partitioned cookies are kept by top-level site"},
	DeviationCookiePathTab:         {false, true, "RFC 6265bis §5.6", "a tab inside the path is refused"},
	DeviationCookieRedirects:       {true, false, "RFC 6265bis §5.2", "a cross-site redirect on the way does not make a request cross-site"},
	DeviationCookieSchemeless:      {false, true, "RFC 6265bis §5.2", "http and https of one registrable domain are the same site (network.cookie.sameSite.schemeful is off)"},
	DeviationCookieTab:             {true, false, "RFC 6265bis §5.6 step 1", "a tab inside a name, a value or an attribute is refused"},
	DeviationCookieTotalProtection: {false, true, "RFC 6265bis §7.1", "Total Cookie Protection: every cookie of a third-party context is kept by top-level site"},
	DeviationCookieTrustworthy:     {true, true, "RFC 6265bis §5.7 step 13", "http on localhost, *.localhost, 127.0.0.0/8 and [::1] counts as secure"},
}
