package browser

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Jar keeps cookies as a browser does and can say why one is missing. It is an
// [http.CookieJar]; the zero value is an empty jar of [Chromium], ready for use
// and safe for use by several goroutines. Do not change its fields after that.
type Jar struct {
	Profile Profile
	// ThirdPartyBlocked is the setting of the user, for every context.
	ThirdPartyBlocked bool
	// Now is the clock of [Jar.SetCookies] and [Jar.Cookies], which get no
	// context to take the time from; nil is time.Now. Nothing else reads a clock.
	Now func() time.Time

	mu     sync.Mutex
	groups map[groupKey][]*Cookie // each in sending order
	plain  int                    // cookies without a partition
	seq    uint64
	purge  time.Time // no cookie can be old enough for a purge of the whole jar before
	past   memory
}

// groupKey names cookies that are considered, and evicted, together.
type groupKey struct {
	partition PartitionKey
	domain    string // registrable domain or host
}

// Set stores what a Set-Cookie line asks for, and says what came of it. A line
// that deletes is allowed; its cookie is expired.
func (j *Jar) Set(line string, ctx CookieContext) (Cookie, Verdict) {
	s := j.situation(&ctx)
	j.mu.Lock()
	defer j.mu.Unlock()
	s.existing = func(c *Cookie) []*Cookie { return j.groups[keyOf(c)] }
	c, stages := s.store(line)
	if v := stages.verdict(j.Profile); !v.Allowed {
		j.past.add(event{name: ParseSetCookie(line).Name, site: s.site, at: ctx.Time, verdict: v, refused: true})
		return c, v
	}
	j.replace(&c, ctx.Time)
	return c, allowed()
}

func keyOf(c *Cookie) groupKey { return groupKey{c.Partition, domainKey(c.Domain)} }

// replace is step 23 and what follows: the cookie takes the place of its like.
func (j *Jar) replace(c *Cookie, now time.Time) {
	j.seq++
	c.seq = j.seq
	key := keyOf(c)
	group := j.groups[key]
	if i := slices.IndexFunc(group, c.sameAs); i >= 0 {
		old := group[i]
		if old.Value == c.Value || !j.Profile.Has(DeviationCookieFreshOverwrite) {
			c.Created, c.seq = old.Created, old.seq
		}
		group = slices.Delete(group, i, i+1)
		j.count(key, -1)
	}
	if c.Expired(now) {
		j.past.add(event{name: c.Name, site: Site{Host: key.domain}, at: now, verdict: deletedVerdict(now)})
		j.put(key, group)
		return
	}
	kept := *c
	i, _ := slices.BinarySearchFunc(group, &kept, sendingOrder)
	j.put(key, slices.Insert(group, i, &kept))
	j.count(key, 1)
	j.evict(key, now)
}

func (j *Jar) put(key groupKey, group []*Cookie) {
	if j.groups == nil {
		j.groups = make(map[groupKey][]*Cookie)
	}
	if len(group) == 0 {
		delete(j.groups, key)
		return
	}
	j.groups[key] = group
}

func (j *Jar) count(key groupKey, n int) {
	if key.partition.none() {
		j.plain += n
	}
}

// sameAs is the identity of a cookie (step 23).
func (c *Cookie) sameAs(old *Cookie) bool {
	return c.Name == old.Name && c.Domain == old.Domain && c.HostOnly == old.HostOnly && c.Path == old.Path && c.Partition == old.Partition
}

// sendingOrder is RFC 6265bis §5.8.3 step 2: longer paths first, then older
// cookies.
func sendingOrder(a, b *Cookie) int {
	if c := cmp.Compare(len(b.Path), len(a.Path)); c != 0 {
		return c
	}
	if c := a.Created.Compare(b.Created); c != 0 {
		return c
	}
	return cmp.Compare(a.seq, b.seq)
}

// Send is the list of cookies that go with a request, or that a script sees, in
// order. They count as used.
func (j *Jar) Send(ctx CookieContext) []Cookie {
	s := j.situation(&ctx)
	if s.err != nil || !s.credentials {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return copied(j.send(&s))
}

// send picks the cookies that go, and notes their use.
func (j *Jar) send(s *situation) []*Cookie {
	var sent []*Cookie
	visible := j.visible(s)
	for i, c := range visible {
		if s.send(c) != 0 {
			continue
		}
		if s.ctx.Time.Sub(c.LastAccess) >= accessThreshold {
			c.LastAccess = s.ctx.Time
		}
		if sent == nil {
			sent = make([]*Cookie, 0, len(visible)-i)
		}
		sent = append(sent, c)
	}
	return sent
}

func copied(cookies []*Cookie) []Cookie {
	if len(cookies) == 0 {
		return nil
	}
	copies := make([]Cookie, len(cookies))
	for i, c := range cookies {
		copies[i] = *c
	}
	return copies
}

// accessThreshold is how long Chromium waits before it notes another use.
const accessThreshold = time.Minute

// Header is the value of the Cookie header, or of document.cookie; "" for none.
func (j *Jar) Header(ctx CookieContext) string {
	s := j.situation(&ctx)
	if s.err != nil || !s.credentials {
		return ""
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	sent := j.send(&s)
	size := 0
	for _, c := range sent {
		size += len(c.Name) + len(c.Value) + len("=; ")
	}
	var b strings.Builder
	b.Grow(size)
	for i, c := range sent {
		if i > 0 {
			b.WriteString("; ")
		}
		if c.Name != "" { // §5.8.3 step 4: a cookie without a name is its value alone
			b.WriteString(c.Name)
			b.WriteByte('=')
		}
		b.WriteString(c.Value)
	}
	return b.String()
}

// situation judges a context with the settings of the jar.
func (j *Jar) situation(ctx *CookieContext) situation {
	ctx.ThirdPartyBlocked = ctx.ThirdPartyBlocked || j.ThirdPartyBlocked
	return ctx.judge(j.Profile)
}

// Decision is what became of one cookie.
type Decision struct {
	Cookie  Cookie
	Verdict Verdict
}

// Judge decides about every cookie that the browser considers for the request:
// those of the registrable domain of its host, in sending order. It does not
// count as use.
func (j *Jar) Judge(ctx CookieContext) []Decision {
	s := j.situation(&ctx)
	if s.err != nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	var all []Decision
	for _, c := range j.visible(&s) {
		all = append(all, Decision{*c, s.explainSend(c)})
	}
	return all
}

// visible is the cookies of the site, plain and of this partition, merged into
// sending order.
func (j *Jar) visible(s *situation) []*Cookie {
	plain := j.groups[groupKey{domain: s.key}]
	parted := j.groups[groupKey{s.partition, s.key}]
	if len(parted) == 0 {
		return plain
	}
	all := slices.Concat(plain, parted)
	slices.SortFunc(all, sendingOrder)
	return all
}

// All is a copy of every cookie, by domain, then in sending order. Expired ones
// that nobody has missed yet are among them.
func (j *Jar) All() []Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	var all []Cookie
	for _, group := range j.groups {
		for _, c := range group {
			all = append(all, *c)
		}
	}
	slices.SortFunc(all, func(a, b Cookie) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), sendingOrder(&a, &b))
	})
	return all
}

// SetCookies implements [http.CookieJar]. The request counts as a navigation
// that the user typed.
func (j *Jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	ctx := CookieContext{URL: u.String(), Time: j.now()}
	for _, c := range cookies {
		line := c.Raw
		if line == "" {
			line = c.String()
		}
		j.Set(line, ctx)
	}
}

// Cookies implements [http.CookieJar].
func (j *Jar) Cookies(u *url.URL) []*http.Cookie {
	sent := j.Send(CookieContext{URL: u.String(), Time: j.now()})
	cookies := make([]*http.Cookie, len(sent))
	for i, c := range sent {
		cookies[i] = &http.Cookie{Name: c.Name, Value: c.Value}
	}
	return cookies
}

func (j *Jar) now() time.Time {
	if j.Now != nil {
		return j.Now()
	}
	return time.Now()
}
