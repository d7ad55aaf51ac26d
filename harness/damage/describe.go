package damage

import (
	"fmt"

	"github.com/replaydiff/replay/scenarios"
)

// Describe says in words what a proxy does, for people: "behind a proxy that
// drops authorization".
func Describe(d scenarios.Damage) string {
	const behind = "behind a proxy that "
	switch d.Do {
	case scenarios.DropRequestField:
		return behind + "drops " + d.Name
	case scenarios.SetRequestField:
		return fmt.Sprintf("%ssets %s to %s", behind, d.Name, d.Value)
	case scenarios.DropResponseField:
		return fmt.Sprintf("%sdrops %s from the answer", behind, d.Name)
	case scenarios.StripPrefix:
		return fmt.Sprintf("%sstrips %s off the path", behind, d.Value)
	case scenarios.AnswerItself:
		return fmt.Sprintf("%sanswers %d itself", behind, d.Status)
	case scenarios.RedirectTo:
		return behind + "redirects to another name of the server"
	case scenarios.Hang:
		return behind + "closes the connection"
	case scenarios.FreshConnection:
		return behind + "opens a connection for each request"
	}
	return behind + string(d.Do)
}
