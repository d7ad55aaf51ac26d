package scenarios

import (
	"net/http"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
)

// tokenPair are the tokens of the decisive pair.
type tokenPair struct {
	ok, bad     *JWT // nil: there is none, or it is opaque
	okAt, badAt Credential
	changed     map[string]bool // claims that differ, volatile ones left out; "header.kid"
}

// tokens reads the tokens of the decisive pair.
func (v *View) tokens() tokenPair {
	var p tokenPair
	p.bad, p.badAt, _ = TokenOf(v.Failed)
	if v.Good != nil {
		p.ok, p.okAt, _ = TokenOf(v.Good)
	}
	if p.both() {
		p.changed = claimsChanged(p.ok, p.bad)
	}
	return p
}

func (p tokenPair) both() bool { return p.ok != nil && p.bad != nil }

// decides tells whether the failing token is what the server looked at: one in
// a cookie is not where Authorization holds another credential.
func (p tokenPair) decides(v *View) bool {
	return p.bad != nil && (p.badAt.Kind == Authorization || v.Failed.Request.Header.Get("authorization") == "")
}

// only tells whether nothing but these claims differs.
func (p tokenPair) only(names ...string) bool {
	for name := range p.changed {
		if !slices.Contains(names, name) {
			return false
		}
	}
	return true
}

// claim is the place of a claim of the failing token: the change where it did
// change, else its value.
func (v *View) claim(c Credential, name, value string) diff.Edit {
	for _, change := range v.Changes {
		if change.Side == diff.Request && change.Part == c.Part && strings.EqualFold(change.Name, c.Name) &&
			(strings.HasSuffix(change.Sub, "claims."+name) || strings.HasSuffix(change.Sub, "."+name)) {
			return change.Edit
		}
	}
	at := seen(diff.Request, c.Part, c.Name, value)
	at.Sub = "claims." + name
	return at
}

// at is the place of a credential of the failing request: the change of it
// where it did change.
func (v *View) at(c Credential) diff.Edit {
	for _, change := range v.Changes {
		if change.Side == diff.Request && change.Part == c.Part && strings.EqualFold(change.Name, c.Name) {
			return change.Edit
		}
	}
	value := c.Value
	if c.Scheme != "" {
		value = c.Scheme + " " + value
	}
	return seen(diff.Request, c.Part, c.Name, value)
}

// clearly tells whether the failing answer speaks of a cause, in words that
// servers keep for it.
func (v *View) clearly(cause string) bool {
	hit, ok := v.Says(cause)
	return ok && !hit.Faint
}

// saysAnother makes counter-evidence of an answer that names another reason.
func (v *View) saysAnother(own ...string) []Evidence {
	hit, ok := v.SaysOther(own...)
	if !ok {
		return nil
	}
	return []Evidence{{Strength: Against, Source: hit.Source, Side: Bad, Entry: v.Failed.Index, At: hit.At, Note: "the answer names another reason"}}
}

// refused tells whether the failing answer can be that of a server that does
// not accept a credential: 401, 403, a redirect to a login page, or a good
// status whose words refuse.
func (v *View) refused() bool {
	r := v.Failed.Response
	if r == nil {
		return false
	}
	switch r.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	case http.StatusBadRequest, http.StatusUnprocessableEntity, 498:
		return v.Voice() == Invalid
	case http.StatusOK:
		return v.Voice() != Silent
	}
	return diff.OutcomeOf(v.Failed).Ending == diff.LoginRedirect
}

// moved tells whether the failing request went to another origin or path than
// the working one.
func (v *View) moved() bool {
	for _, c := range v.Matter() {
		switch c.Part {
		case diff.Host, diff.Port, diff.Scheme, diff.Path, diff.URL:
			return true
		}
	}
	return false
}

// credentialPlace is the place of the first credential of the failing request.
func (v *View) credentialPlace() diff.Edit {
	if _, c, ok := TokenOf(v.Failed); ok {
		return v.at(c)
	}
	if c, ok := bearerOf(v); ok {
		return v.at(c)
	}
	return diff.Edit{}
}
