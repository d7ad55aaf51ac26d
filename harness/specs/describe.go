package specs

import (
	"fmt"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// DescribeScenarios makes a container of that text with one spec for each
// scenario, on each of its routes, from each of its origins, by each of its
// users. Its arguments are
//
//   - scenarios: suite.Scenario, [Decorated], slices of them, and suites: what
//     [ReadSuite] reads from a file, or a *suite.Suite. A suite's capture, key and
//     users hold for scenarios beside it too, and its policy gets a spec of its
//     own;
//   - Ginkgo decorators, which apply to all of them: Label, Serial, Focus,
//     Pending, Ordered, FlakeAttempts, NodeTimeout and all others.
//
// Each spec has the id of its cause and the chapter of the catalogue as labels,
// so that --label-filter=expired-token runs that alone. It passes where the
// server answers as it should, and where the server does not mind what was done
// and may. It fails where the server accepts what it must refuse, where it
// refuses in another way, and where the scenario could not be tried.
//
// What was changed, what came of it and the curl line that does it again are the
// message of a failure, and a report entry of every spec: shown with -v, and in
// the reports of Ginkgo with all fields.
//
// It panics where an argument can be no scenario, for then there is nothing to
// describe.
func DescribeScenarios(text string, b *Bench, args ...any) bool {
	ginkgo.GinkgoHelper()
	here := types.NewCodeLocation(0)
	list, rest, err := planned(args)
	if err != nil {
		panic(fmt.Errorf("%s: %s: %w", here, text, err))
	}
	container, each := sorted(rest)
	body := func() {
		for _, p := range list {
			p.describe(b, here, each)
		}
	}
	return ginkgo.Describe(text, append(container, here, body)...)
}

// describe makes the spec of one case.
func (p plan) describe(b *Bench, here types.CodeLocation, each []any) {
	if p.where != nil {
		here = *p.where
	}
	// A failure is said to be at the line that calls Fail, which is in this file
	// for all scenarios: the message has the line that describes them.
	place := "described   " + here.String() + "\n"
	body := func(ctx ginkgo.SpecContext) {
		if p.policy {
			if text := b.policy(p.of); text != "" {
				ginkgo.Fail(text + place)
			}
			return
		}
		c, err := b.try(ctx, p.Case, p.of)
		if err != nil {
			ginkgo.Fail(b.notBegun(p, err) + place)
		}
		if text := b.told(p, c) + place; c.Failed() {
			// The message says it all; the entry is for reports of machines.
			ginkgo.AddReportEntry(entryName, Outcome{Case: *c, text: text}, here, ginkgo.ReportEntryVisibilityNever)
			ginkgo.Fail(text)
		} else {
			ginkgo.AddReportEntry(entryName, Outcome{Case: *c, text: text}, here, ginkgo.ReportEntryVisibilityFailureOrVerbose)
		}
	}
	args := append([]any{here, ginkgo.Label(p.labels()...), body}, each...)
	if harness.Disturbs(p.Case) && !ginkgo.CurrentTreeConstructionNodeReport().IsInOrderedContainer {
		args = append(args, ginkgo.Serial) // others of a parallel run would fail of it
	}
	ginkgo.It(p.Name, append(args, p.decorators...)...)
}

// labels are the cause and its chapter.
func (p plan) labels() []string {
	if p.policy {
		return []string{"policy"}
	}
	labels := []string{p.Scenario.Cause}
	if c := p.Scenario.Of(); c != nil {
		labels = append(labels, string(c.Group))
	}
	return labels
}

// entryName is the name of the report entries of scenarios.
const entryName = "scenario"

// An Outcome is the value of the report entry of a scenario: all that is known of
// it, without secrets.
type Outcome struct {
	results.Case
	text string
}

// String is what Ginkgo shows of it.
func (o Outcome) String() string { return strings.TrimRight(o.text, "\n") }

// sorted parts decorators of a container from those that only a spec may have.
func sorted(args []any) (container, each []any) {
	for _, a := range args {
		switch a := a.(type) {
		case []any:
			c, e := sorted(a)
			container, each = append(container, c...), append(each, e...)
		case ginkgo.NodeTimeout, ginkgo.SpecTimeout, ginkgo.GracePeriod, ginkgo.PollProgressAfter, ginkgo.PollProgressInterval:
			each = append(each, a)
		default:
			container = append(container, a) // Ginkgo says what it does not know
		}
	}
	return container, each
}

// A plan is one spec that will be.
type plan struct {
	suite.Case
	of         *FileSuite // that it belongs to; nil: none
	policy     bool       // what is asked of the client of a suite's capture: no scenario
	decorators []any
	where      *types.CodeLocation // nil: that of the description
}

// A Decorated is a scenario with Ginkgo decorators of its own.
type Decorated struct {
	scenario   suite.Scenario
	decorators []any
	where      types.CodeLocation
}

// Decorate gives one scenario decorators of its own:
//
//	specs.Decorate(ExpiredToken(time.Hour), Pending)
func Decorate(s suite.Scenario, decorators ...any) Decorated {
	ginkgo.GinkgoHelper()
	return Decorated{s, decorators, types.NewCodeLocation(0)}
}
