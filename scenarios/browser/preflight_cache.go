package browser

import (
	"slices"
	"strconv"
	"time"
)

// A PreflightCache remembers preflight answers, as a browser does for one
// network partition. The zero value is an empty cache of Chromium.
//
// It is the reason why a missing OPTIONS proves nothing: within the life of an
// entry, five seconds where the server says nothing, none is sent.
type PreflightCache struct {
	Profile Profile

	entries map[preflightKey][]preflightEntry
}

// preflightKey has the URL with query and fragment: the standard compares
// whole URLs, so another fragment is another entry.
type preflightKey struct {
	origin      string
	url         string
	credentials bool // Firefox only: part of the key there
}

type preflightEntry struct {
	grant   preflightGrant
	expires time.Time
}

// Lifetimes of an entry: without a readable Access-Control-Max-Age, and at
// most.
const (
	preflightDefaultAge   = 5 * time.Second
	preflightMaxChromium  = 7200 * time.Second
	preflightMaxFirefox   = 86400 * time.Second
	preflightMaxURLLength = 1024 // Chromium does not keep longer ones
)

// Len returns the number of URLs that have an entry, expired ones included.
func (c *PreflightCache) Len() int { return len(c.entries) }

// MaxAge returns how long the answer of a preflight is kept, at most the cap
// of the profile; zero is not at all.
func MaxAge(answer Fields, p Profile) time.Duration {
	value, present := answer.get("Access-Control-Max-Age")
	if !present || p == Firefox && value == "" {
		return preflightDefaultAge
	}
	switch p {
	case Chromium:
		seconds, err := strconv.ParseInt(value, 10, 64) // reads a sign, too
		if err != nil {
			return preflightDefaultAge
		}
		return capAge(max(seconds, 0), preflightMaxChromium)
	case Firefox:
		if !allDigits(value) {
			return 0
		}
		return capAge(parseSeconds(value), preflightMaxFirefox)
	}
	if !allDigits(value) {
		return preflightDefaultAge
	}
	return capAge(parseSeconds(value), 1<<63-1)
}

// parseSeconds reads delta-seconds; what overflows is very long (RFC 9111
// section 1.2.2).
func parseSeconds(value string) int64 {
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return 1<<63 - 1
	}
	return seconds
}

func capAge(seconds int64, most time.Duration) time.Duration {
	if seconds >= int64(most/time.Second) {
		return most
	}
	return time.Duration(seconds) * time.Second
}

// key: page is the page's origin, sent the one in the Origin header, which is
// "null" after a redirect between two foreign origins.
func (c *PreflightCache) key(page, sent Origin, url string, include bool) (key preflightKey, usable bool) {
	if c.Profile == Chromium {
		if page.Opaque() || len(url) >= preflightMaxURLLength {
			return preflightKey{}, false
		}
		return preflightKey{origin: page.String(), url: url}, true
	}
	return preflightKey{origin: sent.String(), url: url, credentials: c.Profile == Firefox && include}, true
}

// allows tells whether entries make the OPTIONS superfluous. In Chromium an
// entry that is too old or does not cover the request is dropped.
func (c *PreflightCache) allows(key preflightKey, need *PreflightNeed, include bool, now time.Time) bool {
	entries := c.entries[key]
	if len(entries) == 0 {
		return false
	}
	live := entries[:0]
	for _, e := range entries {
		if now.Before(e.expires) {
			live = append(live, e)
		}
	}
	ok := c.covers(live, need, include)
	if !ok && c.Profile == Chromium || len(live) == 0 {
		delete(c.entries, key)
	} else {
		c.entries[key] = live
	}
	return ok
}

// covers: the standard keeps an entry for each method and each header name,
// so several answers may cover one request together; Chromium keeps the last
// answer only, which put sees to.
func (c *PreflightCache) covers(entries []preflightEntry, need *PreflightNeed, include bool) bool {
	method := !need.MethodUnsafe
	missing := slices.Clone(need.Headers)
	used := false
	for i := range entries {
		grant := &entries[i].grant
		if include && !grant.credentials {
			continue
		}
		used = true
		method = method || grant.allowsMethod(need.Method)
		missing = slices.DeleteFunc(missing, func(name string) bool {
			return len(grant.refusedHeaders([]string{name}, true)) == 0
		})
	}
	return used && method && len(missing) == 0
}

func (c *PreflightCache) put(key preflightKey, grant preflightGrant, answer Fields, now time.Time) {
	age := MaxAge(answer, c.Profile)
	if c.entries == nil {
		c.entries = make(map[preflightKey][]preflightEntry)
	}
	entry := preflightEntry{grant: grant, expires: now.Add(age)}
	if c.Profile == Chromium {
		c.entries[key] = []preflightEntry{entry}
		return
	}
	if age > 0 {
		c.entries[key] = append(c.entries[key], entry)
	}
}

// clear forgets the URL, which the standard asks for when the request fails.
func (c *PreflightCache) clear(key preflightKey) { delete(c.entries, key) }
