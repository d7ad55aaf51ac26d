package browser

import ()

// A FetchContext is what Sec-Fetch-* is made of.
type FetchContext struct {
	Initiator Origin   // who asked; ignored if User
	User      bool     // the user did, with address bar or bookmark: no page asked
	URLs      []string // the redirect chain, the URL of the request last
	Mode      FetchMode
	Dest      string // the destination: "document", "image", "script", …; empty is fetch()
	Activated bool   // a navigation that a click or key caused
}

// FetchMetadata returns the Sec-Fetch-* fields of a request (Fetch Metadata
// Request Headers section 2), in the order Dest, Mode, Site, User. There are
// none for a target that is not potentially trustworthy (section 2, "set
// metadata headers", step 1).
func FetchMetadata(c FetchContext) Fields {
	if len(c.URLs) == 0 {
		return nil
	}
	target, err := OriginOf(c.URLs[len(c.URLs)-1])
	if err != nil || !target.Trustworthy() {
		return nil
	}
	dest := c.Dest
	if dest == "" {
		dest = "empty"
	}
	fields := Fields{{"Sec-Fetch-Dest", dest}, {"Sec-Fetch-Mode", c.Mode.String()}, {"Sec-Fetch-Site", c.site()}}
	if c.Mode == ModeNavigate && (c.Activated || c.User) {
		fields = append(fields, Field{"Sec-Fetch-User", "?1"})
	}
	return fields
}

// site looks at every URL of the chain and keeps the worst: one foreign hop
// makes all that follows cross-site.
func (c FetchContext) site() string {
	if c.User && c.Mode == ModeNavigate {
		return "none"
	}
	site := "same-origin"
	for _, raw := range c.URLs {
		origin, err := OriginOf(raw)
		switch {
		case err != nil || !origin.SameOrigin(c.Initiator) && !sameSite(c.Initiator, origin):
			return "cross-site"
		case !origin.SameOrigin(c.Initiator):
			site = "same-site"
		}
	}
	return site
}

// sameSite is schemeful: http and https of one host are two sites (HTML
// section "Sites").
func sameSite(a, b Origin) bool {
	return siteOfHost(a.Scheme, a.Host).SameSite(siteOfHost(b.Scheme, b.Host))
}
