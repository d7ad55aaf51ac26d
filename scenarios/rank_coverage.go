package scenarios

import (
	"strings"

	"github.com/replaydiff/replay/diff"
)

// coverage is what a cause loses for what it does not fit: changes of the
// request that it leaves unexplained, a change that did no harm elsewhere, and
// an end that it does not lead to. Owned is the
// evidence of the cause and of the symptoms that it explains.
func (v *View) coverage(c *Cause, evidence, owned []Evidence) float64 {
	loss := max(float64(v.unowned(owned))*unownedChange, maxUnowned)
	if v.harmless(evidence) {
		loss += harmlessChange
	}
	if !c.expects(v.Failed) {
		loss += otherOutcome
	}
	return loss
}

// unowned counts the changes of the request that no evidence points at. What
// every login brings anew (a session, a token's times and signature) wants no
// owner.
func (v *View) unowned(evidence []Evidence) int {
	owned := map[string]bool{}
	for _, e := range evidence {
		if e.Speaks() && e.At.Part != "" {
			owned[owner(e.At)] = true
		}
	}
	open := map[string]bool{}
	for _, c := range v.Matter() {
		if key := owner(c.Edit); !owned[key] && (v.Good == nil || !v.isRenewed(c)) {
			open[key] = true
		}
	}
	return len(open)
}

// owner is what an edit belongs to as a whole: a header, a cookie, the path.
func owner(e diff.Edit) string {
	switch e.Part {
	case diff.Header, diff.Cookie, diff.Query:
		return string(e.Side) + " " + string(e.Part) + " " + strings.ToLower(e.Name)
	case diff.Scheme, diff.Host, diff.Port, diff.Userinfo:
		return string(e.Side) + " origin"
	}
	return string(e.Side) + " " + string(e.Part)
}

// harmless tells whether a cause rests on a change that other requests of the
// failing capture have too, and yet work. An answer that names the cause
// outweighs that: the same narrow token may be enough for another route.
func (v *View) harmless(evidence []Evidence) bool {
	rests := false
	for _, e := range evidence {
		switch {
		case !e.Speaks() || e.Strength < Strong:
		case e.Source != FromRequest:
			return false
		case v.passingChanges()[changeKey(e.At)]:
			rests = true
		}
	}
	return rests
}

// passingChanges are the changes of the failing request that requests of its
// kind have too, and work.
func (v *View) passingChanges() map[string]bool {
	if v.facts.passing != nil {
		return v.facts.passing
	}
	v.facts.passing = map[string]bool{}
	wanted := map[string]bool{}
	for _, c := range v.Matter() {
		// Many routes need no credential: one that is gone proves nothing there.
		if c.Op != diff.Remove {
			wanted[changeKey(c.Edit)] = true
		}
	}
	if len(wanted) == 0 {
		return v.facts.passing
	}
	asked := 0
	for i, p := range v.Pairs {
		if i == v.Decisive || !p.Matters() || !v.comparable(p) {
			continue
		}
		if asked++; asked > maxPassing || len(v.facts.passing) == len(wanted) {
			break
		}
		for _, c := range p.RequestChanges() {
			if c.Noise == "" && wanted[changeKey(c.Edit)] {
				v.facts.passing[changeKey(c.Edit)] = true
			}
		}
	}
	return v.facts.passing
}

// maxPassing bounds the requests that are asked: a change that is harmless is
// met in the first of them.
const maxPassing = 1000

// comparable tells whether a pair works on both sides and asks the same server
// for the same kind of answer.
func (v *View) comparable(p diff.Compared) bool {
	good, bad := v.Comparison.OK.Exchanges[p.OK], v.Comparison.Bad.Exchanges[p.Bad]
	if !Works(good) || !Works(bad) || bad.Response.Status/100 != 2 || bad.Request.Method == "OPTIONS" || v.Good == nil || v.Good.Response == nil {
		return false
	}
	host, here := bad.Request.ParsedURL(), v.Failed.Request.ParsedURL()
	return host != nil && here != nil && strings.EqualFold(host.Host, here.Host) &&
		kindOfAnswer(bad.Response.Header.Get("content-type")) == kindOfAnswer(v.Good.Response.Header.Get("content-type"))
}

func kindOfAnswer(contentType string) string {
	mediaType, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(mediaType))
}

func changeKey(e diff.Edit) string {
	return e.Path() + "\x00" + e.Old + "\x00" + e.New
}
