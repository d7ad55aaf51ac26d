package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// otherKeys tells whether the secrets of two captures can't be compared: both
// have marks of keys that the other has not, or one alone has marks.
func otherKeys(ok, bad *traffic.Capture) bool {
	if ok == nil || bad == nil || len(ok.Exchanges) == 0 || len(bad.Exchanges) == 0 {
		return false
	}
	a, b := mask.Keys(ok), mask.Keys(bad)
	switch {
	case slices.Equal(a, b):
		return false
	case len(a) == 0:
		return holdsSecrets(ok)
	case len(b) == 0:
		return holdsSecrets(bad)
	}
	return true
}

// holdsSecrets tells a capture that was not redacted from one that has nothing
// to redact, as after a login that was left out. What can't be read may hold
// some.
func holdsSecrets(c *traffic.Capture) bool {
	found, err := new(mask.Redactor).Find(c)
	return len(found) > 0 || err != nil
}

// maxUnsure is the confidence that is left where it is not known which secrets
// are the same: a possible cause.
const maxUnsure = 0.59

// diagnoseMarked judges captures whose marks can't be compared. Whether two
// secrets in the same place are the same is not known, so the captures are
// judged twice: as if all were others, and as if all were the same. A cause on
// top of both stands whatever the truth is; any other is possible at best.
func diagnoseMarked(c *diff.Comparison, logs map[int]Logged) Diagnosis {
	d := diagnose(c, logs)
	alike, err := sameMarks(c)
	if err != nil {
		return unsure(d, Diagnosis{})
	}
	same := diagnose(alike, logs)
	if same.Entry != d.Entry || len(d.Findings) == 0 || len(same.Findings) == 0 || d.Findings[0].Cause.ID != same.Findings[0].Cause.ID {
		return unsure(d, same)
	}
	d.OtherKeys = true
	for i := range d.Findings {
		f := &d.Findings[i]
		f.Confidence = min(f.Confidence, confidenceIn(same.Findings, f.Cause), d.Findings[0].Confidence)
	}
	d.Findings = slices.DeleteFunc(d.Findings, func(f Finding) bool { return f.Confidence < minConfidence })
	d.Findings[0].Evidence = same.Findings[0].Evidence // none of it rests on marks
	return d
}

// unsure keeps of a diagnosis what another one says too, as possible.
func unsure(d, same Diagnosis) Diagnosis {
	d.OtherKeys = true
	d.Symptoms, d.Triggers, d.Tie = nil, nil, nil
	var kept []Finding
	for _, f := range d.Findings {
		if p := confidenceIn(same.Findings, f.Cause); p > 0 {
			f.Confidence = min(f.Confidence, p, maxUnsure)
			kept = append(kept, f)
		}
	}
	d.Findings = kept
	return d
}

func confidenceIn(list []Finding, c *Cause) float64 {
	for _, f := range list {
		if f.Cause.ID == c.ID {
			return f.Confidence
		}
	}
	return 0
}

// sameMarks compares the captures again, with the marks of one in the places of
// the other's.
func sameMarks(c *diff.Comparison) (*diff.Comparison, error) {
	r := &mask.Redactor{}
	for value, mark := range counterparts(c) {
		r.Replace(value, mark)
	}
	r.Learn(c.OK)
	r.Learn(c.Bad)
	ok, err := r.Capture(c.OK)
	if err != nil {
		return nil, err
	}
	bad, err := r.Capture(c.Bad)
	if err != nil {
		return nil, err
	}
	return diff.Compare(ok, bad, diff.Options{}), nil
}

// counterparts are the secrets of the failing capture, each with the mark that
// stands in its place in the working one; or the other way round, where the
// failing one alone has marks. The first place decides.
func counterparts(c *diff.Comparison) map[string]string {
	found := matching{}
	for _, changes := range c.EachPair() {
		var gone, come []string
		for _, e := range edited(changes) {
			old, new := secretsIn(e.Name, e.Old), secretsIn(e.Name, e.New)
			switch {
			case len(old) == 0 && e.Side == diff.Request:
				come = append(come, new...)
			case len(new) == 0 && e.Side == diff.Request:
				gone = append(gone, old...)
			default:
				found.match(old, new)
			}
		}
		found.match(gone, come) // what was put into another place
	}
	return found
}

// secretsIn are the marks of a text, or its last word where it has none and its
// name says that it is a secret.
func secretsIn(name, text string) []string {
	if list := mask.Marks(text); len(list) > 0 || text == "" || !diff.CarriesAuthority(name) {
		return list
	}
	return []string{text[strings.LastIndexByte(text, ' ')+1:]}
}

// A matching says which mark is written for which secret.
type matching map[string]string

// match pairs secrets in their order: those of a kind first, then, where one is
// left on either side, these two.
func (m matching) match(old, new []string) {
	old = slices.Clone(old)
	var left []string
	for _, value := range new {
		i := slices.IndexFunc(old, func(o string) bool { return markKind(o) == markKind(value) })
		if i < 0 {
			left = append(left, value)
			continue
		}
		m.enter(old[i], value)
		old = slices.Delete(old, i, i+1)
	}
	if len(old) == 1 && len(left) == 1 {
		m.enter(old[0], left[0])
	}
}

// enter notes two secrets that may be one, unless they are known to be two.
func (m matching) enter(old, new string) {
	if !mask.IsMark(old) {
		old, new = new, old
	}
	if !mask.IsMark(old) || mask.MarkKey(old) == mask.MarkKey(new) {
		return
	}
	if _, known := m[new]; !known {
		m[new] = old
	}
}

// edited are the places that changed, in their order, with all that was removed
// and added there.
func edited(changes []diff.Change) []diff.Edit {
	var places []diff.Edit
	index := map[string]int{}
	for _, c := range changes {
		i, known := index[c.Path()]
		if !known {
			i = len(places)
			index[c.Path()] = i
			places = append(places, diff.Edit{Side: c.Side, Name: c.Name})
		}
		places[i].Old += c.Old
		places[i].New += c.New
	}
	return places
}

// markKind is the part of a mark that says what it stands for; "" of what is none.
func markKind(mark string) string {
	parts := strings.SplitN(mark, "-", 3)
	if len(parts) < 3 || parts[0] != "masked" {
		return ""
	}
	return parts[1]
}
