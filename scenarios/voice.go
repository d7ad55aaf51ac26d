package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/challenge"
)

// A Voice is how a refusal speaks of the credential (RFC 6750 section 3.1).
type Voice string

// The voices.
const (
	Silent  Voice = ""        // nothing can be told
	Missing Voice = "missing" // as if no credential had arrived
	Invalid Voice = "invalid" // as if one had arrived and was refused
)

// What a phrase may speak of beside causes.
const (
	missingVoice = "missing-voice"
	invalidVoice = "invalid-voice"
	eitherVoice  = "either-voice" // "missing or invalid token": says nothing
)

// A Hit is a phrase or code of a failing answer that is known.
type Hit struct {
	Cause  string    // id of the cause that it speaks of; "missing-voice", "invalid-voice"
	Source Source    // FromText, FromChallenge or FromStatus
	At     diff.Edit // where, and the words

	// Faint tells that servers say it in other cases as well ("Unauthenticated."
	// to an expired token): weak evidence at best.
	Faint bool

	words string // as the lexicon has them
	log   string // the line of a log that it stands in; "" where the answer says it
}

type voiceFacts struct {
	voice  Voice
	hits   []Hit // of the answer; behind them those of logs
	logged []Hit
}

// Voice tells how the failing answer speaks.
func (v *View) Voice() Voice { return v.voiceFacts().voice }

// Says returns the first phrase of the failing answer that speaks of a cause
// and does not stand in the working answer too.
func (v *View) Says(cause string) (Hit, bool) {
	for _, hit := range v.voiceFacts().hits {
		if hit.Cause == cause {
			return hit, true
		}
	}
	return Hit{}, false
}

// SaysOther returns the first clear phrase that speaks of another cause than
// these.
func (v *View) SaysOther(causes ...string) (Hit, bool) {
	for _, hit := range v.voiceFacts().hits {
		if !hit.Faint && !slices.Contains(causes, hit.Cause) && !strings.HasSuffix(hit.Cause, "-voice") {
			return hit, true
		}
	}
	return Hit{}, false
}

func (v *View) voiceFacts() *voiceFacts {
	if v.facts.voice == nil {
		f := &voiceFacts{hits: v.listen()}
		v.facts.voice = f
		f.voice = voiceOf(f.hits)
		if f.voice == Silent {
			if hit, ok := v.challengeVoice(); ok && !f.has(eitherVoice) {
				f.voice = Missing
				f.hits = append(f.hits, hit)
			}
		}
		f.logged = v.loggedHits()
		v.hearOwnOrigin(f.hits, f.logged)
		if f.voice == Silent {
			f.voice = voiceOf(f.logged)
		}
		f.hits = append(f.hits, f.logged...)
	}
	return v.facts.voice
}

func (f *voiceFacts) has(cause string) bool {
	return slices.ContainsFunc(f.hits, func(h Hit) bool { return h.Cause == cause })
}

// listen collects what the failing answer says and the working one does not.
func (v *View) listen() []Hit {
	hits := hear(utterances(v.Failed))
	if len(hits) > 0 && v.Good != nil {
		known := hear(everything(v.Good))
		hits = slices.DeleteFunc(hits, func(h Hit) bool {
			return slices.ContainsFunc(known, func(k Hit) bool { return k.words == h.words })
		})
	}
	if hit, ok := v.loginPage(); ok {
		hits = append(hits, hit)
	}
	return hits
}

// refusals are causes that a server can only name after it has seen a
// credential.
var refusals = map[string]bool{
	invalidVoice: true, "expired-token": true, "clock-skew": true, "wrong-audience": true, "wrong-issuer": true,
	"insufficient-scope": true, "token-signature-invalid": true, "revoked-token": true, "api-key-rejected": true,
	"wrong-credentials": true, "request-signature-invalid": true, "step-up-required": true, "dpop-or-mtls-binding": true,
}

func voiceOf(hits []Hit) Voice {
	missing, faint, refused := false, false, false
	for _, h := range hits {
		switch {
		case h.Cause == eitherVoice:
			return Silent
		case h.Cause == missingVoice && h.Faint:
			faint = true
		case h.Cause == missingVoice || h.Cause == "api-key-missing":
			missing = true
		case refusals[h.Cause] && !h.Faint:
			refused = true
		}
	}
	switch {
	case missing && refused:
		return Silent
	case refused:
		return Invalid
	case missing || faint:
		return Missing
	}
	return Silent
}

// challengeVoice hears a challenge without error=. RFC 6750 section 3.1: a
// request that lacks authentication gets no error code. The reverse needs
// care: many servers never send one, so a request that did carry a token of
// that scheme was not seen only if this server explains its refusals. Basic
// and Digest have no code for either (RFC 7617 section 2).
func (v *View) challengeVoice() (Hit, bool) {
	r := v.Failed.Response
	if r == nil || r.Status != 401 {
		return Hit{}, false
	}
	lines := r.Header.Values("www-authenticate")
	for _, c := range challenge.Parse(lines...) {
		if !c.Is("bearer") && !c.Is("dpop") {
			continue
		}
		if _, explained := c.Get("error"); explained {
			return Hit{}, false
		}
		if carriesScheme(&v.Failed.Request, c.Scheme) && !v.explainsRefusals() {
			continue
		}
		return Hit{Cause: missingVoice, Source: FromChallenge, At: seen(diff.Response, diff.Header, "www-authenticate", strings.Join(lines, ", "))}, true
	}
	return Hit{}, false
}

func carriesScheme(r *traffic.Request, scheme string) bool {
	for _, value := range r.Header.Values("authorization") {
		if sent, _ := cutScheme(value); strings.EqualFold(sent, scheme) {
			return true
		}
	}
	return false
}

// explainsRefusals tells whether the server is known to name the error of a
// token that it saw: one of its other answers does, or its product always does.
func (v *View) explainsRefusals() bool {
	switch AnswererOf(v.Failed.Response).Product {
	case "Spring Security", "ASP.NET Core", "Kestrel", "Envoy":
		return true
	}
	host := hostOf(v.Failed)
	for _, side := range []Side{OK, Bad} {
		for _, x := range v.capture(side).Exchanges {
			if x != v.Failed && x.Response != nil && x.Response.Status == 401 && hostOf(x) == host && namesError(x.Response) {
				return true
			}
		}
	}
	return false
}

func namesError(r *traffic.Response) bool {
	for _, c := range challenge.Parse(r.Header.Values("www-authenticate")...) {
		if _, ok := c.Get("error"); ok {
			return true
		}
	}
	return false
}

// hostOf is the host and port of a request, in lower case.
func hostOf(x *traffic.Exchange) string {
	if u := x.Request.ParsedURL(); u != nil {
		return strings.ToLower(u.Host)
	}
	return ""
}

// loginPage knows a login form that came with a good status where the working
// answer had none: a 401 in disguise. The answer to a sent form is none.
func (v *View) loginPage() (Hit, bool) {
	bad := v.Failed.Response
	if bad == nil || bad.Status != 200 || v.Good == nil || v.Good.Response == nil || !strings.Contains(mediaTypeOf(bad), "html") {
		return Hit{}, false
	}
	if !hasPasswordField(bad) || hasPasswordField(v.Good.Response) || slices.ContainsFunc(CredentialsOf(&v.Failed.Request), isLoginForm) {
		return Hit{}, false
	}
	return Hit{Cause: missingVoice, Source: FromText, Faint: true, At: seen(diff.Response, diff.Body, "", `type="password"`)}, true
}

func isLoginForm(c Credential) bool { return c.Kind == LoginForm }

func hasPasswordField(r *traffic.Response) bool {
	text := bodyPrefix(r)
	return strings.Contains(text, "<form") && (strings.Contains(text, `type="password"`) || strings.Contains(text, "type='password'") || strings.Contains(text, "type=password"))
}
