package scenarios

import (
	"regexp"
	"strings"

	"github.com/replaydiff/replay/diff"
)

// answerHolds finds a phrase in lower case in the failing answer's body. What
// stands in the working answer too says nothing.
func (v *View) answerHolds(phrase string) (diff.Edit, bool) {
	if !strings.Contains(strings.ToLower(answerText(v.Failed)), phrase) {
		return diff.Edit{}, false
	}
	if v.Good != nil && strings.Contains(strings.ToLower(answerText(v.Good)), phrase) {
		return diff.Edit{}, false
	}
	return seen(diff.Response, diff.Body, "", phrase), true
}

// answerMatches finds words in the failing answer: its body, its challenges,
// its redirect, and the client's own error.
func (v *View) answerMatches(words *regexp.Regexp) (diff.Edit, bool) {
	if v.Failed.Response == nil {
		return diff.Edit{}, false
	}
	places := []struct {
		part diff.Part
		name string
		text string
	}{
		{diff.Body, "", answerText(v.Failed)},
		{diff.Header, "www-authenticate", strings.Join(v.answerHeader().Values("www-authenticate"), ", ")},
		{diff.Location, "", unescape(locationOf(v.Failed))},
		{diff.Failure, "", v.Failed.Response.Error},
	}
	for _, place := range places {
		if hit := words.FindString(bounded(place.text)); hit != "" {
			if v.Good != nil && words.MatchString(bounded(answerText(v.Good))) {
				return diff.Edit{}, false
			}
			return seen(diff.Response, place.part, place.name, hit), true
		}
	}
	return diff.Edit{}, false
}

// bounded cuts what is too long to be a refusal.
func bounded(s string) string { return s[:min(len(s), maxSearchedBody)] }
