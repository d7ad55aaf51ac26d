package settings

import (
	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/harness/credential"
)

func (r *reader) settings(n *yaml.Node, s *Settings) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	r.mapping(n, "the file", keys{
		"ignore": func(n *yaml.Node) { r.ignore(n, s) },
		"logins": func(n *yaml.Node) {
			r.pairs(n, "logins", func(key, value *yaml.Node) {
				s.Logins = append(s.Logins, r.login(key.Value, value))
			})
		},
	})
}

func (r *reader) ignore(n *yaml.Node, s *Settings) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return // all its lines are commented out
	}
	r.list(n, "ignore", false, func(n *yaml.Node) {
		pattern := r.text(n, "a pattern")
		if pattern == "" {
			return
		}
		if err := (diff.Ignore{pattern}).Check(); err != nil {
			r.wrong(n, "%s", oneLine(err))
			return
		}
		s.Ignore = append(s.Ignore, pattern)
	})
}

// login reads one login, which is of exactly one kind.
func (r *reader) login(name string, n *yaml.Node) Login {
	l := Login{Name: name}
	flow := &credential.Login{Name: name}
	kinds := 0
	r.mapping(n, "a login", keys{
		"oauth2": func(n *yaml.Node) {
			kinds++
			l.OAuth2 = r.oauth2(name, n)
		},
		"capture": func(n *yaml.Node) {
			kinds++
			l.Capture = r.path(r.text(n, "capture"))
		},
		"requests": func(n *yaml.Node) {
			kinds++
			r.list(n, "requests", false, func(n *yaml.Node) { flow.Steps = append(flow.Steps, r.step(n)) })
			if len(flow.Steps) == 0 {
				r.wrong(n, "requests is a list of at least one request")
			}
		},
		"take": func(n *yaml.Node) { flow.Take = r.takes(n) },
		"set":  func(n *yaml.Node) { flow.Set = r.sets(n) },
	})
	switch {
	case kinds != 1:
		r.wrong(n, "the login %s has one of oauth2, capture and requests", shown(name))
	case l.OAuth2 != nil:
		l.OAuth2.Set = flow.Set
		if flow.Take != nil {
			r.wrong(n, "take is for the answers of capture and requests: an oauth2 login takes the access_token")
		}
		r.known(n, flow.Set, []credential.Take{{}})
	default:
		l.Flow = flow
		r.known(n, flow.Set, taken(flow))
	}
	return l
}

// taken are all values that a flow's set may name.
func taken(flow *credential.Login) []credential.Take {
	all := append([]credential.Take(nil), flow.Take...)
	for _, s := range flow.Steps {
		all = append(all, s.Take...)
	}
	return all
}
