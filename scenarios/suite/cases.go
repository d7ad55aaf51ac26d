package suite

import (
	"slices"
	"strconv"
)

// A Case is one scenario on one route, from one origin, by one user.
type Case struct {
	Name     string // unique in its suite
	Scenario Scenario
	User     string // of Suite.Users; "" is that of Suite.Auth
}

// Cases are all combinations that the scenarios ask for, in their order.
func (s *Suite) Cases() []Case {
	var cases []Case
	taken := map[string]int{}
	for _, scenario := range s.Scenarios {
		for _, c := range scenario.cases() {
			if taken[c.Name]++; taken[c.Name] > 1 {
				c.Name += " #" + strconv.Itoa(taken[c.Name])
			}
			cases = append(cases, c)
		}
	}
	return cases
}

func (s Scenario) cases() []Case {
	routes := slices.Concat(s.Routes, s.Matrix.Routes)
	var cases []Case
	for _, route := range orNone(routes) {
		for _, origin := range orNone(s.Matrix.Origins) {
			for _, user := range orNone(s.Matrix.Users) {
				cases = append(cases, s.one(route, origin, user))
			}
		}
	}
	return cases
}

func orNone(list []string) []string {
	if len(list) == 0 {
		return []string{""}
	}
	return list
}

func (s Scenario) one(route, origin, user string) Case {
	one := s
	one.Routes, one.Matrix = nil, Matrix{}
	if route != "" {
		one.Routes = []string{route}
	}
	if name := s.originParameter(); origin != "" && name != "" {
		one = one.With(name, origin)
	}
	name := one.Title()
	if s.Name != "" {
		name = s.Name
		if len(s.Routes)+len(s.Matrix.Routes) > 1 {
			name += " on " + route
		}
		if origin != "" {
			name += " from " + origin
		}
	}
	if user != "" {
		name += " by " + user
	}
	one.Name = ""
	if s.Name != "" {
		one.Name = name
	}
	return Case{Name: name, Scenario: one, User: user}
}

// originParameter is the parameter that a matrix of origins fills.
func (s Scenario) originParameter() string {
	c := s.Of()
	if c == nil {
		return ""
	}
	for _, name := range []string{"origin", "page"} {
		if _, is := c.Parameter(name); is {
			return name
		}
	}
	return ""
}
