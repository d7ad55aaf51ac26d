package correlate

import (
	"slices"
	"strings"
)

// wordsOf splits a name into lower-case words: "orderId", "order-id" and
// "ORDER_ID" are the same two.
func wordsOf(name string) []string {
	var words []string
	from := 0
	flush := func(to int) {
		if to > from {
			words = append(words, strings.ToLower(name[from:to]))
		}
		from = to
	}
	for i := range len(name) {
		switch c := name[i]; {
		case !isAlnum(c):
			flush(i)
			from = i + 1
		case isUpper(c) && i > from && (!isUpper(name[i-1]) || i+1 < len(name) && isLetter(name[i+1]) && !isUpper(name[i+1])):
			flush(i) // the I of orderId, and the T of CSRFToken
		}
	}
	flush(len(name))
	if len(words) > 1 && (words[0] == "x" || words[0] == "http") {
		words = words[1:]
	}
	return words
}

// A meaning is what a place says about the value in it.
type meaning struct {
	name  string // words of the field, joined with _; "order_id" for a bare id of an order
	of    string // what it is the id of: "order"; "" where that can't be told
	id    bool   // it names a thing
	kin   kin
	piece bool
}

// A kin is a family of names that say the same.
type kin uint8

const (
	noKin kin = iota
	csrf
	bearer
	etag
	modified
	cursor
	code
	secret // any other name of what a server makes up
)

// meaningOf reads a spot in an exchange with that URL path.
func meaningOf(s *spot, urlPath string) meaning {
	if s.segment {
		thing := singular(s.name)
		return meaning{name: join(thing, "id"), of: thing, id: s.name != "", piece: s.piece}
	}
	words := wordsOf(s.field())
	m := meaning{name: strings.Join(words, "_"), kin: kinOf(words), piece: s.piece}
	if len(words) == 0 {
		return m
	}
	last := words[len(words)-1]
	if slices.Contains(idWords, last) {
		m.id = true
		m.of = singular(strings.Join(words[:len(words)-1], "_"))
		if m.of == "" {
			m.of = thingAround(s, urlPath)
			m.name = join(m.of, last)
		}
	}
	return m
}

var idWords = []string{"id", "ids", "uuid", "guid", "pk", "key", "no", "nr", "number", "ref", "reference", "identifier", "slug", "uid", "gid", "oid"}

// endsLikeID tells the names that may end in one of the words of ids, and some
// others, at less cost than taking them apart.
func endsLikeID(name string) bool {
	for _, word := range idWords {
		if at := len(name) - len(word); at >= 0 && strings.EqualFold(name[at:], word) {
			return true
		}
	}
	return false
}

func join(thing, word string) string {
	if thing == "" {
		return word
	}
	return thing + "_" + word
}

// thingAround is what a bare id belongs to: the object that it is in, or what
// the URL is about.
func thingAround(s *spot, urlPath string) string {
	own := s.field()
	for up := s; up != nil; up = up.up {
		if up.name == "" || up.name == own {
			continue
		}
		words := wordsOf(up.name)
		if len(words) > 0 && !slices.Contains(containers, words[len(words)-1]) {
			return singular(words[len(words)-1])
		}
	}
	return collection(urlPath)
}

// containers are names of what is around things, whatever they are.
var containers = []string{"data", "item", "items", "result", "results", "payload", "attributes", "response", "node", "nodes", "edges", "list", "records",
	"record", "rows", "content", "body", "value", "values", "variables", "input", "params", "meta", "embedded", "object", "entity", "resource", "resources",
	"objects", "entities", "hits", "source", "docs", "props", "state", "page", "model", "attrs", "response", "success"}

// collection is the last segment of a path that is no id and no verb.
func collection(path string) string {
	segments := strings.Split(path, "/")
	for _, s := range slices.Backward(segments) {
		if s == "" || worthOf(s) != common || strings.ContainsAny(s, "0123456789") {
			continue
		}
		words := wordsOf(s)
		if len(words) == 0 || slices.Contains(verbs, words[len(words)-1]) {
			continue
		}
		return singular(words[len(words)-1])
	}
	return ""
}

var verbs = []string{"create", "new", "add", "edit", "update", "search", "list", "find", "get", "all", "save", "submit", "api", "graphql", "query", "rest", "rpc"}

// singular is the last word of a name without its plural.
func singular(name string) string {
	words := wordsOf(name)
	if len(words) == 0 {
		return ""
	}
	w := words[len(words)-1]
	switch {
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 4 && (strings.HasSuffix(w, "sses") || strings.HasSuffix(w, "xes") || strings.HasSuffix(w, "ches") || strings.HasSuffix(w, "shes")):
		return w[:len(w)-2]
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us"):
		return w[:len(w)-1]
	}
	return w
}

func kinOf(words []string) kin {
	has := func(any ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(any, w) })
	}
	joined := strings.Join(words, "")
	switch {
	case has("csrf", "xsrf", "csrftoken", "csrfmiddlewaretoken", "authenticity", "forgery", "antiforgery", "csrfkey") || joined == "token" ||
		strings.Contains(joined, "requestverification") || strings.Contains(joined, "csrf") || strings.Contains(joined, "xsrf"):
		return csrf
	case has("authorization", "bearer", "jwt") || strings.HasSuffix(joined, "accesstoken") || strings.HasSuffix(joined, "authtoken") || strings.HasSuffix(joined, "idtoken"):
		return bearer
	case joined == "etag" || joined == "ifmatch" || joined == "ifnonematch" || joined == "ifrange":
		return etag
	case joined == "lastmodified" || joined == "ifmodifiedsince" || joined == "ifunmodifiedsince":
		return modified
	case has("cursor", "continuation") || strings.HasSuffix(joined, "pagetoken") || joined == "after" || joined == "before" || joined == "next" || joined == "startingafter":
		return cursor
	case joined == "code" || has("otp", "totp", "passcode") || words != nil && words[len(words)-1] == "code" && has(codeWords...):
		return code
	case has("token", "nonce", "ticket", "viewstate", "verification", "session", "sid", "secret", "key", "auth", "refresh", "signature", "challenge", "state"):
		return secret
	}
	return noKin
}

// codeWords are what a code is for that is good once.
var codeWords = []string{"authorization", "auth", "verification", "verify", "login", "signin", "confirmation", "confirm", "access", "security", "sms", "mail",
	"email", "phone", "mfa", "2fa", "two", "factor", "one", "time", "reset", "activation", "invite", "pairing", "device", "dev", "test", "debug"}

// An accord is how well two places agree.
type accord uint8

const (
	surroundingsOnly accord = iota // the answer's place has no name
	structural
	related
	same
)

// agree compares where an answer had a value with where a request has it.
func agree(from, to meaning) accord {
	switch {
	case from.id && to.id && from.of != "" && from.of == to.of:
		return same
	case from.id && to.of == "" && to.id && from.name != "", from.of == "" && from.id && to.id:
		return structural
	case from.name != "" && from.name == to.name && !slices.Contains(plainNames, from.name):
		return same
	case to.id && from.name != "" && singular(from.name) == to.of, from.id && to.name != "" && singular(to.name) == from.of:
		return related // {"order": 1043} for order_id
	case from.kin == noKin || to.kin == noKin:
		return structural
	case from.kin == to.kin:
		return related
	case from.kin == csrf && to.kin == bearer, from.kin == secret && to.kin == bearer, from.kin == bearer && to.kin == secret, from.kin == secret && to.kin == csrf:
		return related // "token" is a name of anything
	}
	return structural
}

// plainNames are names that are equal without the values being the same thing.
var plainNames = []string{"page", "limit", "offset", "size", "count", "per_page", "page_size", "total", "version", "year", "month", "day", "qty", "quantity",
	"status", "type", "width", "height", "sort", "order", "index", "lang", "locale", "level", "step", "name", "title", "price", "amount", "value", "v",
	"q", "format", "date", "time", "timestamp", "expires_in", "max_age", "description", "text", "message", "label", "category"}

// linkName is what a user calls a link.
func linkName(from, to meaning) string {
	name := first(from.name, to.name, "value")
	if from.name == "value" || from.name == "content" || from.name == "location" {
		name = first(to.name, from.name)
	}
	name = strings.Trim(strings.ToLower(name), "_")
	if digits, _ := count(name); digits > 0 && worthOf(name) == random {
		return "value" // an object whose members are named by ids
	}
	const longest = 40
	return first(strings.Trim(name[:min(len(name), longest)], "_"), "value")
}
