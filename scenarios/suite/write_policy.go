package suite

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/scenarios/policy"
)

func (m *mapping) policy(p Policy) {
	in := newMapping()
	in.text("capture", p.Capture)
	if p.Refresh != (policy.Window{}) {
		in.text("refresh", in.window(p.Refresh))
	}
	if p.Tries > 0 {
		tries := in.scalar(strconv.Itoa(p.Tries))
		tries.Tag = "" // without quotes
		in.add("tries", tries)
	}
	if p.Login {
		in.text("login", loginPage)
	}
	m.inner("policy", in)
}

// window writes whole percents: no clock of a client is better than that.
func (m *mapping) window(w policy.Window) string {
	from, to := int(math.Round(w.From*100)), int(math.Round(w.To*100))
	if float64(from)/100 != w.From || float64(to)/100 != w.To {
		m.bad = errors.Join(m.bad, errors.New("the window of policy.refresh is in whole percents"))
	}
	return fmt.Sprintf("%d-%d%%", from, to)
}

// goPolicy is the literal of a policy, of whole percents.
func goPolicy(p Policy) string {
	var fields []string
	if w := p.Refresh; w != (policy.Window{}) {
		fields = append(fields, fmt.Sprintf("Refresh: policy.Window{From: %v, To: %v}", w.From, w.To))
	}
	if p.Tries > 0 {
		fields = append(fields, fmt.Sprintf("Tries: %d", p.Tries))
	}
	if p.Login {
		fields = append(fields, "Login: true")
	}
	return "Policy{" + strings.Join(fields, ", ") + "}"
}
