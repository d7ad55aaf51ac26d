package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A key is an API key of the working request. Named tells that its name says
// so; else it is known by its value: random, and the same in each request.
type key struct {
	Credential
	Named bool
}

// keysOf returns the API keys that an exchange of the working capture sent.
// A key may have any name, so a random value that stays the same over the
// requests to that host counts too.
func (v *View) keysOf(x *traffic.Exchange) []key {
	if x == nil {
		return nil
	}
	var keys []key
	named := map[Credential]bool{}
	for _, c := range sentWith(x) {
		named[Credential{Part: c.Part, Name: c.Name}] = true
		if c.Kind == APIKey {
			keys = append(keys, key{c, true})
		}
	}
	for _, c := range v.lostOrChanged() {
		if !named[Credential{Part: c.Part, Name: c.Name}] && looksRandom(c.Value) && !isRequestID(c) && v.staysTheSame(x, c) {
			keys = append(keys, key{c, false})
		}
	}
	return keys
}

// lostOrChanged returns the header fields and query parameters of the working
// request that matter and are not in the failing one as they were.
func (v *View) lostOrChanged() []Credential {
	var list []Credential
	for _, c := range v.Matter() {
		if c.Op != diff.Add && c.Sub == "" && (c.Part == diff.Header && !isContext(c.Name) || c.Part == diff.Query) {
			list = append(list, Credential{Kind: APIKey, Part: c.Part, Name: c.Name, Value: c.Old})
		}
	}
	return list
}

// isRequestID knows ids of a single request by name or form: a UUID under a
// name that says nothing is one.
func isRequestID(c Credential) bool {
	uuid := len(c.Value) == 36 && strings.Count(c.Value, "-") == 4
	id := strings.HasSuffix(strings.ToLower(c.Name), "id")
	return uuid || id || hasWord(c.Name, "request", "correlation", "trace", "transaction", "idempotency", "nonce", "state", "span", "message", "cursor", "page", "after", "before", "next", "etag")
}

// isContext knows header fields that say where a request comes from and what
// it carries: never a key.
func isContext(name string) bool {
	switch strings.ToLower(name) {
	case "host", "origin", "referer", "cookie", "forwarded", "via", "content-type", "content-md5", "content-digest", "digest", "location", "user-agent":
		return true
	}
	return strings.HasPrefix(name, "x-forwarded-") || strings.HasPrefix(name, "sec-") || strings.HasPrefix(name, ":")
}

// staysTheSame tells whether all requests to the host that have the field have
// the value, so that it is no id of a single request. A parameter of the query
// has to be seen twice: a header of an unknown name is more telling.
func (v *View) staysTheSame(x *traffic.Exchange, c Credential) bool {
	host, seen := hostPort(&x.Request), 0
	for _, other := range v.Comparison.OK.Exchanges {
		if hostPort(&other.Request) != host {
			continue
		}
		value, ok := valueAt(&other.Request, c.Part, c.Name)
		if ok && value != c.Value {
			return false
		}
		if ok {
			seen++
		}
	}
	return seen > 1 || c.Part == diff.Header
}

func hostPort(r *traffic.Request) string {
	if u := r.ParsedURL(); u != nil {
		return strings.ToLower(u.Host)
	}
	return ""
}

// valueAt returns the header field, cookie or query parameter of that name.
func valueAt(r *traffic.Request, part diff.Part, name string) (string, bool) {
	switch part {
	case diff.Header:
		return r.Header.Get(name), r.Header.Has(name)
	case diff.Cookie:
		for _, c := range r.CookiePairs() {
			if c.Name == name {
				return c.Value, true
			}
		}
	case diff.Query:
		if u := r.ParsedURL(); u != nil {
			for pair := range strings.SplitSeq(u.RawQuery, "&") {
				if key, value, _ := strings.Cut(pair, "="); unescape(key) == name {
					return unescape(value), true
				}
			}
		}
	}
	return "", false
}

// minCarried is the length in bytes from which a value that turns up
// elsewhere is no coincidence.
const minCarried = 8

// elsewhere finds a credential in a request at a place that is not its own:
// under another name, in the query, the body or Authorization.
func elsewhere(r *traffic.Request, c Credential) (Credential, bool) {
	if len(c.Value) < minCarried {
		return Credential{}, false
	}
	found := func(part diff.Part, name, value string) (Credential, bool) {
		return Credential{Kind: APIKey, Part: part, Name: name, Value: value}, true
	}
	for _, f := range r.Header {
		name := strings.ToLower(f.Name)
		own := c.Part == diff.Header && name == strings.ToLower(c.Name)
		if !own && !isContext(name) && holds(f.Value, c.Value) {
			return found(diff.Header, name, f.Value)
		}
	}
	for _, p := range r.CookiePairs() {
		if !(c.Part == diff.Cookie && p.Name == c.Name) && p.Value == c.Value {
			return found(diff.Cookie, p.Name, p.Value)
		}
	}
	if u := r.ParsedURL(); u != nil {
		for _, p := range formFields(u.RawQuery) {
			if !(c.Part == diff.Query && p.Name == c.Name) && p.Value == c.Value {
				return found(diff.Query, p.Name, p.Value)
			}
		}
		if u.User != nil && strings.Contains(u.User.String(), c.Value) {
			return found(diff.Userinfo, "", u.User.String())
		}
	}
	for _, p := range bodyFields(r) {
		if !(c.Part == diff.Body && p.Name == c.Name) && p.Value == c.Value {
			return found(diff.Body, p.Name, p.Value)
		}
	}
	return Credential{}, false
}

// holds tells whether a header value is the credential, has it behind a
// scheme or has it as user or password of Basic.
func holds(header, value string) bool {
	scheme, rest := cutScheme(header)
	if rest == value || header == value {
		return true
	}
	if strings.EqualFold(scheme, "basic") {
		user, password, _ := strings.Cut(decodeBasic(rest), ":")
		return user == value || password == value
	}
	// key=value lists: Token token=abc, ApiKey key="abc"
	_, after, ok := strings.Cut(rest, value)
	return ok && strings.HasSuffix(strings.TrimRight(strings.TrimSuffix(rest, value+after), `"`), "=") && strings.Trim(after, `",; `) == ""
}
