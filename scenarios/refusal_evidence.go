package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// heard makes evidence of what the failing answer says of a cause: none where
// it says nothing, weak evidence of faint words.
func (v *View) heard(s Strength, cause, note string) []Evidence {
	hit, ok := v.Says(cause)
	if !ok {
		return nil
	}
	switch {
	case hit.Faint:
		s = Weak
	case hit.Source == FromText && s == Decisive && v.statusIs(402, 409, 410, 412, 422, 423):
		s = Strong // of what was asked for, not of who asks: parcels have limits and signatures, too
	}
	return []Evidence{v.observed(s, hit.Source, hit.At, note)}
}

// blockers are the causes that refuse a client before its credential matters.
// What the answer says tells them apart.
var blockers = []string{"waf-blocked", "bot-challenge", "ip-not-allowed", "geo-blocked", "client-rejected", "rate-limited"}

// saysOtherBlock is counter-evidence where the answer names one of the other
// blocks.
func (v *View) saysOtherBlock(cause string) []Evidence {
	if _, ok := v.Says(cause); ok {
		return nil
	}
	for _, other := range blockers {
		if hit, ok := v.Says(other); ok && other != cause && !hit.Faint {
			return []Evidence{v.against(Against, hit.Source, "the answer speaks of another block: "+other)}
		}
	}
	return nil
}

// judged is counter-evidence where the answer speaks of the credential: it
// was let through and read.
func (v *View) judged() []Evidence {
	if v.Voice() == Invalid {
		return []Evidence{v.against(Against, FromText, "the answer refuses a credential that it has read")}
	}
	return nil
}

// status is that of the failing answer, 0 without one.
func (v *View) status() int {
	if v.Failed.Response == nil {
		return 0
	}
	return v.Failed.Response.Status
}

func (v *View) statusIs(list ...int) bool { return slices.Contains(list, v.status()) }

// statusSeen is the failing status as a place.
func (v *View) statusSeen() diff.Edit {
	if c, ok := v.Change(diff.Response, diff.Status, ""); ok {
		return c.Edit
	}
	return diff.Edit{Side: diff.Response, Part: diff.Status}
}

// field returns a field of the failing answer.
func (v *View) field(name string) string { return v.answerHeader().Get(name) }

// answerHeader is the header of the failing answer, nil without one.
func (v *View) answerHeader() traffic.Header {
	if v.Failed.Response == nil {
		return nil
	}
	return v.Failed.Response.Header
}

func (v *View) fieldSeen(name string) diff.Edit {
	return seen(diff.Response, diff.Header, name, v.field(name))
}

// challenged tells whether the failing answer asks for a credential.
func (v *View) challenged() bool { return v.field("www-authenticate") != "" }

// credentialChanges are the changes of the decisive pair in what grants
// access.
func (v *View) credentialChanges() []diff.Change {
	if v.Good == nil {
		return nil
	}
	names := map[string]bool{}
	for _, x := range []*traffic.Exchange{v.Good, v.Failed} {
		for _, c := range CredentialsOf(&x.Request) {
			names[string(c.Part)+" "+strings.ToLower(c.Name)] = true
		}
	}
	var list []diff.Change
	for _, c := range v.Changes {
		if c.Side == diff.Request && names[string(c.Part)+" "+strings.ToLower(c.Name)] {
			list = append(list, c)
		}
	}
	return list
}

// page answers the target of an injection with a page of its own, as a layer
// in front of the app does, and keeps the Date.
func (in *Injection) page(status int, mediaType, body string, lines ...traffic.HeaderField) {
	x := in.Exchange()
	r := &traffic.Response{Status: status, Proto: x.Request.Proto, Body: traffic.NewBody(mediaType, []byte(body))}
	r.Header = append(traffic.Header{{Name: "Content-Type", Value: mediaType}}, lines...)
	if x.Response != nil {
		if date := x.Response.Header.Get("date"); date != "" {
			r.Header = append(r.Header, traffic.HeaderField{Name: "Date", Value: date})
		}
	}
	x.Response = r
}
