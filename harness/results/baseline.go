package results

import (
	"slices"
)

// A Baseline is what is known to differ, and accepted.
type Baseline struct {
	Accepted []Acceptance `yaml:"accepted"`
}

// Apply moves the groups that the baseline accepts from Groups to Accepted, and
// notes what it accepts and the report does not have in Vanished. Of reports of
// a part (a shard, a run that ended early or skipped requests) only what was
// asked for can have vanished.
//
// A value that the baseline names is accepted, no other one: a group whose
// values vary needs an acceptance without values.
func (b Baseline) Apply(r *Report) {
	seen := make([]bool, len(b.Accepted))
	keep := []Group{}
	for _, g := range r.Groups {
		accepted := false
		for i := range b.Accepted {
			if b.Accepted[i].covers(g) {
				seen[i], accepted = true, true
			}
		}
		if accepted {
			r.Accepted = append(r.Accepted, g)
		} else {
			keep = append(keep, g)
		}
	}
	r.Groups = keep
	r.recount()
	for i, a := range b.Accepted {
		if !seen[i] && r.lookedAt(a.Template) && !slices.ContainsFunc(r.Accepted, a.covers) && !slices.ContainsFunc(r.Vanished, a.equal) {
			r.Vanished = append(r.Vanished, a)
		}
	}
	r.Sort()
}

// recount takes the answers out of the counts of different ones that differ in
// nothing but what is accepted, as far as the groups that are left tell.
func (r *Report) recount() {
	left := map[Template]int{}
	for _, g := range r.Groups {
		left[Template{Flow: g.Flow, Template: g.Template}] += g.Count
	}
	for i := range r.Templates {
		t := &r.Templates[i]
		if over := t.Different - left[Template{Flow: t.Flow, Template: t.Template}]; over > 0 {
			t.Different -= over
			r.Counts.Different -= over
			r.Counts.Same += over
		}
	}
}

// lookedAt tells whether the report would have a difference of that kind of
// request, if there were one.
func (r *Report) lookedAt(template string) bool {
	if r.Shard == "" && r.Stopped == nil && r.Counts.Skipped == 0 && r.Counts.Unanswered == 0 {
		return true
	}
	return slices.ContainsFunc(r.Templates, func(t Template) bool { return t.Template == template && t.Answers > 0 })
}

// covers tells whether an acceptance is of that group.
func (a Acceptance) covers(g Group) bool {
	return a.Template == g.Template && a.Field == g.Field && a.Kind == g.Kind &&
		allows(a.Old, g.Old, g.Varies) && allows(a.New, g.New, g.Varies)
}

func allows(accepted, value *string, varies bool) bool {
	return accepted == nil || !varies && value != nil && *accepted == *value
}

// equal tells whether two acceptances are of the same, whatever their reasons.
func (a Acceptance) equal(b Acceptance) bool {
	return a.Template == b.Template && a.Field == b.Field && a.Kind == b.Kind && sameText(a.Old, b.Old) && sameText(a.New, b.New)
}

// acceptanceOf accepts a group as it is.
func acceptanceOf(g Group) Acceptance {
	return Acceptance{Template: g.Template, Field: g.Field, Kind: g.Kind, Old: g.Old, New: g.New}
}
