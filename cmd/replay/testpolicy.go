package main

import (
	"fmt"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios/suite"
)

// clientPolicy stands for a cause in reports of what a client should do.
const clientPolicy = "client-policy"

// policyCases judge the client of the suite, of its capture or of another one.
// Nothing is sent for them.
func policyCases(file string, s *suite.Suite, capture *traffic.Capture, open func(string) (*traffic.Capture, error)) ([]results.Case, error) {
	if s.Policy.IsZero() {
		return nil, nil
	}
	if s.Policy.Capture != "" {
		client, err := open(beside(file, s.Policy.Capture))
		if err != nil {
			return nil, fmt.Errorf("%s: policy: capture: %w", file, err)
		}
		defer client.Close()
		capture = client
	}
	var cases []results.Case
	for _, r := range s.Policy.Judge(capture) {
		cases = append(cases, policyCase(r))
	}
	return cases, nil
}

func policyCase(r suite.PolicyResult) results.Case {
	c := results.Case{
		Name: r.Name, Cause: clientPolicy, Verdict: policyVerdict(r.Verdict), Reason: r.Reason, Entry: -1,
		Edits: []results.Field{}, Want: r.Want, Stated: true, Mismatch: []string{}, Changed: []results.Field{},
	}
	for _, b := range r.Breaches {
		c.Mismatch = append(c.Mismatch, fmt.Sprintf("entry %d: %s", b.Entry, b.Said))
	}
	switch n := len(r.Breaches); n {
	case 0:
	case 1:
		c.Came = "a client that does otherwise"
	default:
		c.Came = fmt.Sprintf("a client that does otherwise %d times", n)
	}
	return c
}

func policyVerdict(v suite.Verdict) results.CaseVerdict {
	switch v {
	case suite.Holds:
		return results.CaseHolds
	case suite.NotTestable:
		return results.CaseNotTestable
	}
	return results.CaseBroken
}
