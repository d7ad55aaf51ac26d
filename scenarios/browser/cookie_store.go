package browser

import "strings"

// Store decides whether a Set-Cookie line is kept, and as what (RFC 6265bis
// §5.6, §5.7). For [Script] the line is what was assigned to document.cookie.
//
// A line that only deletes is allowed, with an expiry that is over. What other
// cookies have to do with it (overwriting, eviction) is for a [Jar].
func Store(line string, ctx CookieContext, p Profile) (Cookie, Verdict) {
	s := ctx.judge(p)
	c, stages := s.store(line)
	return c, stages.verdict(p)
}

// storeStages are the failures of one line. Chromium reports those of one stage
// together and does not come to the next one.
type storeStages struct {
	syntax, create, policy, access []failure
}

// verdict picks the first failure: of the first stage for Chromium, by the step
// of the storage model for the others, where the prefixes come last.
func (st *storeStages) verdict(p Profile) Verdict {
	if p == Chromium {
		for _, stage := range [][]failure{st.syntax, st.create, st.policy, st.access} {
			if len(stage) > 0 {
				return verdictOf(stage)
			}
		}
		return allowed()
	}
	var first, last []failure
	for _, f := range st.create {
		if f.rule.DevTools() == "InvalidPrefix" {
			last = append(last, f)
		} else {
			first = append(first, f)
		}
	}
	all := append(append(append(append([]failure(nil), st.syntax...), first...), st.policy...), st.access...)
	return verdictOf(append(all, last...))
}

// store reads the line and runs it through everything but the jar.
func (s *situation) store(line string) (Cookie, storeStages) {
	var st storeStages
	if f := s.reach(); f != nil {
		st.syntax = []failure{*f}
		return Cookie{}, st
	}
	if end := strings.IndexAny(line, "\r\n"); end >= 0 && !s.script && s.profile.Has(DeviationCookieLineEnd) {
		line = line[:end]
	}
	set := ParseSetCookie(line)
	if f := s.syntax(line, &set); f != nil {
		st.syntax = []failure{*f}
		return Cookie{}, st
	}
	c := s.create(&set, &st)
	if s.dropThirdParty && c.Partition.none() {
		st.policy = append(st.policy, s.thirdParty(RuleCookieSetThirdParty))
	}
	s.access(&c, &st)
	return c, st
}

// create is the part of the storage model that looks at the line and the host.
func (s *situation) create(set *SetCookie, st *storeStages) Cookie {
	now := s.ctx.Time
	c := Cookie{Name: set.Name, Value: set.Value, Created: now, LastAccess: now}
	_, c.Secure = set.attr("secure")
	_, c.HTTPOnly = set.attr("httponly")
	value, _ := set.attr("samesite")
	c.SameSite = parseSameSite(value)
	value, _ = set.attr("priority")
	c.Priority = parsePriority(value)
	c.Expires = set.expiry(now, s.profile)
	c.Path = s.path(set)
	add := func(f *failure) {
		if f != nil {
			st.create = append(st.create, *f)
		}
	}
	add(s.domain(set, &c))
	add(s.prefix(set, &c))
	add(s.nameless(&c))
	add(s.partitioned(set, &c))
	return c
}

// path is step 11: anything that does not begin with "/" is as good as absent.
func (s *situation) path(set *SetCookie) string {
	if path, _ := set.attr("path"); strings.HasPrefix(path, "/") {
		return path
	}
	if i := strings.LastIndexByte(s.target.path, '/'); i > 0 {
		return s.target.path[:i] // default-path, §5.1.4
	}
	return "/"
}

// access is what depends on the request that brings the cookie and on the
// cookies that are there: steps 13, 15, 16, 18, 19 and 23.2.
func (s *situation) access(c *Cookie, st *storeStages) {
	if c.Secure && !s.secure {
		st.access = append(st.access, s.insecure(RuleCookieSetSecure))
	}
	if c.HTTPOnly && s.script {
		st.access = append(st.access, failure{RuleCookieSetHTTPOnly, nil,
			"a script assigned a cookie with HttpOnly to document.cookie; only a Set-Cookie header can set one"})
	}
	overwrites := s.overwrites(c)
	if overwrites&overwritesSecure != 0 {
		st.access = append(st.access, failure{RuleCookieOverwriteSecure, []Compared{{"scheme", s.target.scheme, "https"}},
			"a Secure cookie of that name exists, and a page without https can neither replace nor shadow it"})
	}
	if f := s.setSameSite(c); f != nil {
		st.access = append(st.access, *f)
	}
	if c.SameSite == SameSiteNone && !c.Secure {
		st.access = append(st.access, failure{RuleCookieSetNoneInsecure, []Compared{{"Secure", "absent", "present"}},
			"SameSite=None without Secure is refused; add Secure and serve over https"})
	}
	if overwrites&overwritesHTTPOnly != 0 {
		st.access = append(st.access, failure{RuleCookieOverwriteHTTPOnly, nil,
			"an HttpOnly cookie of that name exists, and a script cannot replace it"})
	}
}

const (
	overwritesSecure = 1 << iota
	overwritesHTTPOnly
)

// overwrites is step 16, "leave secure cookies alone", and step 23.2.
func (s *situation) overwrites(c *Cookie) (found int) {
	if s.existing == nil || s.secure && !s.script {
		return 0
	}
	for _, old := range s.existing(c) {
		if old.Name != c.Name || old.Expired(s.ctx.Time) {
			continue
		}
		if old.Secure && !s.secure && pathMatch(c.Path, old.Path) &&
			(domainMatch(old.Domain, c.Domain) || domainMatch(c.Domain, old.Domain)) {
			found |= overwritesSecure
		}
		if s.script && old.HTTPOnly && c.sameAs(old) {
			found |= overwritesHTTPOnly
		}
	}
	return found
}

// setSameSite is step 18: a top-level navigation sets what it likes, anything
// else has to be same-site.
func (s *situation) setSameSite(c *Cookie) *failure {
	if s.status != crossSite || c.SameSite == SameSiteNone || c.SameSite == SameSiteDefault && s.noLaxDefault {
		return nil
	}
	rule, attribute := RuleCookieSetSameSiteDefault, "without SameSite"
	switch c.SameSite {
	case SameSiteLax:
		rule, attribute = RuleCookieSetSameSiteLax, "with SameSite=Lax"
	case SameSiteStrict:
		rule, attribute = RuleCookieSetSameSiteStrict, "with SameSite=Strict"
	}
	return &failure{rule, s.compareSites(), "the answer to a cross-site " + s.kindName() + " cannot set a cookie " + attribute +
		"; only SameSite=None; Secure is kept there"}
}
