package scenarios

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A loginCookie is the line by which a flow sets the session cookie that its
// target is the first to send.
type loginCookie struct {
	name         string
	entry, field int // of the line
	line         browser.SetCookie
	url          string // of the answer that sets it
	before       string // what the cookie was before; "" nothing
}

// set replaces an attribute of the line, or adds it.
func (c *loginCookie) set(name, value string) {
	c.line.Attributes = append(slices.DeleteFunc(c.line.Attributes, func(a browser.Attribute) bool {
		return strings.EqualFold(a.Name, name)
	}), browser.Attribute{Name: name, Value: value})
}

// loginCookie finds the session cookie of the target and the line that set it.
func (in *Injection) loginCookie() (*loginCookie, error) {
	for _, c := range in.Request().CookiePairs() {
		if !isSessionCookie(c.Name, c.Value) {
			continue
		}
		if found := in.setterOf(c); found != nil {
			return found, nil
		}
	}
	return nil, fmt.Errorf("%w: no answer before sets a session cookie that this request is the first to send", ErrCannotInject)
}

func (in *Injection) setterOf(c traffic.Param) *loginCookie {
	for i := in.Target - 1; i >= 0; i-- {
		x := in.Flow.Exchanges[i]
		if slices.Contains(cookieValues(&x.Request, c.Name), c.Value) {
			return nil // it would have failed before
		}
		if x.Response == nil {
			continue
		}
		for k, f := range x.Response.Header.All("set-cookie") {
			line := browser.ParseSetCookie(f.Value)
			if line.Name == c.Name && line.Value == c.Value {
				return &loginCookie{name: c.Name, entry: i, field: k, line: line, url: x.Request.URL, before: in.valueBefore(c.Name, i)}
			}
		}
	}
	return nil
}

// valueBefore is the value that a cookie had when a request was sent.
func (in *Injection) valueBefore(name string, entry int) string {
	for _, value := range cookieValues(&in.Flow.Exchanges[entry].Request, name) {
		return value
	}
	return ""
}

// withhold puts the changed line into the flow: the target goes without the
// cookie and is refused, and the recording ends there.
func (in *Injection) withhold(c *loginCookie) error {
	r := in.Flow.Exchanges[c.entry].Response
	r.Header[c.field].Value, r.Cookies = c.line.String(), nil
	in.goWithout(c)
	return nil
}

// goWithout takes a cookie out of the target, or puts the one from before in
// its place; the target is refused as one that nobody knows.
func (in *Injection) goWithout(c *loginCookie) {
	withoutCookie(in.Request(), c.name, c.before)
	in.Refuse(Refusal{Status: 401, Code: "not_authenticated", Description: "You need to sign in to continue."})
	in.endHere()
}

// endHere cuts the flow off behind the target: what follows would fail too.
func (in *Injection) endHere() { in.Flow.Exchanges = in.Flow.Exchanges[:in.Target+1] }

// withoutCookie removes a cookie from the header of a request and from the
// recorder's list, or gives it another value.
func withoutCookie(r *traffic.Request, name, value string) {
	var kept []string
	for _, c := range r.CookiePairs() {
		if c.Name == name {
			c.Value = value
		}
		if c.Name != name || value != "" {
			kept = append(kept, c.Name+"="+c.Value)
		}
	}
	r.Cookies = nil
	if len(kept) == 0 {
		DeleteHeader(&r.Header, "cookie")
		return
	}
	SetHeader(&r.Header, "Cookie", strings.Join(kept, "; "))
}

// toHTTP turns the target into a plain http request.
func (in *Injection) toHTTP() error {
	u := in.Request().ParsedURL()
	if u == nil || u.Scheme != "https" {
		return fmt.Errorf("%w: the URL has no https to lose", ErrCannotInject)
	}
	u.Scheme = "http"
	in.Request().URL = u.String()
	if in.Request().Header.Has(":scheme") {
		SetHeader(&in.Request().Header, ":scheme", "http")
	}
	return nil
}

// word makes up a word for a path or a host.
func (in *Injection) word() string { return in.letters(7) }

func (in *Injection) letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + in.Rand.IntN(26))
	}
	return string(b)
}

// hostName is the host of a URL without its port, in lower case; "" where it
// can't be parsed.
func hostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
