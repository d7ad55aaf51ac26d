package browser

import (
	"errors"
	"fmt"
	"strings"
)

var errOpaque = errors.New("the document has an opaque origin")

// reach asks whether this answer or script can set cookies at all.
func (s *situation) reach() *failure {
	switch {
	case s.err != nil:
		return &failure{RuleCookieSetURL, nil, "no cookie can be set here: " + s.err.Error()}
	case !s.credentials:
		return &failure{RuleCookieSetCredentials, s.compareCredentials(), s.credentialsReason("the answer cannot set cookies")}
	}
	return nil
}

// syntax are the checks on the line alone; the first one ends them.
func (s *situation) syntax(line string, set *SetCookie) *failure {
	size := len(set.Name) + len(set.Value)
	control := hasControl(line) || s.profile.Has(DeviationCookieTab) && set.hasTab()
	if path, _ := set.attr("path"); s.profile.Has(DeviationCookiePathTab) && strings.Contains(path, "\t") {
		control = true
	}
	// Chromium looks at the size before the characters, the text after them.
	switch {
	case control && (s.profile != Chromium || size <= maxPairSize):
		return &failure{RuleCookieControlCharacter, nil, "the line has a control character; a cookie value has to be encoded"}
	case size == 0:
		return &failure{RuleCookieEmpty, nil, "the cookie has neither a name nor a value"}
	case size > maxPairSize:
		return &failure{RuleCookieSize, []Compared{{"octets of name and value", fmt.Sprint(size), "4096 or fewer"}},
			fmt.Sprintf("name and value have %d octets, 4096 are the limit; browsers drop such a cookie silently", size)}
	}
	return nil
}

// domain is steps 7 to 10: it sets Domain and HostOnly, or refuses.
func (s *situation) domain(set *SetCookie, c *Cookie) *failure {
	host := s.target.host
	c.Domain, c.HostOnly = host, true
	attr, _ := set.attr("domain")
	bare := strings.TrimPrefix(attr, ".")
	switch {
	case attr == "", bare == "" && !s.profile.Has(DeviationCookieDomainDot):
		return nil
	case isIP(host) && s.profile.Has(DeviationCookieDomainIP) && strings.EqualFold(bare, host):
		return nil
	}
	domain, ok := s.canonicalDomain(bare)
	if !ok {
		return s.domainFailure(RuleCookieDomainCharacters, attr, "it is not a host name")
	}
	if listedSuffix(domain) {
		if domain == host {
			return nil
		}
		return s.domainFailure(RuleCookiePublicSuffix, attr, "it is a public suffix, below which sites of different owners live")
	}
	if s.profile.Has(DeviationCookieDomainSite) {
		// Hosts without a registrable domain may only name themselves.
		if own := RegistrableDomain(host); own == "" && domain == host {
			return nil
		} else if own == "" || own != RegistrableDomain(domain) {
			return s.domainFailure(RuleCookieDomain, attr, "it is outside of the site of "+host)
		}
	}
	if !domainMatch(host, domain) {
		return s.domainFailure(RuleCookieDomain, attr, host+" is neither that domain nor below it")
	}
	c.Domain, c.HostOnly = domain, false
	return nil
}

// canonicalDomain lowers the attribute as the profile does; ok is false for
// what no host can be.
func (s *situation) canonicalDomain(bare string) (string, bool) {
	if s.profile.Has(DeviationCookieDomainPunycode) {
		if strings.Contains(bare, "%") {
			return "", false // CanonicalHost would decode it
		}
		domain, err := CanonicalHost(bare)
		// A dotted address that is only equal after conversion ("127.1") names
		// no host.
		return domain, err == nil && domain != "" && (!isIP(domain) || strings.EqualFold(domain, bare))
	}
	for i := range len(bare) {
		if bare[i] >= 0x80 {
			return "", false
		}
	}
	return strings.ToLower(bare), bare != ""
}

func (s *situation) domainFailure(rule Rule, attr, because string) *failure {
	attr = clip(attr)
	return &failure{rule, []Compared{{"Domain attribute", attr, s.target.host + " or a parent of it below the public suffix"}},
		fmt.Sprintf("%s cannot set a cookie for Domain=%s: %s; leave Domain out for this host alone", s.target.host, attr, because)}
}

// clip keeps a quoted attribute readable.
func clip(s string) string {
	if len(s) > 80 {
		s = s[:80] + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// prefix is steps 20 and 21, and the two prefixes of the layered draft.
func (s *situation) prefix(set *SetCookie, c *Cookie) *failure {
	http := s.profile.Has(DeviationCookieHTTPPrefix)
	secure := c.Secure && s.secure
	switch name := set.Name; {
	case http && hasPrefixFold(name, "__Host-Http-"):
		if !secure || !s.hostPrefix(set, c) || !c.HTTPOnly || s.script {
			return s.prefixFailure(RuleCookiePrefixHTTP, "__Host-Http-", "Secure over https, HttpOnly from a response, Path=/ and no Domain", c)
		}
	case http && hasPrefixFold(name, "__Http-"):
		if !secure || !c.HTTPOnly || s.script {
			return s.prefixFailure(RuleCookiePrefixHTTP, "__Http-", "Secure over https and HttpOnly from a response", c)
		}
	case hasPrefixFold(name, "__Host-"):
		if !secure || !s.hostPrefix(set, c) {
			return s.prefixFailure(RuleCookiePrefixHost, "__Host-", "Secure over https, Path=/ and no Domain", c)
		}
	case hasPrefixFold(name, "__Secure-") && !secure:
		return s.prefixFailure(RuleCookiePrefixSecure, "__Secure-", "Secure over https", c)
	}
	return nil
}

// hostPrefix asks for Path=/ and no Domain, as literally as the profile does.
func (s *situation) hostPrefix(set *SetCookie, c *Cookie) bool {
	path, hasPath := set.attr("path")
	if s.profile.Has(DeviationCookieHostPath) {
		domain, _ := set.attr("domain")
		return path == "/" && (domain == "" || domain == s.target.host && isIP(domain))
	}
	return c.HostOnly && c.Path == "/" && (hasPath || s.profile.Has(DeviationCookieHostDefault))
}

func (s *situation) prefixFailure(rule Rule, prefix, needs string, c *Cookie) *failure {
	return &failure{rule, []Compared{
		{"Secure", present(c.Secure), "present"}, {"HttpOnly", present(c.HTTPOnly), ""},
		{"scheme", s.target.scheme, "https"}, {"path", clip(c.Path), ""}, {"host-only", fmt.Sprint(c.HostOnly), ""},
	}, fmt.Sprintf("a cookie whose name begins with %s needs %s", prefix, needs)}
}

func present(b bool) string {
	if b {
		return "present"
	}
	return "absent"
}

// nameless is step 22, and Chromium's refusal of what would come back as a
// cookie with a name.
func (s *situation) nameless(c *Cookie) *failure {
	if c.Name != "" {
		return nil
	}
	value := strings.TrimLeft(c.Value, " \t")
	prefixes := []string{"__Secure-", "__Host-"}
	if s.profile.Has(DeviationCookieHTTPPrefix) {
		prefixes = append(prefixes, "__Http-")
	}
	for _, p := range prefixes {
		if hasPrefixFold(value, p) {
			return &failure{RuleCookiePrefixNameless, nil, "a cookie without a name, whose value begins with " + p + ", would come back as one that has the prefix"}
		}
	}
	if s.profile.Has(DeviationCookieNameless) && strings.Contains(value, "=") {
		return &failure{RuleCookieNamelessEquals, nil, "a cookie without a name, whose value has \"=\", would come back as one with a name"}
	}
	return nil
}

// partitioned sets the partition (CHIPS), or refuses.
func (s *situation) partitioned(set *SetCookie, c *Cookie) *failure {
	_, asked := set.attr("partitioned")
	if asked = asked && s.partitions; asked && !(c.Secure && s.secure) {
		return &failure{RuleCookiePartitionedInsecure, []Compared{{"Secure", present(c.Secure), "present"}, {"scheme", s.target.scheme, "https"}},
			"Partitioned needs Secure over a secure connection"}
	}
	if asked || s.allPartitioned {
		c.Partition = s.partition
	}
	return nil
}

func (s *situation) insecure(rule Rule) failure {
	return failure{rule, []Compared{{"scheme", s.target.scheme, "https"}},
		"the cookie is Secure, but " + s.target.origin() + " is not a secure connection; use https"}
}

func (s *situation) thirdParty(rule Rule) failure {
	return failure{rule, s.compareSites(),
		"the user blocks third-party cookies, and " + s.site.String() + " is a third party below " + s.top.String() + "; use Partitioned, the Storage Access API or one site"}
}

func (s *situation) compareSites() []Compared {
	compared := []Compared{{"site of the URL", s.site.String(), ""}, {"top-level site", s.top.String(), s.site.String()}}
	if s.ctx.Initiator != "" {
		compared = append(compared, Compared{"site of the initiator", SiteOf(s.ctx.Initiator).String(), s.site.String()})
	}
	for _, f := range s.ctx.Frames {
		if site := SiteOf(f); s.ctx.Kind != Navigation && !site.SameSite(s.site) {
			compared = append(compared, Compared{"site of a frame around it", site.String(), s.site.String()})
			break
		}
	}
	return compared
}

func (s *situation) compareCredentials() []Compared {
	return []Compared{{"credentials mode", s.ctx.Credentials.String(), "include"}, {"origin of the URL", s.target.origin(), ""}, {"origin of the initiator", originOf(s.ctx.Initiator), ""}}
}

// originOf cuts a URL down to its origin, "null" for what has none.
func originOf(url string) string {
	t, err := parseTarget(url)
	if err != nil {
		return "null"
	}
	return t.origin()
}

func (s *situation) credentialsReason(effect string) string {
	if s.ctx.Credentials == Omit {
		return "the request has credentials: \"omit\", so " + effect
	}
	return "the request has credentials: \"same-origin\" and " + s.target.origin() + " is another origin than that of the page, so " + effect + "; use credentials: \"include\""
}

func (s *situation) kindName() string {
	switch s.ctx.Kind {
	case FrameNavigation:
		return "frame load"
	case Subresource:
		return "subrequest"
	case Script:
		return "script access"
	}
	if safeMethod(s.ctx.Method) {
		return "top-level navigation"
	}
	return "top-level " + s.ctx.Method
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
