package suite

import (
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/scenarios/policy"
)

// loginPage is the one value of policy.login.
const loginPage = "page"

// maxTries bounds policy.tries: a client that is refused more often than that
// gave up on nothing.
const maxTries = 100

func (d *decoder) policy(n *yaml.Node) Policy {
	var p Policy
	before := len(d.mistakes.List)
	d.fields(n, "policy", []key{
		{"capture", d.into(&p.Capture, "capture")},
		{"refresh", func(v *yaml.Node) { p.Refresh = d.window(v) }},
		{"tries", func(v *yaml.Node) { p.Tries = d.tries(v) }},
		{"login", func(v *yaml.Node) {
			text, ok := d.text(v, "login")
			if p.Login = ok && text == loginPage; ok && !p.Login {
				d.wrong(v, "login must be `page`: a person is led to the login, and not shown a bare 401")
			}
		}},
	})
	if p.IsZero() && len(d.mistakes.List) == before {
		d.wrong(n, "policy asks nothing of the client: refresh, tries and login are what it has")
	}
	return p
}

var percents = regexp.MustCompile(`^(\d{1,3}) ?%? ?[-–] ?(\d{1,3}) ?%$`)

func (d *decoder) window(n *yaml.Node) policy.Window {
	text, ok := d.text(n, "refresh")
	if !ok {
		return policy.Window{}
	}
	if m := percents.FindStringSubmatch(text); m != nil {
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		if from < to && to <= 100 {
			return policy.Window{From: float64(from) / 100, To: float64(to) / 100}
		}
	}
	d.wrong(n, "refresh must be a part of the lifetime, as in 70-80%")
	return policy.Window{}
}

func (d *decoder) tries(n *yaml.Node) int {
	text, ok := d.text(n, "tries")
	count, err := strconv.Atoi(text)
	if ok && (err != nil || count < 1 || count > maxTries) {
		d.wrong(n, "tries must be a whole number from 1 to "+strconv.Itoa(maxTries))
		return 0
	}
	return count
}
