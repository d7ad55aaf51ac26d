package watch

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/policy"
)

// A token is an access token of the client.
type token struct {
	own     string    // what the server handed out, where the client was given another; "" else
	over    time.Time // when it is refused; zero: never
	revoked bool
}

// minToken is the length in bytes of a token: what is shorter occurs by chance.
const minToken = 8

// sent notes the token of a request: the client may have brought it along.
func (w *Watch) sent(r *traffic.Request) {
	if value := accessToken(r); value != "" && w.tokens[value] == nil {
		w.tokens[value] = &token{}
	}
}

// known is the token that a request carries; nil where it carries none. Other
// values may be named a token and only guard against CSRF.
func (w *Watch) known(r *traffic.Request) *token {
	for _, c := range scenarios.CredentialsOf(r) {
		if c.Kind == scenarios.Authorization || c.Kind == scenarios.APIKey {
			if t := w.tokens[strings.Trim(c.Value, `"`)]; t != nil {
				return t
			}
		}
	}
	for _, c := range r.CookiePairs() {
		if t := w.tokens[strings.Trim(c.Value, `"`)]; t != nil {
			return t
		}
	}
	return nil
}

// accessToken is what stands in Authorization, unless it is a password, or a
// cookie that is a JWT of that use.
func accessToken(r *traffic.Request) string {
	for _, c := range scenarios.CredentialsOf(r) {
		value := strings.Trim(c.Value, `"`)
		switch {
		case len(value) < minToken:
		case c.Kind == scenarios.Authorization && (c.Scheme == "" || policy.IsTokenScheme(c.Scheme)):
			return value
		case c.Part == diff.Cookie && isAccessJWT(value):
			return value
		}
	}
	return ""
}

func isAccessJWT(value string) bool {
	jwt, ok := scenarios.ParseJWT(value)
	return ok && jwt.Use() != scenarios.RefreshUse && jwt.Use() != scenarios.IDUse
}

// handOut notes the tokens of an answer. Where they are to live for another
// time, it returns the answer that says so; else nil.
func (w *Watch) handOut(a *wire.Answer) *wire.Answer {
	if a.Status/100 != 2 && a.Status/100 != 3 {
		return nil
	}
	for _, f := range a.Header.All("Set-Cookie") {
		if c := browser.ParseSetCookie(f.Value); isAccessJWT(c.Value) {
			w.keep(c.Value, "", time.Time{}) // its life is the browser's business
		}
	}
	kind := strings.ToLower(a.Header.Get("Content-Type"))
	if !strings.Contains(kind, "json") {
		return nil
	}
	content, err := a.Response(traffic.Limits{Body: maxKept}).Body.Bytes(maxKept)
	if err != nil {
		return nil
	}
	told := readGrants(content)
	if w.options.Lifetime == 0 {
		for _, g := range told {
			w.keep(g.access, "", time.Time{})
		}
		return nil
	}
	shortened := w.shorten(content, told)
	if shortened == nil {
		return nil
	}
	out := *a
	out.Body = shortened
	out.Header = nil
	for _, f := range a.Header {
		if !strings.EqualFold(f.Name, "Content-Encoding") {
			out.Header = append(out.Header, f)
		}
	}
	return &out
}

// keep notes a token that was handed out, refused from a time on; zero: never.
// One that is handed out again lives no longer for that.
func (w *Watch) keep(value, own string, over time.Time) *token {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.tokens[value]
	if t == nil {
		t = &token{own: own, over: over}
		w.tokens[value] = t
	}
	return t
}

// restore puts the server's own tokens into a request where the client was given
// others in their place.
func (w *Watch) restore(e *entry, r *http.Request) {
	own := w.ownTokens()
	if own == nil {
		return
	}
	for _, values := range r.Header {
		for i := range values {
			values[i] = own.Replace(values[i])
		}
	}
	r.URL.RawQuery = own.Replace(r.URL.RawQuery)
	if body, err := e.request.Body.Text(maxKept); err == nil && body != "" {
		body = own.Replace(body)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		r.Header.Del("Content-Length")
	}
}

// ownTokens turns what the client has into what the server handed out; nil
// where both are the same.
func (w *Watch) ownTokens() *strings.Replacer {
	w.mu.Lock()
	defer w.mu.Unlock()
	var pairs []string
	for value, t := range w.tokens {
		if t.own != "" {
			pairs = append(pairs, value, t.own)
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return strings.NewReplacer(pairs...)
}
