package answers

import (
	"mime"
	"strings"

	"github.com/replaydiff/replay/diff"
)

// protects tells the edits of fields that protect somebody, whatever package
// diff says of them: page policies are no cause of a 401, so they are noise
// between two requests, but an answer that lost one is broken.
func protects(c *diff.Change) bool {
	if c.Part != diff.Header || c.Op == diff.Respell || c.Op == diff.Layout || c.Op == diff.Reorder {
		return false
	}
	switch c.Name {
	case "vary":
		// What compression asks for comes and goes with it.
		return !strings.EqualFold(c.Sub, "accept-encoding") && !strings.EqualFold(strings.TrimSpace(c.Old+c.New), "accept-encoding")
	}
	return security(c.Name) || strings.HasPrefix(c.Name, "access-control-")
}

// security tells the fields by which a server protects those who use it.
func security(name string) bool {
	switch name {
	case "strict-transport-security", "content-security-policy", "content-security-policy-report-only", "x-frame-options",
		"x-content-type-options", "referrer-policy", "permissions-policy", "feature-policy", "x-xss-protection",
		"cross-origin-opener-policy", "cross-origin-embedder-policy", "cross-origin-resource-policy",
		"x-permitted-cross-domain-policies", "clear-site-data", "origin-agent-cluster":
		return true
	}
	return false
}

// namesProduct tells fields that say which program answered, or stood on the
// way: another proxy is what a replay is run for.
func namesProduct(name string) bool {
	switch name {
	case "server", "via", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-generator", "x-served-by", "x-server", "x-backend", "x-backend-server":
		return true
	}
	return false
}

func (p *pair) headerNoise(c *diff.Change) diff.Noise {
	if namesProduct(c.Name) {
		return product
	}
	if c.Op != diff.Replace {
		return ""
	}
	switch name := c.Name; {
	case name == "location" || name == "content-location" || name == "refresh":
		return p.urlNoise(c.Old, c.New)
	case strings.HasSuffix(name, "-authenticate"):
		return challengeNoise(c.Sub, c.Old, c.New)
	case name == "content-security-policy" || name == "content-security-policy-report-only":
		if withoutNonces(p.translated(c.Old)) == withoutNonces(c.New) {
			return oneTime
		}
	case security(name) || strings.HasPrefix(name, "access-control-"):
		return ""
	case name == "content-type":
		if sameMediaType(c.Old, c.New) {
			return spelling
		}
	case ofRateLimit(name):
		return budgetNoise(c.Old, c.New)
	case diff.CarriesAuthority(name):
		return p.issuedNoise(c.Old, c.New)
	case name == "cache-control" || name == "retry-after":
		return ""
	default:
		return p.textNoise(c.Old, c.New)
	}
	return ""
}

// challengeNoise knows what a server makes anew for each challenge: nonce and
// opaque of Digest (RFC 7616 section 3.3).
func challengeNoise(sub, old, new string) diff.Noise {
	switch sub[strings.LastIndexByte(sub, '.')+1:] {
	case "nonce", "opaque":
		if old != "" && new != "" {
			return oneTime
		}
	}
	return ""
}

// withoutNonces leaves the nonces of a policy out (CSP level 3, section 2.3.1).
func withoutNonces(policy string) string {
	var b strings.Builder
	for {
		i := strings.Index(policy, "'nonce-")
		if i < 0 {
			return b.String() + policy
		}
		i += len("'nonce-")
		end := strings.IndexByte(policy[i:], '\'')
		if end <= 0 {
			return b.String() + policy
		}
		b.WriteString(policy[:i])
		policy = policy[i+end:]
	}
}

// sameMediaType tells whether two media types are one: case counts neither in
// them nor in a charset (RFC 9110 section 8.3).
func sameMediaType(old, new string) bool {
	a, p, errOld := mime.ParseMediaType(old)
	b, q, errNew := mime.ParseMediaType(new)
	if errOld != nil || errNew != nil || a != b || len(p) != len(q) {
		return false
	}
	for name, value := range p {
		if other, ok := q[name]; !ok || other != value && !(name == "charset" && strings.EqualFold(value, other)) {
			return false
		}
	}
	return true
}

// ofRateLimit tells the fields that count requests: X-RateLimit-Remaining and
// its kin, RateLimit of the IETF's draft.
func ofRateLimit(name string) bool {
	bare := strings.ReplaceAll(strings.TrimPrefix(name, "x-"), "-", "")
	if !strings.HasPrefix(bare, "ratelimit") {
		return strings.HasPrefix(bare, "rl") && (strings.HasSuffix(bare, "remaining") || strings.HasSuffix(bare, "reset"))
	}
	return !strings.HasSuffix(bare, "limit") || bare == "ratelimit"
}

// budgetNoise: another count of what is left does not matter unless nothing is.
func budgetNoise(old, new string) diff.Noise {
	if levelNumbers(old) == levelNumbers(new) && !exhausted(new) {
		return budget
	}
	return ""
}

// exhausted tells "0" and `"default";r=0;t=30`.
func exhausted(v string) bool {
	if strings.TrimSpace(v) == "0" {
		return true
	}
	for parameter := range strings.SplitSeq(v, ";") {
		if strings.TrimSpace(parameter) == "r=0" {
			return true
		}
	}
	return false
}

// levelNumbers writes each run of digits as one zero.
func levelNumbers(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch {
		case !isDigit(s[i]):
			b.WriteByte(s[i])
		case i == 0 || !isDigit(s[i-1]):
			b.WriteByte('0')
		}
	}
	return b.String()
}
