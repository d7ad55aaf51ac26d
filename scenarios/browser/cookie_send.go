package browser

import (
	"strings"
	"time"
)

// Send decides whether a stored cookie goes with a request, or is shown to a
// script (RFC 6265bis §5.8.3).
func Send(c Cookie, ctx CookieContext, p Profile) Verdict {
	s := ctx.judge(p)
	return s.explainSend(&c)
}

// blocks is a set of reasons not to send, cheap to compute for every cookie of
// a jar; explainSend turns it into prose for the one that was asked about.
type blocks uint16

const (
	blockURL blocks = 1 << iota
	blockCredentials
	blockPartition
	blockExpired
	blockHost
	blockPath
	blockSecure
	blockHTTPOnly
	blockStrict
	blockLax
	blockDefault
	blockNoneInsecure
	blockThirdParty
)

// send collects everything that keeps the cookie from this request, in the
// order of the bits.
func (s *situation) send(c *Cookie) blocks {
	if s.err != nil {
		return blockURL
	}
	var b blocks
	if !s.credentials {
		b |= blockCredentials
	}
	if !s.seesPartition(c.Partition) {
		b |= blockPartition
	}
	if c.Expired(s.ctx.Time) {
		b |= blockExpired
	}
	if c.HostOnly && c.Domain != s.target.host || !c.HostOnly && !domainMatch(s.target.host, c.Domain) {
		b |= blockHost
	}
	if !pathMatch(s.target.path, c.Path) {
		b |= blockPath
	}
	if c.Secure && !s.secure {
		b |= blockSecure
	}
	if c.HTTPOnly && s.script {
		b |= blockHTTPOnly
	}
	b |= s.sendSameSite(c)
	if s.dropThirdParty && c.Partition.none() {
		b |= blockThirdParty
	}
	return b
}

func (s *situation) seesPartition(key PartitionKey) bool {
	if key.none() {
		return !s.allPartitioned
	}
	return s.partitions && key == s.partition
}

func (s *situation) sendSameSite(c *Cookie) blocks {
	switch c.SameSite {
	case SameSiteStrict:
		if s.status < strict {
			return blockStrict
		}
	case SameSiteLax:
		if s.status < lax {
			return blockLax
		}
	case SameSiteNone:
		if !c.Secure {
			return blockNoneInsecure
		}
	default:
		switch {
		case s.status >= lax || s.noLaxDefault:
		case s.status == laxUnsafe && s.laxPost && s.ctx.Time.Sub(c.Created) <= laxPostAge:
		default:
			return blockDefault
		}
	}
	return 0
}

// laxPostAge is for how long a cookie without SameSite goes with a cross-site
// top-level POST (RFC 6265bis §5.6.7.2).
const laxPostAge = 2 * time.Minute

// pathMatch is RFC 6265bis §5.1.4.
func pathMatch(request, cookie string) bool {
	if !strings.HasPrefix(request, cookie) || cookie == "" {
		return false
	}
	return len(request) == len(cookie) || cookie[len(cookie)-1] == '/' || request[len(cookie)] == '/'
}
