package watch

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// A provocation is what is refused in the place of the server. Calls are
// answered 401, as RFC 6750 section 3.1 says it of a token that is over; pages
// that a person asks for go to the server without their token, so that its own
// way to the login is what is seen.
type provocation struct {
	all     bool // every access token
	refresh bool // every refresh
}

// Revoke refuses the access tokens that were seen so far. What is handed out
// from now on is good: a client that refreshes gets in again.
func (w *Watch) Revoke() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.tokens {
		t.revoked = true
	}
}

// RefuseAll refuses every access token from now on, those too that are handed
// out later: no refresh helps.
func (w *Watch) RefuseAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.provoking.all = true
}

// RefuseRefresh refuses every refresh from now on, as RFC 6749 section 5.2 says
// it of a refresh token that is over. A silent login in a frame is let through.
func (w *Watch) RefuseRefresh() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.provoking.refresh = true
}

// Relent ends what RefuseAll and RefuseRefresh began. Revoked tokens stay so.
func (w *Watch) Relent() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.provoking = provocation{}
}

// refusal is what is answered in the place of the server; nil: it is asked. Of
// a page that is asked for, the token is taken.
func (w *Watch) refusal(e *entry, r *http.Request) *own {
	x := &traffic.Exchange{Request: e.request, Response: &traffic.Response{}}
	renewal, renews := scenarios.RefreshOf(x)
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if renews && (renewal.Token != "" || r.Method == http.MethodPost) {
		if !w.provoking.refresh {
			return nil
		}
		return problem(http.StatusBadRequest, "invalid_grant", "The refresh token is expired or revoked")
	}
	t := w.known(&e.request)
	if t == nil || renews {
		return nil
	}
	why := "The access token was revoked"
	switch over := !t.over.IsZero() && !now.Before(t.over); {
	case over:
		why = "The access token expired"
	case !t.revoked && !w.provoking.all:
		return nil
	}
	if scenarios.IsNavigation(x) {
		w.takeToken(r)
		return nil
	}
	a := problem(http.StatusUnauthorized, "invalid_token", why)
	a.header.Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="`+why+`"`)
	return a
}

// takeToken takes the known tokens from a request.
func (w *Watch) takeToken(r *http.Request) {
	if _, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); w.tokens[token] != nil {
		r.Header.Del("Authorization")
	}
	cookies := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range cookies {
		if w.tokens[c.Value] == nil {
			r.AddCookie(c)
		}
	}
}

// An own is an answer that was made here.
type own struct {
	status int
	header http.Header
	body   string
}

func problem(status int, code, description string) *own {
	return &own{status, http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}},
		`{"error":"` + code + `","error_description":"` + description + `"}`}
}

func plain(status int, text string) *own {
	return &own{status, http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, text + "\n"}
}

// done writes an answer of this proxy down.
func (w *Watch) done(e *entry, a *own) {
	if a.header.Get("Date") == "" {
		a.header.Set("Date", w.now().UTC().Format(http.TimeFormat))
	}
	a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
	if origin := e.request.Header.Get("Origin"); origin != "" { // else the script can't see why
		a.header.Set("Access-Control-Allow-Origin", origin)
		a.header.Set("Access-Control-Allow-Credentials", "true")
		a.header.Set("Vary", "Origin")
	}
	answer := wire.Answer{Status: a.status, Reason: http.StatusText(a.status), Proto: "HTTP/1.1", Header: traffic.HeaderOf(a.header), Body: []byte(a.body), HeaderSize: -1}
	w.note(e, answer.Response(traffic.Limits{}))
}

func (a *own) write(out http.ResponseWriter, r *http.Request) {
	for name, values := range a.header {
		out.Header()[name] = values
	}
	out.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		out.Write([]byte(a.body))
	}
}
