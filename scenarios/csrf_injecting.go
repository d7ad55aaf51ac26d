package scenarios

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// setToken replaces a CSRF token of the target, or deletes it.
func (in *Injection) setToken(c Credential, value string, keep bool) error {
	r := in.Request()
	switch c.Part {
	case diff.Header:
		if keep {
			SetHeader(&r.Header, c.Name, value)
		} else {
			DeleteHeader(&r.Header, c.Name)
		}
		return nil
	case diff.Query:
		u := r.ParsedURL()
		if u == nil {
			return fmt.Errorf("%w: the URL can't be parsed", ErrCannotInject)
		}
		u.RawQuery = withField(u.RawQuery, c.Name, value, keep)
		r.URL, r.Query = u.String(), nil
		return nil
	}
	form, err := r.Body.Form(maxSearchedBody)
	if err != nil || form == nil {
		return fmt.Errorf("%w: the token stands in a body that is no form", ErrCannotInject)
	}
	r.Body = traffic.NewBody(r.Body.MediaType, []byte(withField(string(form), c.Name, value, keep)))
	return nil
}

// withField changes or drops a field of a form and leaves the others as they
// are.
func withField(form, name, value string, keep bool) string {
	var kept []string
	for pair := range strings.SplitSeq(form, "&") {
		key, _, _ := strings.Cut(pair, "=")
		switch {
		case unescape(key) != name:
			kept = append(kept, pair)
		case keep:
			kept = append(kept, key+"="+url.QueryEscape(value))
		}
	}
	return strings.Join(kept, "&")
}
