package browser

import (
	"fmt"
	"strings"
	"time"
)

// Answer is why a cookie goes with a request, or does not.
type Answer struct {
	Name    string
	URL     string // without the query
	Sent    bool
	Verdict Verdict   // of the cookie that came closest, or why there is none
	Cookie  *Cookie   // that cookie; nil if the jar has none of the name
	Since   time.Time // when it was refused, deleted or evicted; zero if none of these
}

// String is the sentence for the developer who asked.
func (a Answer) String() string {
	if a.Sent {
		return fmt.Sprintf("`%s` is sent to %s", a.Name, a.URL)
	}
	return fmt.Sprintf("`%s` is not sent to %s: %s", a.Name, a.URL, a.Verdict.Reason)
}

// Why answers "why was this cookie not sent there?": by the cookies of the name
// that the jar has, else by what it remembers of refused, deleted and evicted
// ones.
func (j *Jar) Why(name string, ctx CookieContext) Answer {
	s := j.situation(&ctx)
	a := Answer{Name: name, URL: ctx.URL}
	if s.err != nil {
		a.Verdict = s.explainSend(&Cookie{})
		return a
	}
	a.URL = s.target.origin() + s.target.path
	j.mu.Lock()
	defer j.mu.Unlock()
	if c := j.closest(name, &s); c != nil {
		kept := *c
		a.Cookie = &kept
		a.Verdict = s.explainSend(c)
		a.Sent = a.Verdict.Allowed
		if a.Sent || c.site().Host == s.site.Host {
			return a
		}
	}
	if e := j.past.last(name, s.site.Host, s.key); e != nil {
		a.Cookie, a.Verdict, a.Since = nil, e.verdict, e.at
		if e.refused {
			a.Verdict.Reason = "the browser refused to store it: " + e.verdict.Reason
		}
		return a
	}
	if a.Cookie == nil {
		a.Verdict = verdictOf([]failure{{RuleCookieNeverSet, nil, "no answer has set it yet; look for the login, or for a proxy that strips Set-Cookie"}})
	}
	return a
}

// site of the cookie without a scheme that matters.
func (c *Cookie) site() Site { return siteOfHost("https", c.Domain) }

// closest is the cookie of that name that fails least: none of the rules, else
// the fewest, a cookie of the same site before all others.
func (j *Jar) closest(name string, s *situation) *Cookie {
	var best *Cookie
	bestScore := 1 << 30
	for _, group := range j.groups {
		for _, c := range group {
			if c.Name != name {
				continue
			}
			if score := s.distance(c); score < bestScore || score == bestScore && c.seq > best.seq {
				best, bestScore = c, score
			}
		}
	}
	return best
}

func (s *situation) distance(c *Cookie) int {
	b := s.send(c)
	score := 0
	for ; b != 0; b &= b - 1 {
		score++
	}
	if c.site().Host != s.site.Host {
		score += 100
	}
	return score
}

func deletedVerdict(now time.Time) Verdict {
	return verdictOf([]failure{{RuleCookieDeleted, nil, "an answer deleted it at " + now.UTC().Format(time.RFC3339) + " (a lifetime in the past)"}})
}

func evictedVerdict(now time.Time, because string) Verdict {
	return verdictOf([]failure{{RuleCookieEvicted, nil, "the browser dropped it at " + now.UTC().Format(time.RFC3339) + ": " + because}})
}

// memory is what the jar knows of cookies that it does not have: the last 256.
type memory struct {
	events []event
	next   int
}

const memorySize = 256

type event struct {
	name    string
	site    Site // Host is what counts
	at      time.Time
	verdict Verdict
	refused bool
}

func (m *memory) add(e event) {
	if len(e.name) > maxAttributeSize {
		return // nobody asks for such a name
	}
	e.name = strings.Clone(e.name)
	if len(m.events) < memorySize {
		m.events = append(m.events, e)
		return
	}
	m.events[m.next] = e
	m.next = (m.next + 1) % memorySize
}

// last is the latest event of that name, of the same site if there is one.
func (m *memory) last(name, siteHost, key string) *event {
	var best *event
	for i := range m.events {
		e := &m.events[(m.next+i)%len(m.events)]
		if e.name == name && (e.site.Host == siteHost || e.site.Host == key) {
			best = e
		}
	}
	return best
}
