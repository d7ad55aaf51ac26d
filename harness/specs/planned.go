package specs

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/suite"
)

// A FileSuite is a suite that was read from a file. Paths in it begin there.
type FileSuite struct {
	*suite.Suite
	File string // "": made in Go, paths begin at the folder of the test
}

// content is the suite, empty where there is none.
func (f *FileSuite) content() suite.Suite {
	if f == nil || f.Suite == nil {
		return suite.Suite{}
	}
	return *f.Suite
}

// ReadSuite reads a suite from its YAML file, for [DescribeScenarios] and
// [RunScenarios]. The path begins at the folder of the test. It is called while
// specs are made, and panics with all mistakes of the file: a test run must not go
// on without its scenarios.
func ReadSuite(file string) *FileSuite {
	s, err := readSuite(file)
	if err != nil {
		panic(err)
	}
	return s
}

func readSuite(file string) (*FileSuite, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("the suite can't be read (the path begins at the folder of the test): %w", err)
	}
	defer f.Close()
	s, err := suite.Read(f, file)
	if err != nil {
		return nil, err
	}
	for _, path := range []*string{&s.Capture, &s.Policy.Capture} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(filepath.Dir(file), filepath.FromSlash(*path))
		}
	}
	return &FileSuite{s, file}, nil
}

// A planning takes scenarios out of arguments.
type planning struct {
	all    suite.Suite
	list   []plan
	suites []*FileSuite
	rest   []any // no scenarios
	wrong  []error
}

// planned are the cases of all scenarios among the arguments, under names that
// are unique, what is asked of clients, and the other arguments.
func planned(args []any) (list []plan, rest []any, err error) {
	var p planning
	p.take(args)
	for i, c := range p.all.Cases() {
		p.list[i].Case = c
		if p.list[i].of == nil && len(p.suites) == 1 {
			p.list[i].of = p.suites[0]
		}
	}
	for _, s := range p.suites {
		if !s.Policy.IsZero() {
			p.list = append(p.list, plan{Case: suite.Case{Name: policyName}, of: s, policy: true})
		}
	}
	if len(p.list)+len(p.wrong) == 0 {
		p.wrong = append(p.wrong, errors.New("there are no scenarios: give some, such as suite.MissingCredentials()"))
	}
	return p.list, p.rest, errors.Join(p.wrong...)
}

// policyName is the text of the spec of a suite's policy.
const policyName = "the client keeps its policy"

func (p *planning) take(args []any) {
	for _, a := range args {
		switch a := a.(type) {
		case suite.Scenario:
			p.add(plan{}, a)
		case []suite.Scenario:
			for _, s := range a {
				p.add(plan{}, s)
			}
		case Decorated:
			p.add(plan{decorators: a.decorators, where: &a.where}, a.scenario)
		case []Decorated:
			for _, d := range a {
				p.add(plan{decorators: d.decorators, where: &d.where}, d.scenario)
			}
		case *suite.Suite:
			p.suite(&FileSuite{Suite: a})
		case *FileSuite:
			p.suite(a)
		case []any:
			p.take(a)
		default:
			p.rest = append(p.rest, a)
		}
	}
}

func (p *planning) suite(of *FileSuite) {
	p.suites = append(p.suites, of)
	for _, s := range of.Scenarios {
		p.add(plan{of: of}, s)
	}
}

func (p *planning) add(one plan, s suite.Scenario) {
	if err := checked(s); err != nil {
		p.wrong = append(p.wrong, err)
		return
	}
	p.all.Scenarios = append(p.all.Scenarios, s)
	for range (&suite.Suite{Scenarios: []suite.Scenario{s}}).Cases() {
		p.list = append(p.list, one)
	}
}

// meant proposes a known cause for a misspelt one.
func meant(id string) string {
	var ids []string
	for _, c := range scenarios.Catalogue() {
		ids = append(ids, c.ID)
	}
	if near := spelling.Nearest(id, ids); near != "" {
		return "; did you mean " + near + "?"
	}
	return "; `replay causes` lists them all"
}

// checked tells what can't be right about a scenario.
func checked(s suite.Scenario) error {
	c := s.Of()
	if c == nil {
		return fmt.Errorf("cause %q is unknown%s", s.Cause, meant(s.Cause))
	}
	var wrong []error
	var known []string
	for _, p := range c.Parameters {
		known = append(known, p.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Parameters)) {
		p, is := c.Parameter(name)
		if !is {
			wrong = append(wrong, fmt.Errorf("%s has no parameter %q; it has: %s", s.Cause, name, cmp.Or(strings.Join(known, ", "), "none")))
		} else if value := s.Parameters[name]; value != "" {
			if err := p.Check(value); err != nil {
				wrong = append(wrong, fmt.Errorf("%s, parameter %s: %w", s.Cause, name, err))
			}
		}
	}
	for _, route := range slices.Concat(s.Routes, s.Matrix.Routes) {
		if err := scenarios.CheckRoute(route); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: route %q: %w", s.Cause, route, err))
		}
	}
	return errors.Join(wrong...)
}
