package scenarios

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A ClaimChange is a claim, or a parameter of the header, in which two tokens
// differ.
type ClaimChange struct {
	Header   bool // a parameter of the header, not a claim
	Name     string
	Old, New any // nil where it is absent
}

// CompareJWT lists in what two tokens differ, claims first, by name. What
// changes whenever a token is issued is left out: times, ids, hashes.
func CompareJWT(ok, bad *JWT) []ClaimChange {
	return append(compareMembers(ok.Claims, bad.Claims, false), compareMembers(ok.Header, bad.Header, true)...)
}

func compareMembers(a, b map[string]any, header bool) []ClaimChange {
	names := slices.Collect(maps.Keys(a))
	for name := range b {
		if _, both := a[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var list []ClaimChange
	for _, name := range names {
		if !header && isVolatileClaim(name) || sameMember(name, a[name], b[name]) {
			continue
		}
		list = append(list, ClaimChange{Header: header, Name: name, Old: a[name], New: b[name]})
	}
	return list
}

// sameMember compares claims; of lists and of words in a scope the order does
// not count.
func sameMember(name string, a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	x := (&JWT{Claims: map[string]any{name: a}}).Set(name)
	y := (&JWT{Claims: map[string]any{name: b}}).Set(name)
	return len(x) > 0 && sameSet(x, y)
}

// isVolatileClaim knows claims that change with every issue.
func isVolatileClaim(name string) bool {
	switch name {
	case "iat", "exp", "nbf", "jti", "sid", "auth_time", "at_hash", "c_hash", "s_hash", "nonce", "uti", "aio", "rh", "session_state",
		"origin_jti", "event_id":
		return true
	}
	return false
}

// claimsChanged lists the names of the claims in which two tokens differ.
func claimsChanged(ok, bad *JWT) map[string]bool {
	names := map[string]bool{}
	for _, c := range CompareJWT(ok, bad) {
		if c.Header {
			names["header."+c.Name] = true
		} else {
			names[c.Name] = true
		}
	}
	return names
}

func sameSet(a, b []string) bool { return isSubset(a, b) && isSubset(b, a) }

// isSubset tells whether all of a are in b.
func isSubset(a, b []string) bool {
	have := make(map[string]bool, len(b))
	for _, s := range b {
		have[s] = true
	}
	for _, s := range a {
		if !have[s] {
			return false
		}
	}
	return true
}

// signingInput is what the signature is over (RFC 7515 section 5.2).
func (t *JWT) signingInput() string { return t.Raw[:strings.LastIndexByte(t.Raw, '.')] }
