package browser

import (
	"slices"
	"time"
)

// CookieContext is what a browser knows of a request when it stores or sends
// cookies. Only URL and Time are always needed: the rest of the zero value is a
// navigation that the user typed, with which every cookie of the URL goes.
type CookieContext struct {
	// URL of the request, or of the document for [Script].
	URL string
	// Time is the clock of the browser.
	Time time.Time
	Kind RequestKind
	// Method of the request, "" for GET.
	Method string
	// Initiator is the origin (or URL) of the document that started the
	// request: "" for the user (address bar, bookmark), "null" for an opaque
	// origin. A reload has the initiator of the navigation that it repeats.
	Initiator string
	// Frames are the origins (or URLs) of the documents around the request, the
	// top-level one first. For [Subresource] and [Script] the last one is the
	// document that asks, for [FrameNavigation] the parent of the frame. Empty
	// means the initiator alone; not used for [Navigation].
	Frames []string
	// Credentials mode of a fetch. Everything else includes them.
	Credentials Credentials
	// Redirects are the URLs that led here, the first request first.
	Redirects []string
	// ThirdPartyBlocked is the setting of the user.
	ThirdPartyBlocked bool
}

// RequestKind is the kind of access to cookies.
type RequestKind uint8

// The kinds.
const (
	Navigation      RequestKind = iota // of the top-level page: link, form, window.open, address bar
	FrameNavigation                    // of an iframe, also by a form
	Subresource                        // fetch, XMLHttpRequest, image, script, style
	Script                             // document.cookie
)

// Credentials is the credentials mode of a request (Fetch).
type Credentials uint8

// The credentials modes. fetch() without an option is SameOrigin.
const (
	Include Credentials = iota
	SameOrigin
	Omit
)

var credentialNames = [...]string{"include", "same-origin", "omit"}

func (c Credentials) String() string { return credentialNames[c%3] }

// sameSiteStatus is how close to its site a request is.
type sameSiteStatus uint8

const (
	crossSite sameSiteStatus = iota
	laxUnsafe                // top-level navigation from elsewhere, unsafe method
	lax                      // top-level navigation from elsewhere, safe method
	strict                   // same-site
)

// situation is a context judged once for all cookies.
type situation struct {
	ctx         *CookieContext
	profile     Profile
	target      target
	err         error // the URL is none that has cookies
	site        Site
	top         Site // of the top-level page
	siteFor     Site // "site for cookies" (RFC 6265bis §5.2), opaque if some frame is cross-site
	initiator   Site
	secure      bool // may see Secure cookies
	https       bool
	script      bool
	credentials bool
	status      sameSiteStatus
	partition   PartitionKey // of partitioned cookies seen here
	key         string       // registrable domain of the host, or the host

	partitions, dropThirdParty bool
	allPartitioned             bool // Total Cookie Protection, and this is a third party
	laxPost, noLaxDefault      bool
	schemeless                 bool

	existing func(*Cookie) []*Cookie // what a jar has beside the new cookie; nil for none
}

func (ctx *CookieContext) judge(p Profile) situation {
	s := situation{ctx: ctx, profile: p, script: ctx.Kind == Script}
	s.target, s.err = parseTarget(ctx.URL)
	if s.err == nil && s.script && s.opaqueDocument() {
		s.err = errOpaque
	}
	if s.err != nil {
		return s
	}
	s.site = s.target.site()
	s.key = s.site.Host
	s.https = s.target.secure()
	s.secure = s.https || p.Has(DeviationCookieTrustworthy) && s.target.loopback()
	s.laxPost = p.Has(DeviationCookieLaxPost)
	s.noLaxDefault = p.Has(DeviationCookieNoLaxDefault)
	s.partitions = p.Has(DeviationCookiePartitioned)
	s.schemeless = p.Has(DeviationCookieSchemeless)
	frames := s.frames()
	s.top = s.siteOf(frames[0])
	s.siteFor = s.siteForCookies(frames)
	switch ctx.Initiator {
	case "":
	case frames[0]:
		s.initiator = s.siteIn(s.top)
	default:
		s.initiator = s.siteIn(s.siteOf(ctx.Initiator))
	}
	s.credentials = s.credentialsApply()
	s.status = s.sameSite()
	s.setPartition()
	return s
}

// opaqueDocument reports whether the script runs in a document without an
// origin (sandboxed, data:): document.cookie throws there.
func (s *situation) opaqueDocument() bool {
	last := s.ctx.Initiator
	if n := len(s.ctx.Frames); n > 0 {
		last = s.ctx.Frames[n-1]
	}
	return last == "null"
}

// siteOf is [SiteOf], but for the URL of the request, which is known.
func (s *situation) siteOf(url string) Site {
	if url == s.ctx.URL {
		return s.site
	}
	return SiteOf(url)
}

// siteIn drops the scheme for a browser whose sites have none.
func (s *situation) siteIn(site Site) Site {
	if s.schemeless && !site.Opaque() {
		site.Scheme = "https"
	}
	return site
}

// frames are the documents around the request, the top-level one first.
func (s *situation) frames() []string {
	switch ctx := s.ctx; {
	case ctx.Kind == Navigation:
		return []string{ctx.URL}
	case len(ctx.Frames) > 0:
		return ctx.Frames
	case ctx.Initiator != "":
		return []string{ctx.Initiator}
	default: // nothing known: the page of the URL itself
		return []string{ctx.URL}
	}
}

// siteForCookies is the top-level site, provided that every document down to
// the one that asks is same-site with it (RFC 6265bis §5.2.1).
func (s *situation) siteForCookies(frames []string) Site {
	top := s.siteIn(s.top)
	for _, f := range frames[1:] {
		if !s.siteIn(s.siteOf(f)).SameSite(top) {
			return Site{}
		}
	}
	return top
}

// firstParty reports whether the URL is same-site with all documents around it.
func (s *situation) firstParty() bool { return s.siteFor.SameSite(s.siteIn(s.site)) }

// sameSite is RFC 6265bis §5.2: the URL, the documents around the request and
// the one that started it have one site. What is left for a cross-site
// initiator is the top-level navigation.
func (s *situation) sameSite() sameSiteStatus {
	if !s.firstParty() {
		return crossSite
	}
	if (s.ctx.Initiator == "" || s.initiator.SameSite(s.siteIn(s.site))) && s.redirectsSameSite() {
		return strict
	}
	if s.ctx.Kind != Navigation && !s.script {
		return crossSite
	}
	if !safeMethod(s.ctx.Method) {
		return laxUnsafe
	}
	return lax
}

// redirectsSameSite looks at every hop. Chromium does not: it kept breaking
// sites (its flag CookieSameSiteConsidersRedirectChain is off).
func (s *situation) redirectsSameSite() bool {
	if s.profile.Has(DeviationCookieRedirects) {
		return true
	}
	return !slices.ContainsFunc(s.ctx.Redirects, func(hop string) bool {
		return !s.siteIn(s.siteOf(hop)).SameSite(s.siteIn(s.site))
	})
}

// setPartition computes the key under which this place sees partitioned
// cookies.
func (s *situation) setPartition() {
	s.partition = PartitionKey{s.top, !s.firstParty()}
	s.dropThirdParty = s.ctx.ThirdPartyBlocked && !s.firstParty()
	s.allPartitioned = s.profile.Has(DeviationCookieTotalProtection) && !s.firstParty()
}

// credentialsApply is "includeCredentials" of Fetch §4.6. Same-origin asks for
// it on every hop: a redirect through another origin taints the response.
func (s *situation) credentialsApply() bool {
	switch s.ctx.Credentials {
	case Omit:
		return false
	case SameOrigin:
		from, err := parseTarget(s.ctx.Initiator)
		if err != nil {
			return false
		}
		origin := from.origin()
		for _, hop := range s.ctx.Redirects {
			if t, err := parseTarget(hop); err != nil || t.origin() != origin {
				return false
			}
		}
		return s.target.origin() == origin
	}
	return true
}

// safeMethod is RFC 9110 §9.2.1, where methods are told apart by case.
func safeMethod(method string) bool {
	switch method {
	case "", "GET", "HEAD", "OPTIONS", "TRACE":
		return true
	}
	return false
}

// domainKey groups cookies that can be seen together: the registrable domain,
// or the host where there is none.
func domainKey(host string) string {
	if r := RegistrableDomain(host); r != "" {
		return r
	}
	return host
}
