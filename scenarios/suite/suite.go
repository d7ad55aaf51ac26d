package suite

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/expect"
)

// A Suite is a set of scenarios for one capture and one target.
type Suite struct {
	Comment string // told to people at the head of the file

	Capture string // file of the working capture; a relative path begins at the suite's file
	Target  string // origin that is asked, "https://api.example.test"; "" is given when it is run

	Auth     string // fresh credentials as for --auth: "Bearer env:TOKEN"
	AuthFrom string // a command that prints them, as for --auth-from
	Login    *Login // how they are got; at most one of the three is given
	SignWith SignWith
	Users    []User // others than that of Auth, for a matrix

	// AllowUnsafe are the methods that may be sent beyond GET, HEAD and OPTIONS,
	// as for --allow-unsafe: "POST", or "all".
	AllowUnsafe []string

	Policy    Policy // of the client that made a capture
	Scenarios []Scenario
}

// A User is one that scenarios can be run as.
type User struct {
	Name  string
	Auth  string // as Suite.Auth
	Login *Login // or how it logs in
}

// A Scenario is a cause that is put into the working flow, and what should
// come of it. It is made by one of the functions that are named after causes,
// and is a value: its methods return another one.
type Scenario struct {
	Name       string             // for reports; "" is made of the cause, its parameters and the route
	Comment    string             // told to people above it
	Cause      string             // id
	Parameters map[string]string  // by name; what is not there has its default
	Routes     []string           // "GET /orders", "GET /orders/{}"; none: the request that decides
	Expected   expect.Expectation // zero: what the cause expects
	Matrix     Matrix
}

// A Matrix repeats a scenario for every combination of what it lists.
type Matrix struct {
	Origins []string // of pages, for causes with the parameter origin or page
	Routes  []string
	Users   []string // names of Suite.Users
}

// IsZero tells whether there is nothing to repeat for.
func (m Matrix) IsZero() bool { return len(m.Origins)+len(m.Routes)+len(m.Users) == 0 }

// On puts the cause into the requests of these routes, each on its own.
func (s Scenario) On(routes ...string) Scenario {
	s.Routes = append(slices.Clone(s.Routes), routes...)
	return s
}

// Expect wants an answer in which all conditions hold, instead of what the
// cause expects.
func (s Scenario) Expect(conditions ...expect.Condition) Scenario {
	s.Expected = expect.AnyOf(expect.That(conditions...))
	return s
}

// OrExpect will take such an answer as well.
func (s Scenario) OrExpect(conditions ...expect.Condition) Scenario {
	s.Expected.Any = append(slices.Clone(s.Expected.Any), expect.That(conditions...))
	return s
}

// With sets a parameter of the cause.
func (s Scenario) With(name, value string) Scenario {
	s.Parameters = maps.Clone(s.Parameters)
	if s.Parameters == nil {
		s.Parameters = map[string]string{}
	}
	s.Parameters[name] = value
	return s
}

// Named gives the scenario a name.
func (s Scenario) Named(name string) Scenario {
	s.Name = name
	return s
}

// Says adds a comment for people.
func (s Scenario) Says(comment string) Scenario {
	s.Comment = comment
	return s
}

// OnEach repeats the scenario for these routes.
func (s Scenario) OnEach(routes ...string) Scenario {
	s.Matrix.Routes = append(slices.Clone(s.Matrix.Routes), routes...)
	return s
}

// FromOrigins repeats the scenario for pages of these origins.
func (s Scenario) FromOrigins(origins ...string) Scenario {
	s.Matrix.Origins = append(slices.Clone(s.Matrix.Origins), origins...)
	return s
}

// ByUsers repeats the scenario for these users of the suite.
func (s Scenario) ByUsers(names ...string) Scenario {
	s.Matrix.Users = append(slices.Clone(s.Matrix.Users), names...)
	return s
}

// Of returns the cause, which is not to be changed; nil where no cause has that
// id.
func (s Scenario) Of() *scenarios.Cause { return causeOf(s.Cause) }

func causeOf(id string) *scenarios.Cause { return causes()[id] }

// causes is the catalogue by id. It is made once: with all its prose it takes a
// tenth of a millisecond, and every scenario asks for its cause many times.
var causes = sync.OnceValue(func() map[string]*scenarios.Cause {
	byID := map[string]*scenarios.Cause{}
	for _, c := range scenarios.Catalogue() {
		byID[c.ID] = c
	}
	return byID
})

// Expectation is what should come of the scenario: what it says, else what its
// cause expects. What it means to be accepted is the cause's, but for
// parameters that a server may well accept. Where a scenario says itself which
// answer should come, another one is never fine.
func (s Scenario) Expectation() expect.Expectation {
	c := s.Of()
	if c == nil {
		return s.Expected
	}
	e := s.Expected
	if len(e.Any) == 0 {
		e.Any = c.Expect.Any
	}
	e.Accepted = c.Expect.Accepted
	for _, p := range c.Parameters {
		for _, choice := range p.Choices {
			if choice.Lenient && choice.Value == s.Parameters[p.Name] {
				e.Accepted = expect.Lenient
			}
		}
	}
	if len(s.Expected.Any) > 0 && e.Accepted == expect.Lenient {
		e.Accepted = expect.Fault
	}
	return e
}

// Title names the scenario for reports.
func (s Scenario) Title() string {
	if s.Name != "" {
		return s.Name
	}
	var b strings.Builder
	b.WriteString(s.Cause)
	for _, name := range slices.Sorted(maps.Keys(s.Parameters)) {
		fmt.Fprintf(&b, " %s=%s", name, s.Parameters[name])
	}
	if len(s.Routes) > 0 {
		b.WriteString(" on " + strings.Join(s.Routes, ", "))
	}
	return b.String()
}
