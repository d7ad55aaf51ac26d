package through

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
)

// alterations takes in what changed; true where any of it is not expected.
func (t *tally) alterations(at seenAt, p *passed) bool {
	list := p.alterations()
	joinForwarded(list)
	changed := false
	for i := range list {
		a := &list[i]
		t.group(at, a)
		if a.fault != nil {
			t.finding(at, a.fault, a.note(t))
		}
		changed = changed || a.expected == ""
	}
	return changed
}

// joinForwarded makes one finding of a proxy that tells the app neither host nor
// scheme.
func joinForwarded(list []alteration) {
	lost := slices.ContainsFunc(list, func(a alteration) bool { return a.fault != nil && a.fault.cause == forwardedCause })
	for i := range list {
		if lost && list[i].part == diff.Scheme {
			list[i].fault = forwardedFault("X-Forwarded-Proto does not say https")
		}
	}
}

// note is what one alteration adds to what the finding says.
func (a *alteration) note(t *tally) string {
	switch {
	case a.fault.note != "" && a.part == diff.SetCookie:
		return mask.Visible(t.masker.Text(a.name)) + ": " + canonical(a.sub) + " is " + string(a.kind) + "; " + a.fault.note
	case a.fault.note != "":
		return a.fault.note
	case a.part == diff.Path && a.old != nil && a.new != nil:
		return t.masker.URL(*a.old) + " arrives as " + t.masker.URL(*a.new)
	case a.part == diff.SetCookie && a.sub != "" && a.sub != "value" && a.old != nil && a.new != nil:
		return mask.Visible(t.masker.Text(a.name)) + ": " + canonical(a.sub) + " " + t.masker.Text(*a.old) + " comes as " + t.masker.Text(*a.new)
	case a.part == diff.SetCookie && a.sub != "" && a.sub != "value":
		return mask.Visible(t.masker.Text(a.name)) + ": " + canonical(a.sub) + " is " + string(a.kind)
	case a.part == diff.Query && a.name == "":
		return "the whole query is " + string(a.kind)
	case a.part == diff.SetCookie || a.part == diff.Cookie || a.part == diff.Query:
		return mask.Visible(t.masker.Text(a.name)) + " is " + string(a.kind)
	case a.name == "location" && a.old != nil && a.new != nil:
		return t.masker.Header(a.name, *a.old) + " comes as " + t.masker.Header(a.name, *a.new)
	case a.kind == results.Renamed:
		return "it arrives as " + mask.Visible(*a.new)
	}
	return ""
}

func (t *tally) group(at seenAt, a *alteration) {
	cause := ""
	if a.fault != nil {
		cause = a.fault.cause
	}
	old, new := t.values(a)
	one := results.Alteration{Side: string(a.side), Kind: a.kind, Field: mask.Visible(t.masker.Text(a.field())), Old: old, New: new,
		Expected: a.expected, Cause: cause, Entry: at.entry, Request: at.request}
	for _, g := range t.groups {
		if g.Side == one.Side && g.Kind == one.Kind && g.Field == one.Field && g.Expected == one.Expected && g.Cause == one.Cause {
			if !equal(g.Old, one.Old) || !equal(g.New, one.New) {
				g.Varies, g.Old, g.New = true, nil, nil
			}
			g.entries[at.entry] = true
			return
		}
	}
	t.groups = append(t.groups, &group{one, map[int]bool{at.entry: true}})
}

func equal(a, b *string) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// values are old and new value as they may be shown.
func (t *tally) values(a *alteration) (old, new *string) {
	show := func(v *string) *string {
		if v == nil {
			return nil
		}
		text := t.value(a, *v)
		return &text
	}
	if a.kind == results.Renamed {
		name := mask.Visible(*a.new)
		return show(a.old), &name
	}
	return show(a.old), show(a.new)
}

func (t *tally) value(a *alteration, v string) string {
	switch a.part {
	case diff.Header:
		return t.masker.Header(a.name, v)
	case diff.Path:
		return t.masker.URL(v)
	case diff.Query:
		return t.masker.Query(a.name, v)
	case diff.Cookie:
		return t.masker.Cookie(a.name, v)
	case diff.SetCookie:
		switch {
		case a.sub == "":
			return t.masker.Header("set-cookie", v)
		case a.sub == "value" || strings.HasPrefix(a.sub, "value."):
			return t.masker.Cookie(a.name, v)
		}
	}
	return t.masker.Text(v)
}
