package scenarios

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// heldBody is a body that is kept for being searched.
type heldBody struct {
	entry int
	text  string
}

// What is read of one side at most, so that a diagnosis costs little beside
// the comparison. Bodies that are likely to hand out credentials come first,
// and of these the latest.
const (
	maxHeldBytes  = 12 << 20
	maxHeldBodies = 4000
)

// load reads bodies, once.
func (s *flowSide) load() {
	if s.read {
		return
	}
	s.read = true
	budget := maxHeldBytes
	for _, wanted := range [...]int{likely, possible} {
		for _, x := range slices.Backward(s.capture.Exchanges) {
			if len(s.answers) >= maxHeldBodies || budget <= 0 {
				break
			}
			if x.Response == nil || issuerRank(x) != wanted {
				continue
			}
			if text, ok := shortBody(x.Response.Body, x.Response.Sizes); ok {
				s.answers = append(s.answers, heldBody{x.Index, text})
				budget -= len(text)
			}
		}
	}
	budget = maxHeldBytes / 3
	for _, x := range slices.Backward(s.capture.Exchanges) {
		if len(s.requests) >= maxHeldBodies || budget <= 0 {
			break
		}
		if text, ok := shortBody(x.Request.Body, x.Request.Sizes); ok {
			s.requests = append(s.requests, heldBody{x.Index, text})
			budget -= len(text)
		}
	}
	byEntry := func(a, b heldBody) int { return cmp.Compare(a.entry, b.entry) }
	slices.SortFunc(s.answers, byEntry)
	slices.SortFunc(s.requests, byEntry)
}

func shortBody(b traffic.Body, sizes traffic.Sizes) (string, bool) {
	if !b.Present() || sizes.Content > maxSearchedBody || sizes.Body > maxSearchedBody {
		return "", false
	}
	content, err := b.Bytes(maxSearchedBody)
	return string(content), err == nil && len(content) >= minTraced
}

// How likely an answer is to hand out a credential.
const (
	never = iota
	possible
	likely
)

// issuerRank judges by what the exchange is for: logins and token requests
// hand out credentials, and so do pages with forms in them.
func issuerRank(x *traffic.Exchange) int {
	mediaType := strings.ToLower(x.Response.Body.MediaType)
	if mediaType == "" {
		mediaType = strings.ToLower(x.Response.Header.Get("content-type"))
	}
	switch {
	case mediaType == "" || strings.Contains(mediaType, "json") || strings.Contains(mediaType, "form") || strings.HasPrefix(mediaType, "text/plain"):
		if x.Request.Method != "GET" || isIssuingPath(x.Request.URL) || strings.Contains(x.Response.Header.Get("cache-control"), "no-store") {
			return likely
		}
		return possible
	case strings.Contains(mediaType, "html"):
		return likely
	}
	return never
}

// isIssuingPath knows the paths of logins, token endpoints and the like.
func isIssuingPath(rawURL string) bool {
	path, _, _ := strings.Cut(rawURL, "?")
	return hasWord(path, "token", "tokens", "login", "signin", "auth", "oauth", "oauth2", "authorize", "authenticate", "session", "sessions", "refresh",
		"renew", "csrf", "xsrf", "sso", "connect", "callback", "register", "signup", "bootstrap", "me")
}

// plainest returns the longest run of a value that JSON, HTML and URLs all
// write as it is: what a text is searched for before it is parsed.
func plainest(value string) string {
	best := ""
	for run := range strings.FieldsFuncSeq(value, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_'
	}) {
		if len(run) > len(best) {
			best = run
		}
	}
	if best == "" {
		return value
	}
	return best
}

// A spelling is a value in the ways in which a request writes it.
type spelling []string

func newSpelling(value string) spelling {
	all := spelling{value}
	for _, other := range []string{url.QueryEscape(value), url.PathEscape(value), strings.ReplaceAll(value, "/", `\/`)} {
		if !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	return all
}

func (s spelling) in(text string) bool {
	for _, value := range s {
		if len(value) <= len(text) && strings.Contains(text, value) {
			return true
		}
	}
	return false
}
