package scenarios

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// cannot wraps ErrCannotInject with the reason.
func cannot(reason string) error { return fmt.Errorf("%w: %s", ErrCannotInject, reason) }

// random makes up a value of n letters and digits.
func (in *Injection) random(n int) string {
	const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[in.Rand.IntN(len(alphabet))]
	}
	return string(b)
}

// editURL changes the URL of the target, and the recorder's list of its query
// with it.
func (in *Injection) editURL(edit func(*url.URL)) error {
	u := in.Request().ParsedURL()
	if u == nil {
		return cannot("the URL can't be parsed")
	}
	host := u.Host
	edit(u)
	in.Request().URL = u.String()
	in.Request().Query = nil
	if u.Host != host {
		for _, name := range []string{"host", ":authority"} {
			if in.Request().Header.Has(name) {
				SetHeader(&in.Request().Header, name, u.Host)
			}
		}
	}
	return nil
}

// setParameter changes a parameter of a query without touching the others;
// keep false deletes it.
func setParameter(query, name, value string, keep bool) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if unescape(key) != name {
			kept = append(kept, pair)
		} else if keep {
			kept = append(kept, key+"="+url.QueryEscape(value))
		}
	}
	return strings.Join(kept, "&")
}

// dropCookies removes cookies from the Cookie header and the recorder's list;
// no name is all of them.
func dropCookies(r *traffic.Request, drop func(name string) bool) {
	var kept []string
	for _, c := range r.CookiePairs() {
		if !drop(c.Name) {
			kept = append(kept, c.Name+"="+c.Value)
		}
	}
	DeleteHeader(&r.Header, "cookie")
	r.Cookies = nil
	if len(kept) > 0 {
		r.Header = append(r.Header, traffic.HeaderField{Name: "Cookie", Value: strings.Join(kept, "; ")})
	}
}

// drop removes a credential from a request; false: it stands in a body.
func drop(r *traffic.Request, c Credential) bool {
	switch c.Part {
	case diff.Header:
		return DeleteHeader(&r.Header, c.Name)
	case diff.Cookie:
		dropCookies(r, func(name string) bool { return name == c.Name })
		return true
	case diff.Query:
		return replaceQuery(r, c.Name, "", false)
	}
	return false
}

func replaceQuery(r *traffic.Request, name, value string, keep bool) bool {
	u := r.ParsedURL()
	if u == nil {
		return false
	}
	u.RawQuery = setParameter(u.RawQuery, name, value, keep)
	r.URL, r.Query = u.String(), nil
	return true
}

// setField changes a field of a form or a member of a flat JSON object in a
// request body.
func setField(r *traffic.Request, name, value string, keep bool) error {
	content, err := r.Body.Form(maxSearchedBody)
	if err == nil && content != nil {
		mediaType := r.Body.MediaType
		r.Body = traffic.NewBody(mediaType, []byte(setParameter(string(content), name, value, keep)))
		return nil
	}
	return setMember(r, name, value, keep)
}

// unanswered ends the target as Chromium records a request that got nothing.
func (in *Injection) unanswered(reason string) {
	in.Exchange().Response = &traffic.Response{Error: reason}
}
