package isolate

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// A Part is one place of a request in which the failing flow differs, and what
// can be put into the working one alone.
type Part struct {
	Entry int    // of the working capture
	Place string // "header authorization scheme", "query page", "body /items/0"
	Edits []diff.Edit
	Noise diff.Noise // "" where the change may matter

	// Drop tells that the failing flow lacks the whole request.
	Drop bool

	old, new string // what stood there as a whole; "" nothing
}

// placeOf names the place of an edit of a request, in words that nest: what is
// below a place begins with it and a space. "" is for what is not sent.
func placeOf(e diff.Edit) string {
	if e.Side != diff.Request {
		return ""
	}
	switch e.Part {
	case diff.Method, diff.Path, diff.Userinfo, diff.URL:
		return string(e.Part)
	case diff.Scheme, diff.Host, diff.Port:
		return "origin"
	case diff.Query, diff.Cookie, diff.Body:
		return nested(string(e.Part), e.Name)
	case diff.MediaType:
		return "header content-type"
	case diff.Header:
		return headerPlace(e)
	}
	return "" // a fragment stays with the client, the version is the connection's
}

func headerPlace(e diff.Edit) string {
	switch name := strings.ToLower(e.Name); {
	case name == "":
		return "order of the fields"
	case name == "cookie":
		return "cookie"
	case name == "host" || name == ":authority":
		return "header host"
	case wire.IsFraming(name):
		return "" // every connection has its own
	case name == "authorization" && e.Sub == "scheme":
		return "header authorization scheme"
	case name == "authorization" && e.Sub != "":
		return "header authorization credentials"
	default:
		return nested("header", name)
	}
}

func nested(kind, name string) string { return strings.TrimSpace(kind + " " + name) }

// within tells whether one place holds the other, or is it.
func within(place, other string) bool {
	if len(other) < len(place) {
		place, other = other, place
	}
	rest, ok := strings.CutPrefix(other, place)
	return ok && (rest == "" || rest[0] == ' ')
}

// plain is a request without the lists that recorders keep beside the header:
// what is sent, and nothing else. Cookies that only a list has get a field.
func plain(r *traffic.Request) *traffic.Request {
	out := *r
	out.Query, out.Cookies, out.Sizes = nil, nil, traffic.Sizes{}
	if pairs := r.CookiePairs(); len(pairs) > 0 && !r.Header.Has("Cookie") {
		var b strings.Builder
		for i, p := range pairs {
			if i > 0 {
				b.WriteString("; ")
			}
			b.WriteString(p.Name + "=" + p.Value)
		}
		out.Header = append(out.Header[:len(out.Header):len(out.Header)], traffic.HeaderField{Name: "Cookie", Value: b.String()})
	}
	return &out
}

// marker is the name of a cookie that no client sends.
const marker = "replay-isolate"

// sideBySide gives two requests a Cookie field and a query each where one of them
// has it: what is in them then comes and goes by itself, and not as a whole.
func sideBySide(a, b *traffic.Request) (x, y *traffic.Request) {
	x, y = a, b
	hasNone := func(r *traffic.Request) bool { return !r.Header.Has("Cookie") }
	hasSome := func(r *traffic.Request) bool { return r.Header.Get("Cookie") != "" }
	if hasNone(a) && hasSome(b) || hasSome(a) && hasNone(b) {
		x, y = marked(a, b.Header), marked(b, a.Header)
	}
	if strings.Contains(a.URL, "?") != strings.Contains(b.URL, "?") {
		x, y = withQuery(x), withQuery(y)
	}
	return x, y
}

// marked adds the marker to the cookies of a request. A Cookie field that it has
// not goes to where the other has it.
func marked(r *traffic.Request, other traffic.Header) *traffic.Request {
	out := *r
	out.Header = slices.Clone(r.Header)
	for i, f := range r.Header.All("Cookie") {
		out.Header[i].Value = marker + "=; " + f.Value
		return &out
	}
	at := 0
	for _, f := range other {
		if strings.EqualFold(f.Name, "Cookie") {
			out.Header = slices.Insert(out.Header, at, traffic.HeaderField{Name: f.Name, Value: marker + "="})
			break
		}
		for i := range r.Header.All(f.Name) {
			at = i + 1
		}
	}
	return &out
}

func withQuery(r *traffic.Request) *traffic.Request {
	if strings.Contains(r.URL, "?") {
		return r
	}
	out := *r
	address, fragment, hasFragment := strings.Cut(r.URL, "#")
	if out.URL = address + "?"; hasFragment {
		out.URL += "#" + fragment
	}
	return &out
}

// unmarked takes back what sideBySide added. A "?" with nothing behind it goes
// too: no server tells it from none (RFC 3986 section 6.2.3).
func unmarked(r *traffic.Request) *traffic.Request {
	out := *r
	out.Header = make(traffic.Header, 0, len(r.Header))
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, "Cookie") && strings.Contains(f.Value, marker+"=") {
			if f.Value = strings.Trim(strings.Replace(f.Value, marker+"=", "", 1), "; "); f.Value == "" {
				continue
			}
		}
		out.Header = append(out.Header, f)
	}
	if address, fragment, hasFragment := strings.Cut(r.URL, "#"); address != "" && strings.Index(address, "?") == len(address)-1 {
		if out.URL = strings.TrimSuffix(address, "?"); hasFragment {
			out.URL += "#" + fragment
		}
	}
	return &out
}

// changes are the edits between two requests.
func changes(ok, bad *traffic.Request) []diff.Edit {
	return diff.Between(&traffic.Exchange{Request: *ok}, &traffic.Exchange{Request: *bad})
}

// credentialAt tells whether a place of one of two requests holds a credential
// of one of the kinds; of any where none is given.
func credentialAt(place string, ok, bad *traffic.Request, kinds ...scenarios.CredentialKind) bool {
	for _, r := range []*traffic.Request{ok, bad} {
		for _, c := range scenarios.CredentialsOf(r) {
			if !within(place, nested(string(c.Part), c.Name)) {
				continue
			}
			if len(kinds) == 0 {
				return true
			}
			for _, kind := range kinds {
				if c.Kind == kind {
					return true
				}
			}
		}
	}
	return false
}
