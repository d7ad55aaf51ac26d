package answers

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

const anyID = "{}"

// TemplateOf names the kind of a request: "GET /account/{}".
func TemplateOf(r *traffic.Request) string {
	rest := r.URL
	if _, behind, ok := strings.Cut(rest, "://"); ok {
		i := strings.IndexAny(behind, "/?#")
		if i < 0 || behind[i] != '/' {
			return r.Method + " /"
		}
		rest = behind[i:]
	}
	return r.Method + " " + diff.PathTemplate(rest)
}

// leveled is an edit with what tells one of many left out of its place: indices
// of lists, keys that are ids, numbers of lines, ordinals.
func leveled(e diff.Edit) diff.Edit {
	switch {
	case e.Part == diff.Body && strings.HasPrefix(e.Name, "/"):
		segments := strings.Split(e.Name, "/")
		for i, segment := range segments {
			if allDigits(segment) || diff.IsID(segment) {
				segments[i] = anyID
			}
		}
		e.Name = strings.Join(segments, "/")
	case e.Part == diff.Body && allDigits(e.Name):
		e.Name = anyID
	case e.Part == diff.SetCookie:
		e.Name = strings.TrimPrefix(diff.PathTemplate("/"+withoutOrdinal(e.Name)), "/")
	}
	e.Sub = withoutOrdinal(e.Sub)
	return e
}

// withoutOrdinal removes what tells namesakes apart: "sid[1]".
func withoutOrdinal(name string) string {
	stem, ordinal, ok := strings.Cut(name, "[")
	if digits, closed := strings.CutSuffix(ordinal, "]"); ok && closed && allDigits(digits) {
		return stem
	}
	return name
}

// kindOf is the direction of an edit.
func kindOf(op string) results.Change {
	switch op {
	case "add":
		return results.Gained
	case "remove":
		return results.Lost
	case "replace":
		return results.Changed
	}
	return results.Moved
}
