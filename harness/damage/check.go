package damage

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// ErrDeed is damage that can't be done: an unknown deed, or one that lacks
// what it is done with.
var ErrDeed = errors.New("damage can't be done")

// Check tells all that keeps damage from being done, before anything is sent.
// Each error it joins is [ErrDeed]; nil: it can be done.
func Check(list []scenarios.Damage) error {
	var mistakes []error
	for i, d := range list {
		if problem := problemOf(d); problem != "" {
			mistakes = append(mistakes, fmt.Errorf("%w: deed %d (%s): %s", ErrDeed, i+1, d.Do, problem))
		}
	}
	return errors.Join(mistakes...)
}

func problemOf(d scenarios.Damage) string {
	switch d.Do {
	case scenarios.DropRequestField:
		return fieldProblem(d, false)
	case scenarios.SetRequestField:
		return fieldProblem(d, strings.EqualFold(d.Name, "host"))
	case scenarios.DropResponseField:
		if !httpguts.ValidHeaderFieldName(d.Name) {
			return "Name is not that of a field"
		}
	case scenarios.StripPrefix:
		if !strings.HasPrefix(d.Value, "/") || d.Value == "/" || strings.ContainsAny(d.Value, "?#") {
			return "Value is not a path to strip, such as /api"
		}
	case scenarios.AnswerItself:
		return answerProblem(d)
	case scenarios.RedirectTo:
		if d.Status != 0 && !browser.IsRedirect(d.Status) {
			return fmt.Sprintf("the status %d is followed by no client; use 301, 302, 303, 307 or 308", d.Status)
		}
	case scenarios.Hang, scenarios.FreshConnection:
	default:
		return "no such deed" + meant(d.Do)
	}
	return ""
}

// fieldProblem looks at a field of the request. Those that frame a message are
// written anew by whoever sends it.
func fieldProblem(d scenarios.Damage, isHost bool) string {
	switch {
	case isHost && (d.Value == "" || strings.ContainsAny(d.Value, "/?#@\\, \t")):
		return "Value is not a host"
	case isHost:
	case !httpguts.ValidHeaderFieldName(d.Name):
		return "Name is not that of a field"
	case wire.IsFraming(d.Name):
		return fmt.Sprintf("%s frames the message and is written anew for each connection", d.Name)
	}
	if strings.ContainsAny(d.Value, "\r\n\x00") {
		return "Value has a CR, LF or NUL in it"
	}
	return ""
}

func answerProblem(d scenarios.Damage) string {
	switch {
	case d.Status < 200 || d.Status > 599:
		return fmt.Sprintf("the status %d is not that of an answer", d.Status)
	case d.Name == "" && d.Value != "":
		return "Value has no Name"
	case d.Name != "":
		return fieldProblem(d, false)
	}
	return ""
}

// meant names a deed that is spelled much like an unknown one.
func meant(deed scenarios.Deed) string {
	var known []string
	for _, d := range [...]scenarios.Deed{
		scenarios.DropRequestField, scenarios.SetRequestField, scenarios.DropResponseField, scenarios.StripPrefix,
		scenarios.AnswerItself, scenarios.RedirectTo, scenarios.Hang, scenarios.FreshConnection,
	} {
		known = append(known, string(d))
	}
	if near := spelling.Nearest(string(deed), known); near != "" {
		return ": did you mean " + near + "?"
	}
	return "; there are " + strings.Join(known, ", ")
}
